"""The command line: asks, prints, and leaves every decision to the rooms."""

import sys

import typer

from tocsin.cli.brands_commands import brands_app
from tocsin.cli.config_commands import config_app
from tocsin.cli.counts_command import counts
from tocsin.cli.demo_commands import demo, newsroom, up
from tocsin.cli.doctor_command import doctor
from tocsin.cli.erase_command import erase
from tocsin.cli.evaluate_commands import evaluate_app
from tocsin.cli.kibana_commands import kibana_app
from tocsin.cli.node_command import elasticsearch
from tocsin.cli.quarantine_commands import quarantine_app
from tocsin.cli.replay_command import replay
from tocsin.cli.sources_commands import sources_app
from tocsin.cli.step_commands import collect, enrich, index, search, status, watch
from tocsin.cli.store_commands import store_app
from tocsin.cli.stream_command import stream
from tocsin.cli.tone_commands import tone_app
from tocsin.cli.upkeep_command import upkeep
from tocsin.cli.websub_commands import websub_app
from tocsin.cli.x_commands import x_app
from tocsin.errors import ConfigError, TocsinError

app = typer.Typer(
    name="tocsin",
    help="The alarm bell for brand reputation: from a feed to an e-mail when negative mentions spike.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)
app.add_typer(brands_app, name="brands")
app.add_typer(config_app, name="config")
app.add_typer(evaluate_app, name="evaluate")
app.add_typer(tone_app, name="tone")
app.add_typer(kibana_app, name="kibana")
app.add_typer(store_app, name="store")
app.add_typer(x_app, name="x")
app.command()(demo)
app.command()(newsroom)
app.command()(up)
app.command()(collect)
app.command()(stream)
app.command()(enrich)
app.command()(index)
app.command()(watch)
app.command()(status)
app.command()(doctor)
app.command()(search)
app.command()(counts)
app.command()(upkeep)
app.command()(replay)
app.add_typer(quarantine_app, name="quarantine")
app.add_typer(sources_app, name="sources")
app.add_typer(websub_app, name="websub")
app.command()(erase)
app.command()(elasticsearch)


def main() -> None:
    """Run the command; exit 2 for a wrong setting, 1 for another known failure, with the reason on stderr."""
    try:
        app()
    except TocsinError as exc:
        print(exc, file=sys.stderr)
        sys.exit(2 if isinstance(exc, ConfigError) else 1)
