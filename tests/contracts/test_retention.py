"""What has had its time goes, on every store, by one rule; twice is once, and a killed pruning is taken up again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tocsin.model import (
    Added,
    BadItem,
    Counts,
    Delivery,
    Hourly,
    Incident,
    IncidentState,
    Limits,
    Reason,
    Report,
    SeriesPoint,
    Severity,
    Window,
)

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = timedelta(days=1)
ALWAYS = Window(datetime(1990, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))


def closed(name: str, days: float, brand: str = "tonic") -> Incident:
    """An incident closed so many days before noon, a day after it was opened."""
    end = NOON - days * DAY
    return Incident(name, brand, IncidentState.CLOSED, Severity.CRITICAL, end - DAY, end - DAY, closed_at=end)


def line(incident: str, message: str, at: datetime) -> Delivery:
    return Delivery(message, incident, "ann", "email", Reason.FIRST, "sent", at)


def test_a_mention_goes_when_its_time_is_before_the_limit_and_not_at_it(stores, mention) -> None:
    stores.mentions.add([mention("old", minutes=-1), mention("edge"), mention("new", minutes=1)])
    assert stores.mentions.prune(Limits(NOON), dry_run=True) == 1
    assert stores.mentions.total() == 3
    assert stores.mentions.prune(Limits(NOON)) == 1
    assert (stores.mentions.get("old"), stores.mentions.get("edge")) == (None, mention("edge"))
    assert stores.mentions.prune(Limits(NOON)) == 0
    assert stores.mentions.total() == 2


def test_a_mention_of_two_brands_stays_as_long_as_the_longer_one(stores, mention) -> None:
    limits = Limits(NOON - 10 * DAY, {"short": NOON - DAY, "long": NOON - 100 * DAY})
    at = NOON - 5 * DAY
    brands = {
        "s": ("short",),
        "l": ("long",),
        "d": ("other",),
        "sl": ("short", "long"),
        "sd": ("short", "other"),
        "none": (),
    }
    stores.mentions.add(mention(name, published_at=at, brands=named) for name, named in brands.items())
    assert stores.mentions.prune(limits) == 1
    assert [name for name in brands if stores.mentions.get(name) is None] == ["s"]
    later = Limits(NOON - 4 * DAY, {"short": NOON, "long": NOON - 100 * DAY})
    assert stores.mentions.prune(later) == 3
    assert [name for name in brands if stores.mentions.get(name)] == ["l", "sl"]
    assert stores.mentions.prune(Limits(NOON)) == 2


def test_nothing_of_a_mention_is_left(stores, mention) -> None:
    stores.mentions.add([mention("a", text="scandale à Paris"), mention("b", minutes=1, text="scandale à Lyon")])
    assert stores.mentions.prune(Limits(NOON + timedelta(seconds=1))) == 1
    assert [one.id for one in stores.mentions.search("scandale")] == ["b"]
    assert stores.mentions.search("paris") == ()
    assert stores.mentions.counts(ALWAYS, ["tonic"]) == {"tonic": Counts(1, 1, 1, 1)}
    assert [start.story_id for start in stores.mentions.story_starts(ALWAYS, ["tonic"])] == ["b"]
    assert stores.mentions.first_at() == NOON + timedelta(minutes=1)


def test_what_comes_again_after_its_time_is_stored_once_and_goes_again(stores, mention) -> None:
    stores.mentions.add([mention("a")])
    assert stores.mentions.prune(Limits(NOON + DAY)) == 1
    assert stores.mentions.add([mention("a"), mention("a")]) == Added(created=1, duplicate=1)
    assert [one.id for one in stores.mentions.search("text")] == ["a"]
    assert stores.mentions.prune(Limits(NOON + DAY)) == 1
    moved = mention("a", minutes=-60 * 24 * 40)
    assert stores.mentions.add([moved]) == Added(created=1)
    assert stores.mentions.get("a") == moved


def test_what_leaves_takes_no_other_with_it_that_comes_at_its_place(stores, mention) -> None:
    stores.mentions.add([mention("a", minutes=1, text="lemon"), mention("b", text="orange")])
    assert stores.mentions.prune(Limits(NOON + timedelta(seconds=1))) == 1
    stores.mentions.add([mention("c", minutes=2, text="apple")])
    assert stores.mentions.search("orange") == ()
    assert [one.id for one in stores.mentions.search("apple")] == ["c"]
    assert stores.mentions.prune(Limits(NOON + DAY)) == 2
    assert (stores.mentions.search("lemon"), stores.mentions.search("apple")) == ((), ())


def test_many_over_many_months_go_and_the_rest_stays(stores, mention) -> None:
    stores.mentions.add(mention(f"m{n}", published_at=NOON - n * timedelta(hours=2)) for n in range(1200))
    limits = Limits(NOON - 30 * DAY)
    assert stores.mentions.prune(limits, dry_run=True) == 839
    assert stores.mentions.prune(limits) == 839
    assert stores.mentions.counts(ALWAYS, ["tonic"])["tonic"].mentions == stores.mentions.total() == 361
    assert stores.mentions.first_at() == NOON - 30 * DAY


def test_pruning_what_was_never_written_is_no_error(stores) -> None:
    assert stores.mentions.prune(Limits(NOON)) == 0
    assert stores.incidents.prune(NOON) == stores.quarantine.prune(NOON) == stores.reports.fold(NOON) == 0
    assert stores.mentions.prune(Limits(NOON), dry_run=True) == stores.incidents.prune(NOON, dry_run=True) == 0
    assert stores.quarantine.prune(NOON, dry_run=True) == stores.reports.fold(NOON, dry_run=True) == 0


BRANDS = ("l'été", 'a"b', "c", "d")
AGES = st.integers(0, 80)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    posts=st.lists(st.tuples(AGES, st.sets(st.sampled_from(BRANDS), max_size=3)), max_size=25),
    default=AGES,
    own=st.dictionaries(st.sampled_from(BRANDS), AGES, max_size=3),
)
def test_a_store_prunes_what_the_rule_says(fresh, mention, posts, default, own) -> None:
    limits = Limits(NOON - default * DAY, {brand: NOON - age * DAY for brand, age in own.items()})
    coming = [
        mention(f"m{n}", published_at=NOON - age * DAY, brands=tuple(sorted(brands)))
        for n, (age, brands) in enumerate(posts)
    ]
    gone = {one.id for one in coming if all(one.published_at < limits.of(b) for b in one.brands or [""])}
    with fresh() as stores:
        stores.mentions.add(coming)
        assert stores.mentions.prune(limits, dry_run=True) == stores.mentions.prune(limits) == len(gone)
        assert {one.id for one in coming if stores.mentions.get(one.id) is None} == gone
        left = [one for one in coming if one.id not in gone]
        assert stores.mentions.add(coming) == Added(created=len(gone), unchanged=len(left))


def test_closed_incidents_go_with_their_ledger_and_open_ones_stay(stores) -> None:
    open_one = Incident("open", "mint", IncidentState.OPEN, Severity.CRITICAL, NOON - 90 * DAY, NOON - 90 * DAY)
    for incident in (closed("old", 31), closed("edge", 30), closed("new", 29), open_one):
        stores.incidents.save(incident)
        stores.incidents.record(line(incident.id, f"message-{incident.id}", incident.opened_at))
    assert stores.incidents.prune(NOON - 30 * DAY, dry_run=True) == 1
    assert stores.incidents.prune(NOON - 30 * DAY) == 1
    assert {one.id for one in stores.incidents.all()} == {"edge", "new", "open"}
    assert stores.incidents.get("old") is None
    assert stores.incidents.deliveries("old") == ()
    assert not stores.incidents.was_sent("message-old")
    assert stores.incidents.was_sent("message-edge")
    assert stores.incidents.was_sent("message-open")
    assert stores.incidents.prune(NOON - 30 * DAY) == 0


def test_a_brand_whose_last_incident_went_opens_another_and_only_one(stores) -> None:
    opened = Incident("first", "tonic", IncidentState.OPEN, Severity.CRITICAL, NOON, NOON)
    saved = stores.incidents.save(opened)
    stores.incidents.save(replace(closed("first", 40), revision=saved.revision))
    assert stores.incidents.prune(NOON) == 1
    assert stores.incidents.open_incident("tonic") is None
    second = Incident("second", "tonic", IncidentState.OPEN, Severity.CRITICAL, NOON, NOON)
    stores.incidents.save(second)
    assert stores.incidents.open_incident("tonic").id == "second"
    assert [one.id for one in stores.incidents.all()] == ["second"]
    assert stores.incidents.prune(NOON) == 0


def test_the_quarantine_is_emptied_by_time(stores) -> None:
    items = [BadItem(str(n), "collect", "news", "odd", "x", NOON - n * DAY) for n in range(5)]
    stores.quarantine.put(items)
    assert stores.quarantine.prune(NOON - 2 * DAY, dry_run=True) == 2
    assert stores.quarantine.prune(NOON - 2 * DAY) == 2
    assert stores.quarantine.all() == tuple(items[2::-1])
    assert stores.quarantine.prune(NOON - 2 * DAY) == 0


def reports() -> list[Report]:
    made = [
        Report(step, f"{step}-{n}", NOON - n * timedelta(hours=1), n + 1, {"new": n, "known": 1, "odd one": 0})
        for n in range(60)
        for step in ("collect", "index")
    ]
    return [*made, Report("alert", "2026", datetime(2026, 11, 20, tzinfo=UTC), 1, {"calm": 1})]


def test_totals_are_the_same_after_reports_were_added_up(stores) -> None:
    for report in reports():
        stores.reports.save(report)
    totals = stores.reports.totals()
    assert stores.reports.fold(NOON - DAY, dry_run=True) == 71
    assert stores.reports.fold(NOON - DAY) == 71
    assert stores.reports.totals() == totals
    assert stores.reports.fold(NOON - DAY) == 0
    assert stores.reports.fold(NOON + DAY) == 50
    assert stores.reports.totals() == totals


def test_a_late_report_joins_the_sum_of_its_day(stores) -> None:
    for report in reports():
        stores.reports.save(report)
    stores.reports.fold(NOON)
    stores.reports.save(Report("index", "late", NOON - 2 * DAY, 5, {"new": 5}))
    totals = stores.reports.totals()
    assert stores.reports.fold(NOON) == 1
    assert stores.reports.totals() == totals


def test_points_go_by_the_limit_of_their_brand(stores) -> None:
    def point(brand: str, days: float) -> SeriesPoint:
        return SeriesPoint(brand, NOON - days * DAY, 1, Hourly(1, 1, 0, 2, 3), 0.5, 1)

    ages = range(0, 100, 5)
    stores.series.save(point(brand, days) for brand in ("short", "long", "l'autre") for days in ages)
    limits = Limits(NOON - 40 * DAY, {"short": NOON - 10 * DAY, "long": NOON - 80 * DAY})
    assert stores.series.prune(limits, dry_run=True) == 17 + 3 + 11
    assert len(stores.series.read("short", ALWAYS)) == len(ages)
    assert stores.series.prune(limits) == 17 + 3 + 11
    left = [len(stores.series.read(brand, ALWAYS)) for brand in ("short", "long", "l'autre")]
    assert left == [3, 17, 9]
    assert stores.series.read("short", ALWAYS)[0].at == NOON - 10 * DAY
    assert stores.series.prune(limits) == 0
    assert stores.series.prune(Limits(NOON + DAY)) == 29
    assert stores.series.latest() is None


def test_there_is_always_room_and_care_says_only_what_is_not_possible(stores) -> None:
    first, second = stores.caretaker.care(NOON), stores.caretaker.care(NOON)
    assert first == second
    assert all(note.endswith("never move") for note in first)


@pytest.mark.parametrize("shift", [timedelta(microseconds=-1), timedelta(0)])
def test_limits_are_exact_to_the_microsecond(stores, mention, shift) -> None:
    stores.mentions.add([mention("a")])
    assert stores.mentions.prune(Limits(NOON + shift + timedelta(microseconds=1))) == (0 if shift else 1)
