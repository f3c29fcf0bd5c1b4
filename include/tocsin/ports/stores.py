"""What is kept: mentions, source states, incidents with their ledger, quarantine, reports, what charts show."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from tocsin.model import (
    BUCKET,
    Added,
    BadItem,
    BucketCounts,
    Counts,
    Delivery,
    Drawn,
    Incident,
    Limits,
    Mention,
    Report,
    SeriesPoint,
    SourceState,
    StoryOrigin,
    StoryStart,
    StorySummary,
    Window,
)


class MentionStore(Protocol):
    """All mentions; an id is stored once, a second one is a duplicate and changes nothing.

    A brand's negatives are the mentions that harm it (`Mention.harmed`), whatever they say of others.
    """

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

    def stream(self) -> Iterator[Mention]:
        """All mentions by event time, then id, as they are stored; memory stays flat."""
        ...

    def story_starts(self, window: Window, brands: Sequence[str]) -> Iterator[StoryStart]:
        """For each of these brands and each story with a mention in the window that harms it: its first such moment.

        Ordered by brand, then story id. Each (brand, story) appears once.
        """
        ...

    def counts(self, window: Window, brands: Sequence[str]) -> Mapping[str, Counts]:
        """Counts per brand inside the window (event time); a brand without mentions has Counts()."""
        ...

    def buckets(self, window: Window, brands: Sequence[str], step: timedelta = BUCKET) -> Iterator[BucketCounts]:
        """Per brand and `step` of event time: its negatives inside the window, their distinct stories and authors.

        By brand, then time; what has none is left out. Buckets begin at multiples of `step`, which is whole seconds,
        counted from 1970 in UTC.
        """
        ...

    def top_stories(self, brand: str, window: Window, limit: int) -> tuple[StorySummary, ...]:
        """Stories that harm the brand in the window: most copies first, then most negative towards it, then id."""
        ...

    def story_origins(self, window: Window) -> Iterator[StoryOrigin]:
        """Mentions in the window that are their story's own origin (story_id = id), by time, then id."""
        ...

    def search(self, words: str, *, brand: str | None = None, limit: int = 20) -> tuple[Mention, ...]:
        """Mentions that hold all the words, newest first, accents and case folded; any input is plain words.

        A store that knows the stems of a language may find other forms of the words besides.
        """
        ...

    def by_author(self, author: str) -> int:
        """Count the mentions of this pseudonym. The empty one, nobody's, has none here."""
        ...

    def erase(self, author: str) -> int:
        """Delete every mention of this pseudonym, findable no more when this returns; give how many went.

        Copies of them by others stay, under the story id that they have. An empty pseudonym deletes nothing.
        """
        ...

    def erase_posts(self, ids: Collection[str]) -> int:
        """Delete these mentions, findable no more when this returns; give how many there were.

        The same id may come again and is new then.
        """
        ...

    def prune(self, limits: Limits, *, dry_run: bool = False) -> int:
        """Delete what has had its time for every brand that it concerns, and count it; `dry_run` only counts.

        Others may add meanwhile. A mention that comes again later is new: it is stored, and goes at the next pruning.
        Killed anywhere and called again, the rest goes.
        """
        ...

    def driving_words(self, brand: str, window: Window, limit: int) -> tuple[str, ...]:
        """Words that the brand's negatives in the window use more than its other mentions, strongest first, folded.

        A hint for people: stores weigh samples, each in its own way, so two of them need not agree. None come where
        there is nothing to compare with, and no word that fewer than three texts hold.
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

    def save_all(self, states: Iterable[SourceState]) -> tuple[str, ...]:
        """Store them, durably before returning; give the ids whose stored revision was another.

        Those stay as they are. Each source at most once. Some may be stored when an error ends it.
        """
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

    def prune(self, before: datetime, *, dry_run: bool = False) -> int:
        """Delete incidents closed before that moment, each with its ledger; count them. `dry_run` only counts."""
        ...


class Quarantine(Protocol):
    """Items that could not be taken, kept with their reason."""

    def put(self, items: Iterable[BadItem]) -> None:
        """Keep the items; the same id again replaces."""
        ...

    def all(self) -> tuple[BadItem, ...]:
        """Everything in quarantine by time, then id."""
        ...

    def prune(self, before: datetime, *, dry_run: bool = False) -> int:
        """Delete the items from before that moment and count them; `dry_run` only counts."""
        ...

    def stream(self) -> Iterator[BadItem]:
        """The same, page by page: records are long. Nothing comes twice; what is dropped meanwhile may still come."""
        ...

    def get(self, item_id: str) -> BadItem | None:
        """Read one item; None when it is not there."""
        ...

    def drop(self, ids: Collection[str]) -> int:
        """Take these items out for good, and give how many were there."""
        ...


class ReportLog(Protocol):
    """What each step did, so that counts can be added up afterwards."""

    def save(self, report: Report) -> None:
        """Keep the report; the same (step, key) again replaces."""
        ...

    def stream(self) -> Iterator[Report]:
        """All reports that `totals` counts, sums of days included, by step, then key; memory stays flat."""
        ...

    def totals(self) -> Mapping[str, Mapping[str, int]]:
        """Per step: each status and its count over all reports, and `came_in`."""
        ...

    def fold(self, before: datetime, *, dry_run: bool = False) -> int:
        """Add the reports from before that moment up per step and day, and count them; `dry_run` only counts.

        `totals` stays the same at every moment, also when this is killed. What was added up is no more replaced: the
        same work reported again counts again.
        """
        ...


class SeriesStore(Protocol):
    """What charts show of each brand, bucket by bucket; nothing is decided by it."""

    def save(self, points: Iterable[SeriesPoint]) -> None:
        """Keep the points, findable before returning; the same brand and bucket again replaces.

        BadItemError: a brand that is not Unicode, or a bucket without its zone. Some of the points may be kept when
        an error ends it; saving again mends that.
        """
        ...

    def latest(self) -> datetime | None:
        """Start of the newest bucket that is held of any brand; None when empty."""
        ...

    def stream(self) -> Iterator[SeriesPoint]:
        """All points by time, then brand; memory stays flat."""
        ...

    def read(self, brand: str, window: Window) -> tuple[SeriesPoint, ...]:
        """The brand's points whose buckets start inside the window, by time."""
        ...

    def drawn(self, window: Window, brands: Sequence[str]) -> Mapping[datetime, Drawn]:
        """What is held of these brands together, for each bucket that starts inside the window."""
        ...

    def prune(self, limits: Limits, *, dry_run: bool = False) -> int:
        """Delete the points that have had their time for their brand, and count them; `dry_run` only counts."""
        ...


class Caretaker(Protocol):
    """What a store wants done for itself now and then."""

    def care(self, now: datetime) -> tuple[str, ...]:
        """Make room for the days that come and put what is old away; say, a sentence each, what is not possible here.

        To be called once a day; without it the store works, slower.
        """
        ...
