"""`tocsin sources`: what is read, how to find more of it, and how to read what is old."""

import typer

from tocsin.cli.backfill_command import backfill

sources_app = typer.Typer(help="What is read: old posts of a site.", no_args_is_help=True)


@sources_app.callback()
def sources() -> None:
    """What is read: find feeds of a site, read its old posts."""


sources_app.command()(backfill)
