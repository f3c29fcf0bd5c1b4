"""`tocsin websub ...`: the server that hubs call, and what they promised us."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tocsin.wiring import open_app

websub_app = typer.Typer(
    help="Feeds whose hub pushes their news to us, instead of waiting to be polled.", no_args_is_help=True
)
console = Console()


@websub_app.command()
def serve(
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8787,
    host: Annotated[str, typer.Option(help="Address to listen on; a reverse proxy stands before it.")] = "127.0.0.1",
) -> None:
    """Answer hubs and keep what they push, until stopped; `tocsin collect` reads it and does all else.

    Needs TOCSIN_WEBSUB_CALLBACK, the https address that a reverse proxy passes on to this port: only what begins
    with /websub/. A push hears 2xx once it is on disk. Stopped or killed at any moment, nothing is lost: hubs come
    again, and feeds are still polled.
    """
    from tocsin.wiring.websub import serve as serve_callback

    with open_app() as app:
        serve_callback(app, host, port)


@websub_app.command(name="list")
def list_subscriptions() -> None:
    """Show what hubs promised us, feed by feed, without the addresses that they call: these are nobody else's."""
    with open_app() as app:
        held = app.stores.subscriptions.all()
        pushed = {state.source_id: state.pushed_at for state in app.stores.sources.all()}
    table = Table("source", "hub", "standing", "until", "pushed", "note", title="Subscriptions")
    for one in sorted(held, key=lambda one: one.source_id):
        until, last = (f"{at:%Y-%m-%d %H:%M} UTC" if at else "–" for at in (one.until, pushed.get(one.source_id)))
        table.add_row(one.source_id, Text(one.hub, overflow="fold"), one.standing.value, until, last, Text(one.note))
    console.print(table)
