"""A wave is seen when it stands above the brand's own noise, once, and never where there is none."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.detect.baseline import DAY, HOUR
from tocsin.detect.thresholds import Thresholds
from tocsin.detect.waves import Waves, join

ONE_HOUR, THREE_HOURS, ONE_DAY = range(3)
LIMITS = Thresholds()


def living(days: float, level: float = 0.5, seed: int = 1) -> np.ndarray:
    """A quiet brand with a daily cycle: `level` stories per bucket on average."""
    rows = int(days * DAY)
    shape = 1 + 0.8 * np.sin(np.arange(rows) * 2 * np.pi / DAY)
    return np.random.default_rng(seed).poisson(level * shape)[:, None]


@given(st.integers(0, 3000), st.integers(1, 40), st.integers(1, 30))
@settings(max_examples=6)
def test_a_flat_series_never_fires(first, level, every):
    counts = np.zeros((6 * DAY, 4), dtype=np.int64)
    counts[:, 1], counts[::every, 2], counts[::every, 3] = level, 1, level
    scores = Waves(4).advance(first, counts).score
    bars = [LIMITS.watch * LIMITS.caution(row + 1) for row in range(len(counts))]
    assert (scores / np.array(bars)[:, None])[LIMITS.silent_rows :].max() < 1


@given(st.lists(st.integers(0, 700), max_size=6), st.integers(0, 3000))
@settings(max_examples=6)
def test_any_cut_of_the_rows_gives_the_same_to_the_last_bit(cuts, first):
    counts = np.hstack([living(4, 0.1), living(4, 4.0)])
    counts[1000:1030] += 9
    edges = [0, *sorted(cuts), len(counts)]
    waves = Waves(2)
    parts = [waves.advance(first + a, counts[a:b]) for a, b in pairwise(edges)]
    whole, pieces = Waves(2).advance(first, counts), join(parts)
    assert all((getattr(whole, name) == getattr(pieces, name)).all() for name in whole.__slots__)


def test_a_score_does_not_know_what_comes_after():
    counts = living(4)
    changed = counts.copy()
    changed[900:] = 50
    one, other = Waves(1).advance(0, counts), Waves(1).advance(0, changed)
    assert (one.score[:900] == other.score[:900]).all()
    assert (one.score[900:] != other.score[900:]).any()


@pytest.mark.parametrize(
    ("rows", "lift", "wave"),
    [
        pytest.param(6, 8, ONE_HOUR, id="half an hour at 8 times the usual"),
        pytest.param(3 * HOUR, 4, THREE_HOURS, id="three hours at 4 times"),
        pytest.param(DAY, 2, ONE_DAY, id="a whole day at twice the usual"),
    ],
)
def test_each_wave_finds_its_kind_of_storm(rows, lift, wave):
    counts = living(9, level=1.0)
    begin = 7 * DAY
    counts[begin : begin + rows] += living(9, level=lift - 1.0, seed=2)[begin : begin + rows]
    scores = Waves(1).advance(0, counts).wave_score[:, :, 0]
    before, during = scores[3 * DAY : begin], scores[begin : begin + rows + 6]
    assert before.max() < LIMITS.watch
    assert during[:, wave].max() >= LIMITS.critical
    if wave == ONE_DAY:
        assert during[:, :ONE_DAY].max() < LIMITS.critical


def test_what_was_over_once_does_not_count_again_and_a_second_wave_does():
    counts = living(9, level=0.3)
    storm, second = 7 * DAY, 7 * DAY + 4 * HOUR
    counts[storm : storm + HOUR] += 4
    counts[second : second + HOUR] += 4
    track = Waves(1).advance(0, counts)
    scores = track.score[:, 0]
    assert scores[storm : storm + HOUR].max() >= LIMITS.critical
    clear = storm + HOUR + int(np.argmax(track.quiet[storm + HOUR :, 0]))
    assert 9 <= clear - storm - HOUR <= 18, "an hour or so after the end"
    assert scores[clear:second].max() < LIMITS.watch, "no echo of the first"
    assert scores[second : second + HOUR].max() >= LIMITS.critical, "the second is an alarm again"


def test_a_burst_is_not_a_day():
    counts = living(9, level=1.0)
    counts[7 * DAY : 7 * DAY + 2 * HOUR] *= 10
    scores = Waves(1).advance(0, counts).wave_score[7 * DAY :, ONE_DAY, 0]
    assert scores.max() < LIMITS.critical


def test_brands_do_not_see_each_other():
    alone = Waves(1).advance(0, living(5))
    beside = Waves(2).advance(0, np.hstack([living(5, 9.0, seed=2), living(5)]))
    assert (alone.score[:, 0] == beside.score[:, 1]).all()
