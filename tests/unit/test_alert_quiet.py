"""The morning's notice of sources that went quiet: who, since when, once for each silence."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tocsin.alert.quiet import SHOWN, WORDS, write_notices
from tocsin.model import Person, Rhythm, SourceState

NOW = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
DAY = timedelta(days=1)
ANA = Person("ana", "Ana", "ana@example.org", digest=True)
LEA = replace(ANA, id="lea", language="fr")


def silent(name: str, days: float, per_day: int = 2) -> SourceState:
    """A source that brought so much each day and then, so long ago, nothing more."""
    last = NOW - days * DAY
    rhythm = Rhythm(last.date(), per_day, (per_day,) * 14, last)
    return SourceState(name, checked_at=NOW, succeeded_at=NOW, rhythm=rhythm)


def test_the_notice_names_who_is_quiet_the_last_one_first() -> None:
    (message,) = write_notices([ANA], [silent("blog", 9), silent("well", 1), silent("news", 5)], NOW)
    assert message.subject == "Tocsin · 2 sources are unusually quiet"
    assert message.text.split("\n\n")[1] == (
        "- news: 2 new items a day as a rule, the last one on 18 Nov 2026, 07:30\n"
        "- blog: 2 new items a day as a rule, the last one on 14 Nov 2026, 07:30"
    )


def test_in_french_of_one_source() -> None:
    (message,) = write_notices([LEA], [silent("blog", 9)], NOW)
    assert message.subject == "Tocsin · anormalement calme : blog"
    assert "- blog : 2 nouveaux éléments par jour d’habitude, le dernier le 14 nov. 2026, 07:30" in message.text


def test_a_silence_is_told_once_and_a_new_one_is_a_new_notice() -> None:
    blog, news = silent("blog", 9), silent("news", 5)
    first = write_notices([ANA, LEA], [blog], NOW)
    assert len({message.id for message in first}) == 2, "one for each person"
    next_morning = write_notices([ANA, LEA], [blog], NOW + DAY)
    assert [message.id for message in next_morning] == [message.id for message in first]
    assert write_notices([ANA], [blog, news], NOW)[0].id not in {message.id for message in first}


def test_nobody_hears_of_sources_that_are_well_or_fail() -> None:
    failing = replace(silent("ill", 9), failures=9)
    unknown = replace(silent("new", 9), rhythm=Rhythm(None, 0, (), None))
    assert write_notices([ANA], [silent("well", 1), failing, unknown], NOW) == []


def test_nothing_of_a_source_is_markup_and_a_thousand_make_no_book() -> None:
    states = [silent(f"s{n}", 9 + n / 1000) for n in range(1_000)]
    (message,) = write_notices([ANA], states, NOW)
    assert message.text.count("\n- s") == SHOWN
    assert "… and 960 more" in message.text
    (message,) = write_notices([ANA], [silent("<b>\x1b[31m", 9)], NOW)
    assert "<b>" not in message.html
    assert "\x1b" not in message.subject + message.text


def test_both_languages_say_the_same_things() -> None:
    assert WORDS["en"].keys() == WORDS["fr"].keys()
