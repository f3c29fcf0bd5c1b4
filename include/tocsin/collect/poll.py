"""One source, one visit: fetch or open it, read it, keep what is new, then move its cursor."""

import logging
from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import blake2b

from tocsin.collect.hosts import Hosts
from tocsin.collect.hubs import Offer
from tocsin.collect.identity import Authors
from tocsin.collect.manners import News, after_answer, after_failure, judge
from tocsin.collect.networks.asking import Access
from tocsin.collect.page_way import PageWay
from tocsin.errors import ConflictError, TocsinError
from tocsin.model import BadItem, RawItem, Report, Source, SourceKind, SourceState, Stage
from tocsin.ports import Archive, BatchStore, Fetcher, Quarantine, ReportLog, SourceStates

log = logging.getLogger(__name__)

_NOTE_CAP = 200


def nothing_concerns(_text: str) -> bool:
    """Say of every text that it concerns no brand that we watch."""
    return False


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
    concerns: Callable[[str], bool] = nothing_concerns
    """Says at a glance whether a text may concern a brand that we watch."""
    hosts: Hosts = field(default_factory=Hosts)
    way: PageWay | None = None
    """Needed where archives are read."""
    offers: dict[str, Offer] | None = None
    """What documents say of being pushed, by source, filled as they are read; None: nobody asks."""


@dataclass(frozen=True, slots=True)
class Visit:
    """What became of one source: `unchanged`, `fetched` or `failed`, and each item read under one status."""

    source_id: str
    status: str
    counts: Mapping[str, int] = field(default_factory=dict)
    batch_ids: tuple[str, ...] = ()


def keep_new(
    items: Sequence[RawItem], bad: Sequence[BadItem], known: frozenset[str], source: Source, around: Round
) -> tuple[tuple[str, ...], Counter[str]]:
    """Make durable what is new, then what is bad; say under which batch id and how many of each."""
    new: dict[str, RawItem] = {}
    counts = Counter(quarantined=len(bad))
    # Asked just before the batch is written, and not once a round: a slow host must not delay a refusal.
    erased = around.authors.erased() if items else frozenset[str]()
    for item in items:
        status = item_status(item, known, new, erased)
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


def item_status(item: RawItem, known: Container[str], new: Container[str], erased: Container[str]) -> str:
    """Say what an item is: `new`, `known` from before, `repeated` now, or of one who is to be forgotten."""
    if item.author in erased:
        return "erased"
    return "known" if item.id in known else "repeated" if item.id in new else "new"


def _batch_id(source: Source, ids: Iterable[str], now: datetime) -> str:
    """The same items found again at the same moment replace their batch instead of joining it."""
    digest = blake2b("".join(ids).encode(), digest_size=6).hexdigest()
    return f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{source.id}-{digest}"


def note_success(
    visit: Visit,
    source: Source,
    state: SourceState,
    around: Round,
    note: str = "",
    *,
    has_more: bool = False,
) -> Visit:
    """Save the state of a source that answered, its cursor with it; everything it gave is durable before.

    One that `has_more` than this visit took is due at once.
    """
    # Before the cursor: what is never read again has its report.
    around.reports.save(report_of(visit, around.now))
    news = News(0, visit.counts.get("new", 0), visit.counts.get("known", 0), unchanged=visit.status == "unchanged")
    state = after_answer(source, state, news, around.now, note)
    _save(replace(state, due_at=around.now) if has_more else state, around.states)
    log.info("%s: %s %s", source.id, visit.status, dict(visit.counts))
    return visit


def note_failure(visit: Visit, error: Exception, source: Source, state: SourceState, around: Round) -> Visit:
    """Save the state of a source that could not be read, or not to the end, with what went wrong."""
    failure = judge(
        error, told_of(error, source, around), host_answers=around.hosts.answered_well(source, around.now)
    )
    visit = replace(visit, status="failed")
    around.reports.save(report_of(visit, around.now))
    _save(after_failure(source, state, failure, 0, around.now), around.states)
    return visit


def told_of(error: Exception, source: Source, around: Round) -> str:
    """Say what went wrong in at most 200 characters, and log it; a fault of ours is logged whole."""
    if isinstance(error, TocsinError):
        # A feed's address may hold a key; a file's path is what its owner needs to read.
        told = str(error) if source.kind is SourceKind.FILE else str(error).replace(source.url, source.id)
        told = without_secrets(told, around)[:_NOTE_CAP]
        log.warning("%s: failed: %s", source.id, told)
        return told
    note = f"could not be read: {type(error).__name__}"
    log.error("%s: %s", source.id, note, exc_info=error)
    return note


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
