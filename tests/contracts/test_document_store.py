"""What SourceStates, IncidentStore, Quarantine and ReportLog promise, on every kind of store."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tocsin.errors import BadItemError, ConflictError
from tocsin.model import (
    BadItem,
    Delivery,
    Incident,
    IncidentState,
    Reason,
    Report,
    Severity,
    SourceState,
)

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def incident(incident_id: str, brand: str = "tonic", hours: float = 0, **said: object) -> Incident:
    at = NOON + timedelta(hours=hours)
    return replace(Incident(incident_id, brand, IncidentState.OPEN, Severity.CRITICAL, at, at), **said)


def delivery(message_id: str, status: str = "sent", minutes: float = 0, channel: str = "email") -> Delivery:
    at = NOON + timedelta(minutes=minutes)
    return Delivery(message_id, "i1", "ann", channel, Reason.FIRST, status, at, detail=f"{status} at {minutes}")


def test_a_state_is_kept_under_a_new_revision(stores) -> None:
    assert stores.sources.get("news") is None
    assert stores.sources.all() == ()
    given = SourceState(
        "news", etag='"é"', recent_ids=("a", "b"), checked_at=NOON, due_at=NOON, failures=2, note="429"
    )
    saved = stores.sources.save(given)
    assert saved.revision
    assert replace(saved, revision="") == given
    assert stores.sources.get("news") == saved
    again = stores.sources.save(replace(saved, failures=0))
    assert again.revision != saved.revision
    assert stores.sources.get("news") == again


def test_a_long_cursor_of_many_words_is_kept_whole(stores) -> None:
    saved = stores.sources.save(SourceState("talk", cursor='{"words":{"Crédit":["1","",""]}}' * 4_000))
    assert stores.sources.get("talk") == saved
    assert stores.sources.all() == (saved,)


def test_states_come_by_source_id(stores) -> None:
    for source_id in ("b", "a", "c"):
        stores.sources.save(SourceState(source_id))
    assert [state.source_id for state in stores.sources.all()] == ["a", "b", "c"]


@pytest.mark.parametrize("revision", ["", "other", "9"])
def test_a_late_state_is_a_conflict_and_changes_nothing(stores, revision) -> None:
    saved = stores.sources.save(SourceState("news", note="first"))
    with pytest.raises(ConflictError):
        stores.sources.save(SourceState("news", note="late", revision=revision))
    assert stores.sources.get("news") == saved


def test_a_revision_of_what_was_never_stored_is_a_conflict(stores) -> None:
    with pytest.raises(ConflictError):
        stores.sources.save(SourceState("news", revision="1"))
    with pytest.raises(ConflictError):
        stores.incidents.save(incident("i1", revision="1"))
    assert stores.sources.all() == ()
    assert stores.incidents.all() == ()


def test_what_has_no_json_form_is_refused_and_changes_nothing(stores) -> None:
    saved = stores.sources.save(SourceState("news"))
    with pytest.raises(BadItemError):
        stores.sources.save(replace(saved, note="\ud800"))
    with pytest.raises(BadItemError):
        stores.sources.save(SourceState("\ud800"))
    assert stores.sources.all() == (saved,)


def test_an_incident_is_kept_until_it_closes(stores) -> None:
    assert stores.incidents.open_incident("tonic") is None
    assert stores.incidents.get("i1") is None
    opened = stores.incidents.save(incident("i1", peak_score=4.5, told_at=NOON, notices=1))
    assert stores.incidents.open_incident("tonic") == opened == stores.incidents.get("i1")
    assert stores.incidents.open_incident("soda") is None
    closed = stores.incidents.save(replace(opened, state=IncidentState.CLOSED, closed_at=NOON))
    assert stores.incidents.open_incident("tonic") is None
    assert stores.incidents.get("i1") == closed
    assert stores.incidents.save(incident("i2", hours=5)).id == "i2"


def test_a_brand_has_one_open_incident(stores) -> None:
    first = stores.incidents.save(incident("i1"))
    with pytest.raises(ConflictError, match="open"):
        stores.incidents.save(incident("i2"))
    assert stores.incidents.all() == (first,)
    stores.incidents.save(incident("i2", state=IncidentState.CLOSED))
    stores.incidents.save(incident("i3", brand="soda"))
    with pytest.raises(ConflictError):
        stores.incidents.save(replace(stores.incidents.get("i2"), state=IncidentState.OPEN))


def test_a_late_incident_is_a_conflict_and_changes_nothing(stores) -> None:
    first = stores.incidents.save(incident("i1"))
    second = stores.incidents.save(replace(first, mentions=5))
    for late in (first, incident("i1")):
        with pytest.raises(ConflictError):
            stores.incidents.save(replace(late, mentions=9))
    assert stores.incidents.get("i1") == second


def test_incidents_come_by_opening_time_then_id(stores) -> None:
    for incident_id, brand, hours in (("b", "b", 1), ("a", "a", 1), ("c", "c", 0)):
        stores.incidents.save(incident(incident_id, brand, hours))
    assert [one.id for one in stores.incidents.all()] == ["c", "a", "b"]


def test_the_ledger_keeps_one_line_per_message_and_channel(stores) -> None:
    assert not stores.incidents.was_sent("m1")
    stores.incidents.record(delivery("m1", "retrying", 1))
    assert not stores.incidents.was_sent("m1")
    stores.incidents.record(delivery("m1", "sent", 2))
    stores.incidents.record(delivery("m1", "sent", 2))
    assert stores.incidents.was_sent("m1")
    assert not stores.incidents.was_sent("m2")
    assert stores.incidents.deliveries("i1") == (delivery("m1", "sent", 2),)
    assert stores.incidents.deliveries("i2") == ()


def test_the_newest_line_wins_whichever_comes_first(stores) -> None:
    stores.incidents.record(delivery("m1", "sent", 5))
    stores.incidents.record(delivery("m1", "retrying", 4))
    assert stores.incidents.deliveries("i1") == (delivery("m1", "sent", 5),)


def test_a_send_is_known_whatever_the_clock_said_before(stores) -> None:
    """The clock ran two hours ahead when the send failed, and was put right before it succeeded."""
    stores.incidents.record(delivery("m1", "failed", 120))
    stores.incidents.record(delivery("m1", "sent", 1))
    assert stores.incidents.was_sent("m1")
    stores.incidents.record(delivery("m1", "failed", 240))
    assert stores.incidents.was_sent("m1"), "what was sent stays sent"
    assert stores.incidents.deliveries("i1") == (delivery("m1", "sent", 1),)


def test_of_two_lines_of_one_moment_the_later_call_wins(stores) -> None:
    stores.incidents.record(delivery("m1", "retrying", 5))
    stores.incidents.record(delivery("m1", "failed", 5))
    assert stores.incidents.deliveries("i1") == (delivery("m1", "failed", 5),)


def test_another_channel_has_its_own_line(stores) -> None:
    stores.incidents.record(delivery("m1", "sent", channel="email"))
    stores.incidents.record(delivery("m1", "undeliverable", 1, channel="webhook"))
    assert stores.incidents.was_sent("m1")
    assert [line.channel for line in stores.incidents.deliveries("i1")] == ["email", "webhook"]


def test_the_ledger_comes_by_time_then_message(stores) -> None:
    for message_id, minutes in (("b", 2), ("a", 2), ("c", 1)):
        stores.incidents.record(delivery(message_id, minutes=minutes))
    assert [line.message_id for line in stores.incidents.deliveries("i1")] == ["c", "a", "b"]


def bad(item_id: str, minutes: float = 0, reason: str = "no date") -> BadItem:
    return BadItem(item_id, "collect", "news", reason, "<b>excerpt</b>", NOON + timedelta(minutes=minutes))


def test_quarantine_keeps_items_by_time_then_id(stores) -> None:
    assert stores.quarantine.all() == ()
    stores.quarantine.put([])
    stores.quarantine.put([bad("b", 1), bad("a", 1), bad("c")])
    assert stores.quarantine.all() == (bad("c"), bad("a", 1), bad("b", 1))


def test_the_same_bad_item_replaces(stores) -> None:
    stores.quarantine.put([bad("a"), bad("a", reason="no text")])
    stores.quarantine.put([bad("b"), bad("a", reason="no url")])
    assert stores.quarantine.all() == (bad("a", reason="no url"), bad("b"))


def test_quarantine_takes_what_is_not_unicode(stores) -> None:
    stores.quarantine.put([BadItem("a\ud800", "index", "\udfff", "broken", "x\ud800y", NOON)])
    assert stores.quarantine.all() == (BadItem("a?", "index", "?", "broken", "x?y", NOON),)


def report(step: str, key: str, **counts: int) -> Report:
    return Report(step, key, NOON, sum(counts.values()), counts)


def test_totals_add_up_and_the_same_work_replaces(stores) -> None:
    assert stores.reports.totals() == {}
    stores.reports.save(report("index", "b1", created=9))
    stores.reports.save(report("index", "b1", created=3, duplicate=1))
    stores.reports.save(report("index", "b2", created=2, rejected=1))
    stores.reports.save(report("collect", "b1", new=4))
    assert stores.reports.totals() == {
        "collect": {"came_in": 4, "new": 4},
        "index": {"came_in": 7, "created": 5, "duplicate": 1, "rejected": 1},
    }
