"""Text in lines, each capped and with its place in the file, in whatever encoding and with whatever line ends."""

import codecs
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from typing_extensions import Buffer

from tocsin.adapters.files.packing import DamagedError, open_unpacked, skip

LINE_CAP = 1_000_000
"""Bytes of a line above which the rest of it is skipped: a row in memory stays small."""
_CHUNK = 64 * 1024
_MARKS = {codecs.BOM_UTF32_LE: "utf-32", codecs.BOM_UTF32_BE: "utf-32"} | {
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_WIDE = ("utf-16", "utf-32", "utf_16", "utf_32", "utf16", "utf32")


class Spot(NamedTuple):
    """A place between two lines: bytes (unpacked, as UTF-8 where a sign has two bytes) and lines before it."""

    offset: int = 0
    line: int = 0

    def __str__(self) -> str:
        return f"{self.offset}:{self.line}"


def read_spot(written: str) -> Spot:
    """Read a place as `Spot` writes it; the beginning where it is none."""
    offset, _, line = written.partition(":")
    return Spot(int(offset), int(line)) if offset.isdecimal() and line.isdecimal() else Spot()


class Lines(Iterator[str]):
    """The lines of a stream; damage ends them and is told by `damage`.

    Without an `encoding` bytes that are no UTF-8 come as lone surrogates, so that nothing is lost.
    """

    def __init__(self, stream: io.BufferedReader, encoding: str, start: int) -> None:
        self._stream = stream
        self._encoding = encoding or "utf-8"
        self._errors = "replace" if encoding else "surrogateescape"
        self.offset = start
        self.line = 0
        self.damage = ""
        self.is_ended = True
        """Whether the last line had an end: else somebody may still be writing it."""

    @property
    def spot(self) -> Spot:
        """The place behind the last whole line that was given."""
        return Spot(self.offset, self.line)

    def __next__(self) -> str:
        try:
            line = b"" if self.damage else self._stream.readline(LINE_CAP)
            if not line:
                raise StopIteration
            end = line[-1]
            self.offset += len(line)
            if len(line) == LINE_CAP and end != 10:
                end = self._skip_rest()
        except DamagedError as exc:
            self.damage = str(exc)
            raise StopIteration from exc
        self.line += 1
        self.is_ended = end == 10
        return line.decode(self._encoding, self._errors)

    def go_to(self, spot: Spot) -> None:
        """Go on at a place that lies ahead, or stay."""
        if spot.offset > self.offset:
            try:
                skip(self._stream, spot.offset - self.offset)
            except DamagedError as exc:
                self.damage = str(exc)
            self.offset, self.line = spot

    def _skip_rest(self) -> int:
        end = 0
        while end != 10 and (rest := self._stream.readline(LINE_CAP)):
            self.offset += len(rest)
            end = rest[-1]
        return end


class _Recoded(io.RawIOBase):
    """A stream whose signs have two bytes or more, as UTF-8."""

    def __init__(self, stream: io.BufferedReader, encoding: str) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._waiting = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer, /) -> int:
        view = memoryview(buffer).cast("B")
        while not self._waiting:
            data = self._stream.read(_CHUNK)
            self._waiting = self._decoder.decode(data, final=not data).encode("utf-8", "replace")
            if not data:
                break
        given, self._waiting = self._waiting[: len(view)], self._waiting[len(view) :]
        view[: len(given)] = given
        return len(given)


class _NewEnds(io.RawIOBase):
    """A stream with the line ends of the old Macintosh, as today's."""

    def __init__(self, stream: io.BufferedReader) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer, /) -> int:
        view = memoryview(buffer).cast("B")
        data = self._stream.read(len(view))
        view[: len(data)] = data.replace(b"\r", b"\n")
        return len(data)


@contextmanager
def open_lines(path: str, encoding: str = "") -> Iterator[Lines]:
    """Open a text file: packed or not, with a byte order mark or without. OSError as `open`."""
    with open_unpacked(path) as opened:
        stream, start, damage = opened, 0, ""
        try:
            head = stream.peek(4)[:4]
            marked = next((name for mark, name in _MARKS.items() if head.startswith(mark)), "")
            if marked or encoding.startswith(_WIDE):
                # Without a mark it is little-endian: so writes Windows.
                wide = marked or f"{encoding.removesuffix('-le')}-le"
                stream, encoding = io.BufferedReader(_Recoded(stream, wide), _CHUNK), "utf-8"
                head = stream.peek(4)[:4]
            if head.startswith(codecs.BOM_UTF8):
                start = len(stream.read(3))
                encoding = encoding and "utf-8"
            first = stream.peek(_CHUNK)
            if b"\r" in first and b"\n" not in first:
                stream = io.BufferedReader(_NewEnds(stream), _CHUNK)
        except DamagedError as exc:
            damage = str(exc)
        lines = Lines(stream, encoding, start)
        lines.damage = damage
        yield lines
