"""Feeds that somebody kept: one document, or a folder, zip or tar full of them."""

import io
import os
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import IO, Any, NamedTuple

from tocsin.adapters.files.packing import DamagedError, open_unpacked
from tocsin.adapters.files.rows import broken_off, cut, whole
from tocsin.collect.entry import Entry
from tocsin.collect.parse_feed import ENTRIES_CAP, parse_feed
from tocsin.errors import PermanentError
from tocsin.ports import ArchiveRow, FileForm

COLUMNS = ("id", "time", "title", "text", "author", "url", "document")
DOCUMENT_CAP = 16 * 1024 * 1024
"""Bytes of one document, unpacked: the longest feeds have a quarter."""
TARS = (".tar", ".tgz", ".tbz2", ".txz", *(f".tar{packing}" for packing in (".gz", ".zst", ".bz2", ".xz")))
_OWN_PACKING = {".tgz": ".gz", ".tbz2": ".bz2", ".txz": ".xz"}


class _Document(NamedTuple):
    name: str
    read: Callable[[], bytes]


def feed_rows(path: str, _form: FileForm, after: str) -> Iterator[ArchiveRow]:
    """Read every entry of every document: RSS, Atom, RDF or JSON Feed, packed or not; the order is that of the names.

    In a tar it is the tar's. A document that is no feed is a row with a problem; so is the end of a feed of more
    than ENTRIES_CAP entries, which is not read.
    """
    done = int(after) if after.isdecimal() else 0
    number = -1
    try:
        for number, document in enumerate(_documents(path)):
            if number >= done:
                yield from _rows(document, str(number + 1))
    except (DamagedError, tarfile.TarError, zipfile.BadZipFile, EOFError) as exc:
        yield broken_off(0, str(exc), f"after document {number + 1}")


def _documents(path: str) -> Iterator[_Document]:
    if Path(path).is_dir():
        return _in_folder(path)
    if path.lower().endswith(".zip"):
        return _in_zip(path)
    return _in_tar(path) if path.lower().endswith(TARS) else iter([_on_disk(path, Path(path).name)])


def _in_folder(path: str) -> Iterator[_Document]:
    """Every file but hidden ones; links are not followed, since they may lead anywhere."""
    for folder, folders, names in os.walk(path):
        folders.sort()
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in sorted(names):
            full = Path(folder) / name
            if not name.startswith(".") and not full.is_symlink() and full.is_file():
                yield _on_disk(str(full), str(full.relative_to(path)))


def _in_zip(path: str) -> Iterator[_Document]:
    with zipfile.ZipFile(path) as archive:
        for info in sorted(archive.infolist(), key=lambda info: info.filename):
            if not info.is_dir():
                yield _Document(info.filename, partial(_in_archive, archive.open, info))


def _in_tar(path: str) -> Iterator[_Document]:
    """Read a tar from its beginning to its end, as it comes; nothing of it is written anywhere."""
    short = next((long for short, long in _OWN_PACKING.items() if path.lower().endswith(short)), "")
    with open_unpacked(path, short) as stream, tarfile.open(fileobj=stream, mode="r|") as archive:
        for member in archive:
            if member.isfile():
                yield _Document(member.name, partial(_in_archive, archive.extractfile, member))


def _in_archive(opened: Callable[[Any], IO[bytes] | None], member: object) -> bytes:
    return _capped(opened(member) or io.BytesIO())


def _on_disk(path: str, name: str) -> _Document:
    return _Document(name, lambda: _capped(open_unpacked(path)))


def _capped(stream: IO[bytes]) -> bytes:
    with stream:
        body = stream.read(DOCUMENT_CAP + 1)
    if len(body) > DOCUMENT_CAP:
        raise PermanentError(f"over {DOCUMENT_CAP // 1024 // 1024} MB; cut it into several documents")
    return body


def _rows(document: _Document, place: str) -> Iterator[ArchiveRow]:
    """The entries of one document; the place behind it is that of its last row, since it is read as a whole."""
    name = document.name[:200]
    try:
        entries = parse_feed(document.read())
    except (PermanentError, DamagedError, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError) as exc:
        # zipfile: RuntimeError for one with a password, NotImplementedError for a way of packing that is not known.
        yield ArchiveRow(0, {}, str(exc), place=place, name=name)
        return
    if len(entries) >= ENTRIES_CAP:
        problem = f"entries behind the first {ENTRIES_CAP} are not read; cut it into several documents"
        yield ArchiveRow(0, {}, problem, name=name)
    for number, entry in enumerate(entries, start=1):
        last = place if number == len(entries) else ""
        yield whole(0, _values(entry, name), last, f"{name}, entry {number}")


def _values(entry: Entry, document: str) -> dict[str, str]:
    text = entry.content if entry.content.strip() else entry.summary
    return {
        "id": cut(entry.guid),
        "time": entry.published.isoformat() if entry.published else "",
        "title": cut(entry.title),
        "text": cut(text),
        "author": cut(entry.author),
        "url": cut(entry.link or entry.guid),
        "document": document.replace("\0", ""),
    }
