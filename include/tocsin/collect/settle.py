"""What a group of looks brought becomes durable at once, and only then do their cursors move."""

import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from hashlib import blake2b

from tocsin.collect.look import Look
from tocsin.collect.poll import Round, Visit, item_status
from tocsin.model import RawItem, Report, Stage

log = logging.getLogger(__name__)


def settle(looks: Sequence[Look], around: Round) -> list[Visit]:
    """Keep what is new in one batch, then what is bad, then the report, then the states; a visit for each look.

    One batch, not one per source: each costs a write to the disk and a file to every later step. A crash repeats
    work and loses none; what comes twice has the same id.
    """
    new: dict[str, RawItem] = {}
    # Asked just before the batch is written, and not once a round: a slow host must not delay a refusal.
    erased = around.authors.erased() if any(look.items for look in looks) else frozenset[str]()
    counted = [_count(look, new, erased) for look in looks]
    batch_id = _batch_id(looks, new, around.now) if new else ""
    if new:
        around.batches.write(Stage.RAW, batch_id, new.values())
    if bad := [item for look in looks for item in look.bad]:
        around.quarantine.put(bad)
    visits = [
        Visit(look.source.id, look.status, counts, (batch_id,) if counts["new"] else ())
        for look, counts in zip(looks, counted, strict=True)
    ]
    # Before the cursors: what is never read again has its report.
    _report(visits, around)
    _move(looks, around)
    log.info("%d feeds: %s", len(visits), dict(Counter(visit.status for visit in visits)))
    return visits


def _count(look: Look, new: dict[str, RawItem], erased: frozenset[str]) -> Counter[str]:
    counts = Counter(quarantined=len(look.bad), known=look.known)
    for item in look.items:
        status = item_status(item, (), new, erased)
        counts[status] += 1
        if status == "new":
            new[item.id] = item
    return counts


def _batch_id(looks: Sequence[Look], ids: Iterable[str], now: datetime) -> str:
    """The same items found again at the same moment replace their batch instead of joining it."""
    brought = {look.source.id for look in looks if look.items}
    whose = brought.pop() if len(brought) == 1 else f"{len(brought)}-feeds"
    digest = blake2b("".join(ids).encode(), digest_size=6).hexdigest()
    return f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{whose}-{digest}"


def _report(visits: Sequence[Visit], around: Round) -> None:
    counts: Counter[str] = Counter()
    for visit in visits:
        counts.update(visit.counts)
    if counts.total():
        names = "".join(visit.source_id for visit in visits)
        whose = blake2b(names.encode("utf-8", "replace"), digest_size=6).hexdigest()
        key = f"{len(visits)} feeds {whose}@{around.now.isoformat()}"
        around.reports.save(Report("collect", key, around.now, counts.total(), dict(counts)))


def _move(looks: Sequence[Look], around: Round) -> None:
    for late in around.states.save_all(look.state for look in looks):
        # Another run moved the cursor first. What both read has the same ids, so that nothing is told twice.
        log.warning("%s: another run was faster", late)
