"""`tocsin stream`: hear Mastodon and Bluesky as posts are written, beside the polls."""

import logging
import sys
from datetime import timedelta
from typing import Annotated

import typer
from rich.console import Console

from tocsin.cli.step_commands import parts
from tocsin.wiring import open_app
from tocsin.wiring.streams import listen

Names = Annotated[
    list[str] | None, typer.Argument(metavar="[SOURCE]...", help="Ids in sources.yaml; none: all that have a stream.")
]
Minutes = Annotated[float | None, typer.Option(help="Stop after so long; left out: Ctrl-C or SIGTERM.", min=0)]


def stream(source: Names = None, minutes: Minutes = None) -> None:
    """Listen to the streams of Mastodon and Bluesky and keep the posts that we look for, until it is stopped.

    Posts become raw batches within 15 seconds, and go the way of all others. A stream that is cut or silent is
    connected again, and what was missed is read; while it lives nobody polls its source, and when it ends polling
    goes on. Once a minute a line says what came in. Run one per installation, beside Airflow or cron. Bluesky needs
    no log-in for this, most Mastodon servers want TOCSIN_MASTODON_TOKEN. Stop it with Ctrl-C, SIGTERM or SIGHUP: what
    was heard is kept first.
    """
    _log_to_stderr()
    with open_app() as app:
        counts = listen(app, source or (), span=None if minutes is None else timedelta(minutes=minutes))
    for name, found in counts.items():
        Console(highlight=False).print(f"{name}: {parts(found) or 'nothing'}", markup=False)


def _log_to_stderr() -> None:
    """A command that runs for weeks says what it does, with the time."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    ours = logging.getLogger("tocsin")
    ours.addHandler(handler)
    ours.setLevel(logging.INFO)
