"""Sources are asked when they are due, more seldom when they fail, and never forgotten."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tocsin.collect.due import due_after_failure, due_after_success, is_due
from tocsin.model import Source, SourceKind, SourceState

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def source(minutes: float = 10, name: str = "s") -> Source:
    return Source(name, SourceKind.FEED, "https://e.org/f", every=minutes * MINUTE)


def test_what_was_never_read_is_due() -> None:
    assert is_due(None, source(), NOW)
    assert is_due(SourceState("s"), source(), NOW)


def test_a_source_rests_until_its_time() -> None:
    state = SourceState("s", checked_at=NOW, due_at=due_after_success(source(), NOW))
    assert not is_due(state, source(), NOW + 9 * MINUTE)
    assert is_due(state, source(), NOW + 11 * MINUTE)


def test_a_shorter_interval_counts_at_once_but_not_against_a_failing_source() -> None:
    healthy = SourceState("s", checked_at=NOW, due_at=NOW + timedelta(days=1))
    assert is_due(healthy, source(5), NOW + 6 * MINUTE)
    failing = SourceState("s", checked_at=NOW, due_at=NOW + timedelta(days=1), failures=1)
    assert not is_due(failing, source(5), NOW + 6 * MINUTE)


def test_a_clock_that_ran_ahead_leaves_no_source_unread() -> None:
    """It was five hours ahead for one round and is right again: nobody may wait until it gets there."""
    ahead = NOW + timedelta(hours=5)
    healthy = SourceState("s", checked_at=ahead, due_at=due_after_success(source(), ahead))
    failing = SourceState("s", checked_at=ahead, due_at=due_after_failure(source(), 1, ahead, 3600.0), failures=1)
    assert is_due(healthy, source(), NOW)
    assert is_due(failing, source(), NOW)


@given(st.floats(1, 10_000), st.text(max_size=5))
def test_success_waits_every_and_at_most_a_tenth_more(minutes: float, name: str) -> None:
    one = source(minutes, name)
    wait = due_after_success(one, NOW) - NOW
    assert one.every <= wait <= one.every * 1.1 + timedelta(microseconds=1)
    assert wait == due_after_success(one, NOW) - NOW


def test_jitter_differs_between_sources() -> None:
    assert len({due_after_success(source(10, f"s{n}"), NOW) for n in range(20)}) > 15


@given(st.floats(1, 3_000), st.integers(1, 1_000), st.one_of(st.none(), st.floats(0, 86_400)))
def test_failure_backs_off_linearly_up_to_a_day(minutes: float, failures: int, asked: float | None) -> None:
    one = source(minutes)
    wait = due_after_failure(one, failures, NOW, asked) - NOW
    assert wait >= timedelta(seconds=asked or 0)
    assert wait >= min(one.every * failures, timedelta(days=1))
    assert wait <= max(timedelta(days=1), one.every) * 1.1 + timedelta(microseconds=1)
    assert wait <= due_after_failure(one, failures + 1, NOW, asked) - NOW
