"""The words as bytes: one JSON line per value, decoded back with every type checked."""

from collections.abc import Collection
from typing import Any, TypeVar

import msgspec

from tocsin.errors import BadItemError

T = TypeVar("T")

_encoder = msgspec.json.Encoder()


class _Signed(msgspec.Struct):
    """All that is asked of a record when its author matters."""

    author: str = ""


class _Named(msgspec.Struct):
    """All that is asked of a record when it matters which post it is."""

    id: str = ""


_signed = msgspec.json.Decoder(_Signed)
_named = msgspec.json.Decoder(_Named)


def to_line(value: Any) -> bytes:
    """Encode one frozen value as a JSON line without the newline; times keep their zone."""
    return _encoder.encode(value)


def is_by(line: bytes, authors: Collection[str]) -> bool:
    """Say whether the record on this line is by one of these authors; a broken line that only names one is, too."""
    if not any(author and to_line(author)[1:-1] in line for author in authors):
        return False
    try:
        return _signed.decode(line).author in authors
    except (msgspec.DecodeError, UnicodeDecodeError):
        return True


def is_one_of(line: bytes, ids: Collection[str]) -> bool:
    """Say whether the record on this line is one of these posts; a broken line is none."""
    try:
        return _named.decode(line).id in ids
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False


def from_line(line: bytes | str, kind: type[T]) -> T:
    """Decode one JSON line as `kind`; BadItemError names the field that does not fit."""
    try:
        return msgspec.json.decode(line, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as exc:
        raise BadItemError(f"not a {kind.__name__}: {exc}") from exc
