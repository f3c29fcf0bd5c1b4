"""Batches between steps, as compressed JSON lines under an fsspec URL: a folder now, a bucket by setting."""

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import IO, TypeVar
from uuid import uuid4

import fsspec
import zstandard
from fsspec.implementations.local import LocalFileSystem

from tocsin.errors import BadItemError, PermanentError, TransientError
from tocsin.model import Stage
from tocsin.records import from_line, to_line

T = TypeVar("T")

_SUFFIX = ".ndjson.zst"
# No slash, no leading dot: an id can never lead out of its folder, nor be taken for a temporary file.
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")
_DATED = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})T")
# Small, since one block of a text that repeats itself unpacks to thousands of times its size.
_BLOCK = 512


class FsspecBatches:
    """Batches under `url`: `raw/`, `enriched/` and, once settled, `archive/YYYY/MM/DD/` by the date in the id.

    `url` is a path or any fsspec URL; `memory://` lives as long as the process. A file gets its name only when it is
    whole and on disk. Ids are letters, digits, `.`, `_` and `-` (PermanentError else).
    """

    def __init__(self, url: str) -> None:
        try:
            self._files, self._root = fsspec.core.url_to_fs(url)
        except (ImportError, ValueError) as exc:
            raise PermanentError(f"not a place for batches: {url}: {exc}") from exc
        self._is_local = isinstance(self._files, LocalFileSystem)

    def write(self, stage: Stage, batch_id: str, records: Iterable[object]) -> int:
        """Write the batch atomically and return how many records; BadItemError: a record has no JSON form."""
        path = self._path(stage, batch_id)
        draft = f"{_folder(path)}/.{uuid4().hex}.tmp"
        try:
            with _translated(path):
                self._make_folder(_folder(path))
                count = self._fill(draft, records)
                self._rename(draft, path)
        except BaseException:
            with suppress(OSError):
                self._files.rm(draft)
            raise
        return count

    def read(self, stage: Stage, batch_id: str, kind: type[T]) -> Iterator[T]:
        """Stream the records in order; one that does not decode raises BadItemError and the next call goes on.

        PermanentError: no such batch, or its file is damaged.
        """
        return map(partial(from_line, kind=kind), self._lines(self._path(stage, batch_id)))

    def pending(self, stage: Stage) -> tuple[str, ...]:
        """Ids that wait at `stage`, sorted."""
        waiting = self._ids(stage)
        if stage is Stage.RAW:
            waiting -= self._ids(Stage.ENRICHED)
        return tuple(sorted(waiting))

    def drop(self, stage: Stage, batch_id: str) -> None:
        """Forget the batch at this stage; nothing happens when it is not there."""
        with _translated(batch_id), suppress(FileNotFoundError):
            self._files.rm(self._path(stage, batch_id))

    def settle(self, batch_id: str) -> None:
        """Move the raw batch to the archive, then drop the enriched one; doing it again does no harm.

        The order matters: a crash in between leaves the batch pending as enriched, so that it is indexed (all
        duplicates) and settled again. The other way round it would be enriched again for nothing.
        """
        raw, enriched = self._path(Stage.RAW, batch_id), self._path(Stage.ENRICHED, batch_id)
        archived = f"{self._root}/archive/{_day_of(batch_id)}/{batch_id}{_SUFFIX}"
        with _translated(batch_id):
            self._make_folder(_folder(archived))
            with suppress(FileNotFoundError):
                self._rename(raw, archived)
            with suppress(FileNotFoundError):
                self._files.rm(enriched)

    def _path(self, stage: Stage, batch_id: str) -> str:
        if not _ID.fullmatch(batch_id):
            raise PermanentError(f"not a batch id: {batch_id[:80]!r}")
        return f"{self._root}/{stage.value}/{batch_id}{_SUFFIX}"

    def _ids(self, stage: Stage) -> set[str]:
        folder = f"{self._root}/{stage.value}"
        with _translated(folder):
            self._files.invalidate_cache()  # Other processes write here too.
            try:
                paths = self._files.ls(folder, detail=False)
            except FileNotFoundError:
                return set()
        names = (path.rpartition("/")[2] for path in paths)
        ids = {name.removesuffix(_SUFFIX) for name in names if name.endswith(_SUFFIX)}
        return {batch_id for batch_id in ids if _ID.fullmatch(batch_id)}

    def _fill(self, path: str, records: Iterable[object]) -> int:
        count = 0
        with self._files.open(path, "wb") as file:
            with zstandard.ZstdCompressor(write_checksum=True).stream_writer(file, closefd=False) as out:
                for record in records:
                    out.write(_line(record))
                    count += 1
            if self._is_local:
                file.flush()
                os.fsync(file.fileno())
        return count

    def _lines(self, path: str) -> Iterator[bytes]:
        rest = b""
        with _translated(path), self._files.open(path, "rb") as file:
            for block in _unpacked(file, path):
                *lines, rest = (rest + block).split(b"\n")
                yield from lines
        if rest:
            raise PermanentError(f"{path} ends in the middle of a line")

    def _rename(self, old: str, new: str) -> None:
        if not self._is_local:
            self._files.mv(old, new)
            return
        Path(old).replace(new)
        for folder in dict.fromkeys((_folder(new), _folder(old))):
            _sync(folder)

    def _make_folder(self, folder: str) -> None:
        self._files.makedirs(folder, exist_ok=True)
        if self._is_local:
            # A folder is on disk only when its parent is: up to the root of the batches.
            while folder != self._root:
                folder = _folder(folder)
                _sync(folder)


def _line(record: object) -> bytes:
    try:
        return to_line(record) + b"\n"
    except (UnicodeEncodeError, TypeError, ValueError) as exc:
        raise BadItemError(f"cannot be written as JSON: {exc}") from exc


def _unpacked(file: IO[bytes], path: str) -> Iterator[bytes]:
    # Not stream_reader: it takes the end of a cut file for the end of its content.
    unpacker = zstandard.ZstdDecompressor().decompressobj()
    while block := file.read(_BLOCK):
        yield unpacker.decompress(block)
        if unpacker.eof:
            return
    raise PermanentError(f"{path} is cut short")


def _day_of(batch_id: str) -> str:
    dated = _DATED.match(batch_id)
    return "/".join(dated.groups()) if dated else "undated"


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _sync(folder: str) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _translated(what: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as exc:
        raise PermanentError(f"no such batch: {what}") from exc
    except (PermissionError, IsADirectoryError, NotADirectoryError) as exc:
        raise PermanentError(f"cannot use {what}: {exc}") from exc
    except zstandard.ZstdError as exc:
        raise PermanentError(f"{what} is damaged: {exc}") from exc
    except OSError as exc:
        raise TransientError(f"{what}: {exc}") from exc
