"""`tocsin upkeep`: what has had its time goes, and one sees how much."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tocsin.wiring import open_app

DryRun = Annotated[bool, typer.Option("--dry-run", help="Only count what would go; nothing is deleted or made.")]

WORDS = {
    "mentions": ("mentions", "TOCSIN_KEEP_MENTIONS, or `keep` of every brand they concern"),
    "series": ("points of the charts", "as the mentions, each by its own brand"),
    "incidents": ("closed incidents with their ledger", "TOCSIN_KEEP_INCIDENTS, from their closing"),
    "raw": ("raw batches in the archive", "TOCSIN_KEEP_RAW"),
    "leftovers": ("verdicts and drafts that were left behind", "one day"),
    "quarantine": ("items in quarantine", "TOCSIN_KEEP_QUARANTINE"),
    "reports": ("reports, added up by day", "TOCSIN_KEEP_REPORTS"),
}
"""Per kind: what goes, and how long it is kept."""


def upkeep(dry_run: DryRun = False) -> None:
    """Delete what has had its time, and make the store ready for the days that come.

    The DAG tocsin_upkeep does this each night; by hand it does no harm at any time, also twice, also while others
    write. How long things are kept: the settings TOCSIN_KEEP_*, and `keep` of a brand in brands.yaml. Look before
    with --dry-run. Exits 1 when something could not be tidied; the rest is done all the same.
    """
    console = Console()
    with open_app() as app:
        tidied = app.tidy(dry_run=dry_run)
    table = Table("what", "would go" if dry_run else "gone", "kept for", title="Upkeep")
    for kind, (name, kept) in WORDS.items():
        table.add_row(name, str(tidied.gone[kind]) if kind in tidied.gone else "failed", kept)
    console.print(table)
    for note in tidied.notes:
        console.print(Text(f"note: {note}"))
    for kind, error in tidied.failed.items():
        typer.echo(f"{kind}: {error}", err=True)
    if tidied.failed:
        raise typer.Exit(1)
