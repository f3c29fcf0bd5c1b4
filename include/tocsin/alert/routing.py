"""Who hears of what: by brand and level while a storm lasts, by the ledger when it is over."""

from collections.abc import Iterable, Sequence

from tocsin.alert.incident import ascii_id
from tocsin.model import Delivery, Incident, Person, Reason, Severity

SENT = "sent"
FAILED = "failed"


def who_hears(people: Iterable[Person], brand: str, severity: Severity) -> tuple[Person, ...]:
    """People who asked for this brand (or for all) and for this level or a lower one, in their given order."""
    return tuple(one for one in people if (not one.brands or brand in one.brands) and one.severity <= severity)


def who_heard(people: Iterable[Person], ledger: Iterable[Delivery]) -> tuple[Person, ...]:
    """People whom the incident's ledger names: told, or tried in vain and therefore owed at least its end."""
    named = {line.person_id for line in ledger}
    return tuple(one for one in people if one.id in named)


def end_was_told(ledger: Iterable[Delivery]) -> bool:
    """Say whether somebody already read that the storm is over."""
    return any(line.reason is Reason.OVER and line.status == SENT for line in ledger)


def message_id(incident: Incident, reason: Reason, person: Person) -> str:
    """Stable id of the incident's next notice to this person; a channel adds its own domain to it."""
    return f"{incident.id}.{incident.notices + 1}.{reason.value}.{ascii_id(person.id)}"


def thread_id(ledger: Sequence[Delivery], person: Person, own: str) -> str:
    """Id of the first message of the incident that reached this person; `own` when there was none."""
    return next((line.message_id for line in ledger if line.person_id == person.id and line.status == SENT), own)
