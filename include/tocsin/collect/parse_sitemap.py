"""A news sitemap tells titles, times and addresses as a feed does: read as one."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from lxml import etree

from tocsin.collect.entry import Entry
from tocsin.errors import PermanentError

NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"
_START = 2_000
"""Bytes in which a sitemap's root stands, behind prolog and comments."""


def is_sitemap(body: bytes) -> bool:
    """Say whether a document is a list of addresses (and not one of other sitemaps)."""
    return b"<urlset" in body[:_START]


def parse_sitemap(body: bytes, cap: int) -> tuple[Entry, ...]:
    """Give at most `cap` entries, those that the sitemap tells news of. PermanentError: it tells of pages only."""
    # Nothing is fetched and no entity is expanded; what is broken gives what can be saved.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True, huge_tree=False)
    root = etree.fromstring(body, parser)
    found = () if root is None else tuple(islice(_entries(root), cap))
    if not found and root is not None and root.find("{*}url") is not None:
        raise PermanentError("a sitemap of pages, not of news: it tells neither titles nor times")
    return found


def _entries(root: Any) -> Iterator[Entry]:
    for place in root.iterfind("{*}url"):
        title = place.findtext(f"{NEWS}news/{NEWS}title") or ""
        if title.strip():
            stated = place.findtext(f"{NEWS}news/{NEWS}publication_date") or ""
            yield Entry(link=(place.findtext("{*}loc") or "").strip(), title=title, published=_moment(stated))


def _moment(stated: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(stated.strip())
    except ValueError:
        return None
    # W3C dates without a zone: a day, or a time of a server that left it out.
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
