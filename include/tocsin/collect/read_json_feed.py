"""JSON Feed is plain enough to be read as it stands, and a broken item of it takes no other with it."""

import json
from collections.abc import Mapping
from typing import Any

from tocsin.collect.entry import Entry
from tocsin.collect.stamps import read_stamp
from tocsin.errors import PermanentError


def is_json(body: bytes) -> bool:
    """Say whether a document is JSON rather than XML."""
    return body[:100].removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{"


def read_json_feed(body: bytes, cap: int) -> tuple[Entry, ...]:
    """Read at most `cap` items of JSON Feed 1.0 or 1.1; what is no item is an empty entry.

    PermanentError: it is no feed.
    """
    try:
        feed = json.loads(body)
    except (ValueError, RecursionError) as exc:
        raise PermanentError(f"JSON that cannot be read: {str(exc)[:100]}") from exc
    items = feed.get("items")
    if not isinstance(items, list):
        raise PermanentError("JSON, but not a feed: it has no list of items")
    writer = _author(feed)
    return tuple(_entry(item, writer) if isinstance(item, Mapping) else Entry() for item in items[:cap])


def _entry(item: Mapping[str, Any], writer: str) -> Entry:
    link = _text(item.get("url")) or _text(item.get("external_url"))
    return Entry(
        link=link,
        guid=_text(item.get("id")) or link,
        title=_text(item.get("title")),
        content=_text(item.get("content_html")) or _text(item.get("content_text")),
        summary=_text(item.get("summary")),
        author=_author(item) or writer,
        published=read_stamp(_text(item.get("date_published"))) or read_stamp(_text(item.get("date_modified"))),
    )


def _author(told: Mapping[str, Any]) -> str:
    """The first of the authors (1.1), or the only one (1.0)."""
    authors = told.get("authors")
    first = authors[0] if isinstance(authors, list) and authors else told.get("author")
    return _text(first.get("name")) if isinstance(first, Mapping) else ""


def _text(value: object) -> str:
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
