"""What Tocsin needs from outside, and what it promises: errors, order, repetition, time zone.

Every port: times in and out are aware UTC; foreign errors arrive as tocsin.errors; calling twice with the same
values leaves the same state as calling once.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from tocsin.model import (
    Added,
    BadItem,
    Counts,
    Delivery,
    Incident,
    Mention,
    Message,
    Report,
    SourceState,
    Stage,
    StoryOrigin,
    StoryStart,
    StorySummary,
    Window,
)

T = TypeVar("T")


class Clock(Protocol):
    """The only place that knows what time it is."""

    def now(self) -> datetime:
        """Give the present moment; never runs backwards within one step's use of it."""
        ...


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """A conditional GET: the validators of the copy that we already have, if any."""

    url: str
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class FetchResponse:
    """An answer of 200 with its body, or 304 with none; `url` is where redirects led."""

    url: str
    status: int
    body: bytes
    content_type: str = ""
    etag: str | None = None
    last_modified: str | None = None


class Fetcher(Protocol):
    """One guarded way out: http(s) to public addresses only, capped in time and size, no cookies kept."""

    async def fetch(self, request: FetchRequest) -> FetchResponse:
        """Answer with 200 or 304.

        RefusedError: the address, scheme, size or redirect is forbidden. TransientError: time-out, connection lost,
        429, 5xx (with `retry_after` where the server said so). PermanentError: any other status.
        """
        ...


@dataclass(frozen=True, slots=True)
class ArchiveRow:
    """One row of a file of recorded posts: its first line, counted from 1, and its values by column.

    `problem` says why the row could not be read; it then has no values, and `excerpt` shows how it begins.
    """

    line: int
    values: Mapping[str, str]
    problem: str = ""
    excerpt: str = ""


class Archive(Protocol):
    """Files of recorded posts on this machine; every error names the file."""

    def rows(self, path: str) -> Iterator[ArchiveRow]:
        """Stream the rows in the file's order; a broken row is a row with a problem, and the rest goes on.

        All rows without a problem have the same columns; what a row lacks is "". PermanentError: no such file, not
        ours to read, or of an unknown kind.
        """
        ...

    def fingerprint(self, path: str) -> str:
        """Give a mark that changes when the file's content does. PermanentError as above."""
        ...

    def column_map(self, path: str) -> Mapping[str, object]:
        """Read a column map as it is written. PermanentError: no such file, or not a mapping."""
        ...


class BatchStore(Protocol):
    """Durable batches of records between steps; a batch is whole or absent, never half."""

    def write(self, stage: Stage, batch_id: str, records: Iterable[object]) -> int:
        """Write the batch atomically and return how many records; writing the same id again replaces it."""
        ...

    def read(self, stage: Stage, batch_id: str, kind: type[T]) -> Iterator[T]:
        """Stream the records in order. PermanentError: no such batch, or it is damaged.

        BadItemError: a record does not decode; the next call goes on with the record after it.
        """
        ...

    def pending(self, stage: Stage) -> tuple[str, ...]:
        """Ids that wait at `stage`, sorted. RAW: not yet enriched. ENRICHED: not yet settled."""
        ...

    def drop(self, stage: Stage, batch_id: str) -> None:
        """Forget the batch at this stage; nothing happens when it is not there."""
        ...

    def settle(self, batch_id: str) -> None:
        """Say that the store holds the batch: the raw batch goes to the archive, the enriched one is dropped."""
        ...


class MentionStore(Protocol):
    """All mentions; an id is stored once, a second one is a duplicate and changes nothing."""

    def add(self, mentions: Iterable[Mention]) -> Added:
        """Store what is new, durably before returning; the counts in the answer add up to what came in."""
        ...

    def total(self) -> int:
        """Count the mentions stored."""
        ...

    def first_at(self) -> datetime | None:
        """Event time of the earliest mention; None when empty."""
        ...

    def get(self, mention_id: str) -> Mention | None:
        """Read one mention back, equal to what was stored."""
        ...

    def story_starts(self, window: Window, brands: Sequence[str]) -> Iterator[StoryStart]:
        """For each of these brands and each story with a negative mention in the window: its first such moment.

        Ordered by brand, then story id. Each (brand, story) appears once.
        """
        ...

    def counts(self, window: Window, brands: Sequence[str]) -> Mapping[str, Counts]:
        """Counts per brand inside the window (event time); a brand without mentions has Counts()."""
        ...

    def top_stories(self, brand: str, window: Window, limit: int) -> tuple[StorySummary, ...]:
        """Negative stories of the brand in the window: most copies first, then most negative, then id."""
        ...

    def story_origins(self, window: Window) -> Iterator[StoryOrigin]:
        """Mentions in the window that are their story's own origin (story_id = id), by time, then id."""
        ...

    def search(self, words: str, *, brand: str | None = None, limit: int = 20) -> tuple[Mention, ...]:
        """Mentions that hold all the words, newest first, accents and case folded; any input is plain words.

        A store that knows the stems of a language may find other forms of the words besides.
        """
        ...


class SourceStates(Protocol):
    """What is remembered of each source."""

    def get(self, source_id: str) -> SourceState | None:
        """Read one state; None when the source was never fetched."""
        ...

    def all(self) -> tuple[SourceState, ...]:
        """All states, by source id."""
        ...

    def save(self, state: SourceState) -> SourceState:
        """Store and return it with its new revision. ConflictError: the stored revision is not `state.revision`."""
        ...


class IncidentStore(Protocol):
    """Incidents and the ledger of what was sent about them."""

    def open_incident(self, brand: str) -> Incident | None:
        """The brand's open incident; there is at most one."""
        ...

    def get(self, incident_id: str) -> Incident | None:
        """Read one incident."""
        ...

    def all(self) -> tuple[Incident, ...]:
        """All incidents by opening time, then id."""
        ...

    def save(self, incident: Incident) -> Incident:
        """Store and return it with its new revision.

        ConflictError: the stored revision is not `incident.revision`, or the brand already has another open one.
        """
        ...

    def record(self, delivery: Delivery) -> None:
        """Write a ledger line; one per message id and channel: `sent` is never taken back, else the newest wins."""
        ...

    def was_sent(self, message_id: str) -> bool:
        """Say whether a ledger line with status `sent` exists for the message."""
        ...

    def deliveries(self, incident_id: str) -> tuple[Delivery, ...]:
        """The incident's ledger by time, then message id."""
        ...


class Quarantine(Protocol):
    """Items that could not be taken, kept with their reason."""

    def put(self, items: Iterable[BadItem]) -> None:
        """Keep the items; the same id again replaces."""
        ...

    def all(self) -> tuple[BadItem, ...]:
        """Everything in quarantine by time, then id."""
        ...


class ReportLog(Protocol):
    """What each step did, so that counts can be added up afterwards."""

    def save(self, report: Report) -> None:
        """Keep the report; the same (step, key) again replaces."""
        ...

    def totals(self) -> Mapping[str, Mapping[str, int]]:
        """Per step: each status and its count over all reports, and `came_in`."""
        ...


class Notifier(Protocol):
    """A channel to people."""

    @property
    def channel(self) -> str:
        """Name in the ledger, such as `email`."""
        ...

    def send(self, message: Message) -> None:
        """Hand the message over; return only when the other side took it. TransientError or PermanentError else."""
        ...
