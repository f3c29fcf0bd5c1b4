"""Sources are asked when they are due, more seldom when they fail, and never forgotten."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tocsin.collect.due import NEVER_LONGER, due_after, is_due, rest_after_failure, rest_when_gone
from tocsin.model import Source, SourceKind, SourceState

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def source(minutes: float = 10, name: str = "s") -> Source:
    return Source(name, SourceKind.FEED, "https://e.org/f", every=minutes * MINUTE)


def test_what_was_never_read_is_due() -> None:
    assert is_due(None, source(), NOW)
    assert is_due(SourceState("s"), source(), NOW)


def test_a_source_rests_until_its_time() -> None:
    state = SourceState("s", checked_at=NOW, due_at=due_after(source(), 10 * MINUTE, NOW))
    assert not is_due(state, source(), NOW + 9 * MINUTE)
    assert is_due(state, source(), NOW + 11 * MINUTE)


def test_a_shorter_interval_counts_at_once_but_not_against_a_failing_source() -> None:
    healthy = SourceState("s", checked_at=NOW, due_at=NOW + timedelta(days=1))
    assert is_due(healthy, source(5), NOW + 17 * MINUTE), "three times `every`, and a tenth"
    failing = SourceState("s", checked_at=NOW, due_at=NOW + timedelta(days=1), failures=1)
    assert not is_due(failing, source(5), NOW + 17 * MINUTE)


def test_a_clock_that_ran_ahead_leaves_no_source_unread() -> None:
    """It was five hours ahead for one round and is right again: nobody may wait until it gets there."""
    ahead = NOW + timedelta(hours=5)
    healthy = SourceState("s", checked_at=ahead, due_at=due_after(source(), 10 * MINUTE, ahead))
    failing = SourceState("s", checked_at=ahead, due_at=ahead + timedelta(hours=1), failures=1)
    assert is_due(healthy, source(), NOW)
    assert is_due(failing, source(), NOW)


@given(st.floats(1, 10_000), st.text(max_size=5))
def test_a_rest_is_kept_and_gets_at_most_a_tenth_more(minutes: float, name: str) -> None:
    one, rest = source(minutes, name), minutes * MINUTE
    wait = due_after(one, rest, NOW) - NOW
    assert rest <= wait <= rest * 1.1 + timedelta(microseconds=1)
    assert wait == due_after(one, rest, NOW) - NOW, "the same source in the same round"


def test_jitter_differs_between_sources_and_between_rounds() -> None:
    assert len({due_after(source(10, f"s{n}"), 10 * MINUTE, NOW) for n in range(20)}) > 15
    assert len({due_after(source(), 10 * MINUTE, NOW + n * MINUTE) - n * MINUTE for n in range(20)}) > 15


@given(st.floats(1, 3_000), st.floats(0, 59), st.one_of(st.none(), st.floats(0, 86_400)))
def test_failure_backs_off_linearly_up_to_a_day(minutes: float, weight: float, asked: float | None) -> None:
    interval = minutes * MINUTE
    rest = rest_after_failure(interval, weight, asked)
    assert rest >= timedelta(seconds=asked or 0)
    assert rest >= min(interval * max(1, weight), timedelta(days=1))
    assert rest <= max(timedelta(days=1), interval)
    assert rest <= rest_after_failure(interval, weight + 1, asked)


@given(st.floats(1, 10_000), st.floats(0, 1e9), st.integers(1, 10_000))
def test_no_source_is_left_alone_for_more_than_thirty_days(minutes: float, weight: float, failures: int) -> None:
    rest = max(rest_after_failure(minutes * MINUTE, weight, 86_400.0), rest_when_gone(failures))
    assert due_after(source(), rest, NOW) - NOW <= NEVER_LONGER == timedelta(days=30)


def test_what_is_gone_rests_for_weeks() -> None:
    assert [rest_when_gone(n).days for n in (1, 2, 4, 5, 100)] == [7, 14, 28, 30, 30]
