"""How a source was asked and what it answered: kept with its state, so that a person sees why it is read as it is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

FETCHES_KEPT = 30
DAYS_KEPT = 28
REASON_CAP = 120


class Fetch(NamedTuple):
    """One fetch. A tuple, since 30 of them lie with each source: it is written without the names of its fields."""

    at: datetime
    outcome: str
    """`fetched`, `unchanged`, or how it failed: `throttled`, `temporary`, `soft`, `hard`, `gone`."""
    took: int
    """Milliseconds until the whole answer was there."""
    new: int = 0
    known: int = 0
    reason: str = ""
    """Why it failed, or why the next look comes sooner or later; at most 120 characters."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A redirect that says it is for good: where to, since when it says so, and how many times it did in a row."""

    of: str
    """Digest of the address that it is of: when the config says another one, this is forgotten."""
    to: str
    since: datetime
    times: int = 1


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How many new items a source brings a day (UTC), up to the last day that brought any."""

    day: date | None = None
    """The last day that brought something; None: none did."""
    so_far: int = 0
    """New items of that day."""
    before: tuple[int, ...] = ()
    """The days before it, at most 28, the oldest first."""
    last_new_at: datetime | None = None

    def with_items(self, new: int, now: datetime) -> "Rhythm":
        """Count what an answer brought; days in between brought nothing, and a clock put back adds no day."""
        if not new:
            return self
        day = now.astimezone(UTC).date()
        if self.day is None or day <= self.day:
            return replace(self, day=self.day or day, so_far=self.so_far + new, last_new_at=now)
        lull = min((day - self.day).days - 1, DAYS_KEPT)
        return Rhythm(day, new, (*self.before, self.so_far, *([0] * lull))[-DAYS_KEPT:], now)

    def per_day(self) -> float:
        """New items a day, the last one counted in."""
        return (sum(self.before) + self.so_far) / (len(self.before) + 1)

    def longest_lull(self) -> timedelta:
        """The longest run of days that brought nothing, before the one that may go on now."""
        longest = run = 0
        for count in self.before:
            run = 0 if count else run + 1
            longest = max(longest, run)
        return timedelta(days=longest)


def remembered(fetches: Sequence[Fetch], newest: Fetch) -> tuple[Fetch, ...]:
    """Give the fetches to keep: the last 30, the newest at the end."""
    return (*fetches[-(FETCHES_KEPT - 1) :], newest._replace(reason=newest.reason[:REASON_CAP]))
