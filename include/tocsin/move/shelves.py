"""All that a store keeps, and how much of it: what is compared when everything was copied."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from tocsin.ports import Erasures, IncidentStore, MentionStore, Quarantine, ReportLog, SeriesStore, SourceStates


class Shelves(Protocol):
    """All that a store keeps."""

    @property
    def mentions(self) -> MentionStore:
        """Posts."""
        ...

    @property
    def sources(self) -> SourceStates:
        """States of sources."""
        ...

    @property
    def incidents(self) -> IncidentStore:
        """Incidents and their ledger."""
        ...

    @property
    def quarantine(self) -> Quarantine:
        """What could not be taken."""
        ...

    @property
    def reports(self) -> ReportLog:
        """What each step did."""
        ...

    @property
    def erasures(self) -> Erasures:
        """Authors who asked to be forgotten."""
        ...

    @property
    def series(self) -> SeriesStore:
        """What charts show."""
        ...


@dataclass(frozen=True, slots=True)
class Compared:
    """How many of a kind there are in the source (there) and in the target (here)."""

    kind: str
    there: int
    here: int


def compare_stores(source: Shelves, target: Shelves) -> tuple[Compared, ...]:
    """Count each kind there and here."""
    there, here = count_store(source), count_store(target)
    return tuple(Compared(kind, there[kind], here[kind]) for kind in there)


def count_store(shelves: Shelves) -> Mapping[str, int]:
    """How much of each kind is kept."""
    incidents = shelves.incidents.all()
    return {
        "erasures": len(shelves.erasures.all()),
        "mentions": shelves.mentions.total(),
        "sources": len(shelves.sources.all()),
        "incidents": len(incidents),
        "deliveries": sum(len(shelves.incidents.deliveries(incident.id)) for incident in incidents),
        "quarantine": sum(1 for _ in shelves.quarantine.stream()),
        "reports": sum(1 for _ in shelves.reports.stream()),
        "series": sum(1 for _ in shelves.series.stream()),
    }
