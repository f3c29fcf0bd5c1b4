"""The fast parser is believed only where it is known to be right; what it drops without a word is a doubt."""

import re
from collections.abc import Sequence
from xml.parsers.expat import ExpatError, ParserCreate

from tocsin.collect.entry import Entry

# Atom and old RSS may write markup as it is, as elements inside a title: only the words before it are then read.
_INSIDE = re.compile(rb"<(?:\w+:)?(?:title|description|summary|tagline)\b[^<>]*>[^<]*<(?![/!])", re.IGNORECASE)
_PACKED = re.compile(rb"""\b(?:mode|type)\s*=\s*["'](?:base64|application/octet-stream)["']""")
_BODIES = re.compile(rb"<(?:(?:\w+:)?(?:body|fullitem)|media:description)\b", re.IGNORECASE)
_LINKS = re.compile(rb"\bxml:base\b|<\w+:link\b")
_DATES = re.compile(rb"<(?:\w+:)?(?:created|issued|modified|pubdate|published|updated|date)\b", re.IGNORECASE)


def is_doubtful(body: bytes, entries: Sequence[Entry]) -> bool:
    """Say whether the patient parser may read more in this document than the fast one did."""
    if not all(entry.content or entry.summary for entry in entries) and _BODIES.search(body):
        return True  # Texts where the fast one does not look; YouTube keeps its own in media:description.
    if not all(entry.link.startswith(("http://", "https://")) for entry in entries) and _LINKS.search(body):
        return True  # xml:base says of what an address is a part; atom:link beside an RSS item's link hides it.
    if not any(entry.published for entry in entries) and len(_DATES.findall(body)) >= len(entries):
        return True
    return b"<!ENTITY" in body or bool(_INSIDE.search(body) or _PACKED.search(body)) or _is_broken(body)


def _is_broken(body: bytes) -> bool:
    """Say whether XML is not well formed: fastfeedparser then drops a bare `&` and `&nbsp;` without a word."""
    parser = ParserCreate()
    skipped: list[str] = []
    parser.SkippedEntityHandler = lambda name, _is_parameter: skipped.append(name)
    try:
        parser.Parse(body, True)
    except (ExpatError, ValueError, LookupError):
        return True
    return bool(skipped)
