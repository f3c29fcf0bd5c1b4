"""Who hears of what."""

from datetime import UTC, datetime

import pytest

from tocsin.alert.incident import open_incident, told
from tocsin.alert.routing import end_was_told, message_id, thread_id, who_heard, who_hears
from tocsin.model import Counts, Delivery, Person, Reason, Severity, Verdict, Window

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
ANN = Person("ann", "Ann", "ann@example.org")
BOB = Person("bob", "Bob", "bob@example.org", severity=Severity.WATCH, brands=("tonic",))
CLEO = Person("cleo", "Cléo", "cleo@example.org", severity=Severity.WATCH, brands=("soda", "cola"))
ALL = (ANN, BOB, CLEO)

WHO = {
    "critical: by default everybody of the brand": ("tonic", Severity.CRITICAL, (ANN, BOB)),
    "watch: only who asked for it": ("tonic", Severity.WATCH, (BOB,)),
    "another brand": ("cola", Severity.CRITICAL, (ANN, CLEO)),
    "a brand of nobody, watched by default people only": ("water", Severity.WATCH, ()),
    "no brands means all brands": ("water", Severity.CRITICAL, (ANN,)),
}


@pytest.mark.parametrize(("brand", "severity", "expected"), WHO.values(), ids=WHO)
def test_who_hears(brand, severity, expected) -> None:
    assert who_hears(ALL, brand, severity) == expected


def line(person: str, status: str = "sent", reason: Reason = Reason.FIRST, notice: int = 1) -> Delivery:
    return Delivery(f"i.{notice}.{reason}.{person}", "i", person, "email", reason, status, NOON)


def test_the_end_goes_to_those_who_were_told_or_tried_in_vain() -> None:
    assert who_heard(ALL, [line("bob"), line("cleo", "failed"), line("gone")]) == (BOB, CLEO)
    assert who_heard(ALL, []) == ()


def test_an_end_counts_as_told_once_somebody_has_it() -> None:
    assert not end_was_told([line("ann"), line("bob", "failed", Reason.OVER)])
    assert end_was_told([line("ann"), line("bob", "sent", Reason.OVER)])


def test_the_thread_starts_with_the_first_message_that_arrived() -> None:
    ledger = [line("ann"), line("bob", "failed"), line("bob", notice=2, reason=Reason.WORSE), line("bob", notice=3)]
    assert thread_id(ledger, BOB, "own") == "i.2.worse.bob"
    assert thread_id(ledger, CLEO, "own") == "own"


def test_message_ids_name_incident_notice_reason_and_person() -> None:
    window = Window(NOON, NOON)
    verdict = Verdict("tonic", NOON, Severity.WATCH, 1, 1, 1, window, 1, 1, 1, 1, NOON, False, Counts(), 1, ())
    opened = open_incident(verdict)
    assert message_id(opened, Reason.FIRST, ANN) == "tonic-20261122T1200Z.1.first.ann"
    eve = Person("ève@home.fr", "Ève", "eve@example.org")
    assert message_id(told(opened, NOON), Reason.OVER, eve) == "tonic-20261122T1200Z.2.over.=c3=a8ve=40home=2efr"
