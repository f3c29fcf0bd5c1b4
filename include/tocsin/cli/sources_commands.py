"""`tocsin sources`: what is read, how to find more of it, and how to read what is old."""

from typing import Annotated

import typer

from tocsin.cli.backfill_command import backfill
from tocsin.cli.discover_command import discover
from tocsin.cli.sources_table import show, show_table
from tocsin.cli.try_command import try_

sources_app = typer.Typer(
    help="What is read and how it does; find feeds of a site; old posts of a site.", invoke_without_command=True
)


@sources_app.callback()
def sources(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per line, last fetches included.")] = False,
    failing: Annotated[bool, typer.Option("--failing", help="Only those that are not well, quiet ones too.")] = False,
) -> None:
    """Say how every source does: health, last answer, next look, interval, share of new, failures, what went wrong.

    Health is one word: never, failing, throttled, quiet, loud, slow or healthy; include/docs/sources.md says when.
    """
    if context.invoked_subcommand is None:
        show_table(as_json=as_json, failing=failing)


sources_app.command()(show)
sources_app.command()(discover)
sources_app.command()(backfill)
sources_app.command("try")(try_)
