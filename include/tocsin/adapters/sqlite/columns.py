"""How values lie in columns: times as whole microseconds, bodies as JSON that reads back equal."""

from datetime import UTC, datetime, timedelta
from typing import TypeVar

from tocsin.errors import BadItemError, PermanentError
from tocsin.records import from_line, to_line

T = TypeVar("T")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_micros(at: datetime) -> int:
    """Microseconds since 1970 UTC, exact. BadItemError: the time has no zone."""
    if at.tzinfo is None:
        raise BadItemError(f"a time without its zone: {at}")
    return (at - _EPOCH) // _MICROSECOND


def from_micros(micros: int) -> datetime:
    """The aware UTC time of `to_micros`."""
    return _EPOCH + micros * _MICROSECOND


def to_body(value: object) -> bytes:
    """The value as JSON. BadItemError: it holds something that JSON cannot, such as half a surrogate pair."""
    try:
        return to_line(value)
    except (UnicodeEncodeError, TypeError, ValueError) as exc:
        raise BadItemError(f"cannot be written: {exc}") from exc


def from_body(body: bytes, kind: type[T]) -> T:
    """The value that was stored. PermanentError: another version of Tocsin wrote it, or the file is damaged."""
    try:
        return from_line(body, kind)
    except BadItemError as exc:
        raise PermanentError(f"the store holds what this version cannot read: {exc}") from exc
