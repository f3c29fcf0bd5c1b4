"""A page of the web becomes an article: its text without the menus, its author, the moment it was published.

`read_article` reads what a stranger's server sent. Live, that is done in a process which can be ended.
"""

import json
import re
import warnings
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from tocsin.collect.clean import clean_line, clean_text
from tocsin.collect.dates import read_date
from tocsin.ports import Article

PAGE_CAP = 3 * 1024 * 1024
"""Bytes of a page that are worth reading: the longest articles have a tenth."""
AUTHOR_CAP = 200

_META = frozenset(
    {
        "article:published_time",
        "og:published_time",
        "og:article:published_time",
        "datepublished",
        "date",
        "pubdate",
        "publishdate",
        "parsely-pub-date",
        "sailthru.date",
        "dc.date",
        "dc.date.issued",
        "dcterms.created",
        "dcterms.issued",
        "cxenseparse:recs:publishtime",
        "article.published",
        "publication_date",
    }
)
_CLOCK = re.compile(r"\d\s*[h:]\s*\d|\d\s*(?:h\b|[ap]\.?m\b)", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|\d[/.-]\d\d(?!\d)")
_RECENT = timedelta(days=2)
_ASIDE = frozenset({"aside", "nav", "footer"})
_PLACES = (
    "//*[@itemprop='datePublished' or @pubdate]",
    "//article//time | //main//time | //header//time",
    "//time",
    "//*[contains(@class,'date') or contains(@class,'published') or contains(@class,'byline')]",
)
_LOOKED_AT = 40
"""Elements of each place that are read: the article's own date stands before those of others."""


def read_article(page: bytes, url: str, *, now: datetime, zone: ZoneInfo) -> Article:
    """Read a page of at most PAGE_CAP bytes; empty where it is no page or has no article.

    A time without an offset is on the clock of `zone`.
    """
    with warnings.catch_warnings():
        # It imports its own way to the web, which is not used here, and that one misses a library for proxies.
        warnings.simplefilter("ignore")
        # Here, since it costs half a second, which a process that reads no page should not pay.
        from trafilatura import bare_extraction, load_html
        from trafilatura.settings import Document

    tree = load_html(page[:PAGE_CAP])
    if tree is None:
        return Article()
    published = published_at(tree, now=now, zone=zone)
    found = bare_extraction(
        tree,
        url=url,
        fast=True,
        include_comments=False,
        with_metadata=True,
        date_extraction_params={"extensive_search": False, "original_date": True},
    )
    if not isinstance(found, Document):
        return Article(published=published)
    return Article(
        text=clean_text(found.text or ""),
        title=clean_line(found.title or ""),
        author=clean_line(found.author or "", AUTHOR_CAP),
        published=published or _noon(found.date, zone),
    )


def published_at(tree: Any, *, now: datetime, zone: ZoneInfo) -> datetime | None:
    """Give the moment that a parsed page (lxml) says it was published: what tells an hour goes before a bare day."""
    day = None
    for told in islice(_tellings(tree), 4 * _LOOKED_AT):
        moment = read_date(told, now=now, zone=zone)
        # A page may be years old: "12 March" and "3 hours ago" are believed only of these days.
        if moment is None or not (_YEAR.search(told) or now - moment < _RECENT):
            continue
        if _CLOCK.search(told):
            return moment
        day = day or moment
    return day


def _tellings(tree: Any) -> Iterator[str]:
    """What may hold the moment of publication, the most trustworthy first."""
    yield from _linked_data(tree)
    for meta in tree.iterfind(".//meta"):
        name = str(meta.get("property") or meta.get("name") or meta.get("itemprop") or "").lower()
        if name in _META:
            yield str(meta.get("content") or "")
    for place in _PLACES:
        for element in islice(tree.xpath(place), _LOOKED_AT):
            if not any(parent.tag in _ASIDE for parent in element.iterancestors()):
                yield str(element.get("datetime") or element.get("content") or "") or _text(element)


def _text(element: Any) -> str:
    """The beginning of what is written in an element, without walking all of a page that is one element."""
    return " ".join(part for part in islice(element.itertext(), 12))[:200]


def _linked_data(tree: Any) -> Iterator[str]:
    """`datePublished` of the JSON-LD blocks, wherever it stands in them."""
    for script in islice(tree.xpath("//script[@type='application/ld+json']"), 10):
        try:
            yield from _stated(json.loads(script.text or "", strict=False), 0)
        except (ValueError, RecursionError):
            continue


def _stated(data: object, depth: int) -> Iterator[str]:
    if depth > 6:
        return
    if isinstance(data, dict):
        if isinstance(stated := data.get("datePublished"), str):
            yield stated
        inner = list(data.values())
    else:
        inner = data if isinstance(data, list) else []
    for value in inner[:100]:
        yield from _stated(value, depth + 1)


def _noon(day: object, zone: ZoneInfo) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(str(day)), time(12), zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
