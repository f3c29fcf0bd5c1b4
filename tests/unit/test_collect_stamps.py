"""Times as feeds write them."""

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.collect.stamps import LONGEST, read_stamp

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
EARLIEST, LATEST = datetime(1970, 1, 1), datetime(2069, 1, 1)  # noqa: DTZ001 - zones are drawn beside


@pytest.mark.parametrize(
    "said",
    [
        "Tue, 03 Mar 2026 12:00:00 GMT",
        "Tue, 3 Mar 26 12:00 UT",
        "3 Mar 2026 07:00:00 EST",
        "Tue, 03 Mar 2026 13:00:00 +0100",
        "Tue, 03 Mar 2026 13:00:00 +01:00",
        "Tue, 03 Mar 2026 14:00:00 GMT+0200",
        "Tue, 03 Mar 2026 07:00:00 -0500 (Eastern Standard Time)",
        "  Tue,\n 03-Mar-2026 12:00:00 Z ",
        "mar., 03 mars 2026 13:00:00 CET",
        "mardi 3 mars 2026 à 12h00",
        "Tue, 03 Mar 2026 12:00:00 Europe/Paris",
        "Mon, 02 Mar 2026 24:00:00 -1200",
        "2026-03-03T12:00:00Z",
        "2026-03-03T13:00:00.000+01:00",
        "2026-03-03 12:00:00",
        "2026-03-03T13:00+01",
        "20260303T120000Z",
        "2026/03/03 12:00",
        "03/03/2026 12:00",
        "Tue Mar  3 04:00:00 PST 2026",
        "March 3, 2026 12:00 PM",
        "3 March 2026, 5:30 p.m. IST",
        "1772539200",
        "1772539200000",
    ],
)
def test_a_time_is_read_in_every_form(said: str) -> None:
    assert read_stamp(said) == NOON


@pytest.mark.parametrize(
    ("said", "at"),
    [
        ("2026-03-03", datetime(2026, 3, 3, tzinfo=UTC)),
        ("12/03/2011", datetime(2011, 3, 12, tzinfo=UTC)),
        ("1er août 2025 00:30 CEST", datetime(2025, 7, 31, 22, 30, tzinfo=UTC)),
        ("15 févr. 2026 08:00", datetime(2026, 2, 15, 8, tzinfo=UTC)),
        ("Fri, 31 Dec 99 23:59:60 GMT", datetime(1999, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("2026-03-03T12:00:00.25Z", NOON + timedelta(milliseconds=250)),
    ],
)
def test_what_is_left_out_is_read_as_promised(said: str, at: datetime) -> None:
    assert read_stamp(said) == at


@pytest.mark.parametrize(
    "said",
    [
        *(
            "",
            "yesterday",
            "3 hours ago",
            "12",
            "2026",
            "12:30",
            "Monday",
            "Tue, 31 Jun 2026 10:00:00 GMT",
            "32/13/2026",
        ),
        *(
            "2026-03-03T12:00:00+9900",
            "2026-03-03T25:00:00Z",
            "0000-00-00",
            "tag:e.org,2026-03-03:1",
            "2026-03-03-news",
        ),
        *("99999999999999", "1" * (LONGEST + 1), "3 Smarch 2026"),
    ],
)
def test_what_states_no_whole_date_is_no_time(said: str) -> None:
    assert read_stamp(said) is None


@given(
    st.datetimes(EARLIEST, LATEST),
    st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)
def test_what_machines_write_is_read_back(moment: datetime, zone: timezone) -> None:
    at = moment.replace(tzinfo=zone)
    assert read_stamp(at.isoformat()) == at
    assert read_stamp(format_datetime(at)) == at.replace(microsecond=0)


@given(st.text(alphabet="0123456789-:/. TZ+amMarchjuin,é²", max_size=40))
def test_any_text_is_a_time_or_none(said: str) -> None:
    at = read_stamp(said)
    assert at is None or at.utcoffset() == timedelta(0)
