"""A feed of any format becomes plain entries: by the fast parser where it can be trusted, else by the patient one."""

import re
from calendar import timegm
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import fastfeedparser
import feedparser

from tocsin.collect.bombs import refuse_bomb
from tocsin.collect.doubt import is_doubtful
from tocsin.collect.entry import Entry
from tocsin.collect.parse_sitemap import is_sitemap, parse_sitemap
from tocsin.collect.read_json_feed import is_json, read_json_feed
from tocsin.collect.stamps import read_stamp
from tocsin.errors import PermanentError

# fastfeedparser guesses: "yesterday", "10:30" and a guid of "12" become times by the machine's clock, anew at each
# visit. Here it hands times over as they are written, and we read them ourselves. A test holds this name.
fastfeedparser.main._parse_date = lambda said: said  # noqa: SLF001 - it has no switch for it

ENTRIES_CAP = 2_000
PATIENT_CAP = 2 * 1024 * 1024
"""Bytes above which a document is not given to feedparser: hostile ones cost it some seconds for each MB."""
PATIENT_MARKS = 100_000
"""Tags and entities above which it is not given to it either: it looks at each of them many times."""

_TIMES = ("published", "updated", "created")
_DECLARED = re.compile(rb"""\s*<\?xml[^>]{0,200}?encoding=["']([\w.:-]{1,40})["']""")
_WIDE = (b"utf", b"ucs")


def parse_feed(body: bytes, content_type: str = "") -> tuple[Entry, ...]:
    """Read RSS, Atom, RDF, JSON Feed or a news sitemap: at most 2,000 entries in the document's order.

    PermanentError: the document is no feed. A broken one gives what can be saved.
    """
    if is_json(body):
        return read_json_feed(body, ENTRIES_CAP)
    refuse_bomb(body)
    body = _honest(body)
    if is_sitemap(body):
        return parse_sitemap(body, ENTRIES_CAP)
    entries = _fast(body)
    if entries and not is_doubtful(body, entries):
        return entries
    if len(body) > PATIENT_CAP or body.count(b"<") + body.count(b"&") > PATIENT_MARKS:
        if entries:
            return entries
        raise PermanentError(f"no feed that could be read in {len(body)} bytes")
    patient = _patient(body, content_type)
    if entries is None and patient is None:
        raise PermanentError(
            f"not a feed: starts with {body.lstrip()[:40]!r}" if body.strip() else "an empty document"
        )
    # On doubt the patient one is right about the text, unless it lost entries on the way.
    return max(patient or (), entries or (), key=len)


def feed_title(body: bytes) -> str:
    """Give what a feed calls itself, as it writes it; "" where it does not say, or is none."""
    try:
        return _text(fastfeedparser.parse(body, include_content=False)["feed"].get("title"))
    except Exception:  # As below.
        return ""


def _fast(body: bytes) -> tuple[Entry, ...] | None:
    """What fastfeedparser reads; None where it gives up. It never fetches: it is given bytes."""
    try:
        found = fastfeedparser.parse(body, include_tags=False, include_media=False, include_enclosures=False)
        return tuple(_from_fast(entry) for entry in found["entries"][:ENTRIES_CAP])
    except Exception:  # A parser fed with hostile bytes may raise anything; the patient one then has its turn.
        return None


def _patient(body: bytes, content_type: str) -> tuple[Entry, ...] | None:
    """What feedparser reads; None when it sees no feed at all. It never fetches: it is given bytes."""
    told = content_type.lower()
    headers = {"content-type": content_type} if "charset=" in told and "utf-7" not in told else {}
    try:
        found = feedparser.parse(body, response_headers=headers, sanitize_html=False, resolve_relative_uris=False)
        entries = tuple(_from_patient(entry) for entry in found["entries"][:ENTRIES_CAP])
    except Exception:  # As above; nobody is left to ask.
        return None
    return entries if entries or found.get("version") else None


def _honest(body: bytes) -> bytes:
    """Correct a prolog that says iso-8859-1 (or the like) of UTF-8: no text in it is valid UTF-8 by luck."""
    declared = _DECLARED.match(body)
    if not declared or declared[1].lower().startswith(_WIDE) or body.isascii():
        return body
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return body
    return body[: declared.start(1)] + b"utf-8" + body[declared.end(1) :]


def _from_fast(entry: Mapping[str, Any]) -> Entry:
    guid = _text(entry.get("id"))
    times = [_text(entry.get(key)) for key in ("published", "updated")]
    return Entry(
        link=_text(entry.get("link")),
        guid=guid,
        title=_text(entry.get("title")),
        content=_content(entry.get("content")),
        summary=_text(entry.get("summary")) or _text(entry.get("description")),
        author=_text(entry.get("author")),
        # Without a date it offers the guid as one: 1772539320 is then a number, not a time.
        published=next((at for said in times if said.strip() != guid and (at := read_stamp(said))), None),
    )


def _from_patient(entry: dict[str, Any]) -> Entry:
    # dict's own get: feedparser's answers for absent keys with other keys, and warns.
    def own(key: str) -> Any:
        return dict.get(entry, key)

    times = (read_stamp(_text(own(key))) or _from_tuple(own(f"{key}_parsed")) for key in _TIMES)
    return Entry(
        link=_text(own("link")),
        guid=_text(own("id")),
        title=_text(own("title")),
        content=_content(own("content")),
        summary=_text(own("summary")),
        author=_text(own("author")),
        published=next((at for at in times if at), None),
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _content(value: object) -> str:
    """The longest of the bodies: Atom and media feeds may carry the same one in several forms."""
    if not isinstance(value, list):
        return ""
    return max((_text(part.get("value")) for part in value if isinstance(part, Mapping)), key=len, default="")


def _from_tuple(value: Any) -> datetime | None:
    try:
        return datetime.fromtimestamp(timegm(value), UTC) if value else None
    except (TypeError, ValueError, OverflowError, OSError):
        return None
