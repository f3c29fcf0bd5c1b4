"""The week's digest, from the stores of the live product to the people who ask for it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tocsin.alert.digest import Week, send_digests, week_before
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
    if counts["failed"]:
        raise TransientError(
            f"digest: {counts['failed']} of {len(people)} not reached; the log and the ledger say why"
        )
    return counts
