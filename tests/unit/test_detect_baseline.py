"""The forecast is the one that the documentation writes down, and it never looks ahead."""

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from tocsin.detect.baseline import DAY, Baseline

COUNTS = npst.arrays(np.int64, st.tuples(st.integers(1, 60), st.integers(1, 3)), elements=st.integers(0, 40))


def by_the_book(first: int, counts: list[int]) -> list[float]:
    """Baseline mu of detection.md for one brand, written as slowly and plainly as it can be."""
    a = w = f = g = p = q = 0.0
    n24, d24, n168, d168 = [0.0] * 24, [0.0] * 24, [0.0] * 168, [0.0] * 168
    usual = []
    for bucket, y in enumerate(counts, start=first):
        hour, part = bucket // 12, bucket % 12
        if part == 0:
            n24, d24 = ([x * 0.5 ** (1 / 240) for x in memory] for memory in (n24, d24))
            n168, d168 = ([x * 0.5 ** (1 / 1008) for x in memory] for memory in (n168, d168))
        level = (a + 0.5 * 12) / (w + 12)
        offset = (part + 0.5) / 12 - 0.5
        here, beside = hour % 24, (hour + (1 if offset > 0 else -1)) % 24
        s24 = sum(
            share * (n24[slot] + 24 * level) / (d24[slot] + 24)
            for share, slot in ((1 - abs(offset), here), (abs(offset), beside))
        )
        week = hour % 168
        s168 = (n168[week] + 36 * s24) / (d168[week] + 36)
        mu = s168 * (f + 6 * level + 1) / (g + 6 * level + 1)
        usual.append(mu)
        weight = 36 * level**2
        phi = min(max((p + 0.3 * weight) / (q + weight), 0.05), 3)
        clipped = min(y, mu + 4 * math.sqrt(mu + phi * mu**2) + 1)
        a, w = a * 0.5 ** (1 / (7 * DAY)) + clipped, w * 0.5 ** (1 / (7 * DAY)) + 1
        f, g = f * 0.5 ** (1 / DAY) + clipped, g * 0.5 ** (1 / DAY) + s168
        p = p * 0.5 ** (1 / (7 * DAY)) + (clipped - mu) ** 2 - mu
        q = q * 0.5 ** (1 / (7 * DAY)) + mu**2
        n24[here], d24[here] = n24[here] + clipped, d24[here] + 1
        n168[week], d168[week] = n168[week] + clipped, d168[week] + 1
    return usual


def test_the_forecast_is_the_documented_one_over_nine_days():
    rng = np.random.default_rng(3)
    first = 12 * 24 * 20_000 + 7
    rows = 9 * DAY
    shape = 1 + np.sin(np.arange(rows) * 2 * np.pi / DAY)
    counts = rng.poisson(np.outer(shape, [0.1, 3.0]))
    counts[1500:1540] *= 30
    usual, _ = Baseline(2).advance(first, counts)
    for column in range(2):
        assert np.allclose(usual[:, column], by_the_book(first, counts[:, column].tolist()), rtol=1e-9)


@given(COUNTS, st.integers(0, 10_000), st.data())
@settings(max_examples=40)
def test_a_forecast_does_not_know_what_comes_after(counts, first, data):
    cut = data.draw(st.integers(0, len(counts)))
    whole, _ = Baseline(counts.shape[1]).advance(first, counts)
    part, _ = Baseline(counts.shape[1]).advance(first, counts[:cut])
    assert (whole[:cut] == part).all()


@given(COUNTS, st.integers(0, 10_000))
@settings(max_examples=30)
def test_a_twin_goes_its_own_way(counts, first):
    baseline = Baseline(counts.shape[1])
    baseline.advance(first, counts)
    twin = baseline.copy()
    twin.advance(first + len(counts), counts * 7 + 3)
    once, _ = baseline.advance(first + len(counts), counts)
    again, _ = Baseline(counts.shape[1]).advance(first, np.concatenate((counts, counts)))
    assert (once == again[len(counts) :]).all()


def test_a_storm_does_not_become_usual_overnight():
    counts = np.full((8 * DAY, 1), 1)
    counts[7 * DAY : 7 * DAY + 12] = 100
    usual, ordinary = Baseline(1).advance(0, counts)
    assert usual[-1, 0] < 1.6
    assert ordinary[-1, 0] < 1.3, "the plain mean of that week is 1.6"
