"""Read what the product did so far, from its own store: the demo shows nothing that it made up."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tocsin.errors import ConflictError
from tocsin.model import Counts, Incident, Window
from tocsin.wiring import App, open_app

SPAN = timedelta(hours=3)
"""How far back the table of brands looks: detection's longer wave."""


@dataclass(frozen=True, slots=True)
class View:
    """The product at one moment: what each step did, what each brand got in the last hours, what was noticed."""

    at: datetime
    steps: Mapping[str, Mapping[str, int]]
    brands: Mapping[str, Counts]
    usual: Mapping[str, float]
    """Negative mentions per `SPAN` and brand over the days before the last one."""
    incidents: tuple[Incident, ...]
    stored: int

    def count(self, step: str, name: str) -> int:
        """One number of `steps`; 0 where the step has not run."""
        return self.steps.get(step, {}).get(name, 0)


def read_view(settings: Mapping[str, str]) -> View:
    """Look into the store; the view of an untouched store is all zeros."""
    with open_app(settings) as app:
        now = app.clock.now()
        names = {brand.id: brand.name for brand in app.config.brands}
        lately = app.stores.mentions.counts(Window(now - SPAN, now), list(names))
        return View(
            now,
            app.stores.reports.totals(),
            {names[brand]: lately[brand] for brand in names},
            {names[brand]: usual for brand, usual in _usual(app, now).items()},
            tuple(replace(incident, brand=names[incident.brand]) for incident in app.stores.incidents.all()),
            app.stores.mentions.total(),
        )


def _usual(app: App, now: datetime) -> dict[str, float]:
    """Only for the eye: detection has its own, better notion of usual."""
    brands = [brand.id for brand in app.config.brands]
    days = timedelta(days=13)
    counts = app.stores.mentions.counts(Window(now - timedelta(days=1) - days, now - timedelta(days=1)), brands)
    return {brand: counts[brand].negatives * (SPAN / days) for brand in brands}


def make_due(settings: Mapping[str, str]) -> None:
    """Have every source looked at by the next collect, whatever its interval: the demo does not wait a minute."""
    with open_app(settings) as app:
        for state in app.stores.sources.all():
            with _unless_busy():
                app.stores.sources.save(replace(state, due_at=None))


@contextmanager
def _unless_busy() -> Iterator[None]:
    try:
        yield
    except ConflictError:
        # The scheduled collect is at this very source: it has just been looked at.
        return
