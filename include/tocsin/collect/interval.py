"""How often a source is worth a look: as often as it brings something new, within what its owner and we allow."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin.model import Source, SourceKind, SourceState

FLOOR = timedelta(seconds=60)
"""The shortest interval, for sources that bring watched brands."""
LONGEST = 3
"""Times `every` that a source is left alone at most while it answers."""
WATCHED = timedelta(days=30)
"""How long a source counts as one that brings watched brands."""
MOSTLY_KNOWN = 0.67
MOSTLY_NEW = 0.33
LENGTHEN = 1.5
SHORTEN = 0.5

_HEAD = 16_384
_TTL = re.compile(rb"<ttl>\s*(\d{1,6})\s*</ttl>")
_PERIOD = re.compile(rb"<sy:updatePeriod>\s*(hourly|daily|weekly|monthly|yearly)\s*</sy:updatePeriod>")
_FREQUENCY = re.compile(rb"<sy:updateFrequency>\s*(\d{1,5})\s*</sy:updateFrequency>")
_HOURS = {b"hourly": 1, b"daily": 24, b"weekly": 168, b"monthly": 720, b"yearly": 8760}


@dataclass(frozen=True, slots=True)
class Pace:
    """The interval from now on, and why it is this one."""

    interval: timedelta
    why: str


def bounds(source: Source, state: SourceState, now: datetime) -> tuple[timedelta, timedelta]:
    """Give the shortest and longest interval: 60 s to `every` where watched brands come from, else 1 to 3 `every`.

    Only feeds have a pace of their own; files and networks are read each `every`.
    """
    if source.kind is not SourceKind.FEED:
        return source.every, source.every
    if state.matched_at is not None and now - state.matched_at <= WATCHED:
        return min(FLOOR, source.every), source.every
    return source.every, max(source.every, min(LONGEST * source.every, timedelta(days=1)))


def interval_of(source: Source, state: SourceState, now: datetime) -> timedelta:
    """Give the present interval inside the bounds: the source's own, else `every`."""
    shortest, longest = bounds(source, state, now)
    own = source.every if state.interval is None else timedelta(seconds=state.interval)
    return min(max(own, shortest), longest)


def next_pace(source: Source, state: SourceState, known: float | None, now: datetime) -> Pace:
    """Give the interval after an answer of which the share `known` was known before; None: nothing to compare.

    Lengthened by half from 67 % known items, halved below 33 %, but only after a look that came in time: after a
    pause much is new without the source being quicker. What the server hints at can lengthen it within the bounds.
    """
    shortest, longest = bounds(source, state, now)
    held = interval_of(source, state, now)
    in_time = state.checked_at is not None and now - state.checked_at <= 2 * held
    wanted, why = held, ""
    if known is not None and known >= MOSTLY_KNOWN:
        wanted, why = LENGTHEN * held, "mostly known"
    elif known is not None and known < MOSTLY_NEW and in_time:
        wanted, why = SHORTEN * held, "mostly new"
    hint = timedelta(seconds=state.hint or 0.0)
    if hint > wanted:
        wanted, why = hint, "as the server hints"
    interval = min(max(wanted, shortest), longest)
    return Pace(interval, why if interval != held else "")


def stated_rest(body: bytes) -> float | None:
    """Seconds between looks that a feed itself asks for, by RSS `ttl` or `sy:updatePeriod`; None: it says nothing."""
    head = body[:_HEAD]
    if found := _TTL.search(head):
        return int(found[1]) * 60.0
    if period := _PERIOD.search(head):
        times = _FREQUENCY.search(head)
        return _HOURS[period[1]] * 3600.0 / max(1, int(times[1]) if times else 1)
    return None
