"""What documents say for people: names, the team's clock through summer and winter, words for states."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tocsin.errors import BadItemError
from tocsin.index import schema
from tocsin.index.document import (
    checked_document,
    from_document,
    from_point,
    from_record,
    to_document,
    to_point,
    to_record,
)
from tocsin.index.labels import Labels
from tocsin.model import (
    BUCKET,
    Hourly,
    Incident,
    IncidentState,
    Mention,
    SeriesPoint,
    Severity,
    SourceState,
    Tone,
)

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
PARIS = Labels({"tonic": "L'Oréal", "soda": 'A&B "C"'}, ZoneInfo("Europe/Paris"))
POST = Mention(
    "m", "news", "web", "", "", "words", "ann", NOON, NOON, "fr", ("tonic", "gone", "soda"), Tone.NEGATIVE, -0.5, "m"
)
STORM = Incident("i", "tonic", IncidentState.OPEN, Severity.CRITICAL, NOON, NOON + BUCKET)
POINT = SeriesPoint("tonic", NOON, 3, Hourly(7.0, 2.5, 0.0, 9.5, 12.5), 2.5, 1.0)


@pytest.mark.parametrize(
    ("at", "hour", "weekday"),
    [
        pytest.param("2026-11-22T12:00:00+00:00", "13", "7", id="a Sunday in winter"),
        pytest.param("2026-07-06T21:59:59+00:00", "23", "1", id="a Monday's last second in summer"),
        pytest.param("2026-07-06T22:00:00+00:00", "00", "2", id="and Tuesday's first"),
        pytest.param("2026-10-24T22:30:00+00:00", "00", "7", id="the long Sunday begins"),
        pytest.param("2026-10-25T00:59:59+00:00", "02", "7", id="the hour that comes twice, in summer time"),
        pytest.param("2026-10-25T01:00:00+00:00", "02", "7", id="the same hour again, in winter time"),
        pytest.param("2026-10-25T02:00:00+00:00", "03", "7", id="after it"),
        pytest.param("2026-10-25T23:00:00+00:00", "00", "1", id="25 hours after its midnight"),
        pytest.param("2026-03-29T00:59:59+00:00", "01", "7", id="before the hour that is left out"),
        pytest.param("2026-03-29T01:00:00+00:00", "03", "7", id="after it"),
        pytest.param("2026-10-25T02:30:00+09:00", "19", "6", id="told from another zone"),
    ],
)
def test_the_hour_is_that_of_the_team_s_clock(at: str, hour: str, weekday: str) -> None:
    document = to_document(replace(POST, published_at=datetime.fromisoformat(at)), labels=PARIS)
    assert document["local"] == {"hour": hour, "weekday": weekday}


def test_a_brand_goes_by_its_name_and_one_that_left_by_its_id() -> None:
    assert PARIS.of_mention(POST)["brand_name"] == ["L'Oréal", "gone", 'A&B "C"']
    assert PARIS.of_incident(replace(STORM, brand="gone"))["brand_name"] == "gone"
    assert PARIS.of_point(replace(POINT, brand="soda"))["brand_name"] == 'A&B "C"'


@pytest.mark.parametrize("severity", Severity)
def test_a_level_is_a_word(severity: Severity) -> None:
    assert PARIS.of_incident(replace(STORM, severity=severity))["level"] == severity.name.lower()


def test_only_what_has_ended_has_lasted() -> None:
    assert "minutes" not in PARIS.of_incident(STORM)
    closed = replace(STORM, state=IncidentState.CLOSED, closed_at=NOON + timedelta(hours=3, seconds=90))
    assert PARIS.of_incident(closed)["minutes"] == 181


@pytest.mark.parametrize(
    ("state", "health"),
    [
        (SourceState("a", checked_at=NOON, succeeded_at=NOON), "healthy"),
        (SourceState("a", checked_at=NOON, succeeded_at=NOON, failures=2, weight=0.5), "healthy"),
        (SourceState("a", checked_at=NOON, succeeded_at=NOON, failures=3, weight=0.75), "failing"),
        (SourceState("a", checked_at=NOON, succeeded_at=NOON, throttled_until=NOON + BUCKET), "throttled"),
        (SourceState("a", checked_at=NOON, failures=9), "never"),
        (SourceState("a"), "never"),
    ],
)
def test_the_health_of_a_source_is_a_word(state: SourceState, health: str) -> None:
    assert PARIS.of_source(state) == {"health": health}


def test_what_is_added_for_people_is_not_read_back() -> None:
    assert from_document(json.loads(checked_document(POST, "", PARIS))) == POST
    assert from_point(json.loads(json.dumps(to_point(POINT, PARIS), default=str))) == POINT
    for value, more, at in (
        (STORM, PARIS.of_incident(STORM), STORM.opened_at),
        (SourceState("a"), PARIS.of_source(SourceState("a")), None),
    ):
        written = json.loads(json.dumps({**to_record(value, at), **more}, default=str))
        assert from_record(written, type(value)) == value


CLOSED = replace(
    STORM, state=IncidentState.CLOSED, closed_at=NOON + timedelta(hours=1), told_at=NOON, link="https://k"
)
FILLED = {
    "incidents": {**to_record(CLOSED, CLOSED.opened_at), **PARIS.of_incident(CLOSED)},
    "series": to_point(POINT, PARIS),
    "sources": {**to_record(SourceState("a")), **PARIS.of_source(SourceState("a"))},
}


@pytest.mark.parametrize("kind", FILLED)
def test_documents_fill_exactly_the_fields_of_their_mapping(kind: str) -> None:
    mapping = schema.shape(kind)["mappings"]["properties"]
    assert set(FILLED[kind]) == set(mapping)
    for name, group in mapping.items():
        if "properties" in group:
            assert set(FILLED[kind][name]) == set(group["properties"])


def test_a_moment_that_the_team_s_calendar_lacks_is_refused() -> None:
    end = datetime(9999, 12, 31, 23, 30, tzinfo=UTC)
    with pytest.raises(BadItemError, match="outside the calendar"):
        to_document(replace(POST, published_at=end), labels=PARIS)
