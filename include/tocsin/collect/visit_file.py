"""One visit to a file of recorded posts: batch by batch, each durable before the place to go on from moves."""

import asyncio
import json
import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from tocsin.collect.poll import Round, Visit, keep_new, note_failure, note_success, report_of
from tocsin.collect.read_feed import AHEAD, bad_item
from tocsin.collect.read_file import ColumnMap, own_map, read_rows
from tocsin.errors import ConflictError, PermanentError
from tocsin.model import BadItem, RawItem, Source, SourceState
from tocsin.ports import AS_IT_IS, Archive, ArchiveRow

log = logging.getLogger(__name__)

ROWS_PER_BATCH = 5_000


@dataclass(frozen=True, slots=True)
class _Bookmark:
    """How far which file was read by which map."""

    file: str
    columns: str
    place: str = ""

    @property
    def mark(self) -> str:
        return f"{self.file}-{self.columns}"


@dataclass(slots=True)
class _Followed:
    """Rows on their way; `place` is behind the last one that was taken."""

    rows: Iterable[ArchiveRow]
    place: str
    taken: int = field(default=0)

    def __iter__(self) -> Iterator[ArchiveRow]:
        for row in self.rows:
            self.place = row.place or self.place
            self.taken += 1
            yield row


def visit_file(source: Source, state: SourceState, around: Round) -> Visit:
    """Read one file, 5,000 rows to a batch, unless neither it nor its column map changed since the last time.

    After each batch the place behind it is saved: a reading that was cut short, by a crash or after two minutes, goes
    on there, and of a file that grew only the new rows are read. Another map, or another beginning, and all is read.
    """
    visit = Visit(source.id, "fetched")
    try:
        now_there = _bookmark(source, around.archive)
        if now_there.mark == state.etag:
            return note_success(replace(visit, status="unchanged"), source, state, around)
        columns = _columns(source, around.archive)
        after = _place(state.cursor, now_there, source, around.archive)
    except Exception as exc:  # Law 7: whatever one source does, the others are read.
        return note_failure(visit, exc, source, state, around)
    rows = _Followed(around.archive.rows(source.url, columns.form, after), after)
    return _read(rows, columns, now_there, visit, source, state, around)


def _read(  # noqa: PLR0917 - one visit, whole
    rows: _Followed,
    columns: ColumnMap,
    there: _Bookmark,
    visit: Visit,
    source: Source,
    state: SourceState,
    around: Round,
) -> Visit:
    """Make chunk after chunk durable; the state that ends the visit, and each one on the way, has its place."""
    # The event loop's own time measures patience and dates nothing.
    time = asyncio.get_running_loop().time
    until = time() + around.access.patience.total_seconds()
    for chunk in _chunks(read_rows(rows, columns, source, around.now, around.authors.pseudonym), source, around.now):
        if isinstance(chunk, Exception):
            return note_failure(visit, chunk, source, state, around)
        visit = _with_chunk(visit, chunk, source, around)
        state = replace(state, cursor=_written(there, rows.place))
        if len(chunk) < ROWS_PER_BATCH:
            continue
        try:
            state = around.states.save(state)
        except ConflictError:
            log.warning("%s: another run is reading it", source.id)
            around.reports.save(report_of(visit, around.now))
            return visit
        if time() >= until:
            note = f"{rows.taken} rows read; the rest comes next"
            return note_success(visit, source, state, around, note, has_more=True)
    return note_success(visit, source, replace(state, etag=there.mark, cursor=_written(there, rows.place)), around)


def _chunks(
    read: Iterator[RawItem | BadItem], source: Source, now: datetime
) -> Iterator[tuple[RawItem | BadItem, ...] | Exception]:
    """Cut what is read; an error in reading ends it and is the last chunk, so that it is not taken for the stores'.

    What was read before the error comes first.
    """
    chunk: list[RawItem | BadItem] = []
    try:
        for item in read:
            chunk.append(_not_from_tomorrow(item, source, now))
            if len(chunk) == ROWS_PER_BATCH:
                yield tuple(chunk)
                chunk = []
    except Exception as exc:
        if chunk:
            yield tuple(chunk)
        yield exc
        return
    if chunk:
        yield tuple(chunk)


def _bookmark(source: Source, archive: Archive) -> _Bookmark:
    columns = archive.fingerprint(source.columns) if source.columns else "none"
    return _Bookmark(archive.fingerprint(source.url), columns)


def _columns(source: Source, archive: Archive) -> ColumnMap:
    if source.columns:
        written: Any = archive.column_map(source.columns)
        try:
            return ColumnMap(**written)
        except TypeError as exc:
            raise PermanentError(f"{source.columns}: not a column map: {exc}") from exc
    if own := archive.own_columns(source.url, AS_IT_IS):
        return own_map(own, source.time_zone)
    raise PermanentError("a table needs a column map: set `columns`; `tocsin sources try FILE` proposes one")


def _place(cursor: str, there: _Bookmark, source: Source, archive: Archive) -> str:
    """Where reading goes on: behind what was read by the same map of the same beginning; else at the start."""
    try:
        known = _Bookmark(**json.loads(cursor))
    except (ValueError, TypeError):
        return ""
    same = known.columns == there.columns and archive.continues(source.url, known.file)
    return known.place if same else ""


def _written(there: _Bookmark, place: str) -> str:
    return json.dumps({"file": there.file, "columns": there.columns, "place": place})


def _not_from_tomorrow(item: RawItem | BadItem, source: Source, now: datetime) -> RawItem | BadItem:
    """A live archive tells of the past; a replay, which shares the reader, has another idea of now."""
    if isinstance(item, BadItem) or item.published_at <= now + AHEAD:
        return item
    return bad_item(source, f"dated ahead of us: {item.published_at.isoformat()}", item.title or item.text, now)


def _with_chunk(visit: Visit, chunk: tuple[RawItem | BadItem, ...], source: Source, around: Round) -> Visit:
    items = tuple(item for item in chunk if isinstance(item, RawItem))
    bad = tuple(item for item in chunk if isinstance(item, BadItem))
    batch_ids, counts = keep_new(items, bad, frozenset(), source, around)
    return replace(visit, batch_ids=visit.batch_ids + batch_ids, counts=Counter(visit.counts) + counts)
