"""Starts become counts on fixed buckets, whatever order they come in."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.detect.series import count_starts
from tocsin.model import BUCKET, StoryStart

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
END = START + 3 * BUCKET


@pytest.mark.parametrize(
    ("minute", "column"),
    [
        pytest.param(0, [1, 0, 0], id="first moment of the span"),
        pytest.param(4.99, [1, 0, 0], id="last moment of the first bucket"),
        pytest.param(5, [0, 1, 0], id="an edge belongs to the later bucket"),
        pytest.param(-0.01, [0, 0, 0], id="just before the span"),
        pytest.param(15, [0, 0, 0], id="at the watermark"),
    ],
)
def test_a_start_lands_in_its_bucket(minute, column):
    start = StoryStart("acme", "s", START + timedelta(minutes=minute))
    series = count_starts([start], ["acme"], START, END)
    assert series.counts[:, 0].tolist() == column
    assert series.end == END


def test_an_unknown_brand_is_left_out_and_an_empty_span_has_no_rows():
    assert count_starts([StoryStart("other", "s", START)], ["acme"], START, END).counts.sum() == 0
    assert count_starts([], ["acme", "bolt"], START, START).counts.shape == (0, 2)


@given(st.lists(st.tuples(st.sampled_from(["a", "b", "c"]), st.integers(-300, 1200)), max_size=30), st.randoms())
def test_the_order_of_starts_does_not_matter(found, random):
    starts = [StoryStart(brand, str(i), START + timedelta(seconds=at)) for i, (brand, at) in enumerate(found)]
    shuffled = random.sample(starts, len(starts))
    one, other = (count_starts(order, ["a", "b", "c"], START, END).counts for order in (starts, shuffled))
    assert (one == other).all()
    assert one.sum() == sum(0 <= at < 900 for _, at in found)
