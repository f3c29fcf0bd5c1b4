"""The door of the index room: batches of mentions go into the store, and count as done only when it holds them."""

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from tocsin.errors import BadItemError, PermanentError, TransientError
from tocsin.index.quarantined import refused_item
from tocsin.model import Added, BadItem, Mention, Report, Stage
from tocsin.ports import BatchStore, Erasures, MentionStore, Quarantine, ReportLog

_log = logging.getLogger(__name__)


def index_batches(
    batch_ids: Sequence[str],
    *,
    batches: BatchStore,
    mentions: MentionStore,
    quarantine: Quarantine,
    reports: ReportLog,
    erasures: Erasures,
    now: datetime,
) -> tuple[Report, ...]:
    """Store each batch's mentions, put what is refused into quarantine, keep the report, and settle after that.

    One report per batch that waits, in the order asked: created + duplicate + rejected + erased (by an author who is
    to be forgotten, even one refused while the batch was being stored: not kept) = the mentions that came in;
    or `waiting: 1` for a batch that could not be read to its end and keeps waiting, until a later run's report under
    the same key replaces it. A batch that waits no more was settled by an earlier run, or by another process at this
    moment: it gives no report, so that the other one stands. Killed anywhere and run again, the counts are those of
    an undisturbed run: what the killed run had stored of a batch still counts as created by it.

    TransientError: the store is away before any batch was done; later in the run the rest is `waiting`.
    PermanentError: the store itself refuses.
    """
    waiting = set(batches.pending(Stage.ENRICHED))
    asked = [batch_id for batch_id in dict.fromkeys(batch_ids) if batch_id in waiting]
    done: list[Report] = []
    for number, batch_id in enumerate(asked):
        try:
            stored = _store(batch_id, batches, mentions, erasures)
            report = None if stored is None else _settle(stored, batches, quarantine, reports, now)
        except TransientError as exc:
            if not done:
                raise
            _log.warning("index: the store is away, %d batches keep waiting: %s", len(asked) - number, exc)
            return (*done, *_all_waiting(asked[number:], reports, now))
        if report is not None:
            done.append(report)
    return tuple(done)


def _store(batch_id: str, batches: BatchStore, mentions: MentionStore, erasures: Erasures) -> "_Stored | None":
    """Store a batch without those who are to be forgotten; None: another process was quicker, its report stands."""
    erased = erasures.all()
    while True:
        reading = _Reading(batch_id, batches, erased)
        added = mentions.add(reading)
        # Asked again: who was refused while we stored may have been swept away before we were done.
        asked = erasures.all()
        late = (asked - erased) & reading.authors
        # Also those left out from the start: an earlier run that was killed may have stored them.
        for author in sorted(late | reading.left_out.keys()):
            mentions.erase(author)
        if not late:
            break
        erased = asked
    if reading.stopped is not None and batch_id not in batches.pending(Stage.ENRICHED):
        return None
    return _Stored(batch_id, added, reading)


def _settle(
    stored: "_Stored", batches: BatchStore, quarantine: Quarantine, reports: ReportLog, now: datetime
) -> Report:
    quarantine.put(_bad_items(stored, now))
    report = _report(stored, now)
    # Before settling: a batch that waits no more has its report.
    reports.save(report)
    if stored.reading.stopped is None:
        batches.settle(stored.batch_id)
        _log.info("index: batch %s: %s", stored.batch_id, dict(report.counts))
    else:
        _log.warning("index: batch %s keeps waiting: %s", stored.batch_id, stored.reading.stopped)
    return report


def _all_waiting(batch_ids: Sequence[str], reports: ReportLog, now: datetime) -> Iterator[Report]:
    for batch_id in batch_ids:
        report = _waiting(batch_id, now)
        reports.save(report)
        yield report


class _Reading:
    """The mentions of a batch that can be read; what cannot is set aside instead of stopping the rest."""

    def __init__(self, batch_id: str, batches: BatchStore, erased: frozenset[str]) -> None:
        self._batch_id = batch_id
        self._batches = batches
        self._erased = erased
        self.authors: set[str] = set()
        """Who wrote what was given out."""
        self.left_out: Counter[str] = Counter()
        """How many mentions by each author who is to be forgotten."""
        self.unreadable: list[str] = []
        """Reasons, one per record that does not decode."""
        self.stopped: TransientError | PermanentError | None = None
        """Why the batch could not be read to its end."""

    def __iter__(self) -> Iterator[Mention]:
        try:
            for mention in self._decoded():
                if mention.author in self._erased:
                    self.left_out[mention.author] += 1
                else:
                    self.authors.add(mention.author)
                    yield mention
        except (TransientError, PermanentError) as exc:
            self.stopped = exc

    def _decoded(self) -> Iterator[Mention]:
        records = self._batches.read(Stage.ENRICHED, self._batch_id, Mention)
        while True:
            try:
                mention = next(records)
            except StopIteration:
                return
            except BadItemError as exc:
                self.unreadable.append(str(exc))
            else:
                yield mention


@dataclass(frozen=True, slots=True)
class _Stored:
    """A batch as far as the store holds it."""

    batch_id: str
    added: Added
    reading: _Reading


def _report(stored: _Stored, now: datetime) -> Report:
    added, reading = stored.added, stored.reading
    if reading.stopped is not None:
        return _waiting(stored.batch_id, now)
    counts = {
        "created": added.created + added.unchanged,
        "duplicate": added.duplicate,
        "rejected": len(added.rejected) + len(reading.unreadable),
    }
    if reading.left_out:
        counts["erased"] = reading.left_out.total()
    return Report(step="index", key=stored.batch_id, at=now, came_in=sum(counts.values()), counts=counts)


def _waiting(batch_id: str, now: datetime) -> Report:
    return Report(step="index", key=batch_id, at=now, came_in=1, counts={"waiting": 1})


def _bad_items(stored: _Stored, now: datetime) -> Iterator[BadItem]:
    batch_id, reading = stored.batch_id, stored.reading
    for rejection in stored.added.rejected:
        yield refused_item(rejection, now)
    for number, reason in enumerate(reading.unreadable, start=1):
        yield BadItem(f"index-{batch_id}-{number}", "index", "", f"batch {batch_id}: {reason}", "", now)
    if isinstance(reading.stopped, PermanentError):
        reason = f"batch {batch_id} cannot be read and keeps waiting: {reading.stopped}"
        yield BadItem(f"index-{batch_id}", "index", "", reason, "", now)
