"""Dates as people write them, French and English, each way of writing a named case."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.collect.dates import read_date

NOW = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)  # 13:00 in Paris
PARIS = ZoneInfo("Europe/Paris")

CASES = {
    # French, a day and a time
    "le 12 mars 2011 à 9h05": "2011-03-12 08:05",
    "Publié le 12 mars 2011 à 9h05 par Jeanne": "2011-03-12 08:05",
    "Samedi 12 mars 2011 à 09:05": "2011-03-12 08:05",
    "12 mars 2011 - 9 h 05": "2011-03-12 08:05",
    "12 mars 2011, 21:05": "2011-03-12 20:05",
    "12 MARS 2011 À 9H05": "2011-03-12 08:05",
    "le 12 mars 2011 a 9h": "2011-03-12 08:00",
    "le 12\xa0mars\xa02011 à 9\u202fh\u202f05": "2011-03-12 08:05",
    "12/03/2011 09:05": "2011-03-12 08:05",
    "12/03/2011 à 9h05": "2011-03-12 08:05",
    "12.03.2011 09:05:30": "2011-03-12 08:05:30",
    "12-03-2011 09:05": "2011-03-12 08:05",
    "12/03/11 09:05": "2011-03-12 08:05",
    "15 août 2024 à 18 heures 30": "2024-08-15 16:30",
    "mis à jour le 3 févr. 2024 à 7h30": "2024-02-03 06:30",
    "le 12 mars 2011 à midi": "2011-03-12 11:00",
    "le 12 mars 2011 à minuit": "2011-03-11 23:00",
    "12 mars 2011 09:05 UTC": "2011-03-12 09:05",
    "12 mars 2011 09:05 +0300": "2011-03-12 06:05",
    "12 juillet 2024 à 09h05 (CEST)": "2024-07-12 07:05",
    # French, a day alone: noon in Paris
    "1er août 2024": "2024-08-01 10:00",
    "1er aout 2024": "2024-08-01 10:00",
    "le 5 janv. 2020": "2020-01-05 11:00",
    "5 janv 2020": "2020-01-05 11:00",
    "14 févr. 2020": "2020-02-14 11:00",
    "14 fev 2020": "2020-02-14 11:00",
    "2 avr. 2020": "2020-04-02 10:00",
    "9 juil. 2020": "2020-07-09 10:00",
    "9 juill": None,
    "9 juin 2020": "2020-06-09 10:00",
    "30 sept. 2020": "2020-09-30 10:00",
    "30 oct. 2020": "2020-10-30 11:00",
    "30 nov. 2020": "2020-11-30 11:00",
    "25 décembre 2020": "2020-12-25 11:00",
    "25 dec. 2020": "2020-12-25 11:00",
    "12/03/2011": "2011-03-12 11:00",
    # no year: the last such day
    "12 février à 9h05": "2026-02-12 08:05",
    "12 mars à 9h05": "2025-03-12 08:05",
    # from now on the clock of Paris
    "hier à 14 h": "2026-03-02 13:00",
    "Hier, 14:20": "2026-03-02 13:20",
    "hier": "2026-03-02 11:00",
    "avant-hier à 9h": "2026-03-01 08:00",
    "aujourd'hui à 9h30": "2026-03-03 08:30",
    "aujourd’hui": "2026-03-03 11:00",
    "il y a 3 heures": "2026-03-03 09:00",
    "Il y a 3 h": "2026-03-03 09:00",
    "il y a une heure": "2026-03-03 11:00",
    "il y a 45 minutes": "2026-03-03 11:15",
    "il y a 5 min": "2026-03-03 11:55",
    "il y a 2 jours": "2026-03-01 12:00",
    "il y a 1 semaine": "2026-02-24 12:00",
    "il y a 2 mois": "2026-01-01 15:00",
    "il y a un an": "2025-03-03 06:00",
    "à l'instant": "2026-03-03 12:00",
    # English
    "March 12, 2011 at 9:05 am": "2011-03-12 08:05",
    "Mar 12, 2011 9:05 PM": "2011-03-12 20:05",
    "March 12, 2011 12:05 a.m. EST": "2011-03-12 05:05",
    "12 March 2011, 9pm": "2011-03-12 20:00",
    "Sat, 12 Mar 2011 09:05:00 +0100": "2011-03-12 08:05",
    "12th of March 2011 09:05 GMT": "2011-03-12 09:05",
    "Aug. 1st, 2024": "2024-08-01 10:00",
    "Sept 30, 2020": "2020-09-30 10:00",
    "03/25/2011 09:05": "2011-03-25 08:05",
    "yesterday at 2 pm": "2026-03-02 13:00",
    "USA TODAY Published 7:07 p.m. EST Nov. 19, 2019": "2019-11-20 00:07",
    "09:05 - 12/03/2011": "2011-03-12 08:05",
    "3 hours ago": "2026-03-03 09:00",
    "an hour ago": "2026-03-03 11:00",
    "5m ago": "2026-03-03 11:55",
    "2 days ago": "2026-03-01 12:00",
    "1 month ago": "2026-02-01 01:30",
    # machines
    "2011-03-12T09:05:00Z": "2011-03-12 09:05",
    "2011-03-12T09:05:00+01:00": "2011-03-12 08:05",
    "2011-03-12T09:05:00.123+0100": "2011-03-12 08:05",
    "2011-03-12 09:05": "2011-03-12 08:05",
    "2011-03-12": "2011-03-12 11:00",
    "2011/03/12 09:05": "2011-03-12 08:05",
    # nothing is told, or nothing that can be
    "": None,
    "Lire la suite": None,
    "12": None,
    "2011": None,
    "mars 2011": None,
    "32 mars 2011": None,
    "30 février 2020": None,
    "12 mars 2011 à 25h00": None,
    "99/99/2011": None,
    "0 mars 2020": None,
    "version 1.2.2011.4": None,
    "06 12 34 56 78": None,
    "un mardi": None,
    "x" * 250 + "12 mars 2011": None,
}


@pytest.mark.parametrize(("text", "expected"), CASES.items(), ids=lambda value: str(value)[:40])
def test_a_date_as_people_write_it(text: str, expected: str | None) -> None:
    got = read_date(text, now=NOW, zone=PARIS)
    assert got == (datetime.fromisoformat(expected).replace(tzinfo=UTC) if expected else None)


def test_a_day_that_has_only_begun_is_not_told_from_its_noon() -> None:
    early = datetime(2026, 3, 3, 7, 0, tzinfo=UTC)
    assert read_date("3 mars 2026", now=early, zone=PARIS) == early


def test_the_zone_is_that_of_the_site() -> None:
    montreal = ZoneInfo("America/Montreal")
    assert read_date("12 juillet 2024 à 9h05", now=NOW, zone=montreal) == datetime(2024, 7, 12, 13, 5, tzinfo=UTC)


@given(st.text(max_size=300) | st.from_regex(r"[0-9hH:/. a-zéû]{0,40}", fullmatch=True))
def test_any_text_is_a_moment_in_utc_or_none(text: str) -> None:
    got = read_date(text, now=NOW, zone=PARIS)
    assert got is None or got.tzinfo is UTC
