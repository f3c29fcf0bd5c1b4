"""The filtered stream of X as a source: never silent for long, and every gap filled by a search, each post once.

While the stream lives the source is not due, so that nobody polls it; when it dies, polling goes on where it ended.
A connection always begins with a gap, since its predecessor's end: it is filled by recent search, a little later, for
what search finds is half a minute old. Until it is filled the cursors stay before it, so that a kill loses nothing.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from tocsin.collect.due import due_after
from tocsin.collect.networks.asking import Question, XAccess
from tocsin.collect.networks.memory import read_memory
from tocsin.collect.networks.read_x import (
    FIELDS,
    LEAST,
    edits_in,
    newest_of,
    paid_in,
    read_document,
)
from tocsin.collect.poll import Round, Visit, report_of
from tocsin.collect.x.backoff import Backoff
from tocsin.collect.x.budget import charged
from tocsin.collect.x.gap import joined, reached, shifted
from tocsin.collect.x.reading import (
    OverBudgetError,
    Trip,
    change_memory,
    change_state,
    keep_page,
    note_over_budget,
    posts_left,
    queries,
    read_query,
    started,
    state_of,
    with_memory,
)
from tocsin.errors import TransientError
from tocsin.model import Source, SourceState
from tocsin.ports import Clock, StreamEndedError

log = logging.getLogger(__name__)

FULL = 100
"""Posts after which a batch is written at once."""
WAIT = timedelta(seconds=15)
"""How long posts wait for others before a batch is written; the next line, or keep-alive, does it."""
SETTLE = timedelta(seconds=45)
"""How long after connecting the gap is filled: recent search ends 30 s before it is asked."""
LISTENING = "listening to the stream"


@dataclass(frozen=True, slots=True)
class Listener:
    """What listening needs besides the ports: time, and a way to be stopped while it waits."""

    clock: Clock
    wait: Callable[[float], bool]
    """Waits so many seconds; True as soon as somebody wants the end."""
    settle: timedelta = SETTLE


@dataclass(slots=True)
class _Heard:
    """What came since the last batch, and what is still to fill."""

    flushed_at: datetime
    events: list[Mapping[str, Any]] = field(default_factory=list)
    paid: int = 0
    """Posts among the events, those that came with them too."""
    left: int = 0
    """Posts of the month that were left at the last batch."""
    newest: str = ""
    fill_at: datetime | None = None
    """When the gap is to be filled; None when it is."""
    is_shifted: bool = False
    alive: bool = False
    """Whether anything came over this connection."""


def follow(source: Source, x: XAccess, around: Round, listener: Listener) -> Counter[str]:
    """Listen until somebody wants the end; give how many items came under each status.

    Order per batch: raw batch, then price and cursor. PermanentError: X does not know us, or wants something else
    than we have. OverBudgetError: the month's posts are read; it is noted. An error of the stores is raised.
    """
    counts: Counter[str] = Counter()
    backoff = Backoff()
    asked = queries(source, x)
    change_memory(source, lambda memory: started(memory, asked, listener.clock.now()), around)
    while True:
        talk = _Talk(_Subject(source, x, asked), around, listener, counts)
        try:
            talk.listen()
            return counts
        except StreamEndedError as exc:
            backoff = backoff.after(exc.trouble, exc.retry_after, alive=talk.heard.alive)
            log.warning("%s: %s; next try in %g s", source.id, exc, backoff.wait)
        except OverBudgetError as exc:
            note_over_budget(Visit(source.id, "failed"), exc, source, replace(around, now=listener.clock.now()))
            raise
        if listener.wait(backoff.wait):
            return counts


@dataclass(frozen=True, slots=True)
class _Subject:
    source: Source
    x: XAccess
    asked: tuple[str, ...]
    """The queries that find what the stream tells."""


class _Talk:
    """One connection."""

    def __init__(self, subject: _Subject, around: Round, listener: Listener, counts: Counter[str]) -> None:
        self._subject, self._around, self._listener, self._counts = subject, around, listener, counts
        self.heard = _Heard(flushed_at=listener.clock.now())

    def listen(self) -> None:
        """Connect, take what comes, and keep what was taken however it ends."""
        self.heard.left = posts_left(self._now())
        try:
            self._subject.x.door.listen(self._take, FIELDS)
        finally:
            self._flush()

    def _take(self, event: Mapping[str, Any] | None) -> bool:
        heard, now = self.heard, self._listener.clock.now()
        if not heard.alive:
            heard.alive, heard.fill_at = True, now + self._listener.settle
        if event is not None:
            heard.events.append(event)
            heard.paid += paid_in(event)
        is_spent, is_time = heard.left - heard.paid < LEAST, heard.fill_at is not None and now >= heard.fill_at
        if len(heard.events) >= FULL or now - heard.flushed_at >= WAIT or is_spent or is_time:
            self._flush()
            heard.left = posts_left(self._now())
        if is_time:
            self._fill()
        return not self._listener.wait(0)

    def _flush(self) -> None:
        """Write what came as one batch; then note its price, and that the source is heard."""
        heard, around, source = self.heard, self._now(), self._subject.source
        document, posts, new, seen = joined(heard.events), heard.paid, 0, None
        heard.events, heard.paid, heard.flushed_at = [], 0, around.now
        if posts:
            page = read_document(document)
            kept = keep_page(page, edits_in(document), source, self._subject.x, around)
            heard.newest, seen = newest_of([heard.newest, page.cursor]), kept.seen
            self._tell(Visit(source.id, "fetched", kept.counts, kept.batch_ids), around)
            new = kept.counts.get("new", 0)
        if heard.alive:
            self._note(posts, new, seen, around)

    def _note(self, posts: int, new: int, seen: tuple[str, ...] | None, around: Round) -> None:
        newest, source = "" if self.heard.fill_at else self.heard.newest, self._subject.source

        def noted(held: SourceState) -> SourceState:
            memory = reached(read_memory(held.cursor), self._subject.asked, newest)
            return with_memory(_heard_now(source, held, new, around.now), charged(memory, posts, around.now), seen)

        change_state(source, noted, around)

    def _fill(self) -> None:
        """Search for what no connection brought, from a little before the last post on."""
        around, subject, heard = self._now(), self._subject, self.heard
        if not heard.is_shifted:
            change_memory(subject.source, lambda held: shifted(held, subject.asked), around)
            heard.is_shifted = True
        trip = asyncio.run(_read_all(subject, around))
        self._tell(trip.visit, around)
        if isinstance(trip.error, OverBudgetError):
            raise trip.error
        if trip.error:
            rest = trip.error.retry_after if isinstance(trip.error, TransientError) else None
            heard.fill_at = around.now + max(self._listener.settle, timedelta(seconds=rest or 0))
            log.warning("%s: a gap is not filled yet: %s", subject.source.id, trip.error)
            return
        heard.fill_at = None
        log.info("%s: gap filled: %s", subject.source.id, dict(trip.visit.counts))

    def _tell(self, visit: Visit, around: Round) -> None:
        around.reports.save(report_of(visit, around.now))
        self._counts.update(visit.counts)

    def _now(self) -> Round:
        return replace(self._around, now=self._listener.clock.now())


def _heard_now(source: Source, state: SourceState, new: int, now: datetime) -> SourceState:
    """The state of a source that is heard: nobody is to ask it for as long as `every`; its rhythm goes on."""
    return replace(
        state,
        checked_at=now,
        succeeded_at=now,
        due_at=due_after(source, source.every, now),
        failures=0,
        weight=0.0,
        throttled_until=None,
        note=LISTENING,
        rhythm=state.rhythm.with_items(new, now),
    )


async def _read_all(subject: _Subject, around: Round) -> Trip:
    """Read every query to its end, however many pages it takes."""
    trip = Trip(Visit(subject.source.id, "fetched"))
    for query in subject.asked:
        question = Question(subject.source, query, around.now)
        is_begun = True
        while is_begun and not trip.error:
            trip = await read_query(question, subject.x, replace(trip, pages=0), around)
            is_begun = bool(read_memory(state_of(subject.source, around).cursor).place(query).page)
    return trip
