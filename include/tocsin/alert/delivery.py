"""Bring one notice to its people: each on their own, recorded after the send, never twice."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tocsin.alert.outside import one_line
from tocsin.alert.render import Notice, render_message
from tocsin.alert.routing import FAILED, SENT, message_id, thread_id
from tocsin.errors import PermanentError, TocsinError
from tocsin.model import Delivery, Incident, Person, Reason
from tocsin.ports import IncidentStore, Notifier

log = logging.getLogger(__name__)

PATIENCE = timedelta(minutes=30)
"""How long a notice that reached some waits for the others before the incident's life goes on without them."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many of a notice's people have it by now, and how many may still get it by another try or never will."""

    reached: int
    retry: int
    refused: int

    @property
    def missed(self) -> int:
        """People who do not have it."""
        return self.retry + self.refused


def is_settled(outcome: Outcome, reason: Reason, begun: datetime | None, now: datetime) -> bool:
    """Say whether the notice is done, so that the next one may be due.

    `begun` is when it first reached somebody. An end that everybody's address refuses is an end all the same; an
    alert that reached nobody never is settled, whatever the cause.
    """
    if not outcome.reached:
        return reason is Reason.OVER and not outcome.retry
    return not outcome.retry or (begun is not None and now - begun >= PATIENCE)


@dataclass(frozen=True, slots=True)
class Courier:
    """Carries messages over one channel and keeps the ledger."""

    incidents: IncidentStore
    notifier: Notifier
    now: datetime

    def deliver(self, notice: Notice, audience: Sequence[Person], reason: Reason) -> Outcome:
        """Send the notice to each of the audience who does not have it yet; one failure never stops the others."""
        ledger = self.incidents.deliveries(notice.incident.id)
        errors = [self._reach(notice, person, reason, ledger) for person in audience]
        refused = sum(isinstance(error, PermanentError) for error in errors)
        reached = sum(error is None for error in errors)
        return Outcome(reached=reached, retry=len(errors) - reached - refused, refused=refused)

    def _reach(self, notice: Notice, person: Person, reason: Reason, ledger: Sequence[Delivery]) -> Exception | None:
        try:
            own = message_id(notice.incident, reason, person)
            if not self.incidents.was_sent(own):
                self._send(notice, person, reason, own, thread_id(ledger, person, own))
        except Exception as exc:  # whatever it is, the next person must still be told
            log.warning("%s not told of %s: %s", person.id, notice.incident.id, _detail(exc))
            return exc
        return None

    def _send(self, notice: Notice, person: Person, reason: Reason, own: str, thread: str) -> None:
        # Whoever hears for the first time reads a first alert, though others get an update at the same moment.
        news = Reason.FIRST if thread == own and reason is not Reason.OVER else reason
        channel = self.notifier.channel
        line = Delivery(own, notice.incident.id, person.id, channel, news, SENT, self.now)
        try:
            self.notifier.send(render_message(notice, person, news, own, thread))
        except Exception as exc:
            self.incidents.record(replace(line, status=FAILED, detail=_detail(exc)))
            raise
        self.incidents.record(line)


def begun_at(ledger: Sequence[Delivery], incident: Incident) -> datetime | None:
    """Say when the incident's next notice, the one not settled yet, first reached somebody."""
    prefix = f"{incident.id}.{incident.notices + 1}."
    return min(
        (line.at for line in ledger if line.status == SENT and line.message_id.startswith(prefix)), default=None
    )


def _detail(exc: Exception) -> str:
    # Our own errors are written for people; of a foreign one only the kind is surely free of secrets.
    return one_line(str(exc), 200) if isinstance(exc, TocsinError) else type(exc).__name__
