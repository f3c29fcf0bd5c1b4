"""The door of the index room: batches of mentions go into the store, and count as done only when it holds them."""

import hashlib
import logging
from collections.abc import Iterator, Sequence
from datetime import datetime

from tocsin.errors import BadItemError, PermanentError, TransientError
from tocsin.model import Added, BadItem, Mention, Rejection, Report, Stage
from tocsin.ports import BatchStore, MentionStore, Quarantine, ReportLog

_log = logging.getLogger(__name__)

_EXCERPT = 200


def index_batches(
    batch_ids: Sequence[str],
    *,
    batches: BatchStore,
    mentions: MentionStore,
    quarantine: Quarantine,
    reports: ReportLog,
    now: datetime,
) -> tuple[Report, ...]:
    """Store each batch's mentions, put what is refused into quarantine, keep the report, and settle after that.

    One report per batch that waits, in the order asked: created + duplicate + rejected = the mentions that came in;
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
            report = _index_batch(batch_id, batches, mentions, quarantine, reports, now)
        except TransientError as exc:
            if not done:
                raise
            _log.warning("index: the store is away, %d batches keep waiting: %s", len(asked) - number, exc)
            return (*done, *_all_waiting(asked[number:], reports, now))
        if report is not None:
            done.append(report)
    return tuple(done)


def _index_batch(
    batch_id: str,
    batches: BatchStore,
    mentions: MentionStore,
    quarantine: Quarantine,
    reports: ReportLog,
    now: datetime,
) -> Report | None:
    """Store a batch and settle it; None: another process was quicker, and its report stands."""
    reading = _Reading(batch_id, batches)
    added = mentions.add(reading)
    if reading.stopped is not None and batch_id not in batches.pending(Stage.ENRICHED):
        return None
    quarantine.put(_bad_items(batch_id, added, reading, now))
    report = _report(batch_id, added, reading, now)
    # Before settling: a batch that waits no more has its report.
    reports.save(report)
    if reading.stopped is None:
        batches.settle(batch_id)
        _log.info("index: batch %s: %s", batch_id, dict(report.counts))
    else:
        _log.warning("index: batch %s keeps waiting: %s", batch_id, reading.stopped)
    return report


def _all_waiting(batch_ids: Sequence[str], reports: ReportLog, now: datetime) -> Iterator[Report]:
    for batch_id in batch_ids:
        report = _waiting(batch_id, now)
        reports.save(report)
        yield report


class _Reading:
    """The mentions of a batch that can be read; what cannot is set aside instead of stopping the rest."""

    def __init__(self, batch_id: str, batches: BatchStore) -> None:
        self._batch_id = batch_id
        self._batches = batches
        self.unreadable: list[str] = []
        """Reasons, one per record that does not decode."""
        self.stopped: TransientError | PermanentError | None = None
        """Why the batch could not be read to its end."""

    def __iter__(self) -> Iterator[Mention]:
        try:
            yield from self._decoded()
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


def _report(batch_id: str, added: Added, reading: _Reading, now: datetime) -> Report:
    if reading.stopped is not None:
        return _waiting(batch_id, now)
    counts = {
        "created": added.created + added.unchanged,
        "duplicate": added.duplicate,
        "rejected": len(added.rejected) + len(reading.unreadable),
    }
    return Report(step="index", key=batch_id, at=now, came_in=sum(counts.values()), counts=counts)


def _waiting(batch_id: str, now: datetime) -> Report:
    return Report(step="index", key=batch_id, at=now, came_in=1, counts={"waiting": 1})


def _bad_items(batch_id: str, added: Added, reading: _Reading, now: datetime) -> Iterator[BadItem]:
    for rejection in added.rejected:
        yield _refused(rejection, now)
    for number, reason in enumerate(reading.unreadable, start=1):
        yield BadItem(f"index-{batch_id}-{number}", "index", "", f"batch {batch_id}: {reason}", "", now)
    if isinstance(reading.stopped, PermanentError):
        reason = f"batch {batch_id} cannot be read and keeps waiting: {reading.stopped}"
        yield BadItem(f"index-{batch_id}", "index", "", reason, "", now)


def _refused(rejection: Rejection, now: datetime) -> BadItem:
    mention = rejection.mention
    # Not the mention's own id: it may be what is wrong with it, and two bad items must not hide each other.
    digest = hashlib.sha256(repr(mention).encode("utf-8", "replace")).hexdigest()[:24]
    return BadItem(
        id=f"index-{digest}",
        step="index",
        source_id=mention.source_id,
        reason=rejection.reason,
        excerpt=mention.text_of[:_EXCERPT],
        at=now,
    )
