"""The live steps by hand or from cron, without Airflow, and a look at what they did."""

from collections.abc import Mapping
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tocsin.config import nearest, shown
from tocsin.model import Mention
from tocsin.wiring import open_app

EXCERPT = 120
"""Longest piece of a text that a search shows, in characters."""

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
        report = app.alert(app.detect())
        if report is not None:
            console.print(f"watched brands: {report.came_in} ({parts(report.counts)})", highlight=False)
        for incident in app.stores.incidents.all():
            if incident.closed_at is None:
                console.print(f"{incident.brand}: open since {incident.since:%Y-%m-%d %H:%M} UTC")


def status() -> None:
    """Show what each step did so far, source by source and count by count."""
    with open_app() as app:
        steps = Table("step", "came in", "of which", title="What each step did")
        for step, counts in app.stores.reports.totals().items():
            steps.add_row(step, str(counts["came_in"]), parts(counts))
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
    limit: Annotated[int, typer.Option(help="How many, newest first.", min=1)] = 20,
) -> None:
    """Find stored mentions by their words."""
    with open_app() as app:
        found = app.stores.mentions.search(" ".join(words), brand=brand, limit=limit)
        known = [each.id for each in app.config.brands]
    if not found:
        # Not an error: a brand that left the configuration may still have mentions.
        unknown = f"; brands.yaml has no brand {shown(brand)}{nearest(brand, known)}" if brand else ""
        console.print(Text(f"nothing found{'' if brand in known else unknown}"))
        return
    table = Table("when (UTC)", "brands and harm", "tone", "text and link")
    for mention in found:
        # The link stands on a line of its own and is never cut: it is there to be opened.
        text = Text(f"{excerpt(mention.text_of)}\n{mention.url}".rstrip(), overflow="fold")
        table.add_row(f"{mention.published_at:%Y-%m-%d %H:%M}", judged(mention), str(mention.tone), text)
    console.print(table)


def judged(mention: Mention) -> Text:
    """Each brand with what the text does to it, on a line of its own: `tonic: harmful (honte, scandale)`."""
    told = [mention.judgement_of(brand) for brand in mention.brands]
    words = [f" ({', '.join(one.words)})" if one.words else "" for one in told]
    lines = (f"{one.brand}: {one.harm}{said}" for one, said in zip(told, words, strict=True))
    return Text("\n".join(lines), overflow="fold")


def excerpt(text: str) -> str:
    """The beginning of a text on one line, with a sign where it was cut."""
    line = text.replace("\n", " ")
    return line if len(line) <= EXCERPT else line[:EXCERPT] + "…"


def parts(counts: Mapping[str, int]) -> str:
    """Write counts as `2 calm, 1 first`."""
    return ", ".join(f"{n} {name}" for name, n in counts.items() if name != "came_in")


def say(what: str, ids: list[str]) -> None:
    """Print how many batches a step took, by id."""
    console.print(f"{what} batches: {len(ids)}", *ids, sep="\n  ", highlight=False)
