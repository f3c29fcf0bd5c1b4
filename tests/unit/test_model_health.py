"""A source's health is read off its last fetches and its own rhythm, and detection hears what answers."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.model import Fetch, Health, Rhythm, Source, SourceKind, SourceState, health_of, is_heard
from tocsin.model.fetches import DAYS_KEPT

NOW = datetime(2026, 3, 29, 12, 0, tzinfo=UTC)
TODAY = date(2026, 3, 29)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WELL = SourceState("s", checked_at=NOW, succeeded_at=NOW)
FEED = Source("s", SourceKind.FEED, "https://e.org/f")
DAILY, WEEKLY, MONTHLY = (2,) * 14, (0, 0, 0, 0, 0, 0, 1) * 4, (0,) * 28


def silent(before: tuple[int, ...], since: timedelta) -> SourceState:
    last = NOW - since
    return replace(WELL, rhythm=Rhythm(last.date(), 1, before, last))


def loud(today: int, before: tuple[int, ...]) -> SourceState:
    return replace(WELL, rhythm=Rhythm(TODAY, today, before, NOW))


def took(*millis: int) -> SourceState:
    return replace(WELL, fetches=tuple(Fetch(NOW, "fetched", one) for one in millis))


@pytest.mark.parametrize(
    ("state", "health"),
    [
        pytest.param(SourceState("s"), "never", id="never tried"),
        pytest.param(SourceState("s", failures=2, checked_at=NOW), "never", id="never answered well"),
        pytest.param(WELL, "healthy", id="it answers"),
        pytest.param(replace(WELL, failures=2, weight=0.5), "healthy", id="two failures are life"),
        pytest.param(replace(WELL, failures=3, weight=0.75), "failing", id="three are not"),
        pytest.param(replace(WELL, failures=1, weight=1.0), "failing", id="one hard failure is enough"),
        pytest.param(replace(WELL, throttled_until=NOW + HOUR, failures=9, weight=9), "throttled", id="told to wait"),
        pytest.param(replace(WELL, throttled_until=NOW - HOUR), "healthy", id="was told to wait"),
        pytest.param(
            replace(WELL, throttled_until=NOW - HOUR, failures=1, fetches=(Fetch(NOW, "throttled", 1),)),
            "throttled",
            id="told to wait at the last look",
        ),
        pytest.param(silent(DAILY, 3 * DAY), "healthy", id="two posts a day, three days of nothing"),
        pytest.param(silent(DAILY, 4 * DAY), "quiet", id="and four"),
        pytest.param(silent(DAILY, 400 * DAY), "quiet", id="silence does not wear its rhythm off"),
        pytest.param(silent((200,) * 5 + (0, 0) + (200,) * 5, 2 * DAY), "healthy", id="weekends are its rhythm"),
        pytest.param(silent((200,) * 5 + (0, 0) + (200,) * 5, 3.1 * DAY), "quiet", id="a weekend and a day are not"),
        pytest.param(silent((200,) * 14, 20 * HOUR), "healthy", id="a night is nothing"),
        pytest.param(silent(WEEKLY, 20 * DAY), "healthy", id="a weekly blog is on holiday"),
        pytest.param(silent(WEEKLY, 60 * DAY), "quiet", id="for too long"),
        pytest.param(silent(MONTHLY, 90 * DAY), "healthy", id="monthly"),
        pytest.param(silent((9,) * 6, 90 * DAY), "healthy", id="its rhythm is not known yet"),
        pytest.param(loud(20, (2, 3) * 5), "loud", id="ten times the usual"),
        pytest.param(loud(6, (2, 3) * 5), "healthy", id="twice the usual is no noise"),
        pytest.param(loud(40, (2, 3, 50) * 5), "healthy", id="it had such days before"),
        pytest.param(replace(loud(20, (2, 3) * 5), failures=3), "failing", id="the worst word is told"),
        pytest.param(took(*[6000] * 5), "slow", id="slow"),
        pytest.param(took(*[6000] * 4), "healthy", id="four are too few to say"),
        pytest.param(took(*[6000] * 20, *[100] * 10), "healthy", id="it was slow"),
        pytest.param(took(*[6000] * 4, *[100] * 6), "healthy", id="sometimes slow"),
    ],
)
def test_health(state: SourceState, health: str) -> None:
    assert health_of(state, NOW).value == health


@pytest.mark.parametrize(
    ("state", "heard"),
    [
        pytest.param(None, False, id="never tried"),
        pytest.param(WELL, True, id="it answers"),
        pytest.param(silent(DAILY, 9 * DAY), True, id="quiet, but it answers"),
        pytest.param(replace(WELL, failures=1, weight=1.0), False, id="failing"),
        pytest.param(replace(WELL, throttled_until=NOW + HOUR), False, id="throttled"),
        pytest.param(replace(WELL, succeeded_at=NOW - 31 * timedelta(minutes=1)), False, id="silent"),
        pytest.param(replace(WELL, succeeded_at=NOW - HOUR, interval=1800.0), True, id="at a slower pace of its own"),
        pytest.param(replace(WELL, succeeded_at=NOW - HOUR / 2, interval=60.0), True, id="at a quicker one"),
    ],
)
def test_detection_hears_what_answers(state: SourceState | None, heard: bool) -> None:
    assert is_heard(FEED, state, NOW) is heard


def test_a_rhythm_counts_by_day_and_lulls_come_in_when_they_end() -> None:
    rhythm = Rhythm()
    for hours, new in ((0, 3), (1, 0), (2, 2), (24, 1), (48, 0), (120, 4)):
        rhythm = rhythm.with_items(new, NOW + hours * HOUR)
    assert (rhythm.before, rhythm.so_far) == ((5, 1, 0, 0, 0), 4)
    assert rhythm.last_new_at == NOW + 120 * HOUR
    assert rhythm.longest_lull() == 3 * DAY
    back = rhythm.with_items(1, NOW)
    assert (back.before, back.so_far, back.day) == (rhythm.before, 5, rhythm.day), "a clock put back adds no day"


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 10)), max_size=50))
def test_a_rhythm_stays_small(steps: list[tuple[int, int]]) -> None:
    rhythm, now = Rhythm(), NOW
    for days, new in steps:
        now += days * DAY
        rhythm = rhythm.with_items(new, now)
    assert len(rhythm.before) <= DAYS_KEPT
    assert health_of(replace(WELL, rhythm=rhythm), now) in set(Health)
