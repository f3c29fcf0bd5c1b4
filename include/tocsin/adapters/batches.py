"""Batches between steps, as compressed JSON lines under an fsspec URL: a folder now, a bucket by setting."""

import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import IO, TypeVar
from uuid import uuid4

import fsspec
import zstandard
from fsspec.implementations.local import LocalFileSystem

from tocsin.errors import BadItemError, PermanentError, TransientError
from tocsin.model import Stage
from tocsin.records import from_line, is_by, is_one_of, to_line

T = TypeVar("T")

_SUFFIX = ".ndjson.zst"
# No slash, no leading dot: an id can never lead out of its folder, nor be taken for a temporary file.
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")
_DATED = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})T")
_TIMED = re.compile(r"[0-9]{8}T([0-9]{6})Z")
_DAY = re.compile(r"archive/([0-9]{4})/([0-9]{2})/([0-9]{2})$")
_DRAFT = re.compile(r"\.[0-9a-f]{32}\.tmp")
# Small, since one block of a text that repeats itself unpacks to thousands of times its size.
_BLOCK = 512


class _GoneError(PermanentError):
    """The file is not there, or not any more."""


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
        return self._write(stage, batch_id, map(_line, records))

    def _write(self, stage: Stage, batch_id: str, lines: Iterable[bytes]) -> int:
        path = self._path(stage, batch_id)
        draft = f"{self._root}/{stage.value}/.{uuid4().hex}.tmp"
        try:
            with _translated(path):
                for folder in {_folder(path), _folder(draft)}:
                    self._make_folder(folder)
                count = self._fill(draft, lines)
                self._rename(draft, path)
        except BaseException:
            with suppress(OSError):
                self._files.rm(draft)
            raise
        return count

    def probe(self) -> None:
        """Write a small file and delete it. PermanentError, TransientError: batches could not be kept there."""
        path = f"{self._root}/.{uuid4().hex}.tmp"
        with _translated(path):
            self._make_folder(self._root)
            self._files.pipe_file(path, b"tocsin")
            self._files.rm(path)

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

    def strike(self, stage: Stage, batch_id: str, authors: Collection[str], *, look_only: bool = False) -> int:
        """Write the batch again without the records of these authors, atomically; give how many there are.

        A batch that is left empty is dropped, except an enriched one. PermanentError: it is damaged.
        """
        return self._strike(stage, batch_id, lambda line: is_by(line, authors), look_only=look_only)

    def strike_posts(self, stage: Stage, batch_id: str, ids: Collection[str]) -> int:
        """Write the batch again without the records of these ids; give how many there were."""
        return self._strike(stage, batch_id, lambda line: is_one_of(line, ids))

    def _strike(self, stage: Stage, batch_id: str, goes: Callable[[bytes], bool], *, look_only: bool = False) -> int:
        path = self._path(stage, batch_id)
        try:
            is_theirs = [goes(line) for line in self._lines(path)]
        except _GoneError:
            return 0
        found = sum(is_theirs)
        if look_only or not found:
            return found
        if all(is_theirs) and stage is not Stage.ENRICHED:
            self.drop(stage, batch_id)
            return found
        with suppress(_GoneError):  # Settled at this moment: its records are met again where they went.
            kept = (line + b"\n" for line in self._lines(path) if not goes(line))
            self._write(stage, batch_id, kept)
        if stage is Stage.RAW and self._is_there(self._path(Stage.ARCHIVE, batch_id)):
            self.drop(stage, batch_id)  # Settled while we wrote: it must not wait once more.
        return found

    def strike_drafts(self, authors: Collection[str]) -> int:
        """Delete what a killed writer left unfinished if it holds a record of these authors; give how many files."""
        drafts = [draft for stage in Stage for draft in self._drafts(stage)]
        struck = [draft for draft in drafts if any(is_by(line, authors) for line in self._readable(draft))]
        self._remove(struck)
        return len(struck)

    def _readable(self, path: str) -> Iterator[bytes]:
        """The lines of a file as far as they can be read, the beginning of a last one too."""
        rest = b""
        with suppress(PermanentError, TransientError), _translated(path), self._files.open(path, "rb") as file:
            for block in _unpacked(file, path):
                *lines, rest = (rest + block).split(b"\n")
                yield from lines
        if rest:
            yield rest

    def settle(self, batch_id: str) -> None:
        """Move the raw batch to the archive, then drop the enriched one; doing it again does no harm.

        The order matters: a crash in between leaves the batch pending as enriched, so that it is indexed (all
        duplicates) and settled again. The other way round it would be enriched again for nothing.
        """
        raw, enriched = self._path(Stage.RAW, batch_id), self._path(Stage.ENRICHED, batch_id)
        archived = self._path(Stage.ARCHIVE, batch_id)
        with _translated(batch_id):
            self._make_folder(_folder(archived))
            with suppress(FileNotFoundError):
                self._rename(raw, archived)
            with suppress(FileNotFoundError):
                self._files.rm(enriched)

    def prune(self, before: datetime, *, dry_run: bool = False) -> int:
        """Delete archived batches from before that moment, by the time in their id; `dry_run` only counts."""
        gone = 0
        for folder in self._days(before):
            names = self._names(folder)
            old = [name for name in names if name.endswith(_SUFFIX) and _is_from_before(name, before)]
            gone += len(old)
            if not dry_run:
                self._remove(f"{folder}/{name}" for name in old)
                self._remove_empty(folder)
        return gone

    def sweep(self, before: datetime, *, dry_run: bool = False) -> int:
        """Delete verdicts and pushes from before that moment, and drafts not touched since; `dry_run` only counts."""
        old = [
            self._path(stage, name)
            for stage in (Stage.VERDICTS, Stage.PUSHED)
            for name in self.pending(stage)
            if _is_from_before(name, before)
        ]
        for stage in Stage:
            old += [draft for draft in self._drafts(stage) if self._touched(draft, before)]
        if not dry_run:
            self._remove(old)
        return len(old)

    def _drafts(self, stage: Stage) -> list[str]:
        folder = f"{self._root}/{stage.value}"
        return [f"{folder}/{name}" for name in self._names(folder) if _DRAFT.fullmatch(name)]

    def _days(self, before: datetime) -> list[str]:
        """Folders of the archive whose day began before that moment, oldest first."""
        root = f"{self._root}/archive"
        with _translated(root):
            self._files.invalidate_cache()
            try:
                folders = self._files.find(root, maxdepth=3, withdirs=True)
            except FileNotFoundError:
                return []
        latest = f"{before.astimezone(UTC):%Y%m%d}"
        found = ((_DAY.search(folder.rstrip("/")), folder) for folder in folders)
        return sorted(folder.rstrip("/") for day, folder in found if day and "".join(day.groups()) <= latest)

    def _touched(self, draft: str, before: datetime) -> bool:
        """Whether the draft was last written to before that moment; one that its writer just renamed was not."""
        try:
            with _translated(draft):
                written: datetime = self._files.modified(draft)
        except (PermanentError, NotImplementedError):  # Some stores tell no times; those show no drafts either.
            return False
        return (written if written.tzinfo else written.replace(tzinfo=UTC)) < before

    def _remove(self, paths: Iterable[str]) -> None:
        for path in paths:
            with _translated(path), suppress(FileNotFoundError):
                self._files.rm_file(path)

    def _remove_empty(self, folder: str) -> None:
        """Remove a day's folder, then its month's and its year's, as far as nothing is left in them."""
        for _ in range(3):
            try:
                self._files.rmdir(folder)
            except (OSError, NotImplementedError):  # Something is left in it, or there are no real folders here.
                return
            folder = _folder(folder)

    def _path(self, stage: Stage, batch_id: str) -> str:
        if not _ID.fullmatch(batch_id):
            raise PermanentError(f"not a batch id: {batch_id[:80]!r}")
        folder = f"{stage.value}/{_day_of(batch_id)}" if stage is Stage.ARCHIVE else stage.value
        return f"{self._root}/{folder}/{batch_id}{_SUFFIX}"

    def _is_there(self, path: str) -> bool:
        with _translated(path):
            self._files.invalidate_cache()
            return bool(self._files.exists(path))

    def _ids(self, stage: Stage) -> set[str]:
        names = self._names(f"{self._root}/{stage.value}", deep=stage is Stage.ARCHIVE)
        ids = {name.removesuffix(_SUFFIX) for name in names if name.endswith(_SUFFIX)}
        return {batch_id for batch_id in ids if _ID.fullmatch(batch_id)}

    def _names(self, folder: str, *, deep: bool = False) -> list[str]:
        with _translated(folder):
            self._files.invalidate_cache()  # Other processes write here too.
            try:
                paths = self._files.find(folder) if deep else self._files.ls(folder, detail=False)
            except FileNotFoundError:
                return []
        return [path.rpartition("/")[2] for path in paths]

    def _fill(self, path: str, lines: Iterable[bytes]) -> int:
        count = 0
        with self._files.open(path, "wb") as file:
            with zstandard.ZstdCompressor(write_checksum=True).stream_writer(file, closefd=False) as out:
                for line in lines:
                    out.write(line)
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


def _is_from_before(batch_id: str, moment: datetime) -> bool:
    """Whether the batch was begun before that moment, as its id says; one without a date was not."""
    dated, timed = _DATED.match(batch_id), _TIMED.match(batch_id)
    try:
        if timed:
            return datetime.strptime(batch_id[:16], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC) < moment
        if dated:
            day = datetime.strptime(batch_id[:8], "%Y%m%d").replace(tzinfo=UTC)
            return day + timedelta(days=1) <= moment
    except (ValueError, OverflowError):  # The 45th of a month.
        return False
    return False


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
        raise _GoneError(f"no such batch: {what}") from exc
    except (PermissionError, IsADirectoryError, NotADirectoryError) as exc:
        raise PermanentError(f"cannot use {what}: {exc}") from exc
    except zstandard.ZstdError as exc:
        raise PermanentError(f"{what} is damaged: {exc}") from exc
    except OSError as exc:
        raise TransientError(f"{what}: {exc}") from exc
