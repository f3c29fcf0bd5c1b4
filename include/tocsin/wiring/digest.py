"""What is told without an incident, from the stores of the live product to the people who ask for it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tocsin.alert.digest import Week, send_digests, week_before
from tocsin.alert.letters import send_once
from tocsin.alert.quiet import write_notices
from tocsin.errors import TransientError

if TYPE_CHECKING:
    from tocsin.wiring.app import App


def send_last_week(app: "App") -> Mapping[str, int]:
    """Send the digest of the last whole week; nothing is read where nobody asks for it.

    TransientError: somebody was not reached.
    """
    people = [person for person in app.config.people if person.digest]
    if not people:
        return {"sent": 0, "failed": 0, "had_it": 0}
    now = app.clock.now()
    name, window = week_before(now, ZoneInfo(app.settings.time_zone))
    week = Week(
        name=name,
        window=window,
        sources=app.config.sources,
        states={state.source_id: state for state in app.stores.sources.all()},
        brands=app.config.brands,
        counts=app.stores.mentions.counts(window, [brand.id for brand in app.config.brands]),
        incidents=[one for one in app.stores.incidents.all() if window.start <= one.opened_at < window.end],
    )
    counts = send_digests(people, week, incidents=app.stores.incidents, notifier=app.notifier, now=now)
    return _all_reached("digest", counts)


def send_quiet(app: "App") -> Mapping[str, int]:
    """Send the notice of sources that went quiet; without any, or where nobody asks for it, no mail server is needed.

    TransientError: somebody was not reached.
    """
    people = [person for person in app.config.people if person.digest]
    states = {state.source_id: state for state in app.stores.sources.all()} if people else {}
    read = [states[source.id] for source in app.config.sources if source.id in states]
    now = app.clock.now()
    letters = write_notices(people, read, now)
    if not letters:
        return {"sent": 0, "failed": 0, "had_it": 0}
    return _all_reached(
        "quiet sources", send_once(letters, incidents=app.stores.incidents, notifier=app.notifier, now=now)
    )


def _all_reached(what: str, counts: Mapping[str, int]) -> Mapping[str, int]:
    if counts["failed"]:
        raise TransientError(
            f"{what}: {counts['failed']} of {sum(counts.values())} not reached; the log and the ledger say why"
        )
    return counts
