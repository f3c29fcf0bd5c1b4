"""`tocsin quarantine`: see what could not be taken and why, try it again, or let it go."""

import json
from collections import deque
from collections.abc import Iterator
from itertools import islice
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tocsin.alert.outside import one_line
from tocsin.errors import ConfigError
from tocsin.index.quarantined import mention_in, what_happens
from tocsin.model import BadItem
from tocsin.wiring import App, open_app

REASON_CAP = 300
EXCERPT_CAP = 120
ID_CAP = 100

console = Console()
quarantine_app = typer.Typer(
    help="See what could not be taken and why, try it again, or let it go.", no_args_is_help=True
)

Ids = Annotated[
    list[str] | None, typer.Argument(help="Ids as `tocsin quarantine list` shows them.", metavar="[ID]...")
]
Every = Annotated[bool, typer.Option("--all", help="Everything in quarantine.")]


@quarantine_app.command("list")
def show(
    step: Annotated[str | None, typer.Option(help="Only what this step refused: collect or index.")] = None,
    source: Annotated[str | None, typer.Option(help="Only what came through this source.")] = None,
    limit: Annotated[int, typer.Option(help="How many, newest first.", min=1)] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per line, records included.")] = False,
) -> None:
    """Show the newest items in quarantine: where each came from, when and why it was refused, how it begins."""
    with open_app() as app:
        shown: deque[BadItem] = deque(maxlen=limit)
        matching = 0
        for item in app.stores.quarantine.stream():
            if (step is None or item.step == step) and (source is None or item.source_id == source):
                shown.append(item)
                matching += 1
        zone = ZoneInfo(app.settings.time_zone)
    if as_json:
        for item in reversed(shown):
            # ASCII: whatever characters it holds, none reaches a terminal as itself.
            typer.echo(json.dumps(msgspec.to_builtins(item), ensure_ascii=True))
        return
    if not matching:
        console.print("nothing in quarantine" + (" that fits" if step or source else ""))
        return
    console.print(_table(shown, zone))
    console.print(f"{len(shown)} of {matching} shown" if matching > len(shown) else f"{matching} in quarantine")


@quarantine_app.command()
def retry(ids: Ids = None, every: Every = False) -> None:
    """Give items to the store again, once the cause is mended: those with these ids, or --all.

    An item leaves quarantine when the store holds its post, and not before; what is refused again stays, with its new
    reason, and the exit code is 1. Stopped in the middle, run it again: nothing is lost and nothing is stored twice.
    """
    _one_choice(ids, every)
    with open_app() as app:
        missing = _missing(app, ids or [])
        retried = app.keeper.retry(None if every else ids)
    counts = retried.counts
    told = ", ".join(f"{number} {name.replace('_', ' ')}" for name, number in counts.items()) or "nothing"
    console.print(f"tried {sum(counts.values())}: {told}", highlight=False)
    for item in retried.left:
        why = what_happens(item)
        words = f"{one_line(item.id, ID_CAP)} stays: {one_line(item.reason, REASON_CAP)}"
        console.print(Text(f"  {words} ({why})" if why else f"  {words}"))
    stayed = counts.get("rejected", 0) + counts.get("no_record", 0)
    if stayed > len(retried.left):
        console.print(f"  and {stayed - len(retried.left)} more: `tocsin quarantine list` shows them")
    if counts.get("rejected") or missing:
        raise typer.Exit(1)


@quarantine_app.command()
def drop(
    ids: Ids = None,
    every: Every = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Let items go for good: those with these ids, or --all."""
    _one_choice(ids, every)
    with open_app() as app:
        quarantine = app.stores.quarantine
        missing = [] if every else _missing(app, ids or [])
        number = sum(1 for _ in quarantine.stream()) if every else len(set(ids or [])) - len(missing)
        if number and not yes:
            typer.confirm(f"Delete {number} items for good?", abort=True)
        dropped = 0
        for lot in _lots(item.id for item in quarantine.stream()) if every else [list(ids or [])]:
            dropped += quarantine.drop(lot)
    console.print(f"dropped: {dropped}")
    if missing:
        raise typer.Exit(1)


def _table(items: deque[BadItem], zone: ZoneInfo) -> Table:
    """Lay the items out, newest first; all of it comes from outside, so that none of it is markup."""
    table = Table("id", "step", "source", f"when ({zone.key})", "reason and how it begins")
    for item in reversed(items):
        again = "can be tried again" if mention_in(item) is not None else what_happens(item)
        told = (one_line(item.reason, REASON_CAP), one_line(item.excerpt, EXCERPT_CAP), f"({again})")
        table.add_row(
            Text(one_line(item.id, ID_CAP), overflow="fold"),
            Text(one_line(item.step, ID_CAP)),
            Text(one_line(item.source_id, ID_CAP)),
            f"{item.at.astimezone(zone):%Y-%m-%d %H:%M}",
            Text("\n".join(part for part in told if part), overflow="fold"),
        )
    return table


def _one_choice(ids: list[str] | None, every: bool) -> None:
    if bool(ids) == every:
        raise ConfigError("name ids, or say --all; `tocsin quarantine list` shows the ids")


def _missing(app: App, ids: list[str]) -> list[str]:
    """Say which of the ids are not in quarantine."""
    missing = [item_id for item_id in dict.fromkeys(ids) if app.stores.quarantine.get(item_id) is None]
    for item_id in missing:
        typer.echo(f"not in quarantine: {one_line(item_id, ID_CAP)}", err=True)
    return missing


def _lots(ids: Iterator[str]) -> Iterator[list[str]]:
    while lot := list(islice(ids, 1000)):
        yield lot
