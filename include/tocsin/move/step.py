"""The door of the move room: everything is copied under its own id, so that doing it again changes nothing."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import islice
from typing import TypeVar

from tocsin.errors import BadItemError, ConflictError
from tocsin.model import BadItem, Incident, Report, SourceState
from tocsin.move.shelves import Shelves
from tocsin.ports import ReportLog

T = TypeVar("T")

LOT = 2000
"""Mentions and points that go over at once; what was told of is safe."""
REASONS = 3
"""So many refusals of a kind are told with their reason; all are counted."""

FORGOTTEN = "their authors asked the second store to be forgotten"
"""Why some are refused, and are named no more."""

Told = Callable[[str, int], None]
"""Hears the kind and how many of it are over."""


@dataclass(frozen=True, slots=True)
class Copied:
    """What became of one kind: the three numbers add up to what was met."""

    kind: str
    stored: int = 0
    held: int = 0
    """Were here before, from an earlier try or by their own way, and are left as they are."""
    refused: int = 0
    reasons: tuple[str, ...] = ()


def copy_store(source: Shelves, target: Shelves, now: datetime, told: Told) -> tuple[Copied, ...]:
    """Copy all kinds, mentions in event-time order; a refused one is told and stops nothing.

    First come the authors who asked to be forgotten: nothing of theirs is copied, whichever store they asked, and
    what the target has of them goes at the end.

    Nothing is written to `source`. Killed at any point and run again, it ends in the same state. What both hold and
    differs: a mention stays as it is here, of a source's state the one looked at later stays, of an incident the one
    that is further along, of a delivery one that was `sent`.
    """
    forgotten = _erasures(source, target, now, told)
    copied = (
        forgotten,
        _mentions(source, target, told),
        _sources(source, target, told),
        _incidents(source, target, told),
        _deliveries(source, target, told),
        _quarantine(source, target, told),
        _replacing("reports", source.reports.stream(), partial(_save_reports, target.reports), told),
        _replacing("series", source.series.stream(), target.series.save, told),
    )
    # Last: somebody may have asked meanwhile.
    _forget(target)
    return copied


def _erasures(source: Shelves, target: Shelves, now: datetime, told: Told) -> Copied:
    theirs, here = source.erasures.all(), target.erasures.all()
    for author in sorted(theirs - here):
        target.erasures.add(author, now)
    told("erasures", len(theirs))
    return Copied("erasures", len(theirs - here), len(theirs & here))


def _forget(target: Shelves) -> None:
    """Delete what the target keeps of those whom it refuses: an earlier copy may have brought it."""
    refused = target.erasures.all()
    for author in sorted(refused):
        target.mentions.erase(author)
    if refused:
        target.quarantine.drop([item.id for item in target.quarantine.stream() if _names(item, refused)])


def _names(item: BadItem, authors: frozenset[str]) -> bool:
    """Whether an item in quarantine holds one of these pseudonyms, in its record or in what was kept of it."""
    return any(author in item.record or author in item.excerpt for author in authors)


def _mentions(source: Shelves, target: Shelves, told: Told) -> Copied:
    stored = held = refused = 0
    reasons: list[str] = []
    for lot in _lots(source.mentions.stream()):
        forgotten = target.erasures.all()
        taken = [mention for mention in lot if mention.author not in forgotten]
        if len(taken) < len(lot):
            refused += len(lot) - len(taken)
            reasons = [FORGOTTEN, *(reason for reason in reasons if reason != FORGOTTEN)]
        added = target.mentions.add(taken)
        stored += added.created
        held += added.unchanged + added.duplicate
        refused += len(added.rejected)
        reasons += [f"{one.mention.id}: {one.reason}" for one in added.rejected]
        told("mentions", stored + held + refused)
        reasons = reasons[:REASONS]
    return Copied("mentions", stored, held, refused, tuple(reasons))


def _sources(source: Shelves, target: Shelves, told: Told) -> Copied:
    def save(state: SourceState) -> bool:
        here = target.sources.get(state.source_id)
        if here is not None and (here == replace(state, revision=here.revision) or _seen(here) >= _seen(state)):
            return False
        target.sources.save(replace(state, revision=here.revision if here else ""))
        return True

    return _one_by_one("sources", source.sources.all(), save, told)


def _incidents(source: Shelves, target: Shelves, told: Told) -> Copied:
    def save(incident: Incident) -> bool:
        here = target.incidents.get(incident.id)
        if here is not None and _further(here) >= _further(incident):
            return False
        target.incidents.save(replace(incident, revision=here.revision if here else ""))
        return True

    # By opening time: what was closed there makes room for the one that is open.
    return _one_by_one("incidents", source.incidents.all(), save, told)


def _deliveries(source: Shelves, target: Shelves, told: Told) -> Copied:
    stored = held = 0
    for incident in source.incidents.all():
        here = set(target.incidents.deliveries(incident.id))
        for delivery in source.incidents.deliveries(incident.id):
            if delivery in here:
                held += 1
            else:
                target.incidents.record(delivery)
                stored += 1
            told("deliveries", stored + held)
    return Copied("deliveries", stored, held)


def _quarantine(source: Shelves, target: Shelves, told: Told) -> Copied:
    forgotten = target.erasures.all()
    met = 0

    def taken() -> Iterator[BadItem]:
        nonlocal met
        for item in source.quarantine.stream():
            met += 1
            if not _names(item, forgotten):
                yield item

    done = _replacing("quarantine", taken(), target.quarantine.put, told)
    refused = met - done.stored
    return replace(done, refused=refused, reasons=(FORGOTTEN,) if refused else ())


def _replacing(kind: str, values: Iterable[T], put: Callable[[list[T]], object], told: Told) -> Copied:
    """Kinds of which the same name again replaces: what is here is not looked at."""
    stored = 0
    for lot in _lots(values):
        put(lot)
        stored += len(lot)
        told(kind, stored)
    return Copied(kind, stored)


def _save_reports(log: ReportLog, lot: Sequence[Report]) -> None:
    for report in lot:
        log.save(report)


def _one_by_one(kind: str, values: Iterable[T], save: Callable[[T], bool], told: Told) -> Copied:
    counts, reasons = {True: 0, False: 0}, list[str]()
    for number, value in enumerate(values, start=1):
        try:
            counts[save(value)] += 1
        except (ConflictError, BadItemError) as exc:
            reasons.append(str(exc))
        told(kind, number)
    return Copied(kind, counts[True], counts[False], len(reasons), tuple(reasons[:REASONS]))


def _seen(state: SourceState) -> float:
    return state.checked_at.timestamp() if state.checked_at else float("-inf")


def _further(incident: Incident) -> tuple[bool, int, int]:
    return incident.closed_at is not None, incident.notices, incident.mentions


def _lots(values: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(values)
    while lot := list(islice(rest, LOT)):
        yield lot
