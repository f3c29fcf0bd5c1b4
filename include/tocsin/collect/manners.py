"""What an answer or a failure means for a source: when we come again, what we remember of it, and why."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b

from tocsin.collect.due import due_after, rest_after_failure, rest_when_gone
from tocsin.collect.interval import interval_of, next_pace
from tocsin.errors import TransientError, UnknownHostError
from tocsin.model import Fetch, Moved, Source, SourceKind, SourceState, remembered

LONGEST_WAIT = 24 * 3600.0
"""Seconds of Retry-After above which we come back anyway: 88 hours have been seen."""
THROTTLE_REST = 300.0
"""Seconds of rest for each 429 in a row from a server that does not say how long."""
ONCE_A_DAY = timedelta(days=1)
STEADY_TIMES = 5
STEADY_FOR = timedelta(days=1)

_WEIGHTS = {"hard": 1.0, "gone": 1.0, "soft": 0.5, "temporary": 0.25, "throttled": 0.25}
_FORBIDDEN, _MISSING, _GONE, _BUSY = 403, 404, 410, 429


@dataclass(frozen=True, slots=True)
class Failure:
    """How a look failed: what kind, what a person reads of it, and how long the server wants to be left alone."""

    kind: str
    told: str
    wait: float | None = None
    by_server: bool = True
    """Whether a server refused us; a limit of our own is nobody else's rest."""

    @property
    def weight(self) -> float:
        """What it adds to the back-off."""
        return _WEIGHTS[self.kind]


@dataclass(frozen=True, slots=True)
class News:
    """What an answer brought: `known` of its items were known before; `unchanged` has none to count."""

    took: int
    new: int = 0
    known: int = 0
    unchanged: bool = False

    @property
    def share_known(self) -> float | None:
        """Share of the items that were known, 1 when nothing changed; None of no items at all."""
        if self.unchanged:
            return 1.0
        total = self.new + self.known
        return self.known / total if total else None


def judge(error: Exception, told: str, *, host_answers: bool) -> Failure:
    """Sort a failure by what it says of the next try.

    Throttled: 429, or 403 from a host that answered well shortly before, since some say so in this way. Gone: 410.
    Temporary: the server or the way to it is in trouble. Soft: 404 and names without an address, which come back more
    often than one thinks. Hard: all else, what is no feed included.
    """
    status = getattr(error, "status", None)
    asked = getattr(error, "retry_after", None)
    wait = None if asked is None else min(asked, LONGEST_WAIT)
    kind = "temporary" if isinstance(error, TransientError) else "hard"
    if status == _BUSY or (status == _FORBIDDEN and host_answers):
        kind = "throttled"
    elif status == _GONE:
        kind = "gone"
    elif status == _MISSING or isinstance(error, UnknownHostError):
        kind = "soft"
    return Failure(kind, told, wait, by_server=status is not None)


def after_answer(source: Source, state: SourceState, news: News, now: datetime, note: str = "") -> SourceState:
    """Give the state after a good answer: its failures are forgotten, its interval follows what it brought."""
    # What the first document holds came over weeks, and says nothing of one day.
    first = state.succeeded_at is None
    # An archive that is read to its end has not gone quiet.
    counts = not first and source.kind is not SourceKind.ARCHIVE
    pace = next_pace(source, state, None if first else news.share_known, now)
    outcome = "unchanged" if news.unchanged else "fetched"
    why = f"next look every {_words(pace.interval)}: {pace.why}" if pace.why else ""
    return replace(
        state,
        checked_at=now,
        succeeded_at=now,
        due_at=due_after(source, pace.interval, now),
        failures=0,
        weight=0.0,
        note=note,
        throttled_until=None,
        interval=pace.interval.total_seconds(),
        rhythm=state.rhythm.with_items(news.new, now) if counts else state.rhythm,
        fetches=remembered(state.fetches, Fetch(now, outcome, news.took, news.new, news.known, why)),
    )


def after_failure(source: Source, state: SourceState, failure: Failure, took: int, now: datetime) -> SourceState:
    """Give the state after a failure: it rests for longer with each, and never longer than 30 days.

    A server that throttles rests for as long as it says, else 5 minutes for each time in a row.
    """
    failures, weight = state.failures + 1, state.weight + failure.weight
    wait = failure.wait
    if failure.kind == "throttled" and wait is None:
        wait = min(THROTTLE_REST * failures, LONGEST_WAIT)
    rest = rest_after_failure(interval_of(source, state, now), weight, wait)
    if failure.kind == "gone":
        rest = max(rest, rest_when_gone(failures))
    return replace(
        state,
        checked_at=now,
        due_at=due_after(source, rest, now),
        failures=failures,
        weight=weight,
        note=failure.told,
        throttled_until=now + timedelta(seconds=wait) if wait is not None and failure.by_server else None,
        # Perhaps only the new place is gone: the next look starts from the address in the config.
        moved=state.moved if failure.kind in {"temporary", "throttled"} else None,
        fetches=remembered(state.fetches, Fetch(now, failure.kind, took, reason=failure.told)),
    )


def address_of(source: Source, state: SourceState, now: datetime) -> str:
    """Give where to ask: the place that a redirect names for good, once it did so steadily, else the config's."""
    return state.moved.to if state.moved and is_steady(state.moved, source, now) else source.url


def moved_after(source: Source, state: SourceState, moved_to: str, now: datetime) -> Moved | None:
    """Remember a redirect for good; one that changes its mind starts anew.

    Addresses with a query are not kept: it may hold a key, and states can be read by more people than the config.
    """
    held, to = state.moved, "" if "?" in moved_to or "@" in moved_to else moved_to
    if held and is_steady(held, source, now):
        return Moved(_digest(source.url), to, now) if to else held
    if not to or to == source.url:
        return None
    if held and (held.of, held.to) == (_digest(source.url), to):
        return replace(held, times=held.times + 1)
    return Moved(_digest(source.url), to, now)


def is_steady(moved: Moved, source: Source, now: datetime) -> bool:
    """Say whether a redirect is to be believed: five times in a row and over a day, for the address in the config."""
    return moved.of == _digest(source.url) and moved.times >= STEADY_TIMES and now - moved.since >= STEADY_FOR


def moved_note(source: Source, moved: Moved | None, now: datetime) -> str:
    """Tell the owner of a source that it has moved, with what to do; empty while it has not."""
    return f"moved for good: set url to {moved.to}" if moved and is_steady(moved, source, now) else ""


def may_ask_for_changes(source: Source, state: SourceState, now: datetime) -> bool:
    """Say whether to send the validators: not where it is switched off, nor where a day went by without a document.

    Servers that answer "unchanged" for ever are seen through in this way. A day either way: a clock that ran ahead
    may have noted the last document.
    """
    return source.conditional and state.read_at is not None and abs(now - state.read_at) < ONCE_A_DAY


def _words(span: timedelta) -> str:
    seconds = round(span.total_seconds())
    if seconds < 120:
        return f"{seconds} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def _digest(url: str) -> str:
    return blake2b(url.encode("utf-8", "replace"), digest_size=8).hexdigest()
