"""Files of recorded posts on this machine's disk: which reader reads which, and how a file is known again."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO

import yaml

from tocsin.adapters.files.feeds import COLUMNS as FEED_COLUMNS
from tocsin.adapters.files.feeds import TARS, feed_rows
from tocsin.adapters.files.mail import COLUMNS as MAIL_COLUMNS
from tocsin.adapters.files.mail import mail_rows
from tocsin.adapters.files.packing import packing_of
from tocsin.adapters.files.parquet import parquet_rows
from tocsin.adapters.files.tables import csv_rows, json_rows
from tocsin.adapters.files.web import COLUMNS as WEB_COLUMNS
from tocsin.adapters.files.web import web_rows
from tocsin.errors import PermanentError
from tocsin.ports import AS_IT_IS, ArchiveRow, FileForm

_MAP_CAP = 1024 * 1024
_EDGE = 64 * 1024


@dataclass(frozen=True, slots=True)
class _Kind:
    read: Callable[[str, FileForm, str], Iterator[ArchiveRow]]
    suffixes: tuple[str, ...]
    columns: tuple[str, ...] = ()
    """What all files of the kind have; empty: each has its own."""


_KINDS: Mapping[str, _Kind] = {
    "csv": _Kind(csv_rows, (".csv", ".tsv")),
    "jsonl": _Kind(json_rows, (".jsonl", ".ndjson")),
    "parquet": _Kind(parquet_rows, (".parquet", ".pq")),
    "mbox": _Kind(mail_rows, (".mbox", ".mbx"), MAIL_COLUMNS),
    "warc": _Kind(web_rows, (".warc", ".wet"), WEB_COLUMNS),
    "feed": _Kind(feed_rows, (".xml", ".rss", ".atom", ".rdf", ".zip", *TARS), FEED_COLUMNS),
}


class LocalArchive:
    """Keeps the promise of the port Archive for CSV, JSON Lines, Parquet, mbox, WARC and kept feeds.

    The kind is told by the form, else by the suffix, in front of `.gz`, `.zst`, `.bz2` or `.xz`; a folder holds
    feeds. Text is UTF-8 or what its byte order mark says, and a row that is neither is read as Windows-1252; the
    form may tell another encoding. Parquet needs pyarrow.
    """

    def rows(self, path: str, form: FileForm = AS_IT_IS, after: str = "") -> Iterator[ArchiveRow]:
        """Stream the rows; where the file breaks off, the last row says so."""
        kind = _kind(path, form)
        with _named_errors(path):
            yield from kind.read(path, form, after)

    def own_columns(self, path: str, form: FileForm = AS_IT_IS) -> tuple[str, ...]:
        """Give the columns of mbox, WARC and kept feeds; none for tables."""
        return _kind(path, form).columns

    def fingerprint(self, path: str) -> str:
        """Give a mark of size, time of change, beginning and end: a file of any size costs the same.

        Of a folder: names, sizes and times of change of what is in it.
        """
        with _named_errors(path):
            if Path(path).is_dir():
                return _folder_mark(path)
            with Path(path).open("rb") as file:
                stat = os.fstat(file.fileno())
                return f"{stat.st_size}-{stat.st_mtime_ns}-{_edges(file, stat.st_size)}"

    def continues(self, path: str, mark: str) -> bool:
        """Compare the beginning and what was the end; a file that did not grow must have its time of change too."""
        now = self.fingerprint(path)
        size = mark.partition("-")[0]
        if now == mark or not size.isdecimal() or int(size) >= int(now.partition("-")[0] or 0):
            return now == mark
        with _named_errors(path), Path(path).open("rb") as file:
            return mark.endswith(_edges(file, int(size)))

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


def _kind(path: str, form: FileForm) -> _Kind:
    if form.format:
        return _KINDS[form.format]
    name = path.lower()
    bare = name.removesuffix(packing_of(name))
    for kind in _KINDS.values():
        if bare.endswith(kind.suffixes) or name.endswith(kind.suffixes):
            return kind
    if Path(path).is_dir():
        return _KINDS["feed"]
    known = ", ".join(suffix for kind in _KINDS.values() for suffix in kind.suffixes if suffix not in TARS[1:])
    raise PermanentError(
        f"{path}: unknown kind of file; say `format` in its column map, or let its name end in {known}"
    )


def _edges(file: BinaryIO, size: int) -> str:
    """A mark of the beginning and the end of the first `size` bytes."""
    file.seek(0)
    mark = blake2b(file.read(min(_EDGE, size)), digest_size=16)
    file.seek(max(0, size - _EDGE))
    mark.update(file.read(min(_EDGE, size)))
    return mark.hexdigest()


def _folder_mark(path: str) -> str:
    mark = blake2b(digest_size=16)
    for folder, folders, names in os.walk(path):
        folders.sort()
        for name in sorted(names):
            stat = (Path(folder) / name).lstat()
            mark.update(f"{folder}/{name}\0{stat.st_size} {stat.st_mtime_ns}\n".encode("utf-8", "surrogateescape"))
    return f"folder-{mark.hexdigest()}"


@contextmanager
def _named_errors(path: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as exc:
        raise PermanentError(f"no such file: {path}") from exc
    except OSError as exc:
        raise PermanentError(f"cannot read {path}: {exc.strerror or exc}") from exc
