"""A body is unpacked here under a cap, because a few kilobytes of gzip can hold a gigabyte."""

import zlib
from collections.abc import AsyncIterator

from tocsin.errors import PermanentError, RefusedError, TransientError

_HARMLESS = 1024 * 1024
_LIKELY = 100


async def read_capped(chunks: AsyncIterator[bytes], encoding: str, cap: int) -> bytes:
    """Join the chunks, unpacked when `encoding` is gzip or deflate; never holds more than `cap` bytes and one chunk.

    RefusedError: more than `cap` bytes, or a bomb: more than 1 MB and 100 times what came. TransientError: the packed
    body breaks off. PermanentError: it is damaged, or in an encoding that we did not ask for.
    """
    body, packed = bytearray(), 0
    unpack = _unpacker(encoding)
    async for chunk in chunks:
        packed += len(chunk)
        # Markup packs ten or twenty times smaller; to unpack a bomb to the cap costs a tenth of a second.
        likely = max(_HARMLESS, _LIKELY * packed) if unpack else cap
        body += unpack.feed(chunk, min(cap, likely) + 1 - len(body)) if unpack else chunk
        if len(body) > cap:
            raise RefusedError(f"the body is over {cap} bytes")
        if len(body) > likely:
            raise RefusedError(f"a bomb: {packed} bytes unpack to more than {_LIKELY} times as much")
    if unpack and not unpack.is_whole:
        raise TransientError("the packed body breaks off")
    return bytes(body)


class _Unpacker:
    """Unpacks gzip (also several members in a row) and zlib, never more than it is allowed to."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(zlib.MAX_WBITS | 32)
        self._started = False

    @property
    def is_whole(self) -> bool:
        return self._inner.eof or not self._started

    def feed(self, packed: bytes, room: int) -> bytes:
        out = bytearray()
        while packed and len(out) < room:
            if self._inner.eof:
                if packed.count(0) == len(packed):  # Padding after the last member.
                    break
                self._inner = zlib.decompressobj(zlib.MAX_WBITS | 32)
            self._started = True
            try:
                out += self._inner.decompress(packed, room - len(out))
            except zlib.error as exc:
                raise PermanentError(f"the packed body is damaged: {exc}") from exc
            packed = self._inner.unconsumed_tail or self._inner.unused_data
        return bytes(out)


def _unpacker(encoding: str) -> _Unpacker | None:
    encoding = encoding.strip().lower()
    if encoding in {"", "identity"}:
        return None
    if encoding in {"gzip", "x-gzip", "deflate"}:
        return _Unpacker()
    raise PermanentError(f"packed as {encoding[:40]!r}, which we did not ask for")
