"""Files are unpacked here bit by bit and under a cap, because a few kilobytes can hold a terabyte."""

import bz2
import gzip
import io
import lzma
import zlib
from collections.abc import Callable, Mapping
from typing import BinaryIO, Protocol

import zstandard
from typing_extensions import Buffer

from tocsin.errors import RefusedError

FREE = 256 * 1024 * 1024
"""Bytes that any file may unpack to: a bomb of less does no harm."""
RATIO = 250
"""Times its size that a larger file may unpack to: posts shrink to a fifth, logs full of repeats to a hundredth."""
MEMORY = 160 * 1024 * 1024
"""Bytes that unpacking may want for itself: the strongest usual settings of xz and zstd want half of it."""
PACKED = (".gz", ".zst", ".bz2", ".xz")
_CHUNK = 64 * 1024
_ZSTD_HEADER = 18
_SKIPPABLE = b"\x2a\x4d\x18"


class DamagedError(Exception):
    """The packed file breaks off or is damaged; what came before is right."""


class _Source(Protocol):
    def read(self, size: int, /) -> bytes: ...


class _Capped(io.RawIOBase):
    """A packed file as a stream of what is in it."""

    def __init__(self, packed: BinaryIO, path: str, suffix: str) -> None:
        self._packed = packed
        self._path = path
        self._unpacked = 0
        self._inner = _UNPACKERS[suffix](packed)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer, /) -> int:
        view = memoryview(buffer).cast("B")
        try:
            data = self._inner.read(len(view))
        except (EOFError, OSError, zlib.error, lzma.LZMAError, zstandard.ZstdError) as exc:
            raise DamagedError(str(exc)) from exc
        view[: len(data)] = data
        self._unpacked += len(data)
        if self._unpacked > FREE and self._unpacked > RATIO * self._packed.tell():
            raise RefusedError(f"{self._path}: unpacks to more than {RATIO} times its size; unpack it yourself")
        return len(data)

    def close(self) -> None:
        self._packed.close()
        super().close()


class _Xz:
    """xz under a memory limit, which the library's own file object has no setting for."""

    def __init__(self, packed: BinaryIO) -> None:
        self._packed = packed
        self._inner = lzma.LZMADecompressor(memlimit=MEMORY)
        self._fed = False

    def read(self, size: int, /) -> bytes:
        while True:
            if self._inner.eof:
                rest = (self._inner.unused_data or self._packed.read(_CHUNK)).lstrip(b"\0")
                if not rest:
                    return b""
                self._inner = lzma.LZMADecompressor(memlimit=MEMORY)
            else:
                rest = self._packed.read(_CHUNK) if self._inner.needs_input else b""
                if not rest and self._inner.needs_input:
                    raise EOFError("the packed file ended before its end-of-stream marker was reached")
            if data := self._inner.decompress(rest, size):
                return data


class _Zstd:
    """zstd, which would else take a file that breaks off for one that ends."""

    def __init__(self, packed: BinaryIO) -> None:
        self._packed = packed
        self._inner = zstandard.ZstdDecompressor(max_window_size=MEMORY).stream_reader(
            packed, read_size=_CHUNK, read_across_frames=True, closefd=False
        )

    def read(self, size: int, /) -> bytes:
        data = self._inner.read(size)
        if not data and not _ends_with_a_frame(self._packed):
            raise EOFError("the packed file ended within a frame")
        return data


def _ends_with_a_frame(file: BinaryIO) -> bool:
    """Walk from header to header; what is between them is not read."""
    size, at = file.seek(0, io.SEEK_END), 0
    while at < size:
        file.seek(at)
        head = file.read(_ZSTD_HEADER)
        if head[1:4] == _SKIPPABLE:
            at += 8 + int.from_bytes(head[4:8], "little")
            continue
        try:
            told = zstandard.get_frame_parameters(head)
        except zstandard.ZstdError:
            return False
        at, last = at + zstandard.frame_header_size(head), False
        while not last:
            file.seek(at)
            block = int.from_bytes(header := file.read(3), "little")
            if len(header) < 3:
                return False
            last, run = bool(block & 1), (block >> 1) & 3 == 1
            at += 3 + (1 if run else block >> 3)
        at += 4 * told.has_checksum
    file.seek(0, io.SEEK_END)
    return at == size


_UNPACKERS: Mapping[str, Callable[[BinaryIO], _Source]] = {
    ".gz": lambda packed: gzip.GzipFile(fileobj=packed, mode="rb"),
    ".bz2": bz2.BZ2File,
    ".xz": _Xz,
    ".zst": _Zstd,
}


def open_unpacked(path: str, packing: str = "") -> io.BufferedReader:
    """Open a file for reading, unpacked as `packing` or else its suffix says. OSError as `open`.

    Reading raises DamagedError where the packed file breaks off, and RefusedError where it grows beyond FREE and
    RATIO.
    """
    packed = open(path, "rb")  # noqa: PTH123, SIM115 - handed on; whoever asked closes it
    suffix = packing or packing_of(path)
    if not suffix:
        return packed
    return io.BufferedReader(_Capped(packed, path, suffix), _CHUNK)


def packing_of(path: str) -> str:
    """Give the suffix that says how a file is packed, empty if none does."""
    return next((suffix for suffix in PACKED if path.lower().endswith(suffix)), "")


def skip(stream: io.BufferedReader, size: int) -> None:
    """Go on behind the next `size` bytes: at once in a plain file, by unpacking in a packed one."""
    if stream.seekable():
        stream.seek(size, io.SEEK_CUR)
        return
    while size > 0 and (data := stream.read(min(size, 1024 * 1024))):
        size -= len(data)
