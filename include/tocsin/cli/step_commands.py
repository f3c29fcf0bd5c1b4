"""The live steps by hand or from cron, without Airflow, and a look at what they did."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tocsin.wiring import open_app

console = Console()


def collect() -> None:
    """Fetch the sources that are due and keep their new items as raw batches."""
    with open_app() as app:
        say("collected", app.collect())


def enrich() -> None:
    """Tag every raw batch that waits: language, brands, tone, names, story."""
    with open_app() as app:
        say("enriched", app.enrich())


def index() -> None:
    """Store every enriched batch that waits."""
    with open_app() as app:
        say("indexed", app.index())


def watch() -> None:
    """Compare now with usual for every brand, and tell people what they must hear."""
    with open_app() as app:
        app.alert(app.detect())
        for incident in app.stores.incidents.all():
            if incident.closed_at is None:
                console.print(f"{incident.brand}: open since {incident.since:%Y-%m-%d %H:%M} UTC")


def status() -> None:
    """Show what each step did so far, source by source and count by count."""
    with open_app() as app:
        steps = Table("step", "came in", "of which", title="What each step did")
        for step, counts in app.stores.reports.totals().items():
            parts = ", ".join(f"{n} {name}" for name, n in counts.items() if name != "came_in")
            steps.add_row(step, str(counts["came_in"]), parts)
        console.print(steps)
        sources = Table("source", "last answer", "next", "failures", "note", title="Sources")
        for state in app.stores.sources.all():
            moments = [f"{at:%Y-%m-%d %H:%M} UTC" if at else "never" for at in (state.succeeded_at, state.due_at)]
            sources.add_row(state.source_id, *moments, str(state.failures), Text(state.note))
        console.print(sources)
        console.print(f"{app.stores.mentions.total()} mentions stored")


def search(
    words: Annotated[list[str], typer.Argument(help="Words that must all occur; accents and case do not matter.")],
    brand: Annotated[str | None, typer.Option(help="Only mentions of this brand id.")] = None,
    limit: Annotated[int, typer.Option(help="How many, newest first.")] = 20,
) -> None:
    """Find stored mentions by their words."""
    with open_app() as app:
        found = app.stores.mentions.search(" ".join(words), brand=brand, limit=limit)
        table = Table("when (UTC)", "brands", "tone", "text", "link")
        for mention in found:
            text = mention.text_of.replace("\n", " ")[:120]
            when = f"{mention.published_at:%Y-%m-%d %H:%M}"
            table.add_row(when, ", ".join(mention.brands), str(mention.tone), Text(text), Text(mention.url))
        console.print(table)


def say(what: str, ids: list[str]) -> None:
    """Print how many batches a step took, by id."""
    console.print(f"{what} {len(ids)} batches", *ids, sep="\n  ", highlight=False)
