"""`tocsin sources backfill`: the old posts of a site, page after page, with a line that says how far it is."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from tocsin.cli.step_commands import parts
from tocsin.collect.poll import Visit
from tocsin.errors import TransientError
from tocsin.model import SourceState
from tocsin.wiring import open_app

console = Console()

Until = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help="Read back to this day; else as sources.yaml says, or to the end."),
]


def backfill(
    source: Annotated[str, typer.Argument(help="Id of a source of kind archive.")],
    until: Until = None,
    pages: Annotated[int | None, typer.Option(min=1, help="Pages that are read at most, from the first.")] = None,
    again: Annotated[bool, typer.Option(help="Begin at the first page again.")] = False,
    spacing: Annotated[float, typer.Option(min=0.2, max=60.0, help="Seconds between two requests.")] = 1.0,
) -> None:
    """Read a site's archive back, with robots.txt and pauses; posts keep the time that they state.

    Each page is kept before the next is asked for. Stopped or killed it goes on where it was; run it again. What it
    keeps is enriched and stored by the next `tocsin enrich` and `tocsin index`, or by Airflow.
    """
    from tocsin.wiring.backfill import find_archive, forget_place, read_archive

    with open_app() as app:
        archive = find_archive(app, source, until=until.replace(tzinfo=UTC) if until else None, pages=pages)
        if again:
            forget_place(app, archive)
        end = read_archive(app, archive, _tell, spacing=spacing)
    if not end:
        raise TransientError(f"{source}: stopped; run it again, it goes on where it was")
    console.print(Text(f"{source}: {end}"))


def _tell(visit: Visit, state: SourceState) -> None:
    console.print(Text(f"{parts(visit.counts) or visit.status}; {state.note}"))
