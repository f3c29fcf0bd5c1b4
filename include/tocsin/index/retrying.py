"""Quarantine's way back: what a store refused is given to it again, and leaves quarantine once the store holds it."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from tocsin.index.quarantined import mention_in
from tocsin.model import Added, BadItem, Mention, Report
from tocsin.ports import Erasures, MentionStore, Quarantine, ReportLog

LOT = 200
LOT_BYTES = 8 * 2**20
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Retried:
    """What became of the items asked for; the counts add up to them."""

    counts: Mapping[str, int]
    """`created` and `duplicate` are in the store and out of quarantine; `erased` were by an author who is to be
    forgotten, and went; `rejected` and `no_record` stay."""
    left: tuple[BadItem, ...]
    """Some of those that stay, at most SHOWN, with their reason as it is now."""


def retry_items(
    items: Iterable[BadItem],
    *,
    mentions: MentionStore,
    quarantine: Quarantine,
    reports: ReportLog,
    erasures: Erasures,
    now: datetime,
) -> Retried:
    """Give each item's mention to the store again; what it takes, or holds, leaves quarantine after that.

    What is refused again stays, under the same id and from the same time, with its new reason. Killed anywhere and
    run again, nothing is lost or stored twice. TransientError: the store is away; what was done before stays done.
    """
    counts: Counter[str] = Counter()
    left: list[BadItem] = []
    for lot in _lots(items):
        outcome, stay = _retry(lot, mentions, quarantine, erasures)
        # A report of what was given to the store only: what has no record was counted by the step that met it.
        tried = {status: count for status, count in outcome.items() if status != "no_record"}
        if tried:
            reports.save(Report("retry", _key(lot), now, sum(tried.values()), tried))
        quarantine.drop([item.id for item in lot if item.id not in {one.id for one in stay}])
        counts.update(outcome)
        left += stay[: SHOWN - len(left)]
    return Retried(dict(counts), tuple(left))


def _retry(
    lot: list[BadItem], mentions: MentionStore, quarantine: Quarantine, erasures: Erasures
) -> tuple[Counter[str], list[BadItem]]:
    """Try a lot; give what became of it, and the items that stay."""
    pairs = [(item, mention_in(item)) for item in lot]
    erased = erasures.all()
    tried = [(item, mention) for item, mention in pairs if mention is not None and mention.author not in erased]
    hopeless = [item for item, mention in pairs if mention is None]
    added = mentions.add(mention for _, mention in tried)
    again = _refused_again(tried, added)
    quarantine.put(again)
    counts = Counter(
        created=added.created + added.unchanged,
        duplicate=added.duplicate,
        rejected=len(added.rejected),
        erased=len(lot) - len(tried) - len(hopeless),
        no_record=len(hopeless),
    )
    return +counts, [*again, *hopeless]


def _refused_again(tried: list[tuple[BadItem, Mention]], added: Added) -> list[BadItem]:
    """The items of the mentions that were refused again: theirs is the new reason, and the time stays."""
    reasons = {repr(rejection.mention): rejection.reason for rejection in added.rejected}
    return [replace(item, reason=reasons[key]) for item, mention in tried if (key := repr(mention)) in reasons]


def _lots(items: Iterable[BadItem]) -> Iterator[list[BadItem]]:
    lot: list[BadItem] = []
    size = 0
    for item in items:
        lot.append(item)
        size += len(item.record)
        if len(lot) >= LOT or size >= LOT_BYTES:
            yield lot
            lot, size = [], 0
    if lot:
        yield lot


def _key(lot: list[BadItem]) -> str:
    """The same items tried again replace their report."""
    return hashlib.sha256("\n".join(item.id for item in lot).encode()).hexdigest()[:24]
