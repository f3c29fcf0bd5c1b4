"""Recorded posts on this machine's disk: CSV and JSON Lines, row by row, whatever state the file is in."""

import csv
import gzip
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import blake2b
from itertools import chain, islice
from pathlib import Path
from typing import TextIO

import yaml

from tocsin.errors import PermanentError
from tocsin.ports import ArchiveRow

LINE_CAP = 1_000_000
"""Characters of a line above which the rest of it is skipped: a row in memory stays small."""
FIELD_CAP = 131_072  # Python's own for CSV; it also ends a quote that nobody closed.
KEYS_FROM = 100
"""JSON Lines have no header: their columns are the keys of the first rows."""
_MAP_CAP = 1024 * 1024
_EDGE = 64 * 1024
_EXCERPT = 300
_SUFFIXES = (".csv", ".csv.gz", ".jsonl", ".jsonl.gz", ".ndjson", ".ndjson.gz")


class LocalArchive:
    """Keeps the promise of the port Archive for files in UTF-8; a row in another encoding is read as Windows-1252.

    The kind is told by the suffix: `.csv`, `.jsonl` or `.ndjson`, each also `.gz`. A CSV begins with its header, and
    its columns are parted by commas, semicolons or tabs, whichever the header has most of.
    """

    def rows(self, path: str) -> Iterator[ArchiveRow]:
        """Stream the rows; where the file breaks off, the last row says so."""
        kind = path.lower().removesuffix(".gz")
        if not path.lower().endswith(_SUFFIXES):
            raise PermanentError(f"{path}: unknown kind of file; the name must end in one of {', '.join(_SUFFIXES)}")
        with _named_errors(path), _open_text(path) as file:
            yield from _csv_rows(file) if kind.endswith(".csv") else _json_rows(file)

    def fingerprint(self, path: str) -> str:
        """Give a mark of size, time of change, beginning and end: a file of any size costs the same."""
        with _named_errors(path), Path(path).open("rb") as file:
            stat = Path(path).stat()
            mark = blake2b(f"{stat.st_size} {stat.st_mtime_ns}".encode(), digest_size=16)
            mark.update(file.read(_EDGE))
            file.seek(max(0, stat.st_size - _EDGE))
            mark.update(file.read(_EDGE))
            return mark.hexdigest()

    def column_map(self, path: str) -> Mapping[str, object]:
        """Read a YAML file of at most 1 MiB that holds one mapping."""
        with _named_errors(path), Path(path).open("rb") as file:
            text = file.read(_MAP_CAP)
        try:
            found = yaml.safe_load(text)
        except (yaml.YAMLError, RecursionError) as exc:
            raise PermanentError(f"{path}: not YAML: {exc}") from exc
        if not isinstance(found, dict):
            raise PermanentError(f"{path}: not a column map: it holds no `key: value` lines")
        return found


def _csv_rows(file: TextIO) -> Iterator[ArchiveRow]:
    lines = _Lines(file)
    first = next(lines, "")
    parting = max(",;\t", key=first.count)
    reader = csv.reader(chain([first], lines), delimiter=parting)
    header: list[str] = []
    while True:
        start = reader.line_num + 1
        try:
            values = next(reader)
        except StopIteration:
            break
        except csv.Error as exc:
            yield ArchiveRow(start, {}, f"not CSV: {exc}")
            continue
        if not header:
            header = [name.strip() for name in values]
        elif values:
            yield _csv_row(start, header, values)
    yield from lines.breaks()


def _csv_row(line: int, header: list[str], values: list[str]) -> ArchiveRow:
    if len(values) != len(header):
        problem = f"{len(values)} values for {len(header)} columns"
        return ArchiveRow(line, {}, problem, _repaired("; ".join(values))[:_EXCERPT])
    return _whole(line, dict(zip(header, map(_repaired, values), strict=True)))


def _json_rows(file: TextIO) -> Iterator[ArchiveRow]:
    lines = _Lines(file)
    rows = (_json_row(number, text) for number, text in enumerate(lines, start=1) if text.strip())
    first = list(islice(rows, KEYS_FROM))
    keys = dict.fromkeys(key for row in first for key in row.values)
    for row in chain(first, rows):
        yield row if row.problem else ArchiveRow(row.line, {key: row.values.get(key, "") for key in keys})
    yield from lines.breaks()


def _json_row(line: int, text: str) -> ArchiveRow:
    text = _repaired(text)
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as exc:
        return ArchiveRow(line, {}, f"not JSON: {exc}", text[:_EXCERPT])
    if not isinstance(found, dict):
        return ArchiveRow(line, {}, "not a JSON object", text[:_EXCERPT])
    return _whole(line, {key: _cell(value) for key, value in found.items()})


def _cell(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _whole(line: int, values: Mapping[str, str]) -> ArchiveRow:
    for column, value in values.items():
        if "\0" in value:
            return ArchiveRow(line, {}, f"column {column!r}: a NUL byte", value[:_EXCERPT])
        if len(value) > FIELD_CAP:
            return ArchiveRow(line, {}, f"column {column!r}: over {FIELD_CAP} characters", value[:_EXCERPT])
    return ArchiveRow(line, values)


def _repaired(value: str) -> str:
    """Bytes that are no UTF-8 came in as lone surrogates: the whole value is then Windows-1252."""
    if value.isascii() or value.isprintable():
        return value
    try:
        return value.encode("utf-8", "surrogateescape").decode("utf-8")
    except UnicodeEncodeError:
        return value
    except UnicodeDecodeError:
        return value.encode("utf-8", "surrogateescape").decode("cp1252", "replace")


class _Lines(Iterable[str]):
    """The lines of a file, each capped; damage ends them and is told afterwards."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._count = 0
        self._damage = ""

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        try:
            line = self._file.readline(LINE_CAP)
            if not line:
                raise StopIteration
            self._count += 1
            rest = line
            while len(rest) == LINE_CAP and not rest.endswith(("\n", "\r")):
                rest = self._file.readline(LINE_CAP)
        except (EOFError, zlib.error, gzip.BadGzipFile) as exc:
            self._damage = str(exc)
            raise StopIteration from exc
        return line

    def breaks(self) -> Iterator[ArchiveRow]:
        if self._damage:
            yield ArchiveRow(self._count + 1, {}, f"the file breaks off: {self._damage}")


@contextmanager
def _open_text(path: str) -> Iterator[TextIO]:
    opener = gzip.open if path.lower().endswith(".gz") else open
    with opener(path, "rt", encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        yield file


@contextmanager
def _named_errors(path: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as exc:
        raise PermanentError(f"no such file: {path}") from exc
    except OSError as exc:
        raise PermanentError(f"cannot read {path}: {exc.strerror or exc}") from exc
