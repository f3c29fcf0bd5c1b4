"""One source, one visit: fetch or open it, read it, keep what is new, then move its cursor."""

import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import blake2b
from itertools import islice
from typing import Any

from tocsin.collect.due import due_after_failure, due_after_success
from tocsin.collect.identity import Authors
from tocsin.collect.networks.asking import Access
from tocsin.collect.read_feed import AHEAD, bad_item, read_feed
from tocsin.collect.read_file import ColumnMap, read_rows
from tocsin.errors import ConflictError, PermanentError, TocsinError, TransientError
from tocsin.model import BadItem, RawItem, Report, Source, SourceKind, SourceState, Stage
from tocsin.ports import Archive, BatchStore, Fetcher, FetchRequest, Quarantine, ReportLog, SourceStates

log = logging.getLogger(__name__)

ROWS_PER_BATCH = 5_000
_NOTE_CAP = 200
_NOT_MODIFIED = 304


@dataclass(frozen=True, slots=True)
class Round:
    """What all visits of one round share."""

    states: SourceStates
    fetcher: Fetcher
    archive: Archive
    batches: BatchStore
    quarantine: Quarantine
    reports: ReportLog
    authors: Authors
    now: datetime
    access: Access = field(default_factory=Access)
    tokens: dict[str, str] = field(default_factory=dict, repr=False)
    """What logging in gave: done once a round, whoever needs it."""


@dataclass(frozen=True, slots=True)
class Visit:
    """What became of one source: `unchanged`, `fetched` or `failed`, and each item read under one status."""

    source_id: str
    status: str
    counts: Mapping[str, int] = field(default_factory=dict)
    batch_ids: tuple[str, ...] = ()


async def visit_feed(source: Source, state: SourceState, around: Round) -> Visit:
    """Read one feed; a failure of the source is noted in its state, an error of the stores is raised."""
    try:
        answer = await around.fetcher.fetch(FetchRequest(source.url, state.etag, state.last_modified))
        read = None
        if answer.status != _NOT_MODIFIED:
            read = read_feed(answer, source, now=around.now, pseudonym=around.authors.pseudonym)
    except Exception as exc:  # Law 7: whatever one source's bytes do to a parser, the others are read.
        return note_failure(Visit(source.id, "failed"), exc, source, state, around)
    if read is None:
        return note_success(Visit(source.id, "unchanged"), source, state, around)
    batch_ids, counts = keep_new(read.items, read.bad, frozenset(state.recent_ids), source, around)
    # A document that is empty for once must not make everything new again.
    ids = tuple(dict.fromkeys(item.id for item in read.items)) or state.recent_ids
    state = replace(state, etag=answer.etag, last_modified=answer.last_modified, recent_ids=ids)
    return note_success(Visit(source.id, "fetched", counts, batch_ids), source, state, around)


def visit_file(source: Source, state: SourceState, around: Round) -> Visit:
    """Read one archive, 5,000 rows to a batch, unless neither it nor its column map changed since the last time."""
    visit = Visit(source.id, "fetched")
    try:
        mark = _fingerprint(source, around.archive)
    except Exception as exc:  # As above.
        return note_failure(visit, exc, source, state, around)
    if mark == state.etag:
        return note_success(replace(visit, status="unchanged"), source, state, around)
    for chunk in _chunks(source, around):
        if isinstance(chunk, Exception):
            return note_failure(visit, chunk, source, state, around)
        visit = _with_chunk(visit, chunk, source, around)
    return note_success(visit, source, replace(state, etag=mark), around)


def _fingerprint(source: Source, archive: Archive) -> str:
    if not source.columns:
        raise PermanentError("a file needs a column map: set `columns`")
    return f"{archive.fingerprint(source.url)}-{archive.fingerprint(source.columns)}"


def _chunks(source: Source, around: Round) -> Iterator[Sequence[RawItem | BadItem] | Exception]:
    """Read an archive; an error in reading ends it and is the last chunk, so that it is not taken for the stores'."""
    try:
        columns = _columns(source, around.archive)
        rows = around.archive.rows(source.url)
        read = read_rows(rows, columns, source, around.now, around.authors.pseudonym)
        possible = (_not_from_tomorrow(item, source, around.now) for item in read)
        while chunk := tuple(islice(possible, ROWS_PER_BATCH)):
            yield chunk
    except Exception as exc:
        yield exc


def _columns(source: Source, archive: Archive) -> ColumnMap:
    written: Any = archive.column_map(source.columns or "")
    try:
        return ColumnMap(**written)
    except TypeError as exc:
        raise PermanentError(f"{source.columns}: not a column map: {exc}") from exc


def _not_from_tomorrow(item: RawItem | BadItem, source: Source, now: datetime) -> RawItem | BadItem:
    """A live archive tells of the past; a replay, which shares the reader, has another idea of now."""
    if isinstance(item, BadItem) or item.published_at <= now + AHEAD:
        return item
    return bad_item(source, f"dated ahead of us: {item.published_at.isoformat()}", item.title or item.text, now)


def _with_chunk(visit: Visit, chunk: Sequence[RawItem | BadItem], source: Source, around: Round) -> Visit:
    items = tuple(item for item in chunk if isinstance(item, RawItem))
    bad = tuple(item for item in chunk if isinstance(item, BadItem))
    batch_ids, counts = keep_new(items, bad, frozenset(), source, around)
    return replace(visit, batch_ids=visit.batch_ids + batch_ids, counts=Counter(visit.counts) + counts)


def keep_new(
    items: Sequence[RawItem], bad: Sequence[BadItem], known: frozenset[str], source: Source, around: Round
) -> tuple[tuple[str, ...], Counter[str]]:
    """Make durable what is new, then what is bad; say under which batch id and how many of each."""
    new: dict[str, RawItem] = {}
    counts = Counter(quarantined=len(bad))
    # Asked just before the batch is written, and not once a round: a slow host must not delay a refusal.
    erased = around.authors.erased() if items else frozenset[str]()
    for item in items:
        status = _status(item, known, new, erased)
        counts[status] += 1
        if status == "new":
            new[item.id] = item
    batch_ids: tuple[str, ...] = ()
    if new:
        batch_ids = (_batch_id(source, new, around.now),)
        around.batches.write(Stage.RAW, batch_ids[0], new.values())
    if bad:
        around.quarantine.put(bad)
    return batch_ids, counts


def _status(item: RawItem, known: frozenset[str], new: Mapping[str, RawItem], erased: frozenset[str]) -> str:
    if item.author in erased:
        return "erased"
    return "known" if item.id in known else "repeated" if item.id in new else "new"


def _batch_id(source: Source, ids: Iterable[str], now: datetime) -> str:
    """The same items found again at the same moment replace their batch instead of joining it."""
    digest = blake2b("".join(ids).encode(), digest_size=6).hexdigest()
    return f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{source.id}-{digest}"


def note_success(visit: Visit, source: Source, state: SourceState, around: Round, note: str = "") -> Visit:
    """Save the state of a source that answered, its cursor with it; everything it gave is durable before."""
    now = around.now
    due = due_after_success(source, now)
    # Before the cursor: what is never read again has its report.
    around.reports.save(report_of(visit, now))
    _save(replace(state, checked_at=now, succeeded_at=now, due_at=due, failures=0, note=note), around.states)
    log.info("%s: %s %s", source.id, visit.status, dict(visit.counts))
    return visit


def note_failure(visit: Visit, error: Exception, source: Source, state: SourceState, around: Round) -> Visit:
    """Save the state of a source that could not be read, or not to the end, with what went wrong."""
    if isinstance(error, TocsinError):
        # A feed's address may hold a key; a file's path is what its owner needs to read.
        told = str(error) if source.kind is SourceKind.FILE else str(error).replace(source.url, source.id)
        note = without_secrets(told, around)[:_NOTE_CAP]
        log.warning("%s: failed: %s", source.id, note)
    else:
        note = f"could not be read: {type(error).__name__}"
        log.error("%s: %s", source.id, note, exc_info=error)
    asked = error.retry_after if isinstance(error, TransientError) else None
    failures = state.failures + 1
    visit = replace(visit, status="failed")
    around.reports.save(report_of(visit, around.now))
    due = due_after_failure(source, failures, around.now, asked)
    _save(replace(state, checked_at=around.now, due_at=due, failures=failures, note=note), around.states)
    return visit


def without_secrets(told: str, around: Round) -> str:
    """Give a text without anything that a network knows us by, should it have said it back to us."""
    held = [value for one in around.access.credentials.values() for name, value in one.items() if name != "url"]
    for secret in (*held, *around.tokens.values()):
        told = told.replace(secret, "***") if secret else told
    return told


def report_of(visit: Visit, now: datetime) -> Report:
    """Count what one visit read; a visit that read nothing counts nothing."""
    counts = dict(visit.counts)
    return Report("collect", f"{visit.source_id}@{now.isoformat()}", now, sum(counts.values()), counts)


def _save(state: SourceState, states: SourceStates) -> None:
    try:
        states.save(state)
    except ConflictError:
        # Another run moved the cursor first. What both read has the same ids, so that nothing is told twice.
        log.warning("%s: another run was faster", state.source_id)
