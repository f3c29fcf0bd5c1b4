"""The chart: same bytes for the same hours, nothing for no hours, in the reader's language and zone."""

from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from PIL import Image

from tocsin.alert.chart import HEIGHT, WIDTH, draw_chart, six_o_clocks
from tocsin.alert.speech import speech_for
from tocsin.model import Person, Point

START = datetime(2026, 11, 21, 21, tzinfo=UTC)
HOURS = tuple(Point(START + timedelta(hours=i), float(i % 7 + 40 * (i > 21)), 4.0) for i in range(24))
SINCE = START + timedelta(hours=22, minutes=20)
PARIS = speech_for(Person("p", "P", "p@example.org", "fr", "Europe/Paris"))
TOKYO = speech_for(Person("p", "P", "p@example.org", "en", "Asia/Tokyo"))


def pixels(chart: bytes) -> list[tuple[int, ...]]:
    return list(Image.open(BytesIO(chart)).convert("RGBA").get_flattened_data())


def test_the_same_hours_give_the_same_bytes() -> None:
    first = draw_chart(HOURS, SINCE, PARIS)
    draw_chart.cache_clear()
    assert draw_chart(HOURS, SINCE, PARIS) == first
    assert first != draw_chart(HOURS, SINCE, TOKYO)


def test_it_is_a_picture_of_twice_a_phone_s_width_without_ground() -> None:
    picture = Image.open(BytesIO(draw_chart(HOURS, SINCE, PARIS)))
    assert (picture.format, picture.size) == ("PNG", (WIDTH * 2, HEIGHT * 2))
    assert picture.convert("RGBA").getpixel((0, 0))[3] == 0
    assert not {"Software", "Creation Time"} & set(picture.info)


def test_only_hours_since_the_onset_are_coloured() -> None:
    storm = (0xD5, 0x5E, 0x00, 255)
    two = pixels(draw_chart(HOURS, SINCE, PARIS)).count(storm)
    none = pixels(draw_chart(HOURS, START + timedelta(days=2), PARIS)).count(storm)
    everything = pixels(draw_chart(HOURS, START, PARIS)).count(storm)
    assert none == 0 < two < everything


def hours_from(start: datetime) -> list[datetime]:
    return [start + timedelta(hours=i) for i in range(24)]


TICKS = {
    "on the hour": ((21, 20, 0), {2.5: 0, 8.5: 6, 14.5: 12, 20.5: 18}),
    "a quarter to": ((21, 20, 45), {1.75: 0, 7.75: 6, 13.75: 12, 19.75: 18}),
    "none at the edges": ((21, 17, 0), {5.5: 0, 11.5: 6, 17.5: 12}),
}


@pytest.mark.parametrize(("start", "expected"), TICKS.values(), ids=TICKS)
def test_the_axis_says_the_reader_s_hours(start, expected) -> None:
    hours = hours_from(datetime(2026, 11, *start, tzinfo=UTC))
    assert six_o_clocks(hours, PARIS.zone) == {place: f"{hour:02}:00" for place, hour in expected.items()}


def test_the_night_that_winter_time_begins_has_seven_hours_before_six() -> None:
    places = six_o_clocks(hours_from(datetime(2026, 10, 24, 20, tzinfo=UTC)), PARIS.zone)
    assert list(places)[:2] == [1.5, 8.5]


def test_zones_off_the_hour_have_their_own_midnight() -> None:
    india = speech_for(Person("p", "P", "p@example.org", "en", "Asia/Kolkata"))
    assert six_o_clocks(hours_from(datetime(2026, 11, 21, 18, tzinfo=UTC)), india.zone) == {
        6.0: "06:00", 12.0: "12:00", 18.0: "18:00",
    }  # fmt: skip


@pytest.mark.parametrize(
    "hours", [HOURS[:1], tuple(Point(at.at, 0.0, 0.0) for at in HOURS)], ids=["one hour", "all zero"]
)
def test_odd_series_still_draw(hours) -> None:
    assert draw_chart(hours, SINCE, PARIS).startswith(b"\x89PNG")


def test_no_hours_no_chart() -> None:
    assert draw_chart((), SINCE, PARIS) == b""
