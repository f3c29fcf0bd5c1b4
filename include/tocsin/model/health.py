"""How a source is doing, in one word: the same for table, charts and digest, and for what detection calls heard."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from math import sqrt
from statistics import fmean, median_low, pvariance

from tocsin.model.fetches import Rhythm
from tocsin.model.watched import Source, SourceState

SLOW = 5_000
"""Milliseconds: where half of the last ten answers took longer, the source is slow."""
TIRED = 3
"""Failures in a row from which a source counts as failing; one or two happen in normal life."""
DAYS_TO_KNOW = 7
"""Days of rhythm below which nobody says quiet or loud."""
SURE = 7.0
"""Posts that should have come by now and did not: the chance of it is e^-7, one in a thousand."""
LEAST_LULL = timedelta(days=1)
MISSED = 3
LEAST_MISSED = timedelta(minutes=15)
PUSHED_REST = timedelta(hours=1)
"""Between two looks at a source whose hub pushes."""
PUSHES_LAST = timedelta(days=1)
"""How long after a push a hub counts as one that pushes."""


class Health(StrEnum):
    """What a source's last fetches and its own rhythm say of it, the worst first."""

    NEVER = "never"
    """It has not answered well so far."""
    FAILING = "failing"
    THROTTLED = "throttled"
    QUIET = "quiet"
    """It answers, and brings nothing, against its own rhythm."""
    LOUD = "loud"
    SLOW = "slow"
    HEALTHY = "healthy"


def health_of(state: SourceState, now: datetime) -> Health:
    """Give the health at `now`; without the days that make a rhythm nothing is quiet or loud."""
    if state.succeeded_at is None:
        return Health.NEVER
    if is_throttled(state, now):
        return Health.THROTTLED
    if state.failures >= TIRED or state.weight >= 1:
        return Health.FAILING
    if is_quiet(state.rhythm, now):
        return Health.QUIET
    if is_loud(state.rhythm, now):
        return Health.LOUD
    return Health.SLOW if _is_slow(state) else Health.HEALTHY


def is_throttled(state: SourceState, now: datetime) -> bool:
    """Say whether the server wants to be left alone, or did so at the last look."""
    if state.throttled_until is not None and state.throttled_until > now:
        return True
    return bool(state.failures and state.fetches and state.fetches[-1].outcome == "throttled")


def is_quiet(rhythm: Rhythm, now: datetime) -> bool:
    """Say whether it brought nothing for longer than its rhythm explains: at least a day over its longest lull."""
    since = quiet_since(rhythm)
    return since is not None and now > since


def quiet_since(rhythm: Rhythm) -> datetime | None:
    """Give the moment from which its silence is unusual, if nothing comes before; None: its rhythm is not known."""
    if len(rhythm.before) < DAYS_TO_KNOW or rhythm.last_new_at is None:
        return None
    expected = timedelta(days=SURE / rhythm.per_day())
    return rhythm.last_new_at + max(expected, rhythm.longest_lull() + LEAST_LULL)


def is_loud(rhythm: Rhythm, now: datetime) -> bool:
    """Say whether today brought more than any day before, by four deviations of a count as restless as its days."""
    if len(rhythm.before) < DAYS_TO_KNOW or rhythm.day != now.astimezone(UTC).date():
        return False
    mean = fmean(rhythm.before)
    bar = mean + 4 * sqrt(max(pvariance(rhythm.before), mean, 1.0))
    return rhythm.so_far > max(bar, *rhythm.before)


def rest_while_pushed(source: Source, state: SourceState, now: datetime) -> timedelta | None:
    """How long a source is left alone since its hub pushes its news; None: its hub did not push for a day.

    Never for longer than an hour, or `every`: hubs fail without a word.
    """
    if state.pushed_at is None or abs(now - state.pushed_at) > PUSHES_LAST:
        return None
    return max(PUSHED_REST, source.every)


def is_heard(source: Source, state: SourceState | None, now: datetime) -> bool:
    """Say whether we hear the source: it answered lately and neither fails nor keeps us out; quiet is heard.

    Lately means within three times its interval, and at least 15 minutes.
    """
    if state is None or state.succeeded_at is None:
        return False
    if health_of(state, now) in {Health.FAILING, Health.THROTTLED}:
        return False
    pushed = rest_while_pushed(source, state, now) or timedelta()
    interval = max(source.every, timedelta(seconds=state.interval or 0.0), pushed)
    # Either way: an answer far in the future was noted by a clock since put right.
    return abs(now - state.succeeded_at) <= max(MISSED * interval, LEAST_MISSED)


def _is_slow(state: SourceState) -> bool:
    took = [fetch.took for fetch in state.fetches[-10:] if fetch.outcome in {"fetched", "unchanged"}]
    return len(took) >= 5 and median_low(took) >= SLOW
