"""Two languages say the same things; numbers and times read as people write them."""

import string
from datetime import UTC, datetime, timedelta

import pytest

from tocsin.alert.phrases import EN, FR, PHRASES
from tocsin.alert.speech import speech_for
from tocsin.model import Person

AT = datetime(2026, 11, 22, 20, 5, tzinfo=UTC)


def speech(language="en", zone="Europe/Paris"):
    return speech_for(Person("p", "P", "p@example.org", language, zone))


def fields(phrase) -> list[set[str | None]]:
    forms = [phrase] if isinstance(phrase, str) else list(phrase)
    return [{name for _, name, _, _ in string.Formatter().parse(form) if name is not None} for form in forms]


def test_the_languages_have_the_same_phrases_with_the_same_blanks() -> None:
    assert EN.keys() == FR.keys()
    for key in EN:
        blanks = [fields(language[key]) for language in PHRASES.values()]
        assert blanks[0][-1] == blanks[1][-1], key
        assert all(one <= many for one, many in (b for b in blanks if len(b) == 2)), key


MOMENTS = {
    "French in Paris": ("fr", "Europe/Paris", "22 nov. 2026, 21:05", "Paris"),
    "English in Paris": ("en", "Europe/Paris", "22 Nov 2026, 21:05", "Paris"),
    "English in New York": ("en", "America/New_York", "22 Nov 2026, 15:05", "New York"),
    "French in Brussels": ("fr", "Europe/Brussels", "22 nov. 2026, 21:05", "Bruxelles"),
    "UTC": ("en", "UTC", "22 Nov 2026, 20:05", "UTC"),
    "a region's language": ("fr-CA", "America/Toronto", "22 nov. 2026, 15:05", "Toronto"),
    "an unknown language is English": ("xx", "Europe/Paris", "22 Nov 2026, 21:05", "Paris"),
    "an unknown zone is UTC": ("en", "Mars/Olympus", "22 Nov 2026, 20:05", "UTC"),
    "a path as zone is UTC": ("en", "../../etc/passwd", "22 Nov 2026, 20:05", "UTC"),
    "an empty zone is UTC": ("en", "", "22 Nov 2026, 20:05", "UTC"),
}


@pytest.mark.parametrize(("language", "zone", "moment", "city"), MOMENTS.values(), ids=MOMENTS)
def test_moments(language, zone, moment, city) -> None:
    spoken = speech(language, zone)
    assert (spoken.moment(AT), spoken.city) == (moment, city)


def test_the_clock_names_the_day_when_it_is_not_today_where_the_person_is() -> None:
    late = datetime(2026, 11, 22, 22, 50, tzinfo=UTC)
    assert speech("fr").clock(late, late + timedelta(minutes=5)) == "23:50"
    assert speech("fr").clock(late, late + timedelta(minutes=20)) == "dim. 23:50"
    assert speech("en", "UTC").clock(late, late + timedelta(minutes=20)) == "22:50"


NUMBERS = {0.0: ("0", "0"), 4.56: ("4.6", "4,6"), 9.0: ("9", "9"), 9.97: ("10", "10"), 14.2: ("14", "14"),
           1234.5: ("1,234", "1\u202f234")}  # fmt: skip


@pytest.mark.parametrize(("value", "said"), NUMBERS.items())
def test_numbers(value, said) -> None:
    assert (speech("en").number(value), speech("fr").number(value)) == said


LASTING = {
    timedelta(0): "0 min",
    timedelta(seconds=40): "1 min",
    timedelta(minutes=50): "50 min",
    timedelta(hours=3): "3 h",
    timedelta(hours=3, minutes=10): "3 h 10 min",
    timedelta(hours=24): "1 day",
    timedelta(days=2, hours=3, minutes=9): "2 days 3 h",
    -timedelta(minutes=5): "0 min",
}


@pytest.mark.parametrize(("span", "said"), LASTING.items(), ids=LASTING.values())
def test_lasting(span, said) -> None:
    assert speech().lasting(span).replace("\N{NO-BREAK SPACE}", " ") == said


SHARES = {
    2 / 3: ("2 in 3 sources", "2 sources sur 3"),
    1 / 3: ("1 in 3 sources", "1 source sur 3"),
    0.97: ("97% of the sources", "97\N{NO-BREAK SPACE}% des sources"),
    0.999: ("99% of the sources", "99\N{NO-BREAK SPACE}% des sources"),
    0.01: ("1% of the sources", "1\N{NO-BREAK SPACE}% des sources"),
}


@pytest.mark.parametrize(("coverage", "said"), SHARES.items())
def test_shares(coverage, said) -> None:
    assert (speech("en").share(coverage), speech("fr").share(coverage)) == said


def test_windows_and_the_usual() -> None:
    spoken = speech("en")
    assert spoken.span(timedelta(hours=1)) == "in the last hour"
    assert spoken.span(timedelta(hours=3)) == "in the last 3 hours"
    assert (
        spoken.span(timedelta(minutes=90))
        == "in the last 1\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}30\N{NO-BREAK SPACE}min"
    )
    assert spoken.usual(0.49) == "Usually almost none at this time."
    assert spoken.usual(0.5) == "Usually about 0.5 at this time."
