"""The life of an incident as pure decisions: when it opens, when people hear of it again, when it ends."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tocsin.model import Counts, Incident, IncidentState, Reason, Severity, Verdict, Window, floor_time

BEFORE = timedelta(hours=2)
"""What a picture of an incident shows before its onset, so that the rise is seen."""
HOUR = timedelta(hours=1)


def is_blind(verdict: Verdict) -> bool:
    """Say whether no source answered: silence then means nothing, so nothing may open or close on it."""
    return verdict.coverage <= 0.0


def decide(last: Incident | None, verdict: Verdict, now: datetime, repeat: timedelta) -> Reason:
    """Say why people should hear of this verdict now, or HOLD.

    `last` is the brand's open incident. What nobody could be told yet is told again, even when the storm has eased
    since; a level that people know is said again after `repeat`, and only while the verdict is above calm.
    """
    if is_blind(verdict):
        return Reason.HOLD
    if last is None:
        return Reason.FIRST if verdict.severity >= Severity.WATCH else Reason.HOLD
    if verdict.over:
        return Reason.OVER
    # A level is compared with what people were told, not with the last minute: up and down is not news twice.
    if Severity.CALM < last.told_severity < max(last.severity, verdict.severity):
        return Reason.WORSE
    if last.told_at is None:
        return Reason.FIRST
    lasting = verdict.severity > Severity.CALM and now - last.told_at >= repeat
    return Reason.REPEAT if lasting else Reason.HOLD


def open_incident(verdict: Verdict) -> Incident:
    """Start the incident of this verdict; its id holds brand and minute, so the same verdict gives the same id."""
    opened = verdict.at.astimezone(UTC)
    return Incident(
        id=f"{ascii_id(verdict.brand)}-{opened:%Y%m%dT%H%M}Z",
        brand=verdict.brand,
        state=IncidentState.OPEN,
        severity=verdict.severity,
        since=min(verdict.since or verdict.window.start, verdict.at),
        opened_at=verdict.at,
        peak_score=verdict.peak,
        peak_factor=verdict.factor,
    )


def absorb(incident: Incident, verdict: Verdict, total: Counts) -> Incident:
    """Grow the incident by a later verdict and by `total`, what the brand got since onset; it never shrinks."""
    return replace(
        incident,
        severity=max(incident.severity, verdict.severity),
        peak_score=max(incident.peak_score, verdict.peak),
        peak_factor=max(incident.peak_factor, verdict.factor),
        mentions=max(incident.mentions, total.negatives),
    )


def told(incident: Incident, now: datetime) -> Incident:
    """Note that a notice went out: its moment, the level that people now know, one notice more."""
    return replace(incident, told_at=now, told_severity=incident.severity, notices=incident.notices + 1)


def told_some(incident: Incident) -> Incident:
    """Note that only some were reached: the notice stays due, but a higher level is news to those who were."""
    return incident if incident.told_at else replace(incident, told_severity=incident.severity)


def close(incident: Incident, at: datetime) -> Incident:
    """End the incident, never before it was opened; closing a closed one changes nothing."""
    if incident.state is IncidentState.CLOSED:
        return incident
    return replace(incident, state=IncidentState.CLOSED, closed_at=max(at, incident.opened_at))


def shown_window(incident: Incident, at: datetime) -> Window:
    """Span that a picture of the incident shows at `at`: from a bit before its onset to one or two hours from then.

    It ends at a whole hour, so that the address of the picture changes by the hour and not by the minute.
    """
    end = floor_time(max(at, incident.since), HOUR) + 2 * HOUR
    return Window(incident.since - BEFORE, end)


def ascii_id(text: str) -> str:
    """Spell any id with letters, digits, `_`, `-` and `=xx`, so that it fits a mail header; no two ids collide."""
    return re.sub(
        r"[^A-Za-z0-9_-]", lambda hit: "".join(f"={byte:02x}" for byte in hit[0].encode("utf-8", "replace")), text
    )
