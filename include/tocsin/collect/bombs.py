"""A document can be small to send and endless to parse: it is measured as bytes before any parser sees it."""

import re

from tocsin.errors import RefusedError

TAGS_CAP = 400_000
"""Tags in a document, also those in its texts: a parser keeps some hundred bytes for each."""
ATTRIBUTES_CAP = 500
"""Attributes of one tag: parsers compare each with each, and half a million take minutes."""
NAMESPACES_CAP = 10_000
"""Namespaces that are declared: each name is looked for in all that are open."""

_NO_MARKS = re.compile(rb"""\s*<\?xml[^>]{0,99}?encoding\s*=\s*["']\s*utf-?7|\x4c\x6f\xa7\x94""", re.IGNORECASE)
"""UTF-7 and EBCDIC (its `<?xm`): no feed is written in them, and a parser that knows them sees tags we do not."""
_LONG_TAG = re.compile(rb"<[a-zA-Z_][^<>]{2000,}")


def refuse_bomb(body: bytes) -> None:
    """Raise RefusedError for a document whose parsing would take time or memory beyond all measure.

    Entities need no look here: expat refuses bombs of them, and no parser of ours opens a file or an address.
    """
    if _NO_MARKS.match(body):
        raise RefusedError("a document in UTF-7 or EBCDIC")
    wide = b"\x00" in body[:4]
    marks = body.replace(b"\x00", b"") if wide else body  # UTF-16 and UTF-32 hide nothing behind their zeros.
    if marks.count(b"<") > TAGS_CAP:
        raise RefusedError(f"a document of over {TAGS_CAP} tags")
    if marks.count(b"xmlns") > NAMESPACES_CAP:
        raise RefusedError(f"a document of over {NAMESPACES_CAP} namespaces")
    for tag in _LONG_TAG.finditer(marks):
        if marks.count(b"=", tag.start(), tag.end()) > ATTRIBUTES_CAP:
            raise RefusedError(f"a tag of over {ATTRIBUTES_CAP} attributes")
