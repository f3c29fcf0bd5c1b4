"""When each thing has had its time: a brand's own keep, else everybody's; the longest of a mention's brands."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.model import Brand, Limits, Report, sum_of
from tocsin.upkeep.limits import limits_of

NOW = datetime(2026, 11, 22, 3, 20, tzinfo=UTC)
DAY = timedelta(days=1)

BRANDS = (Brand("short", "Short", keep=30 * DAY), Brand("long", "Long", keep=900 * DAY), Brand("plain", "Plain"))


def test_a_brand_says_its_own_and_all_others_the_setting() -> None:
    limits = limits_of(BRANDS, 400 * DAY, NOW)
    assert limits == Limits(NOW - 400 * DAY, {"short": NOW - 30 * DAY, "long": NOW - 900 * DAY})
    assert limits.of("plain") == limits.of("left the config") == NOW - 400 * DAY
    assert (limits.earliest, limits.latest) == (NOW - 900 * DAY, NOW - 30 * DAY)


@pytest.mark.parametrize(
    ("brands", "kept"),
    [
        (("short",), 30),
        (("plain",), 400),
        (("long",), 900),
        (("short", "plain"), 400),
        (("short", "long"), 900),
        ((), 400),
        (("left the config", "short"), 400),
    ],
)
def test_the_longest_of_its_brands_keeps_a_mention(brands: tuple[str, ...], kept: int) -> None:
    limits = limits_of(BRANDS, 400 * DAY, NOW)
    assert not limits.passed(NOW - kept * DAY, brands)
    assert limits.passed(NOW - kept * DAY - timedelta(microseconds=1), brands)


COUNTS = st.dictionaries(st.sampled_from(["new", "known", "waiting"]), st.integers(0, 9))


@given(st.lists(COUNTS, min_size=1, max_size=9), st.integers(0, 8))
def test_adding_up_in_two_goes_is_adding_up_at_once(counts: list[dict[str, int]], cut: int) -> None:
    day = [
        Report("index", f"b{n}", NOW + timedelta(minutes=n), sum(one.values()), one) for n, one in enumerate(counts)
    ]
    whole = sum_of(day)
    assert (whole.step, whole.sum_key, whole.is_sum) == ("index", "+2026-11-22", True)
    assert whole.at == datetime(2026, 11, 22, tzinfo=UTC)
    assert whole.came_in == sum(one.came_in for one in day)
    first, rest = day[:cut], day[cut:]
    assert sum_of([*([sum_of(first)] if first else []), *rest]) == whole


def test_a_sum_is_no_single_report_and_keeps_its_key() -> None:
    one = Report("index", "20261122T032000Z-news-1", NOW, 1, {"created": 1})
    assert not one.is_sum
    assert sum_of([one]).sum_key == one.sum_key == sum_of([one]).key
