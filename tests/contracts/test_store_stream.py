"""What a store holds can be read whole, in order, as it was stored: on every kind of store."""

from datetime import UTC, datetime, timedelta

from tocsin.model import Hourly, Report, SeriesPoint

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_mentions_stream_by_event_time_then_id(stores, mention) -> None:
    assert list(stores.mentions.stream()) == []
    # More than a page, many of one moment, months apart, one before 1970.
    many = [mention(f"m{n:04}", minutes=n // 700) for n in range(2100)]
    odd = [
        mention("late", minutes=60 * 24 * 40),
        mention("old", published_at=datetime(1969, 7, 20, tzinfo=UTC), discovered_at=NOON),
    ]
    stores.mentions.add([*odd, *reversed(many)])
    assert list(stores.mentions.stream()) == [odd[1], *many, odd[0]]


def test_reports_stream_by_step_then_key_with_the_sums_of_days(stores) -> None:
    assert list(stores.reports.stream()) == []
    reports = [Report(step, key, NOON, 1, {"new": 1}) for step in ("collect", "index") for key in ("a", "b")]
    for report in reversed(reports):
        stores.reports.save(report)
    assert list(stores.reports.stream()) == reports
    later = Report("collect", "c", NOON + timedelta(days=2), 1, {"new": 1})
    stores.reports.save(later)
    stores.reports.fold(NOON + timedelta(days=1))
    first, *rest = stores.reports.stream()
    assert (first.step, first.is_sum, first.came_in) == ("collect", True, 2)
    assert rest[0] == later


def test_points_stream_by_time_then_brand(stores) -> None:
    assert list(stores.series.stream()) == []
    hour = Hourly(1, 2, 3, 4, 5)
    points = [
        SeriesPoint(brand, NOON + n * timedelta(minutes=5), n, hour, 0.5, 1.0) for n in range(1200) for brand in "ab"
    ]
    stores.series.save(sorted(points, key=lambda point: (point.brand, -point.at.timestamp())))
    assert list(stores.series.stream()) == points
