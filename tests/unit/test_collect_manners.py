"""What an answer or a failure means: when we come again, what is remembered, and why."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tocsin.collect.hosts import Hosts, Scope, hosts_before, together
from tocsin.collect.manners import (
    Failure,
    News,
    address_of,
    after_answer,
    after_failure,
    judge,
    may_ask_for_changes,
    moved_after,
    moved_note,
)
from tocsin.errors import BadItemError, PermanentError, RefusedError, TransientError, UnknownHostError
from tocsin.model import Source, SourceKind, SourceState
from tocsin.model.fetches import FETCHES_KEPT

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
FEED = Source("s", SourceKind.FEED, "http://e.org/f", every=10 * MINUTE)
WELL = SourceState("s", checked_at=NOW - 10 * MINUTE, succeeded_at=NOW - 10 * MINUTE)


@pytest.mark.parametrize(
    ("error", "kind", "wait"),
    [
        (TransientError("", status=429), "throttled", None),
        (TransientError("", status=429, retry_after=60.0), "throttled", 60.0),
        (TransientError("", status=429, retry_after=400_000.0), "throttled", 86_400.0),
        (TransientError("", status=503, retry_after=9.0), "temporary", 9.0),
        (TransientError("no answer"), "temporary", None),
        (UnknownHostError("no address"), "soft", None),
        (PermanentError("", status=404), "soft", None),
        (PermanentError("", status=410), "gone", None),
        (PermanentError("", status=403), "hard", None),
        (PermanentError("", status=401, retry_after=5.0), "hard", 5.0),
        (PermanentError("not a feed"), "hard", None),
        (RefusedError("10.0.0.1"), "hard", None),
        (BadItemError("words"), "hard", None),
        (ZeroDivisionError(), "hard", None),
    ],
)
def test_each_failure_has_its_weight(error: Exception, kind: str, wait: float | None) -> None:
    failure = judge(error, "told", host_answers=False)
    assert (failure.kind, failure.wait, failure.told) == (kind, wait, "told")


def test_403_from_a_host_that_answered_shortly_before_is_throttling() -> None:
    forbidden = PermanentError("answered 403", status=403)
    assert judge(forbidden, "", host_answers=True).kind == "throttled"
    neighbour = replace(FEED, id="t", url="http://e.org/g")
    states = {"s": WELL, "t": SourceState("t")}
    assert hosts_before([FEED, neighbour], states, Scope.HOST, NOW).answered_well(neighbour, NOW), "its neighbour did"
    assert not hosts_before([FEED, neighbour], states, Scope.HOST, NOW).answered_well(neighbour, NOW + 3 * DAY)
    assert not Hosts().answered_well(FEED, NOW)


@pytest.mark.parametrize(
    ("kind", "times", "weight"), [("hard", 3, 3.0), ("soft", 4, 2.0), ("temporary", 8, 2.0), ("temporary", 2, 0.5)]
)
def test_back_off_is_linear_in_the_weights(kind: str, times: int, weight: float) -> None:
    state = WELL
    for _ in range(times):
        state = after_failure(FEED, state, Failure(kind, "why"), 7, NOW)
    assert (state.failures, state.weight, state.note) == (times, weight, "why")
    rest = state.due_at - NOW
    assert FEED.every * max(1, weight) <= rest <= FEED.every * max(1, weight) * 1.1
    assert state.fetches[-1] == (NOW, kind, 7, 0, 0, "why")
    answered = after_answer(FEED, state, News(5, 1, 9), NOW)
    assert (answered.failures, answered.weight, answered.note, answered.throttled_until) == (0, 0.0, "", None)


def test_who_throttles_without_a_word_rests_longer_each_time() -> None:
    once = after_failure(FEED, WELL, Failure("throttled", "429"), 1, NOW)
    again = after_failure(FEED, once, Failure("throttled", "429"), 1, NOW)
    assert (once.throttled_until, again.throttled_until) == (NOW + 5 * MINUTE, NOW + 10 * MINUTE)
    told = after_failure(FEED, WELL, Failure("throttled", "429", 7200.0), 1, NOW)
    assert told.throttled_until == NOW + 120 * MINUTE <= told.due_at


def test_the_rest_that_a_server_asked_for_is_that_of_its_scope() -> None:
    urls = {"a": "http://news.bbc.co.uk/1", "b": "http://news.bbc.co.uk/2", "c": "https://www.bbc.co.uk/3"}
    sources = [Source(name, SourceKind.FEED, url) for name, url in urls.items()]
    states = {name: SourceState(name) for name in urls}
    states["a"] = replace(states["a"], throttled_until=NOW)
    resting = {
        scope: [one.id for one in sources if hosts_before(sources, states, scope, NOW).rests_until(one)]
        for scope in Scope
    }
    assert resting == {Scope.FEED: ["a"], Scope.HOST: ["a", "b"], Scope.DOMAIN: ["a", "b", "c"]}


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("http://a.gouv.fr/", "a.gouv.fr"),
        ("http://one.blogspot.com/", "one.blogspot.com"),
        ("http://me:secret@127.0.0.1:80/f", "127.0.0.1:80"),
        ("http://localhost/f", "localhost"),
        ("http://[::1/f", "http://[::1/f"),
    ],
)
def test_the_registered_domain_is_that_of_the_public_suffix_list(url: str, domain: str) -> None:
    assert together(Source("s", SourceKind.FEED, url), Scope.DOMAIN) == domain


def test_a_longer_rest_is_not_shortened_by_a_neighbour() -> None:
    hosts = Hosts()
    hosts.tell(FEED, NOW + DAY)
    hosts.tell(replace(FEED, id="t"), NOW)
    assert hosts.rests_until(FEED) == NOW + DAY


def test_a_clock_that_ran_ahead_leaves_no_host_resting() -> None:
    """It was a year ahead for one round, in which a server said wait; no neighbour may wait until it gets there."""
    ahead = NOW + 365 * DAY
    state = after_failure(FEED, replace(WELL, checked_at=ahead), Failure("throttled", "429"), 1, ahead)
    assert hosts_before([FEED], {"s": state}, Scope.HOST, NOW).rests_until(FEED) is None
    assert hosts_before([FEED], {"s": state}, Scope.HOST, ahead + MINUTE).rests_until(FEED) == ahead + 5 * MINUTE
    assert not may_ask_for_changes(FEED, replace(WELL, read_at=ahead), NOW)


def test_thirty_fetches_are_kept_with_short_reasons() -> None:
    state = WELL
    for number in range(40):
        state = after_failure(FEED, state, Failure("hard", f"{number} " + "x" * 300), 1, NOW)
    assert len(state.fetches) == FETCHES_KEPT == 30
    assert [fetch.reason.split()[0] for fetch in (state.fetches[0], state.fetches[-1])] == ["10", "39"]
    assert {len(fetch.reason) for fetch in state.fetches} == {120}


def test_an_archive_has_no_rhythm_since_its_end_is_no_silence() -> None:
    archive = replace(FEED, kind=SourceKind.ARCHIVE)
    assert after_answer(archive, WELL, News(5, 20), NOW).rhythm == WELL.rhythm
    assert after_answer(FEED, WELL, News(5, 20), NOW).rhythm.so_far == 20


def test_the_reason_of_another_interval_is_kept() -> None:
    slower = after_answer(FEED, WELL, News(5, unchanged=True), NOW)
    assert slower.fetches[-1].reason == "next look every 15 min: mostly known"
    assert slower.interval == 900


def test_a_redirect_for_good_is_believed_after_five_times_and_a_day() -> None:
    state, to = WELL, "https://e.org/f"
    for hour in range(0, 30, 6):
        assert address_of(FEED, state, NOW + timedelta(hours=hour)) == FEED.url
        state = replace(state, moved=moved_after(FEED, state, to, NOW + timedelta(hours=hour)))
    later = NOW + timedelta(hours=24)
    assert address_of(FEED, state, later) == to
    assert moved_note(FEED, state.moved, later) == "moved for good: set url to https://e.org/f"
    assert moved_after(FEED, state, "", later) == state.moved, "asked there, it redirects no more"
    assert address_of(replace(FEED, url="http://e.org/other"), state, later) == "http://e.org/other"
    elsewhere = replace(state, moved=moved_after(FEED, state, "https://x.org/f", later))
    assert address_of(FEED, elsewhere, later) == FEED.url, "another place must be seen steadily, too"
    assert after_failure(FEED, state, Failure("soft", "404"), 1, later).moved is None
    assert after_failure(FEED, state, Failure("temporary", "503"), 1, later).moved == state.moved


def test_a_redirect_that_changes_its_mind_or_may_hold_a_key_is_not_remembered() -> None:
    once = replace(WELL, moved=moved_after(FEED, WELL, "https://e.org/f", NOW))
    assert moved_after(FEED, once, "", NOW) is None
    assert moved_after(FEED, once, "https://e.org/g", NOW).times == 1
    assert moved_after(FEED, WELL, "https://e.org/f?key=s3cret", NOW) is None


def test_once_a_day_the_whole_document_is_asked_for() -> None:
    read = replace(WELL, read_at=NOW - timedelta(hours=23), etag='"1"')
    assert may_ask_for_changes(FEED, read, NOW)
    assert not may_ask_for_changes(FEED, read, NOW + timedelta(hours=1))
    assert not may_ask_for_changes(FEED, WELL, NOW)
    assert not may_ask_for_changes(replace(FEED, conditional=False), read, NOW)
