"""A source is looked at as often as it brings something new, within bounds that its owner knows."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.collect.interval import bounds, interval_of, next_pace, stated_rest
from tocsin.model import Source, SourceKind, SourceState

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
DAY = timedelta(days=1)
FEED = Source("s", SourceKind.FEED, "https://e.org/f", every=timedelta(minutes=10))
BEFORE = SourceState("s", checked_at=NOW - timedelta(minutes=10), succeeded_at=NOW - timedelta(minutes=10))
WATCHED = replace(BEFORE, matched_at=NOW - timedelta(days=29))
HASTY = replace(WATCHED, checked_at=NOW - timedelta(seconds=75))
FORMER = replace(BEFORE, matched_at=NOW - timedelta(days=31))


@pytest.mark.parametrize(
    ("state", "known", "seconds", "why"),
    [
        pytest.param(BEFORE, 0.5, 600, "", id="half is new: as it is"),
        pytest.param(BEFORE, 0.67, 900, "mostly known", id="two thirds known: longer"),
        pytest.param(replace(BEFORE, interval=1500), 1.0, 1800, "mostly known", id="three times every at most"),
        pytest.param(replace(BEFORE, interval=1500), 0.2, 750, "mostly new", id="a third new: half"),
        pytest.param(BEFORE, 0.2, 600, "", id="never shorter than every, where no brand is met"),
        pytest.param(WATCHED, 0.2, 300, "mostly new", id="watched: shorter than every"),
        pytest.param(
            replace(HASTY, interval=70),
            0.0,
            60,
            "mostly new",
            id="watched: a minute at least",
        ),
        pytest.param(WATCHED, 1.0, 600, "", id="watched: never longer than every"),
        pytest.param(FORMER, 0.2, 600, "", id="watched a month ago"),
        pytest.param(replace(WATCHED, checked_at=NOW - DAY), 0.0, 600, "", id="after a pause all is new"),
        pytest.param(replace(WATCHED, checked_at=None), 0.0, 600, "", id="the first look"),
        pytest.param(WATCHED, None, 600, "", id="an empty document says nothing"),
        pytest.param(replace(BEFORE, hint=1200.0), 0.5, 1200, "as the server hints", id="a hint"),
        pytest.param(replace(BEFORE, hint=86400.0), 0.5, 1800, "as the server hints", id="a hint too long"),
        pytest.param(replace(WATCHED, hint=86400.0), 0.5, 600, "", id="no hint slows a watched source down"),
        pytest.param(replace(BEFORE, hint=5.0), 0.5, 600, "", id="nor makes one quicker"),
    ],
)
def test_the_interval_follows_what_comes(state: SourceState, known: float | None, seconds: float, why: str) -> None:
    pace = next_pace(FEED, state, known, NOW)
    assert (pace.interval.total_seconds(), pace.why) == (seconds, why)


@given(st.floats(60, 600_000), st.one_of(st.none(), st.floats(0, 1)), st.floats(0, 1e7), st.booleans())
def test_the_interval_keeps_its_bounds(every: float, known: float | None, own: float, watched: bool) -> None:
    feed = replace(FEED, every=timedelta(seconds=every))
    state = replace(WATCHED if watched else BEFORE, interval=own, hint=own)
    shortest, longest = bounds(feed, state, NOW)
    assert timedelta(seconds=60) <= shortest <= longest
    assert shortest <= next_pace(feed, state, known, NOW).interval <= longest
    assert longest <= max(feed.every, timedelta(days=1))


@pytest.mark.parametrize("kind", [SourceKind.FILE, SourceKind.MASTODON])
def test_only_feeds_have_a_pace_of_their_own(kind: SourceKind) -> None:
    other = replace(FEED, kind=kind)
    assert next_pace(other, replace(WATCHED, interval=60), 0.0, NOW).interval == other.every
    assert interval_of(other, replace(BEFORE, interval=9999), NOW) == other.every


@pytest.mark.parametrize(
    ("head", "seconds"),
    [
        (b"<ttl>30</ttl>", 1800),
        (b"<ttl> 5\n</ttl>", 300),
        (b"<ttl>soon</ttl>", None),
        (b"<sy:updatePeriod>hourly</sy:updatePeriod>\n<sy:updateFrequency>2</sy:updateFrequency>", 1800),
        (b"<sy:updatePeriod>\n\tdaily\t</sy:updatePeriod>", 86400),
        (b"<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", 3600),
        (b"<ttl>99999999999999</ttl>", None),
        (b"", None),
    ],
)
def test_what_a_feed_asks_for_itself(head: bytes, seconds: float | None) -> None:
    assert stated_rest(b"<rss><channel>" + head + b"<item/></channel></rss>") == seconds
