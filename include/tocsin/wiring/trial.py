"""A file is tried out before it becomes a source: its first rows as they would be read, and what would be refused."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from tocsin.adapters.files import LocalArchive
from tocsin.collect.propose_map import propose_map
from tocsin.collect.read_file import LONG_AGO, ColumnMap, own_map, read_rows
from tocsin.config import load_columns
from tocsin.model import BadItem, RawItem, Source, SourceKind
from tocsin.ports import AS_IT_IS, ArchiveRow

LOOKED_AT = 1_000
"""Rows that are read to say how many would be refused."""
_GUESSED_FROM = 50


@dataclass(frozen=True, slots=True)
class TriedRow:
    """One row as it stands in the file, and what it becomes: an item, or the reason why not."""

    where: str
    cells: Mapping[str, str]
    read: RawItem | BadItem


@dataclass(frozen=True, slots=True)
class Trial:
    """What a file would give. Without a map there is a proposal and no row is read."""

    columns: ColumnMap | None
    rows: tuple[TriedRow, ...]
    proposal: str = ""


def try_file(path: Path, columns: Path | None, *, rows: int = LOOKED_AT) -> Trial:
    """Read the first rows of a file; nothing is kept. ConfigError, PermanentError: as of a replay."""
    archive = LocalArchive()
    found = find_map(archive, path, columns)
    # All columns, also those that the map does not name: who writes a map wants to see them.
    form = replace(found.form, columns=()) if found else AS_IT_IS
    first = tuple(islice(archive.rows(str(path), form), rows))
    if found is None:
        whole = [row.values for row in first if not row.problem]
        return Trial(None, tuple(_unread(row) for row in first), propose_map(whole[:_GUESSED_FROM]))
    source = Source(path.name, SourceKind.FILE, str(path))
    read = read_rows(first, found, source, LONG_AGO, lambda author, _network: author)
    tried = (TriedRow(row.where, row.values, item) for row, item in zip(first, read, strict=True))
    return Trial(found, tuple(tried))


def find_map(archive: LocalArchive, path: Path, columns: Path | None) -> ColumnMap | None:
    """Give the map in `columns`, else that of a file that needs none, such as a mailbox; None for a bare table."""
    if columns is not None:
        return load_columns(columns)
    own = archive.own_columns(str(path))
    return own_map(own) if own else None


def _unread(row: ArchiveRow) -> TriedRow:
    return TriedRow(row.where, row.values, BadItem("", "collect", "", row.problem, row.excerpt, LONG_AGO))
