"""Values as they come back from documents, and documents that a later one of the same name replaces."""

import json
from collections.abc import Iterable
from hashlib import sha256
from typing import Any, TypeVar

from tocsin.errors import BadItemError, PermanentError
from tocsin.index.document import checked_document, from_document, from_point, from_record, to_point
from tocsin.index.labels import Labels
from tocsin.model import Mention, SeriesPoint
from tocsin.records import to_line

T = TypeVar("T")


def read_back(source: dict[str, Any], kind: type[T], revision: str | None = None) -> T:
    """The value that was stored. PermanentError: another version of Tocsin wrote it."""
    try:
        return from_record(source, kind, revision)
    except BadItemError as exc:
        raise _unreadable(exc) from exc


def read_mention(source: dict[str, Any]) -> Mention:
    """The mention that was stored. PermanentError: another version of Tocsin wrote it."""
    try:
        return from_document(source)
    except BadItemError as exc:
        raise _unreadable(exc) from exc


def read_point(source: dict[str, Any]) -> SeriesPoint:
    """The point that was stored. PermanentError: another version of Tocsin wrote it."""
    try:
        return from_point(source)
    except BadItemError as exc:
        raise _unreadable(exc) from exc


def revision_of(hit: dict[str, Any]) -> str:
    """The revision of a document that a search found."""
    return f"{hit['_seq_no']}.{hit['_primary_term']}"


def joint_id(parts: Iterable[str]) -> str:
    """Document id of what has several names together."""
    return sha256(json.dumps(list(parts)).encode()).hexdigest()


def rewrite_mention(source: dict[str, Any], labels: Labels) -> bytes:
    """The mention's document as we write it today. PermanentError: another version of Tocsin wrote it."""
    return checked_document(read_mention(source), source["event"]["mark"], labels)


def rewrite_point(source: dict[str, Any], labels: Labels) -> bytes:
    """The point's document as we write it today. PermanentError: another version of Tocsin wrote it."""
    return to_line(to_point(read_point(source), labels))


def _unreadable(exc: BadItemError) -> PermanentError:
    return PermanentError(f"the store holds what this version cannot read: {exc}")
