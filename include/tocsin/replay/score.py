"""Say what a replay showed: which brands alerted, when, how loudly, and how many mails it would have cost."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tocsin.model import Brand, Incident
from tocsin.ports import IncidentStore


@dataclass(frozen=True, slots=True)
class IncidentLine:
    """One incident as the table shows it; `mails` counts messages per reason."""

    id: str
    severity: str
    since: datetime
    opened: datetime
    closed: datetime | None
    factor: float
    mentions: int
    mails: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class BrandLine:
    """One brand with its incidents, oldest first; a brand that stayed calm has none."""

    brand: str
    name: str
    incidents: tuple[IncidentLine, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The whole result of a replay; the same archive and config give the same bytes, so no wall time is in it."""

    first: datetime | None
    last: datetime | None
    steps: Mapping[str, Mapping[str, int]]
    """Per step: what came in and each status, as in live operation."""
    brands: tuple[BrandLine, ...]


def incident_line(incident: Incident, incidents: IncidentStore) -> IncidentLine:
    """Sum up one incident and what the ledger says was sent for it."""
    sent = Counter(str(line.reason) for line in incidents.deliveries(incident.id) if line.status == "sent")
    return IncidentLine(
        id=incident.id,
        severity=incident.severity.name.lower(),
        since=incident.since,
        opened=incident.opened_at,
        closed=incident.closed_at,
        factor=round(incident.peak_factor, 2),
        mentions=incident.mentions,
        mails=dict(sorted(sent.items())),
    )


def brand_lines(brands: Sequence[Brand], incidents: IncidentStore) -> tuple[BrandLine, ...]:
    """Give one line per brand in config order, calm ones included."""
    every = incidents.all()
    return tuple(
        BrandLine(brand.id, brand.name, tuple(incident_line(i, incidents) for i in every if i.brand == brand.id))
        for brand in brands
    )
