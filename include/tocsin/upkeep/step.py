"""The door of the upkeep room: what has had its time goes, kind by kind, and the store is made ready for more."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from tocsin.errors import PermanentError, TocsinError, TransientError
from tocsin.model import Brand
from tocsin.ports import BatchStore, Caretaker, IncidentStore, MentionStore, Quarantine, ReportLog, SeriesStore
from tocsin.upkeep.limits import LEFTOVERS, Keep, limits_of

T = TypeVar("T")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class UpkeepPorts:
    """The places that are tidied."""

    mentions: MentionStore
    series: SeriesStore
    incidents: IncidentStore
    quarantine: Quarantine
    reports: ReportLog
    batches: BatchStore
    caretaker: Caretaker


@dataclass(frozen=True, slots=True)
class Tidied:
    """What an upkeep did, or, rehearsed, would do."""

    gone: Mapping[str, int]
    """Per kind how many went; a kind that failed is not there."""
    failed: Mapping[str, TocsinError]
    """Per kind why it could not be tidied; what went before that is gone all the same."""
    notes: tuple[str, ...] = ()
    """What the store cannot do here, a sentence each."""

    def refuse_failed(self) -> None:
        """Raise when something failed: TransientError when another try may help, else PermanentError."""
        if self.failed:
            passing = any(isinstance(error, TransientError) for error in self.failed.values())
            words = "; ".join(f"{kind}: {error}" for kind, error in self.failed.items())
            raise (TransientError if passing else PermanentError)(f"upkeep could not tidy everything: {words}")


def tidy(brands: Sequence[Brand], keep: Keep, ports: UpkeepPorts, now: datetime, *, dry_run: bool = False) -> Tidied:
    """Delete all that has had its time at `now`, then let the store care for itself; `dry_run` only counts.

    A kind that fails stops no other. Killed anywhere and run again, the rest goes; the second of two runs finds none.
    """
    limits = limits_of(brands, keep.mentions, now)
    kinds: dict[str, Callable[[], int]] = {
        "mentions": lambda: ports.mentions.prune(limits, dry_run=dry_run),
        "series": lambda: ports.series.prune(limits, dry_run=dry_run),
        "incidents": lambda: ports.incidents.prune(now - keep.incidents, dry_run=dry_run),
        "raw": lambda: ports.batches.prune(now - keep.raw, dry_run=dry_run),
        "leftovers": lambda: ports.batches.sweep(now - LEFTOVERS, dry_run=dry_run),
        "quarantine": lambda: ports.quarantine.prune(now - keep.quarantine, dry_run=dry_run),
        "reports": lambda: ports.reports.fold(now - keep.reports, dry_run=dry_run),
    }
    failed: dict[str, TocsinError] = {}
    gone = {kind: count for kind, prune in kinds.items() if (count := _tried(kind, prune, failed)) is not None}
    notes = () if dry_run else _tried("store", lambda: ports.caretaker.care(now), failed)
    return Tidied(gone, failed, notes or ())


def _tried(kind: str, act: Callable[[], T], failed: dict[str, TocsinError]) -> T | None:
    try:
        done = act()
    except TocsinError as exc:
        _log.warning("upkeep: %s: %s", kind, exc)
        failed[kind] = exc
        return None
    _log.info("upkeep: %s: %s", kind, done)
    return done
