"""The weekly digest: which sources need a look, what came in, what was alerted; each person's words, once."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tocsin.alert.digest import SHOWN, WORDS, Week, week_before, write_digest
from tocsin.model import (
    Brand,
    Counts,
    Incident,
    IncidentState,
    Person,
    Rhythm,
    Severity,
    Source,
    SourceKind,
    SourceState,
    Window,
)

NOW = datetime(2026, 11, 23, 3, 20, tzinfo=UTC)
START = datetime(2026, 11, 15, 23, tzinfo=UTC)
WEEK = Week(
    name="2026-W47",
    window=Window(START, START + timedelta(days=7)),
    sources=[Source(name, SourceKind.FEED, "https://e.org/f") for name in ("well", "ill", "calm", "new")],
    states={
        "well": SourceState("well", checked_at=NOW, succeeded_at=NOW),
        "ill": SourceState("ill", succeeded_at=NOW, failures=9, note="answered 404\x1b[31m"),
        "calm": SourceState(
            "calm",
            succeeded_at=NOW,
            rhythm=Rhythm(date(2026, 11, 1), 3, (3,) * 14, datetime(2026, 11, 1, tzinfo=UTC)),
        ),
    },
    brands=[Brand("tonic", "Tonic <b>"), Brand("soda", "Soda")],
    counts={"tonic": Counts(1200, 30), "soda": Counts(5, 0)},
    incidents=[Incident("i", "tonic", IncidentState.OPEN, Severity.CRITICAL, START, START + timedelta(hours=3))],
)
ANA = Person("ana", "Ana", "ana@example.org", digest=True)
LEA = replace(ANA, id="lea", language="fr", brands=("soda",))


def test_the_digest_in_english() -> None:
    message = write_digest(WEEK, ANA, NOW)
    assert message.id == message.thread_id == "digest-2026-W47.ana"
    assert message.subject == "Tocsin · week 2026-W47: 3 of 4 sources need a look"
    assert message.text == (
        "Week 2026-W47, 16 Nov 2026, 00:00 to 23 Nov 2026, 00:00.\n\n"
        "Never answered (1)\n- new\n\n"
        "Failing (1)\n- ill, last answer 23 Nov 2026, 04:20, answered 404 [31m\n\n"
        "Unusually quiet: they answer, and bring nothing (1)\n- calm, last item 1 Nov 2026, 01:00\n\n"
        "What came in\n- Tonic <b>: 1,200 posts, 30 of them negative\n- Soda: 5 posts, 0 of them negative\n\n"
        "What was alerted\n- Tonic <b>: critical, opened 16 Nov 2026, 03:00\n"
    )
    assert "Tonic &lt;b&gt;" in message.html
    assert "Tonic <b>" not in message.html


def test_in_french_of_one_brand() -> None:
    text = write_digest(WEEK, LEA, NOW).text
    assert "En panne (1)" in text
    assert "Tonic" not in text
    assert text.endswith("Ce qui a été signalé\n- Rien.\n")


def test_when_all_is_well_it_says_so() -> None:
    calm = replace(WEEK, sources=WEEK.sources[:1])
    assert "All 1 sources answer, and bring what they usually do." in write_digest(calm, ANA, NOW).text


def test_a_thousand_failing_sources_do_not_make_a_book() -> None:
    many = replace(WEEK, sources=[Source(f"s{n}", SourceKind.FEED, "https://e.org") for n in range(1_000)])
    text = write_digest(many, ANA, NOW).text
    assert text.count("\n- s") == SHOWN
    assert "960 more" in text


@pytest.mark.parametrize(
    ("now", "name", "start"),
    [
        ("2026-11-23T03:20:00+01:00", "2026-W47", "2026-11-16T00:00:00+01:00"),
        ("2026-11-29T23:59:00+01:00", "2026-W47", "2026-11-16T00:00:00+01:00"),
        ("2026-11-29T23:30:00+00:00", "2026-W48", "2026-11-23T00:00:00+01:00"),
        ("2026-10-26T03:20:00+01:00", "2026-W43", "2026-10-19T00:00:00+02:00"),
        ("2027-01-04T03:20:00+01:00", "2026-W53", "2026-12-28T00:00:00+01:00"),
    ],
)
def test_the_week_is_the_last_whole_one_of_the_team(now: str, name: str, start: str) -> None:
    found, window = week_before(datetime.fromisoformat(now), ZoneInfo("Europe/Paris"))
    assert (found, window.start) == (name, datetime.fromisoformat(start))
    assert window.end.astimezone(ZoneInfo("Europe/Paris")).hour == 0


def test_both_languages_say_the_same_things() -> None:
    assert WORDS["en"].keys() == WORDS["fr"].keys()
