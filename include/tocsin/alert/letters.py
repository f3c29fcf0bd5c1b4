"""Mails that are about no incident: each is sent once to each person, and a failure stops no other."""

import logging
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

from tocsin.alert.outside import one_line
from tocsin.alert.routing import FAILED, SENT
from tocsin.errors import TocsinError
from tocsin.model import Delivery, Message
from tocsin.ports import IncidentStore, Notifier

log = logging.getLogger(__name__)


def send_once(
    letters: Iterable[Message], *, incidents: IncidentStore, notifier: Notifier, now: datetime
) -> Mapping[str, int]:
    """Send each letter whose id was not sent so far and record it; count `sent`, `failed` and `had_it`."""
    counts = Counter(sent=0, failed=0, had_it=0)
    for letter in letters:
        if incidents.was_sent(letter.id):
            counts["had_it"] += 1
            continue
        status, detail = SENT, ""
        try:
            notifier.send(letter)
        except TocsinError as exc:
            status, detail = FAILED, one_line(str(exc), 200)
            log.warning("%s: %s", letter.id, detail)
        counts[status] += 1
        person = letter.person.id
        incidents.record(
            Delivery(letter.id, letter.incident_id, person, notifier.channel, letter.reason, status, now, detail)
        )
    return dict(counts)
