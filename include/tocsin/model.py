"""The words of the product: frozen values that pass between rooms. Times are aware UTC, windows half-open."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import IntEnum, StrEnum

import numpy as np
from numpy.typing import NDArray

BUCKET = timedelta(minutes=5)
"""The grain of all counting: negatives are counted per brand in buckets of this length."""


class Tone(StrEnum):
    """How a text sounds; UNKNOWN where no scorer speaks its language (never a guess)."""

    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    POSITIVE = "positive"
    UNKNOWN = "unknown"


class Severity(IntEnum):
    """How far now is from usual."""

    CALM = 0
    WATCH = 1
    CRITICAL = 2


class Reason(StrEnum):
    """Why people hear of an incident now, or do not."""

    FIRST = "first"
    WORSE = "worse"
    REPEAT = "repeat"
    OVER = "over"
    HOLD = "hold"


class IncidentState(StrEnum):
    """Where an incident is in its life."""

    OPEN = "open"
    CLOSED = "closed"


class Stage(StrEnum):
    """Where a batch is on its way."""

    RAW = "raw"
    ENRICHED = "enriched"
    VERDICTS = "verdicts"


class SourceKind(StrEnum):
    """How a source is read."""

    FEED = "feed"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Window:
    """Half-open span of time, start <= t < end, both aware UTC."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None or self.end < self.start:
            raise ValueError(f"not a window of aware times: {self.start} .. {self.end}")


@dataclass(frozen=True, slots=True)
class Brand:
    """A name that we watch. `aliases` are matched as words, `patterns` as regexes; `never` vetoes a match."""

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    min_authors: int = 3
    """Distinct authors below which nothing is an incident, however loud."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who hears of incidents; `brands` empty means every brand."""

    id: str
    name: str
    email: str
    language: str = "en"
    time_zone: str = "Europe/Paris"
    severity: Severity = Severity.CRITICAL
    brands: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """Somewhere mentions come from: a feed's URL or an archive file's path."""

    id: str
    kind: SourceKind
    url: str
    network: str = "web"
    language: str | None = None
    every: timedelta = timedelta(minutes=10)
    columns: str | None = None
    """Path of the column map, for files."""


@dataclass(frozen=True, slots=True)
class SourceState:
    """What we remember of a source between fetches; `revision` is the store's token against lost updates."""

    source_id: str
    etag: str | None = None
    last_modified: str | None = None
    recent_ids: tuple[str, ...] = ()
    """Ids of the items in the last document, so that a feed's repeated items are known at once."""
    checked_at: datetime | None = None
    succeeded_at: datetime | None = None
    due_at: datetime | None = None
    failures: int = 0
    note: str = ""
    revision: str = ""


@dataclass(frozen=True, slots=True)
class RawItem:
    """One post as a source gave it, cleaned of markup; `author` is already a pseudonym, `id` is stable."""

    id: str
    source_id: str
    network: str
    url: str
    title: str
    text: str
    author: str
    published_at: datetime
    discovered_at: datetime
    language: str | None = None
    """Language the source claims, if it does."""
    brands: tuple[str, ...] | None = None
    """Brand ids that the source itself names (an archive's brand column); None = look in the text."""


@dataclass(frozen=True, slots=True)
class BadItem:
    """One item that could not be taken, with the reason; `excerpt` is capped and never shown unescaped."""

    id: str
    step: str
    source_id: str
    reason: str
    excerpt: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Entity:
    """A name found in a text: spaCy's label and the half-open character offsets in `Mention.text_of`."""

    text: str
    label: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Mention:
    """A post with what we say of it. `story_id` is the id of the earliest near-copy we know (itself if none)."""

    id: str
    source_id: str
    network: str
    url: str
    title: str
    text: str
    author: str
    published_at: datetime
    discovered_at: datetime
    language: str
    brands: tuple[str, ...]
    tone: Tone
    compound: float
    """Valence in [-1, 1]; 0.0 when the tone is unknown."""
    story_id: str
    entities: tuple[Entity, ...] = ()

    @property
    def text_of(self) -> str:
        """Title and text as one string: what language, brands, tone and entities were read from."""
        return full_text(self.title, self.text)


def full_text(title: str, text: str) -> str:
    """Join title and text as readers see them; a title repeated as the text's start is not said twice."""
    if not title or text.startswith(title):
        return text
    return f"{title}\n{text}" if text else title


@dataclass(frozen=True, slots=True)
class Rejection:
    """A mention that a store refused, and its reason."""

    mention: Mention
    reason: str


@dataclass(frozen=True, slots=True)
class Added:
    """What became of the mentions given to a store; the four add up to what came in."""

    created: int = 0
    unchanged: int = 0
    """Held before with these very values: an earlier try of the same batch stored them."""
    duplicate: int = 0
    """The id is held with other values, or came twice in one call: the same post, met another way."""
    rejected: tuple[Rejection, ...] = ()


@dataclass(frozen=True, slots=True)
class StoryStart:
    """When a brand's story first sounded negative inside the asked window."""

    brand: str
    story_id: str
    first_at: datetime


@dataclass(frozen=True, slots=True)
class StoryOrigin:
    """The earliest copy of a story: what later copies are compared with."""

    story_id: str
    published_at: datetime
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class StorySummary:
    """A story inside a window, for people: its earliest copy's words and link, and how far it went."""

    story_id: str
    title: str
    text: str
    url: str
    network: str
    first_at: datetime
    copies: int
    authors: int
    compound: float


@dataclass(frozen=True, slots=True)
class Counts:
    """What a brand got inside a window; all but `mentions` count negatives only."""

    mentions: int = 0
    negatives: int = 0
    stories: int = 0
    authors: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """New negative stories per bucket (rows, oldest first) and brand (columns)."""

    brands: tuple[str, ...]
    start: datetime
    counts: NDArray[np.int64]
    step: timedelta = BUCKET

    @property
    def end(self) -> datetime:
        """End of the last bucket: the watermark up to which everything was counted."""
        return self.start + self.step * len(self.counts)


@dataclass(frozen=True, slots=True)
class Point:
    """One hour of a chart: what was counted beside what was usual; both are stories per hour."""

    at: datetime
    observed: float
    usual: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """What detection says of one brand at a watermark, with every number it was decided by."""

    brand: str
    at: datetime
    severity: Severity
    score: float
    threshold: float
    window: Window
    """The wave whose score decided: the last hour or the last three."""
    observed: int
    usual: float
    spread: float
    """Denominator of the score: what one unit of surprise is worth, in stories."""
    since: datetime | None
    """Onset: start of the first bucket above usual in the run that led here; None when calm."""
    over: bool
    """True when the last 45 minutes were back at usual, so that an open incident may close."""
    counts: Counts
    """What the brand got inside `window`."""
    coverage: float
    """Share of the sources that answered lately, 0 to 1; below 1 the verdict is partial."""
    reasons: tuple[str, ...]
    """Why this severity and not another, in plain English, most important first."""
    recent: tuple[Point, ...] = ()
    """Last 24 hours by hour, filled when there is something to show."""

    @property
    def factor(self) -> float:
        """How many times the usual; the usual is floored at half a story so that it stays finite."""
        return self.observed / max(self.usual, 0.5)


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


@dataclass(frozen=True, slots=True)
class Report:
    """What a step did with what came in: each item counted exactly once under one status."""

    step: str
    key: str
    """Batch id, source id or watermark: the same work done again replaces the same report."""
    at: datetime
    came_in: int
    counts: Mapping[str, int]

    def __post_init__(self) -> None:
        if sum(self.counts.values()) != self.came_in:
            raise ValueError(f"{self.step} {self.key}: {self.came_in} came in, counted {dict(self.counts)}")


def floor_time(at: datetime, step: timedelta = BUCKET) -> datetime:
    """Start of the bucket that holds `at`, counted from the Unix epoch, so that buckets never shift."""
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return epoch + ((at - epoch) // step) * step
