"""HTML from strangers becomes a tree: in the letters that it is really written in, and fetching nothing."""

import re
from codecs import getincrementaldecoder
from typing import Any

from lxml import html as markup
from lxml.etree import LxmlError

from tocsin.errors import PermanentError

_CHARSET = re.compile(r"charset=[\"']?([\w.:-]{1,40})", re.IGNORECASE)


def parse_html(body: bytes, content_type: str = "") -> Any:
    """Give the document's root. PermanentError: it has none.

    What is valid UTF-8 is UTF-8, whatever it says; else the answer's charset counts, else what the page declares.
    """
    declared = _CHARSET.search(content_type)
    try:
        return markup.document_fromstring(
            body, parser=_parser("utf-8" if _is_utf8(body) else declared and declared[1])
        )
    except (LxmlError, ValueError) as exc:
        raise PermanentError(f"a page that cannot be read: {type(exc).__name__}") from exc


def _parser(encoding: str | None) -> Any:
    try:
        return markup.HTMLParser(no_network=True, huge_tree=False, encoding=encoding)
    except LookupError:  # A charset that nobody knows.
        return markup.HTMLParser(no_network=True, huge_tree=False)


def _is_utf8(body: bytes) -> bool:
    try:
        getincrementaldecoder("utf-8")().decode(body)  # Incremental: the page may be cut within a letter.
    except UnicodeDecodeError:
        return False
    return True
