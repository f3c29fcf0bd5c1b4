"""What hubs pushed becomes raw batches, by the same reader as what we fetch: poll and push are one item."""

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tocsin.collect.identity import Authors
from tocsin.collect.poll import item_status, nothing_concerns
from tocsin.collect.read_feed import ReadFeed, read_feed
from tocsin.errors import BadItemError, ConflictError, PermanentError, TransientError
from tocsin.model import Parcel, RawItem, Report, Source, SourceState, Stage
from tocsin.ports import BatchStore, FetchResponse, Quarantine, ReportLog, SourceStates

log = logging.getLogger(__name__)

REMEMBERED = 4_000
"""Ids of a source's items that are known at once: those of its last document, and what was pushed since."""


@dataclass(frozen=True, slots=True)
class Unpacking:
    """What reading parcels needs."""

    states: SourceStates
    batches: BatchStore
    quarantine: Quarantine
    reports: ReportLog
    authors: Authors
    concerns: Callable[[str], bool] = nothing_concerns


def unpack(sources: Sequence[Source], around: Unpacking) -> tuple[str, ...]:
    """Read every parcel that waits; what is new in one becomes a raw batch under its id; give those ids.

    Order per parcel: batch, quarantine, report, the source's state, then the parcel goes: killed anywhere and run
    again, each item is kept once. Counted as `collect` does; a parcel that is no feed, or of a source that is not
    read any more, is `broken` and goes.
    """
    by_id = {source.id: source for source in sources}
    ids = []
    for parcel_id in around.batches.pending(Stage.PUSHED):
        try:
            made = _unpack_one(parcel_id, by_id, around)
        except TransientError as exc:  # The disk or the store is busy: this one waits, the others are read.
            log.warning("a push waits: %s: %s", parcel_id, exc)
            continue
        if made:
            ids.append(parcel_id)
        around.batches.drop(Stage.PUSHED, parcel_id)
    return tuple(ids)


def _unpack_one(parcel_id: str, sources: Mapping[str, Source], around: Unpacking) -> bool:
    """Take one parcel in; say whether it made a batch."""
    at = _moment(parcel_id)
    try:
        (parcel,) = around.batches.read(Stage.PUSHED, parcel_id, Parcel)
        at = parcel.at
        source = sources[parcel.source_id]
        read = _read(parcel, source, around)
    except TransientError:  # Worth another try, so not broken.
        raise
    except Exception as exc:  # Law 7: whatever one parcel's bytes do to a parser, the others are read.
        known = isinstance(exc, PermanentError | BadItemError | KeyError)
        log.warning("a push is dropped: %s: %s", parcel_id, exc, exc_info=not known)
        around.reports.save(Report("pushed", parcel_id, at, 1, {"broken": 1}))
        return False
    state = around.states.get(source.id) or SourceState(source.id)
    return _keep(parcel_id, parcel, read, state, around)


def _read(parcel: Parcel, source: Source, around: Unpacking) -> ReadFeed:
    answer = FetchResponse(parcel.base, 200, parcel.body, parcel.content_type)
    return read_feed(answer, source, now=parcel.at, pseudonym=around.authors.pseudonym)


def _keep(parcel_id: str, parcel: Parcel, read: ReadFeed, state: SourceState, around: Unpacking) -> bool:
    known, new = frozenset(state.recent_ids), dict[str, RawItem]()
    counts = Counter(quarantined=len(read.bad))
    erased = around.authors.erased() if read.items else frozenset[str]()
    for item in read.items:
        status = item_status(item, known, new, erased)
        counts[status] += 1
        if status == "new":
            new[item.id] = item
    if new:
        around.batches.write(Stage.RAW, parcel_id, new.values())
    if read.bad:
        around.quarantine.put(read.bad)
    around.reports.save(Report("pushed", parcel_id, parcel.at, counts.total(), counts))
    if any(around.concerns(f"{item.title} {item.text}") for item in new.values()):
        state = replace(state, matched_at=parcel.at)
    rhythm = state.rhythm.with_items(len(new), parcel.at)
    _remember(replace(state, rhythm=rhythm), parcel.at, [item.id for item in read.items], around)
    log.info("%s: pushed %s", parcel.source_id, dict(counts))
    return bool(new)


def _remember(state: SourceState, at: datetime, ids: Sequence[str], around: Unpacking) -> None:
    """Note what was pushed, so that the next look knows it, and that the source was heard."""
    heard = max(at, state.succeeded_at) if state.succeeded_at else at
    pushed = max(at, state.pushed_at) if state.pushed_at else at
    both = tuple(dict.fromkeys((*ids, *state.recent_ids)))[:REMEMBERED]
    try:
        around.states.save(replace(state, recent_ids=both, succeeded_at=heard, pushed_at=pushed))
    except ConflictError:  # Another run looked at it meanwhile: the ids are the same, the store meets its twins.
        log.warning("%s: another run was faster", state.source_id)


def _moment(parcel_id: str) -> datetime:
    """When a parcel came, by its id: for one that cannot be read."""
    return datetime.strptime(parcel_id[:16], "%Y%m%dT%H%M%S%z")
