"""A storm around one brand, and what people were told of it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from tocsin.model.watched import Person, Severity


class IncidentState(StrEnum):
    """Where an incident is in its life."""

    OPEN = "open"
    CLOSED = "closed"


class Reason(StrEnum):
    """Why people hear of an incident now, or do not."""

    FIRST = "first"
    WORSE = "worse"
    REPEAT = "repeat"
    OVER = "over"
    HOLD = "hold"
    DIGEST = "digest"
    """The week's digest, which is about no incident."""
    QUIET = "quiet"
    """A morning's notice of sources that went quiet, which is about no incident either."""


@dataclass(frozen=True, slots=True)
class Incident:
    """A storm around one brand, from its first critical verdict to the all-clear."""

    id: str
    brand: str
    state: IncidentState
    severity: Severity
    since: datetime
    opened_at: datetime
    closed_at: datetime | None = None
    peak_score: float = 0.0
    peak_factor: float = 0.0
    mentions: int = 0
    """Negative mentions since onset, copies included."""
    told_at: datetime | None = None
    told_severity: Severity = Severity.CALM
    notices: int = 0
    """How many times people were told; numbers the messages."""
    link: str = ""
    """Finished address of the dashboard that shows this brand and time; empty where there is no Kibana."""
    revision: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One e-mail to one person; `id` is stable, so a repeat is recognised by every mail program."""

    id: str
    thread_id: str
    """Id of the incident's first message to this person: later ones answer it."""
    incident_id: str
    person: Person
    reason: Reason
    subject: str
    text: str
    html: str
    chart: bytes = field(repr=False, default=b"")
    """PNG that the HTML shows as `cid:chart`; empty when it could not be drawn."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One line of the ledger: this message reached (or failed to reach) this person's channel."""

    message_id: str
    incident_id: str
    person_id: str
    channel: str
    reason: Reason
    status: str
    at: datetime
    detail: str = ""
