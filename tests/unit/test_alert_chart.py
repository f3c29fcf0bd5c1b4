"""The chart: same bytes for the same hours, nothing for no hours, in the reader's language and zone."""

from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from PIL import Image

from tocsin.alert.chart import HEIGHT, WIDTH, draw_chart
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


@pytest.mark.parametrize(
    "hours", [HOURS[:1], tuple(Point(at.at, 0.0, 0.0) for at in HOURS)], ids=["one hour", "all zero"]
)
def test_odd_series_still_draw(hours) -> None:
    assert draw_chart(hours, SINCE, PARIS).startswith(b"\x89PNG")


def test_no_hours_no_chart() -> None:
    assert draw_chart((), SINCE, PARIS) == b""
