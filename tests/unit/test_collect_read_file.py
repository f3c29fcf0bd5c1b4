"""Rows of recorded posts become items by a column map; what cannot be read names its line and column."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.collect.read_file import ColumnMap, read_rows, read_time
from tocsin.errors import BadItemError, ConfigError, PermanentError
from tocsin.model import BadItem, RawItem, Source, SourceKind
from tocsin.ports import ArchiveRow

NOW = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
SOURCE = Source("old-posts", SourceKind.FILE, "posts.csv", network="forum", language="fr")
PLAIN = ColumnMap(time="when", text="said")


def read(columns: ColumnMap, *rows: dict[str, str]) -> list[RawItem | BadItem]:
    lines = [ArchiveRow(number, row) for number, row in enumerate(rows, start=2)]
    return list(
        read_rows(lines, columns, SOURCE, NOW, lambda author, network: f"{network}:{author}" if author else "")
    )


@pytest.mark.parametrize(
    ("value", "zone", "form", "utc"),
    [
        ("2015-02-17T07:36:05Z", "UTC", None, "2015-02-17T07:36:05"),
        ("2015-02-17T07:36:05+02:00", "America/New_York", None, "2015-02-17T05:36:05"),
        ("2015-02-17 07:36", "Europe/Paris", None, "2015-02-17T06:36:00"),
        ("2015-07-17", "Europe/Paris", None, "2015-07-16T22:00:00"),
        ("20150217", "UTC", None, "2015-02-17T00:00:00"),
        # The hour that comes twice: the first one. The hour that never was: as if nothing had changed.
        ("2015-10-25T02:30:00", "Europe/Paris", None, "2015-10-25T00:30:00"),
        ("2015-03-29T02:30:00", "Europe/Paris", None, "2015-03-29T01:30:00"),
        ("1424158565", "Europe/Paris", None, "2015-02-17T07:36:05"),
        ("1424158565.5", "UTC", None, "2015-02-17T07:36:05.500000"),
        ("1424158565250", "UTC", None, "2015-02-17T07:36:05.250000"),
        ("17/02/2015 08:36", "Europe/Paris", "%d/%m/%Y %H:%M", "2015-02-17T07:36:00"),
        ("Tue Feb 17 07:36:05 +0100 2015", "UTC", "%a %b %d %H:%M:%S %z %Y", "2015-02-17T06:36:05"),
    ],
)
def test_times(value: str, zone: str, form: str | None, utc: str) -> None:
    columns = ColumnMap(time="when", text="said", time_zone=zone, time_format=form)
    assert read_time(f" {value} ", columns) == datetime.fromisoformat(utc).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    ["", "yesterday", "2015", "2015-13-01", "0", "1969-12-31", "99999999999999999", "NaN", "9999-12-31T23:59:59Z"],
)
def test_no_times(value: str) -> None:
    with pytest.raises(BadItemError, match="column 'when'"):
        read_time(value, PLAIN)


@given(st.text(max_size=30))
def test_any_cell_is_a_time_or_a_bad_item(value: str) -> None:
    try:
        at = read_time(value, PLAIN)
    except BadItemError:
        return
    assert at.utcoffset() == timedelta(0)


@given(st.integers(0, 40 * 365 * 86_400), st.sampled_from(["Europe/Paris", "America/New_York"]))
def test_a_stated_offset_beats_the_map_s_zone(seconds: int, zone: str) -> None:
    aware = datetime(1996, 1, 1, tzinfo=ZoneInfo("Asia/Tokyo")) + timedelta(seconds=seconds)
    assert read_time(aware.isoformat(), ColumnMap(time="t", text="x", time_zone=zone)) == aware


def test_every_column_finds_its_place() -> None:
    columns = ColumnMap(
        id="no",
        time="when",
        text="said",
        title="head",
        author="who",
        brand="brand",
        source="paper",
        url="link",
        language="lang",
        network="net",
        brand_names={"Tamberley & Sons": "tamberley"},
    )
    row = {
        "no": "7",
        "when": "2026-03-01T00:00:00Z",
        "said": "<p>R&amp;D</p>",
        "head": "A\nhead",
        "who": "Ana",
        "brand": " Tamberley & Sons ",
        "paper": "Le Courrier",
        "link": "https://e.org/1?utm_source=x",
        "lang": "EN",
        "net": "news",
    }
    (item,) = read(columns, row)
    assert isinstance(item, RawItem)
    assert item.published_at == datetime(2026, 3, 1, tzinfo=UTC)
    assert item.discovered_at == NOW
    told = (item.title, item.text, item.author, item.brands, item.source_id, item.url, item.language, item.network)
    url = "https://e.org/1"
    assert told == ("A head", "R&D", "news:Ana", ("tamberley",), "old-posts/Le Courrier", url, "en", "news")


def test_what_the_archive_lacks_comes_from_the_source() -> None:
    (item,) = read(PLAIN, {"when": "2026-03-01", "said": "x"})
    assert isinstance(item, RawItem)
    assert (item.source_id, item.network, item.language, item.brands) == ("old-posts", "forum", "fr", None)


def test_brands_not_listed_are_ids_and_no_brand_means_the_text() -> None:
    columns = ColumnMap(time="when", text="said", brand="brand", brand_names={"A": "a"})
    rows = [{"when": "2026-03-01", "said": "x", "brand": brand} for brand in ("A", "b", " ")]
    assert [item.brands for item in read(columns, *rows)] == [("a",), ("b",), None]


def test_an_archive_about_one_brand_says_so_where_the_row_does_not() -> None:
    rows = [ArchiveRow(n, {"when": "2015-02-17", "said": "x", "b": b}) for n, b in enumerate(["other", ""], start=2)]
    columns = ColumnMap(time="when", text="said", brand="b")
    about = replace(SOURCE, brands=("bulla",))
    read_items = read_rows(rows, columns, about, NOW, lambda author, _: author)
    assert [item.brands for item in read_items if isinstance(item, RawItem)] == [("other",), ("bulla",)]


def test_a_bad_row_names_line_and_column_and_the_rest_goes_on() -> None:
    rows = [
        ArchiveRow(2, {"when": "soon", "said": "x"}),
        ArchiveRow(3, {}, "2 values for 3 columns", "a; b"),
        ArchiveRow(4, {"when": "2026-03-01", "said": " <br> "}),
        ArchiveRow(5, {"when": "2026-03-01", "said": "x"}),
    ]
    *bad, good = read_rows(rows, PLAIN, SOURCE, NOW, lambda author, _: author)
    assert [item.reason for item in bad if isinstance(item, BadItem)] == [
        "line 2, column 'when': not a time: 'soon'; say how times are written by time_format or time_words",
        "line 3: 2 values for 3 columns",
        "line 4, column 'said': no text",
    ]
    assert len({item.id for item in bad}) == 3
    assert isinstance(good, RawItem)


def test_two_people_may_say_the_same_on_the_same_day() -> None:
    columns = ColumnMap(time="when", text="said", author="who")
    rows = [{"when": "2026-03-01", "said": "Nul.", "who": who} for who in ("a", "b", "a")]
    assert len({item.id for item in read(columns, *rows)}) == 2


def test_a_missing_column_names_itself_the_file_and_the_nearest() -> None:
    with pytest.raises(PermanentError, match=r"posts\.csv: no column 'sayd' for `text`; did you mean 'said'\?"):
        read(ColumnMap(time="when", text="sayd"), {"when": "2026-03-01", "said": "x"})


@pytest.mark.parametrize(
    "wrong", [{"text": None}, {"text": "said", "time_zone": "Europe/Pari"}, {"text": "x", "time_zone": "../x"}]
)
def test_a_wrong_map_is_a_config_error(wrong: dict) -> None:
    with pytest.raises(ConfigError):
        ColumnMap(time="when", **wrong)


@pytest.mark.parametrize(
    ("cell", "audience"),
    [
        ("1200", 1200),
        ("12 345", 12345),
        ("12,345", 12345),
        ("0", 0),
        ("", None),
        ("many", None),
        ("-3", None),
        ("9" * 40, None),
    ],
)
def test_followers_are_an_audience_and_anything_else_says_nothing(cell: str, audience: int | None) -> None:
    columns = ColumnMap(time="when", text="said", audience="followers")
    (item,) = read(columns, {"when": "2026-03-04T12:00:00Z", "said": "Bulla", "followers": cell})
    assert item.audience == audience
