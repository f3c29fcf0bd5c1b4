"""Mailboxes of the kind mbox: one message after the other, however hostile its headers."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr, parsedate_to_datetime
from itertools import islice

from tocsin.adapters.files.lines import Lines, open_lines, read_spot
from tocsin.adapters.files.rows import EXCERPT, broken_off, cut, whole
from tocsin.ports import ArchiveRow, FileForm

COLUMNS = ("id", "time", "title", "text", "author", "list", "url")
MESSAGE_CAP = 4 * 1024 * 1024
"""Characters of a message, attachments included; what is behind them is skipped."""
PARTS_CAP = 200
_HEADER_CAP = 4_000
# A postmark, and not a sentence that begins with "From": a sender, a clock, a year.
_POSTMARK = re.compile(r"From \S.{0,200}\d\d:\d\d.{0,30}\d{4}")
_QUOTED = re.compile(r"^>(?=>*From )", re.MULTILINE)
_STAMP = re.compile(r"\w{3} \w{3} +\d{1,2} \d\d:\d\d:\d\d \d{4}")
_LINK = re.compile(r"https?://[^\s<>]+")


@dataclass(frozen=True, slots=True)
class _Letter:
    line: int
    text: str
    place: str


def mail_rows(path: str, _form: FileForm, after: str) -> Iterator[ArchiveRow]:
    """Read the messages of an mbox file: subject, sender's address, date, plain text (else HTML); no attachments."""
    # Python's own mailbox.mbox reads the whole file before it gives the first message.
    with open_lines(path, "latin-1") as lines:
        lines.go_to(read_spot(after))
        for letter in _letters(lines):
            yield _row(letter)
        if lines.damage:
            yield broken_off(lines.line + 1, lines.damage)


def _letters(lines: Lines) -> Iterator[_Letter]:
    """Cut at the postmarks, which stand behind an empty line; what is before the first one is no message."""
    kept: list[str] = []
    start, size, was_empty = 0, 0, True
    before = str(lines.spot)
    for line in lines:
        if was_empty and line.startswith("From ") and _POSTMARK.match(line):
            if kept:
                yield _Letter(start, "".join(kept), before)
            kept, start, size = [], lines.line, 0
        if start and size < MESSAGE_CAP:
            kept.append(line)
            size += len(line)
        was_empty = not line.strip()
        before = str(lines.spot)
    if kept:
        # The last message may still be growing: it is read again when it has.
        yield _Letter(start, "".join(kept), "")


def _row(letter: _Letter) -> ArchiveRow:
    postmark, _, text = letter.text.partition("\n")
    try:
        message = message_from_bytes(_QUOTED.sub("", text).encode("latin-1", "replace"))
        values = {
            "id": _header(message, "message-id"),
            "time": _time(message, postmark),
            "title": _header(message, "subject"),
            "text": cut(_text(message)),
            "author": _author(message),
            "list": _header(message, "list-id"),
            "url": link[0] if (link := _LINK.search(_header(message, "archived-at"))) else "",
        }
    except Exception as exc:  # The library raises anything on hostile headers, and too deep a message ends it.
        return ArchiveRow(letter.line, {}, f"no message: {type(exc).__name__}", text[:EXCERPT], letter.place)
    return whole(letter.line, values, letter.place)


def _header(message: Message, name: str) -> str:
    """A header as people see it; one in an unknown encoding as it is written."""
    written = str(message.get(name, ""))[:_HEADER_CAP]
    try:
        # What is no ASCII and says no encoding is UTF-8 more often than not.
        plain = written.encode("latin-1", "surrogateescape").decode("utf-8", "replace")
        return cut(str(make_header(decode_header(plain))))
    except (LookupError, ValueError, AttributeError):
        return cut(written)


def _author(message: Message) -> str:
    name, address = parseaddr(_header(message, "from"))
    return (address or name).lower()


def _time(message: Message, postmark: str) -> str:
    """The date that the sender states, with its offset; else the postmark's, which is in UTC."""
    try:
        return parsedate_to_datetime(str(message.get("date", ""))[:200]).isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        found = _STAMP.search(postmark)
    try:
        return datetime.strptime(found[0], "%a %b %d %H:%M:%S %Y").replace(tzinfo=UTC).isoformat() if found else ""
    except ValueError:
        return ""


def _text(message: Message) -> str:
    """The first plain text that says something, else the first HTML; attached files are not looked at."""
    texts = {"text/plain": "", "text/html": ""}
    for part in islice(message.walk(), PARTS_CAP):
        kind = part.get_content_type()
        if kind in texts and not texts[kind].strip() and part.get_content_disposition() != "attachment":
            texts[kind] = _decoded(part)
    return texts["text/plain"] if texts["text/plain"].strip() else texts["text/html"]


def _decoded(part: Message) -> str:
    payload = part.get_payload(decode=True)
    content = payload if isinstance(payload, bytes) else b""
    try:
        return content.decode(str(part.get_content_charset("utf-8")))
    except (LookupError, ValueError):
        return content.decode("cp1252", "replace")
