"""What charts show of each bucket: the verdicts' own numbers, hours that are whole, bars only where they exist."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.adapters.sqlite import SqliteStores, open_sqlite
from tocsin.detect.points import changed_from, draw, redraw_from
from tocsin.detect.step import Detector, draw_series, judge_brands
from tocsin.detect.thresholds import Thresholds
from tocsin.model import BUCKET, Brand, Mention, SeriesPoint, Tone, Window

MARK = datetime(2026, 3, 20, 9, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ALWAYS = Window(MARK - 90 * DAY, MARK + 90 * DAY)
ACME, BOLT = Brand("acme", "Acme"), Brand("bolt", "Bolt")


@pytest.fixture
def stores() -> Iterator[SqliteStores]:
    with open_sqlite(":memory:") as opened:
        yield opened


def story(at: datetime, brand: str = "acme", name: str = "") -> Mention:
    name = name or f"{brand}-{at:%d%H%M%S%f}"
    return Mention(
        name, "s", "web", "", "", name, name, at, at, "en", (brand,), Tone.NEGATIVE, -0.5, name
    )  # fmt: skip


def spread(start: datetime, end: datetime, number: int) -> list[Mention]:
    return [story(start + (end - start) / number * i) for i in range(number)]


def points(stores, days: float = 9, per_day: int = 24, storm: int = 0, since: datetime = MARK - DAY):
    start = MARK - timedelta(days=days)
    stores.mentions.add([*spread(start, MARK - HOUR, max(int(days * per_day), 1)), *spread(MARK - HOUR, MARK, storm)])
    detector = Detector([ACME, BOLT])
    progress = detector.look(stores.mentions, MARK)
    return list(draw(progress, detector.brands, since, coverage=lambda _: 0.5, thresholds=Thresholds()))


def test_each_bucket_of_each_brand_has_a_point_oldest_first(stores) -> None:
    drawn = points(stores, since=MARK - HOUR)
    moments = [MARK - n * BUCKET for n in range(12, 0, -1)]
    assert [(one.at, one.brand) for one in drawn] == [(at, brand) for at in moments for brand in ("acme", "bolt")]
    assert {one.coverage for one in drawn} == {0.5}


def test_in_calm_the_last_point_says_what_the_verdict_says(stores) -> None:
    acme = points(stores)[-2]
    (verdict,) = judge_brands([ACME], mentions=stores.mentions, detector=Detector([ACME]), now=MARK, coverage=1.0)
    assert acme.at + BUCKET == verdict.at
    assert (acme.hour.counted, acme.hour.usual) == (verdict.observed, pytest.approx(verdict.usual))
    assert acme.hour.upper == pytest.approx(verdict.forecast + 3.0 * verdict.spread)
    assert acme.hour.critical == pytest.approx(verdict.forecast + 4.3 * verdict.spread)
    assert acme.hour.lower <= acme.hour.usual < acme.hour.upper < acme.hour.critical


def test_a_storm_stands_over_its_bar_with_the_verdict_s_score(stores) -> None:
    acme, bolt = points(stores, storm=40)[-2:]
    (verdict,) = judge_brands([ACME], mentions=stores.mentions, detector=Detector([ACME]), now=MARK, coverage=1.0)
    assert acme.score == verdict.score > verdict.threshold
    assert acme.hour.counted == 40 > acme.hour.critical
    assert bolt.hour.counted == 0 <= bolt.hour.upper


def test_the_band_stays_where_it_was_before_the_storm(stores) -> None:
    """The forecast learns a storm of hours until it lies above it; the band that people see does not."""
    stores.mentions.add([*spread(MARK - 9 * DAY, MARK, 9 * 24), *spread(MARK - 5 * HOUR, MARK, 200)])
    progress = Detector([ACME]).look(stores.mentions, MARK)
    drawn = list(draw(progress, ("acme",), MARK - 7 * HOUR, coverage=lambda _: 1.0, thresholds=Thresholds()))
    before = [one for one in drawn if one.at + BUCKET <= MARK - 5 * HOUR]
    storm = [one for one in drawn if one.at >= MARK - 4 * HOUR]
    assert {one.hour.upper for one in storm} <= {one.hour.upper for one in before}
    assert all(one.hour.counted > one.hour.critical for one in storm)
    assert progress.track.forecast[-12:, 0].sum() > storm[-1].hour.critical


def test_counted_adds_up_to_the_hours_and_to_what_is_stored(stores) -> None:
    drawn = [one for one in points(stores, per_day=300, storm=7) if one.brand == "acme"]
    counted = [one.counted for one in drawn]
    assert [one.hour.counted for one in drawn[11:]] == [sum(counted[n - 11 : n + 1]) for n in range(11, len(counted))]
    held = list(stores.mentions.story_starts(Window(drawn[0].at, MARK), ["acme"]))
    assert sum(counted) == len(held)


@pytest.mark.parametrize("quiet", ["acme", "bolt"])
def test_the_band_never_goes_below_nothing(stores, quiet) -> None:
    assert all(one.hour.lower >= 0 <= one.hour.usual for one in points(stores) if one.brand == quiet)


def test_a_young_history_has_no_band_then_a_wide_one(stores) -> None:
    """Nothing is called in the first six hours; in the first day the bars are 2.5 times as far, then 1.25 times."""
    drawn = [one for one in points(stores, days=1, per_day=48) if one.brand == "acme"]
    start = MARK - DAY
    assert drawn[0].at == start + 11 * BUCKET, "the first whole hour"
    young = [one for one in drawn if one.at + BUCKET - start < 6 * HOUR]
    assert {(one.hour.lower, one.hour.upper, one.hour.critical) for one in young} == {(None, None, None)}
    assert all(one.hour.usual > 0 for one in young)
    older = drawn[len(young) :]
    widths = [(one.hour.critical - one.hour.upper) / 1.3 for one in older]
    assert len(older) == 217
    assert widths[-1] == pytest.approx(widths[-2] / 2, rel=0.05), "the first day is over at its last bucket"


def test_less_than_an_hour_of_history_has_no_point(stores) -> None:
    assert points(stores, days=50 / 60 / 24, per_day=1) == []


def test_a_gap_is_filled_as_far_as_whole_hours_are_known(stores) -> None:
    drawn = points(stores, since=MARK - 9 * DAY)
    assert drawn[0].at == MARK - DAY + 11 * BUCKET
    assert len(drawn) == 2 * (288 - 11)


@pytest.mark.parametrize(
    ("latest", "since"),
    [
        pytest.param(None, MARK - DAY, id="nothing held"),
        pytest.param(MARK - BUCKET, None, id="all held"),
        pytest.param(MARK - 2 * BUCKET, MARK - HOUR, id="one bucket later: the last hour again"),
        pytest.param(MARK - HOUR, MARK - HOUR, id="an hour ago"),
        pytest.param(MARK - 5 * HOUR, MARK - 5 * HOUR, id="an outage of hours"),
        pytest.param(MARK - 5 * DAY, MARK - DAY, id="an outage of days"),
        pytest.param(MARK, MARK - HOUR, id="a clock put back by a bucket"),
        pytest.param(MARK + 5 * DAY, MARK - HOUR, id="a clock put back by days"),
    ],
)
def test_what_is_drawn_again(latest, since) -> None:
    assert redraw_from(latest, MARK) == since


def held(stores) -> tuple[SeriesPoint, ...]:
    return stores.series.read("acme", ALWAYS)


def drawn(stores, now: datetime, coverage: float = 1.0) -> bool:
    return draw_series(stores.series, mentions=stores.mentions, detector=Detector([ACME]), now=now, coverage=coverage)


def test_late_posts_correct_the_picture_a_day_back_and_old_buckets_keep_their_coverage(stores) -> None:
    stores.mentions.add(spread(MARK - 3 * DAY, MARK, 90))
    assert drawn(stores, MARK)
    before = held(stores)
    late, later = MARK - HOUR / 2, MARK - 20 * HOUR
    stores.mentions.add(
        [story(late, name="late"), story(later, name="later"), story(MARK - 30 * HOUR, name="too late")]
    )
    assert not drawn(stores, MARK + BUCKET / 2), "this bucket was drawn"
    assert held(stores) == before
    assert drawn(stores, MARK + BUCKET, coverage=0.25)
    after = held(stores)
    assert len(after) == len(before) + 1
    changed = {new.at: new.counted - old.counted for old, new in zip(before, after, strict=False) if new != old}
    assert {at: more for at, more in changed.items() if more} == {late: 1, later: 1}
    assert {one.coverage for one in after[: len(before)]} == {1.0}
    assert after[-1].coverage == 0.25


def test_what_a_clock_ahead_said_of_coverage_is_not_believed_when_its_time_comes(stores) -> None:
    stores.mentions.add(spread(MARK - 3 * DAY, MARK, 90))
    assert drawn(stores, MARK + HOUR, coverage=0.0)
    assert drawn(stores, MARK, coverage=1.0)
    assert drawn(stores, MARK + BUCKET, coverage=1.0)
    said = {point.at: point.coverage for point in held(stores)}
    assert (said[MARK - BUCKET], said[MARK], said[MARK + BUCKET]) == (1.0, 1.0, 0.0)


def test_without_late_posts_only_the_last_hour_is_drawn_again(stores) -> None:
    stores.mentions.add(spread(MARK - 3 * DAY, MARK, 90))
    assert drawn(stores, MARK)
    marked = [replace(point, score=-1.0) for point in held(stores)]
    stores.series.save(marked)
    assert drawn(stores, MARK + BUCKET)
    assert {one.at for one in held(stores) if one.score != -1.0} == {MARK + BUCKET - n * BUCKET for n in range(1, 13)}


def test_a_brand_that_is_watched_no_more_is_not_drawn_for_ever(stores) -> None:
    stores.mentions.add([*spread(MARK - 3 * DAY, MARK, 90), story(MARK - 2 * HOUR, "bolt")])
    both = Detector([ACME, BOLT])
    draw_series(stores.series, mentions=stores.mentions, detector=both, now=MARK, coverage=1.0)
    held_now = stores.series.drawn(Window(MARK - DAY, MARK), ["acme"])
    assert changed_from(held_now, Detector([ACME]).look(stores.mentions, MARK)) == MARK
    assert changed_from(held_now, both.look(stores.mentions, MARK)) == MARK - 2 * HOUR


@settings(max_examples=4)
@given(st.lists(st.integers(1, 400), min_size=1, max_size=6))
def test_however_often_it_is_drawn_the_picture_is_the_same(steps) -> None:
    """Nothing comes late here, so drawing in pieces and drawing at once give one picture, gaps of a day apart."""
    with open_sqlite(":memory:") as pieces, open_sqlite(":memory:") as whole:
        for one in (pieces, whole):
            one.mentions.add(spread(MARK - 3 * DAY, MARK + 9 * DAY, 200))
        now = MARK
        for step in steps:
            drawn(pieces, now)
            now += step * BUCKET
        drawn(pieces, now)
        drawn(whole, now)
        last = [one for one in held(pieces) if one.at >= now - DAY + HOUR]
        assert last == [one for one in held(whole) if one.at >= now - DAY + HOUR]
        assert len({one.at for one in held(pieces)}) == len(held(pieces))
