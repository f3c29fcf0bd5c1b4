"""The words as bytes: one JSON line per value, decoded back with every type checked."""

from typing import Any, TypeVar

import msgspec

from tocsin.errors import BadItemError

T = TypeVar("T")

_encoder = msgspec.json.Encoder()


def to_line(value: Any) -> bytes:
    """Encode one frozen value as a JSON line without the newline; times keep their zone."""
    return _encoder.encode(value)


def from_line(line: bytes | str, kind: type[T]) -> T:
    """Decode one JSON line as `kind`; BadItemError names the field that does not fit."""
    try:
        return msgspec.json.decode(line, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as exc:
        raise BadItemError(f"not a {kind.__name__}: {exc}") from exc
