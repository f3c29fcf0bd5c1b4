"""What SeriesStore promises, on every kind of store."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tocsin.errors import BadItemError
from tocsin.model import BUCKET, Drawn, Hourly, SeriesPoint, Window

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
NEW_YEAR = datetime(2027, 1, 1, tzinfo=UTC)
HOUR = Window(NOON, NOON + timedelta(hours=1))
ALWAYS = Window(datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))


def point(buckets: int = 0, brand: str = "tonic", at: datetime = NOON, **said: object) -> SeriesPoint:
    hour = Hourly(counted=7.0, usual=2.25, lower=0.0, upper=9.125, critical=12.1)
    return replace(SeriesPoint(brand, at + buckets * BUCKET, 3, hour, 2.6, 0.75), **said)


def test_an_empty_store_says_so(stores) -> None:
    assert stores.series.latest() is None
    assert stores.series.read("tonic", ALWAYS) == ()
    stores.series.save([])
    assert stores.series.latest() is None


def test_points_come_back_equal_and_by_time(stores) -> None:
    young = point(1, hour=Hourly(1.0, 0.5, None, None, None))
    stores.series.save(iter([point(2), point(0), young, point(5, brand="L'Oréal")]))
    assert stores.series.read("tonic", ALWAYS) == (point(0), young, point(2))
    assert stores.series.read("L'Oréal", ALWAYS) == (point(5, brand="L'Oréal"),)
    assert stores.series.latest() == NOON + 5 * BUCKET
    assert stores.series.read("nobody", ALWAYS) == ()


def test_a_bucket_looked_at_again_is_replaced(stores) -> None:
    stores.series.save([point(0), point(1)])
    late = point(1, counted=9, coverage=1.0)
    stores.series.save([point(0), late, late])
    assert stores.series.read("tonic", ALWAYS) == (point(0), late)


def test_of_two_in_one_call_the_later_stays(stores) -> None:
    stores.series.save([point(0), point(0, counted=9)])
    assert stores.series.read("tonic", ALWAYS) == (point(0, counted=9),)


def test_what_is_drawn_is_told_bucket_by_bucket(stores) -> None:
    other = point(0, brand="L'Oréal", counted=4, coverage=0.5)
    stores.series.save([point(-1), point(0), other, point(3), point(12), point(0, brand="nobody's")])
    assert stores.series.drawn(HOUR, ["tonic", "L'Oréal"]) == {NOON: Drawn(7, 0.5), NOON + 3 * BUCKET: Drawn(3, 0.75)}
    assert stores.series.drawn(HOUR, []) == stores.series.drawn(HOUR, ["absent"]) == {}


def test_windows_are_half_open(stores) -> None:
    stores.series.save(point(n) for n in (-1, 0, 11, 12))
    assert [one.at for one in stores.series.read("tonic", HOUR)] == [NOON, NOON + 11 * BUCKET]


def test_a_year_s_turn_is_no_gap(stores) -> None:
    turn = [point(n, at=NEW_YEAR) for n in range(-2, 2)]
    stores.series.save(turn)
    assert stores.series.read("tonic", ALWAYS) == tuple(turn)
    assert stores.series.latest() == NEW_YEAR + BUCKET


def test_a_moment_is_the_same_in_every_zone(stores) -> None:
    stores.series.save([point(0)])
    stores.series.save([point(0, at=NOON.astimezone(timezone(timedelta(hours=9))), counted=8)])
    assert [one.counted for one in stores.series.read("tonic", ALWAYS)] == [8]


def test_more_than_one_request_holds_goes_in(stores) -> None:
    stores.series.save(point(n, brand=f"b{n % 3}") for n in range(6100))
    assert len(stores.series.read("b0", ALWAYS)) == 2034
    assert stores.series.latest() == NOON + 6099 * BUCKET


@pytest.mark.parametrize("broken", [{"brand": "a\ud800"}, {"at": datetime(2026, 11, 22)}], ids=["brand", "zone"])  # noqa: DTZ001 - the broken case
def test_what_cannot_be_kept_is_refused(stores, broken) -> None:
    with pytest.raises(BadItemError):
        stores.series.save([point(0, **broken)])
    assert stores.series.read("tonic", ALWAYS) == ()


numbers = st.floats(0, 1e6)
bars = st.none() | numbers
points = st.builds(
    SeriesPoint,
    brand=st.sampled_from(["tonic", "soda", 'A&B "C"']),
    at=st.integers(0, 30).map(lambda n: NOON + n * BUCKET),
    counted=st.integers(0, 10**6),
    hour=st.builds(Hourly, numbers, numbers, bars, bars, bars),
    score=st.floats(-100, 1000),
    coverage=st.floats(0, 1),
)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(coming=st.lists(points, max_size=30), window=st.tuples(st.integers(0, 31), st.integers(0, 31)).map(sorted))
def test_what_is_read_is_what_was_saved_last(fresh, coming, window) -> None:
    span = Window(NOON + window[0] * BUCKET, NOON + window[1] * BUCKET)
    last = {(one.brand, one.at): one for one in coming}
    with fresh() as stores:
        for _ in range(2):  # Saving twice is saving once.
            stores.series.save(coming)
            for brand in ("tonic", "soda", 'A&B "C"'):
                held = [last[key] for key in sorted(last) if key[0] == brand and span.start <= key[1] < span.end]
                assert stores.series.read(brand, span) == tuple(held)
            assert stores.series.latest() == max((at for _, at in last), default=None)


SAVE = """
from datetime import UTC, datetime
from tocsin.model import BUCKET, Hourly, SeriesPoint
print("ready", flush=True)
sys.stdin.readline()
noon, hour = datetime(2026, 11, 22, 12, tzinfo=UTC), Hourly(7.0, 2.25, 0.0, 9.125, 12.1)
for _ in range(5):
    stores.series.save(SeriesPoint("tonic", noon + n * BUCKET, 3, hour, 2.6, 0.75) for n in range(288))
print(1)
"""


def test_two_processes_write_the_same_points(shared, race) -> None:
    stores, place, opening = shared
    assert race(*[(opening + SAVE, place)] * 2) == [[1], [1]]
    assert stores.series.read("tonic", ALWAYS) == tuple(point(n) for n in range(288))
