"""A silent source is noticed at its own pace."""

from datetime import UTC, datetime, timedelta

import pytest

from tocsin.detect.coverage import coverage
from tocsin.model import Source, SourceKind, SourceState

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ARCHIVE = Source("archive", SourceKind.FILE, "tweets.csv")


def feed(name: str, minutes: int) -> Source:
    return Source(name, SourceKind.FEED, f"https://{name}.example/rss", every=timedelta(minutes=minutes))


def heard(name: str, minutes_ago: float | None) -> SourceState:
    at = None if minutes_ago is None else NOW - timedelta(minutes=minutes_ago)
    return SourceState(name, succeeded_at=at, checked_at=NOW)


@pytest.mark.parametrize(
    ("sources", "states", "share"),
    [
        pytest.param([], [], 1.0, id="no sources: nothing is missing"),
        pytest.param([ARCHIVE], [], 1.0, id="files do not count"),
        pytest.param([feed("a", 10)], [], 0.0, id="never fetched"),
        pytest.param([feed("a", 10)], [heard("a", None)], 0.0, id="fetched, but it never answered"),
        pytest.param([feed("a", 10)], [heard("a", 30)], 1.0, id="two misses are life"),
        pytest.param([feed("a", 10)], [heard("a", 31)], 0.0, id="three misses are silence"),
        pytest.param([feed("a", 1)], [heard("a", 15)], 1.0, id="a quarter of an hour is given to all"),
        pytest.param([feed("a", 60)], [heard("a", 170)], 1.0, id="a slow source has its own pace"),
        pytest.param([feed("a", 10)], [heard("a", -300)], 0.0, id="an answer from the future proves nothing"),
        pytest.param([feed("a", 10), feed("b", 10)], [heard("b", 1), heard("z", 1)], 0.5, id="half, strangers aside"),
    ],
)
def test_coverage(sources, states, share):
    assert coverage(sources, states, NOW) == share
