"""The door: a verdict for every brand at every look, with numbers that add up and reasons that name them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.adapters.sqlite import open_sqlite
from tocsin.detect.step import Detector, judge_brands
from tocsin.model import BUCKET, Brand, Mention, Severity, Tone
from tocsin.ports import MentionStore

NOW = datetime(2026, 3, 20, 9, 2, tzinfo=UTC)
MARK = NOW.replace(minute=0)
ACME, BOLT = Brand("acme", "Acme"), Brand("bolt", "Bolt")


@pytest.fixture
def mentions() -> Iterator[MentionStore]:
    with open_sqlite(":memory:") as stores:
        yield stores.mentions


def story(at: datetime, brand: str = "acme", **changes) -> Mention:
    name = f"{brand}-{at:%d%H%M%S%f}"
    values = {
        "id": name, "source_id": "s", "network": "web", "url": f"https://example.org/{name}", "title": "",
        "text": name, "author": name, "published_at": at, "discovered_at": at, "language": "en", "brands": (brand,),
        "tone": Tone.NEGATIVE, "compound": -0.5, "story_id": name,
    }  # fmt: skip
    return Mention(**(values | changes))


def spread(start: datetime, end: datetime, number: int, brand: str = "acme", **changes) -> list[Mention]:
    """So many stories, evenly, from `start` on."""
    step = (end - start) / number
    return [story(start + step * i, brand, **changes) for i in range(number)]


def judge(mentions, *brands, now=NOW, coverage=1.0, detector=None):
    watched = brands or (ACME,)
    detector = detector or Detector(watched)
    return judge_brands(watched, mentions=mentions, detector=detector, now=now, coverage=coverage)


def history(per_day: float = 4, brand: str = "acme", days: int = 9, **changes) -> list[Mention]:
    end = MARK - timedelta(hours=30)
    return spread(end - timedelta(days=days), end, int(days * per_day), brand, **changes)


def test_nothing_stored_is_calm_for_every_brand_in_the_order_asked(mentions):
    verdicts = judge(mentions, BOLT, ACME)
    assert [v.brand for v in verdicts] == ["bolt", "acme"]
    assert all(v.severity is Severity.CALM and v.at == MARK and not v.over and v.reasons for v in verdicts)


def storm(number: int, minutes: int = 60, **changes) -> list[Mention]:
    return spread(MARK - timedelta(minutes=minutes), MARK, number, **changes)


@pytest.mark.parametrize("buckets", [1, 2, 11, 12, 13])
def test_a_first_hour_however_loud_is_judged_and_stays_calm(mentions, buckets):
    """A store that begins with a storm: no whole hour can be drawn yet, and all other brands need their verdict."""
    mentions.add(spread(MARK - buckets * BUCKET, MARK, 300))
    verdict, other = judge(mentions, ACME, BOLT)
    assert verdict.severity is other.severity is Severity.CALM
    assert len(verdict.recent) == buckets // 12


@pytest.mark.parametrize(
    ("found", "severity", "reason"),
    [
        pytest.param(storm(30), Severity.CRITICAL, "over 4.3", id="30 in an hour where 4 a day are usual"),
        pytest.param(storm(30, tone=Tone.POSITIVE), Severity.CALM, "0 new negative", id="a wave of praise"),
        pytest.param(storm(30, tone=Tone.UNKNOWN), Severity.CALM, "0 new negative", id="a language nobody speaks"),
        pytest.param(storm(4), Severity.CALM, "4 stories, at least 5", id="four stories are no storm"),
        pytest.param(storm(30, author="one"), Severity.CALM, "1 author, at least 3", id="one angry author"),
        pytest.param(storm(30, story_id="x"), Severity.CALM, "1 new negative story", id="one story, thirty copies"),
        pytest.param(storm(30, author=""), Severity.CRITICAL, "nobody signed", id="a press that signs nothing"),
    ],
)
def test_what_is_a_storm_and_what_is_not(mentions, found, severity, reason):
    mentions.add([*history(), *found])
    (verdict,) = judge(mentions)
    assert verdict.severity is severity
    assert any(reason in said for said in verdict.reasons), verdict.reasons


def test_a_small_brand_with_six_a_month_is_heard(mentions):
    """27 in a day where 0 to 6 a month are usual, nearly all negative: real for a small brand."""
    mentions.add([*history(per_day=6 / 28, days=28), *storm(27, minutes=9 * 60)])
    (verdict,) = judge(mentions)
    assert verdict.severity is Severity.CRITICAL
    assert verdict.factor > 5
    assert verdict.reasons[0].startswith(f"{verdict.counts.stories} new negative stories"), (
        "true counts, then weights"
    )


def test_every_number_of_a_verdict_fits_the_others(mentions):
    mentions.add([*history(), *storm(30, minutes=45)])
    (verdict,) = judge(mentions, coverage=0.75)
    counts = mentions.counts(verdict.window, ["acme"])["acme"]
    assert verdict.counts == counts
    assert verdict.observed == counts.stories == 30
    assert verdict.score == pytest.approx((verdict.observed - verdict.forecast) / verdict.spread)
    assert verdict.score >= verdict.threshold == 4.3
    assert verdict.since == MARK - timedelta(minutes=45)
    assert verdict.window.end == verdict.at == MARK
    assert (len(verdict.recent), verdict.recent[-1].observed) == (24, 30)
    assert verdict.recent[0].at == MARK - timedelta(hours=24)
    assert any("75%" in said for said in verdict.reasons)


def test_a_storm_ends_and_a_second_one_two_weeks_later_is_an_alarm_again(mentions):
    first = MARK - timedelta(days=14)
    mentions.add([*history(days=24), *spread(first, first + timedelta(hours=1), 30), *storm(30)])
    detector, seen = Detector([ACME]), []
    for minutes in (60, 130, 24 * 60, 14 * 24 * 60):
        (verdict,) = judge(mentions, now=first + timedelta(minutes=minutes), detector=detector)
        seen.append((verdict.severity, verdict.over))
    calm, loud = (Severity.CALM, True), (Severity.CRITICAL, False)
    assert seen == [loud, calm, calm, loud]


def test_a_silence_that_nobody_listened_to_is_not_the_end(mentions):
    mentions.add(history())
    assert judge(mentions, coverage=0.5)[0].over
    assert not judge(mentions, coverage=0.49)[0].over


@pytest.mark.parametrize(
    ("hours", "number", "loudest"),
    [
        pytest.param(5.9, 300, Severity.CALM, id="silent for six hours"),
        pytest.param(9, 40, Severity.CALM, id="an unseen morning of the first day"),
        pytest.param(9, 120, Severity.CRITICAL, id="a true storm on the first day"),
        pytest.param(60, 40, Severity.CRITICAL, id="the same morning on the third day"),
    ],
)
def test_a_cold_start_is_careful(mentions, hours, number, loudest):
    start = MARK - timedelta(hours=hours)
    mentions.add([*spread(start, MARK - timedelta(hours=1), int(2 * hours)), *storm(number)])
    detector, marks = Detector([ACME]), [MARK - timedelta(minutes=minutes) for minutes in range(55, -5, -5)]
    verdicts = [judge(mentions, detector=detector, now=now)[0] for now in marks]
    assert max(verdict.severity for verdict in verdicts) is loudest
    assert all(any("hours of history" in said for said in verdict.reasons) for verdict in verdicts)


@pytest.mark.parametrize(
    "mark",
    [
        pytest.param(datetime(2026, 3, 20, 0, 0, tzinfo=UTC), id="midnight UTC"),
        pytest.param(datetime(2026, 3, 29, 1, 0, tzinfo=UTC), id="Europe springs forward"),
        pytest.param(datetime(2026, 10, 25, 1, 0, tzinfo=UTC), id="Europe falls back"),
        pytest.param(datetime(2027, 1, 1, 0, 0, tzinfo=UTC), id="New Year"),
    ],
)
def test_no_hour_of_the_calendar_is_special(mentions, mark):
    shift = mark - MARK
    mentions.add([story(m.published_at + shift) for m in [*history(), *storm(30)]])
    (there,) = judge(mentions, now=mark)
    with open_sqlite(":memory:") as stores:
        stores.mentions.add([*history(), *storm(30)])
        (here,) = judge(stores.mentions)
    assert there.severity is here.severity is Severity.CRITICAL
    assert there.since == here.since + shift


def test_neither_order_nor_company_changes_a_verdict(mentions):
    mentions.add([*history(), *storm(9), *history(10, "bolt"), *storm(60, brand="bolt")])
    alone = judge(mentions, ACME)
    one, other = judge(mentions, ACME, BOLT), judge(mentions, BOLT, ACME)
    assert one == other[::-1]
    assert alone[0] == one[0]


def test_a_brand_that_the_detector_was_not_made_for_is_an_error(mentions):
    with pytest.raises(ValueError, match="bolt"):
        judge(mentions, ACME, BOLT, detector=Detector([ACME]))


@given(st.lists(st.tuples(st.integers(0, 30 * 60), st.integers(0, 340), st.sampled_from("xyz")), max_size=60))
@settings(max_examples=8)
def test_a_warm_detector_says_what_a_cold_one_says(posts):
    """Posts at minute `at`, up to 340 minutes late, some of them copies of three stories."""
    start = MARK - timedelta(hours=31)
    arrivals = sorted((at + late, at, name, i) for i, (at, late, name) in enumerate(posts))
    warm = Detector([ACME, BOLT])
    with open_sqlite(":memory:") as stores:
        stores.mentions.add([story(start)])
        for hour in range(0, 36, 4):
            coming = [a for a in arrivals if (hour - 4) * 60 <= a[0] < hour * 60]
            stores.mentions.add(
                story(start + timedelta(minutes=at), id=str(i), story_id=name if i % 2 else str(i))
                for _, at, name, i in coming
            )
            now = start + timedelta(hours=hour)
            both = [judge(stores.mentions, ACME, BOLT, now=now, detector=d) for d in (warm, Detector([ACME, BOLT]))]
            assert both[0] == both[1]


def test_a_clock_that_steps_back_is_no_trouble(mentions):
    mentions.add([*history(), *storm(30)])
    detector = Detector([ACME])
    later = judge(mentions, detector=detector)
    earlier = judge(mentions, detector=detector, now=NOW - timedelta(days=2))
    assert earlier[0].severity is Severity.CALM
    assert judge(mentions, detector=detector) == later
    assert judge(mentions, detector=detector, now=NOW + BUCKET / 5) == later, "the same bucket, the same verdict"


def test_a_storm_of_hours_is_told_against_what_was_usual_before_it(mentions):
    mentions.add([*history(), *storm(100, minutes=300)])
    (verdict,) = judge(mentions)
    assert verdict.severity is Severity.CRITICAL
    assert verdict.usual < 3
    assert verdict.forecast > 10
    assert verdict.factor > 20
    assert max(point.usual for point in verdict.recent) < 2


def test_a_storm_that_nobody_saw_grow_is_still_a_storm_until_the_all_clear(mentions):
    late = spread(MARK - timedelta(hours=8), MARK - timedelta(hours=3), 100)
    trickle = spread(MARK - timedelta(hours=3), MARK, 18)
    mentions.add([*history(), *late, *trickle])
    (verdict,) = judge(mentions)
    assert verdict.score < 3
    assert verdict.peak > 4.3
    assert verdict.severity is Severity.CRITICAL
    assert any("since the last all-clear" in said for said in verdict.reasons)
    (later,) = judge(mentions, now=NOW + timedelta(hours=4))
    assert (later.severity, later.over) == (Severity.CALM, True)
