"""The figures themselves: by hand, at the edges, and whatever order the rows come in."""

import random
from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.evaluate.confusion import score
from tocsin.evaluate.estimates import Estimate, pearson, share

ORDER = ("negative", "neutral", "positive", "unknown")
LABELS = st.sampled_from(ORDER[:3])
PAIRS = st.lists(st.tuples(LABELS, st.sampled_from(ORDER)), min_size=1, max_size=60)


@pytest.mark.parametrize(
    ("hits", "of", "expected"),
    [
        pytest.param(8, 10, Estimate(0.8, 0.4902, 0.9433), id="Wilson's own example"),
        pytest.param(0, 5, Estimate(0.0, 0.0, 0.4345), id="none of five is not surely none"),
        pytest.param(5, 5, Estimate(1.0, 0.5655, 1.0), id="all of five is not surely all"),
    ],
)
def test_a_share_has_wilsons_interval(hits: int, of: int, expected: Estimate) -> None:
    assert share(hits, of) == expected


def test_a_share_of_nothing_is_no_figure() -> None:
    assert share(0, 0) is None


def test_the_figures_of_a_small_table_by_hand() -> None:
    pairs = [("negative", "negative")] * 6 + [("negative", "positive")] * 2 + [("positive", "positive")] * 3
    pairs += [("positive", "unknown")] * 1
    found = score(pairs, ORDER)
    assert found.given == ("negative", "positive")
    assert found.said == ("negative", "positive", "unknown")
    assert found.confusion == ((6, 2, 0), (0, 3, 1))
    assert found.accuracy.value == 0.75
    negative, positive = found.classes
    assert (negative.precision.value, negative.recall.value, negative.rows, negative.said) == (1.0, 0.75, 8, 6)
    assert (positive.precision.value, positive.recall.value) == (0.6, 0.75)
    assert isclose(negative.f1.value, 2 * 6 / (8 + 6), abs_tol=1e-4)
    assert isclose(positive.f1.value, 2 * 3 / (4 + 5), abs_tol=1e-4)
    assert isclose(found.macro_f1.value, (12 / 14 + 6 / 9) / 2, abs_tol=1e-4)
    assert found.of("positive") == positive


def test_what_we_never_said_has_no_precision_and_an_f1_of_0() -> None:
    (only,) = score([("negative", "neutral")] * 3, ORDER).classes
    assert (only.precision, only.recall.value, only.f1) == (None, 0.0, Estimate(0.0, 0.0, 0.0))


def test_nothing_has_no_scores() -> None:
    assert score([], ORDER) is None


@given(PAIRS, st.randoms(use_true_random=False))
def test_counts_add_up_and_order_does_not_matter(pairs: list[tuple[str, str]], chance: random.Random) -> None:
    found = score(pairs, ORDER)
    assert sum(map(sum, found.confusion)) == found.rows == len(pairs)
    assert [one.rows for one in found.classes] == [sum(line) for line in found.confusion]
    for one in (found.accuracy, found.macro_f1, *(one.f1 for one in found.classes)):
        assert 0 <= one.low <= one.high <= 1
    assert found.accuracy.low <= found.accuracy.value <= found.accuracy.high
    chance.shuffle(pairs)
    assert score(pairs, ORDER) == found


def test_more_rows_of_the_same_kind_make_the_intervals_narrow() -> None:
    pairs = [("negative", "negative")] * 7 + [("positive", "negative")] * 3 + [("positive", "positive")] * 10
    few, many = score(pairs, ORDER), score(pairs * 100, ORDER)
    assert few.macro_f1.value == many.macro_f1.value
    assert many.macro_f1.high - many.macro_f1.low < (few.macro_f1.high - few.macro_f1.low) / 5


@pytest.mark.parametrize(
    ("pairs", "value"),
    [
        pytest.param([(1, 2), (2, 4), (3, 6), (4, 8)], 1.0, id="a straight line"),
        pytest.param([(1, 4), (2, 3), (3, 2), (4, 1)], -1.0, id="falling"),
        pytest.param([(0, 0), (0, 1), (1, 0), (1, 1)], 0.0, id="nothing to do with each other"),
    ],
)
def test_pearson(pairs: list[tuple[float, float]], value: float) -> None:
    found = pearson(pairs)
    assert found.value == value
    assert found.low <= value <= found.high


@pytest.mark.parametrize("pairs", [[], [(1, 1)] * 3, [(1, 2), (1, 3), (1, 4), (1, 5)]], ids=["none", "few", "flat"])
def test_pearson_of_what_says_nothing_is_no_figure(pairs: list[tuple[float, float]]) -> None:
    assert pearson(pairs) is None
