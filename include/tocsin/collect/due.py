"""When a source is asked again: often enough for a crisis, seldom enough to stay welcome."""

from datetime import UTC, datetime, timedelta
from hashlib import blake2b

from tocsin.collect.interval import bounds
from tocsin.model import Source, SourceState, rest_while_pushed

LONGEST_REST = timedelta(days=1)
"""A failing source is not left alone for longer, unless it is read more seldom anyway: feeds come back."""
TIRED = 60.0
"""Weight of failures in a row from which once a week is enough."""
TIRED_REST = timedelta(days=7)
GONE_REST = timedelta(days=7)
"""Rest after the first 410, "gone"; the second one doubles it, and so on."""
NEVER_LONGER = timedelta(days=30)
"""No source is ever given up: one try in 30 days is made of every one."""
_JITTER = 0.1
_ENOUGH = 10_080.0
"""Times a minute that make a week."""


def is_due(state: SourceState | None, source: Source, now: datetime) -> bool:
    """Say whether the source should be read now: never read, its time has come, or `every` was made shorter.

    One whose hub pushes is read once an hour all the same. One that was last read in the future, by a clock since put
    right, is due: else nobody reads it until then.
    """
    if state is None or state.due_at is None or (state.checked_at is not None and state.checked_at > now):
        return True
    if state.failures == 0 and state.checked_at is not None:
        _, longest = bounds(source, state, now)
        due = min(state.due_at, due_after(source, longest, state.checked_at))
        pushed = rest_while_pushed(source, state, now)
        return now >= (due if pushed is None else max(due, due_after(source, pushed, state.checked_at)))
    return now >= state.due_at


def due_after(source: Source, rest: timedelta, now: datetime) -> datetime:
    """Give the end of a rest that begins now, and up to a tenth more, at most 30 days off.

    How much more looks like chance, so that those who were asked together do not return together; the same source in
    the same round gets the same more, so that a replay does as the round did.
    """
    return now + min(rest * (1 + _JITTER * _share(f"{source.id} {now.astimezone(UTC).isoformat()}")), NEVER_LONGER)


def rest_after_failure(interval: timedelta, weight: float, asked: float | None = None) -> timedelta:
    """Give the interval times the weight of the failures in a row, at most a day, and a week where all of 60 failed.

    Never less than the interval, nor than the `asked` seconds of the server.
    """
    longest = TIRED_REST if weight >= TIRED else LONGEST_REST
    rest = min(interval * min(max(1.0, weight), _ENOUGH), max(longest, interval))
    return max(rest, timedelta(seconds=asked or 0.0))


def rest_when_gone(failures: int) -> timedelta:
    """Give the rest after a 410: a week for each in a row, at most 30 days."""
    return min(GONE_REST * max(1, failures), NEVER_LONGER)


def _share(text: str) -> float:
    """A number from 0 to 1 that looks like chance and is the same for ever."""
    return blake2b(text.encode("utf-8", "replace"), digest_size=2).digest()[0] / 255
