"""When an incident opens, when people hear again, when it ends: one table row per case."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.alert.incident import absorb, ascii_id, close, decide, open_incident, told, told_some
from tocsin.model import Counts, IncidentState, Reason, Severity, Verdict, Window

NOW = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
REPEAT = timedelta(hours=4)
CALM, WATCH, CRITICAL = Severity.CALM, Severity.WATCH, Severity.CRITICAL


def verdict(severity=CRITICAL, over=False, coverage=1.0, at=NOW, score=12.0, observed=45, usual=5.0, since=None):
    window = Window(at - timedelta(hours=1), at)
    counts = Counts(60, 50, observed, 30)
    since = since or (None if severity is CALM else at - timedelta(minutes=50))
    return Verdict(
        "tonic",
        at,
        severity,
        score,
        score,
        6.0,
        window,
        observed,
        usual,
        usual,
        3.0,
        since,
        over,
        counts,
        coverage,
        (),
    )


SECOND = timedelta(seconds=1)
UNTOLD = open_incident(verdict(CRITICAL))
TOLD = told(UNTOLD, NOW - timedelta(hours=1))
TOLD_WATCH = told(open_incident(verdict(WATCH)), NOW - timedelta(hours=1))
TOLD_WATCH_NOW_CRITICAL = replace(TOLD_WATCH, severity=CRITICAL)
SOME_TOLD_WATCH = told_some(open_incident(verdict(WATCH)))
LONG_AGO = replace(TOLD, told_at=NOW - REPEAT)

CASES = {
    "calm and nothing open": (None, verdict(CALM), Reason.HOLD),
    "calm long since and nothing open": (None, verdict(CALM, over=True), Reason.HOLD),
    "a watch opens": (None, verdict(WATCH), Reason.FIRST),
    "a critical opens": (None, verdict(CRITICAL), Reason.FIRST),
    "blind never opens": (None, verdict(CRITICAL, coverage=0.0), Reason.HOLD),
    "blind never closes": (TOLD, verdict(CALM, over=True, coverage=0.0), Reason.HOLD),
    "partial opens": (None, verdict(CRITICAL, coverage=0.1), Reason.FIRST),
    "opened but the mail failed": (UNTOLD, verdict(CRITICAL), Reason.FIRST),
    "the mail failed and it eased: still owed": (UNTOLD, verdict(CALM), Reason.FIRST),
    "the mail failed and it is over": (UNTOLD, verdict(CALM, over=True), Reason.OVER),
    "told a minute ago": (TOLD, verdict(CRITICAL), Reason.HOLD),
    "from watch to critical": (TOLD_WATCH, verdict(CRITICAL), Reason.WORSE),
    "it was critical while the worse mail failed": (TOLD_WATCH_NOW_CRITICAL, verdict(WATCH), Reason.WORSE),
    "some were told of a watch, then critical": (SOME_TOLD_WATCH, verdict(CRITICAL), Reason.WORSE),
    "down to watch is no news": (TOLD, verdict(WATCH), Reason.HOLD),
    "down and up again is no news": (TOLD, verdict(CRITICAL, score=99), Reason.HOLD),
    "still on after the repeat time": (LONG_AGO, verdict(WATCH), Reason.REPEAT),
    "one second before the repeat time": (replace(LONG_AGO, told_at=NOW - REPEAT + SECOND), verdict(), Reason.HOLD),
    "easing after the repeat time": (LONG_AGO, verdict(CALM), Reason.HOLD),
    "over": (TOLD, verdict(CALM, over=True), Reason.OVER),
    "over wins over repeat": (LONG_AGO, verdict(WATCH, over=True), Reason.OVER),
}  # fmt: skip


@pytest.mark.parametrize(("last", "now_verdict", "expected"), CASES.values(), ids=CASES)
def test_decide(last, now_verdict, expected) -> None:
    assert decide(last, now_verdict, NOW, REPEAT) is expected


def test_an_incident_opens_with_the_verdict_s_numbers() -> None:
    opened = open_incident(verdict(WATCH, at=datetime(2026, 11, 22, 23, 5, tzinfo=UTC)))
    assert opened.id == "tonic-20261122T2305Z"
    assert (opened.state, opened.severity, opened.peak_score, opened.peak_factor) == (
        IncidentState.OPEN,
        WATCH,
        12,
        9,
    )
    assert (opened.since, opened.told_at, opened.notices) == (datetime(2026, 11, 22, 22, 15, tzinfo=UTC), None, 0)


def test_without_an_onset_it_starts_with_the_wave() -> None:
    assert open_incident(replace(verdict(), since=None)).since == NOW - timedelta(hours=1)


def test_it_grows_and_never_shrinks() -> None:
    grown = absorb(TOLD, verdict(CRITICAL, score=20, observed=100), Counts(negatives=300))
    assert (grown.peak_score, grown.peak_factor, grown.mentions) == (20, 20, 300)
    assert absorb(grown, verdict(CALM, score=1, observed=2), Counts(negatives=5)) == grown
    assert absorb(grown, verdict(CRITICAL, score=20, observed=100), Counts(negatives=300)) == grown


def test_telling_counts_the_notice_and_the_level_known() -> None:
    after = told(TOLD_WATCH_NOW_CRITICAL, NOW)
    assert (after.told_at, after.told_severity, after.notices) == (NOW, CRITICAL, 2)
    assert told_some(TOLD) == TOLD


def test_no_incident_ends_before_it_began_though_the_clock_was_put_back() -> None:
    assert close(TOLD, TOLD.opened_at - REPEAT).closed_at == TOLD.opened_at


def test_closing_twice_keeps_the_first_end() -> None:
    closed = close(TOLD, NOW)
    assert (closed.state, closed.closed_at) == (IncidentState.CLOSED, NOW)
    assert close(closed, NOW + REPEAT) == closed


@given(st.text(), st.text())
def test_ids_fit_a_mail_header_and_never_collide(one: str, other: str) -> None:
    spelled = ascii_id(one)
    assert spelled.isascii()
    assert all(char.isalnum() or char in "-_=" for char in spelled)
    assert (spelled == ascii_id(other)) == (one == other)
