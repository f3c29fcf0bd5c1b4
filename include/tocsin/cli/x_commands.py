"""`tocsin x ...`: hear the stream of X, see its rules and budget, read its archive, let go of what is gone."""

import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from tocsin.cli.step_commands import parts
from tocsin.config import parse_moment
from tocsin.errors import ConfigError
from tocsin.wiring import open_app

x_app = typer.Typer(help="X: its stream, rules, budget and archive, and posts that are gone.", no_args_is_help=True)

OneSource = Annotated[str | None, typer.Option("--source", help="Id of the source, where several are of kind x.")]

console = Console(highlight=False)


@x_app.command()
def stream(
    source: OneSource = None,
    minutes: Annotated[float | None, typer.Option(help="Stop after so long; left out: Ctrl-C or SIGTERM.")] = None,
) -> None:
    """Listen to the filtered stream and keep its posts as raw batches, until it is stopped.

    First the stream's rules are made what brands.yaml wants. A connection that is cut, or silent for 21 seconds, is
    made again at the pace that X asks for, and the gap is filled by recent search. While it runs nobody polls the
    source; when it ends, `tocsin collect` goes on where it was. Run one per app: X allows one connection. Exits 1
    when the month's posts are spent or X refuses us.
    """
    from tocsin.wiring.x import waiting_for

    span = None if minutes is None else timedelta(minutes=minutes)
    with open_app() as app, _stoppable() as stop:
        counts = app.x.stream(source, waiting_for(span, stop))
    console.print(f"heard: {parts(_told(counts)) or 'nothing'}")


@x_app.command()
def rules(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would change.")] = False,
) -> None:
    """Make the stream's rules what brands.yaml wants: what differs is added or deleted, others' rules stay."""
    with open_app() as app:
        needed = app.x.rules(dry_run=dry_run)
    for rule in needed.add:
        console.print(Text(f"+ {rule.tag}  {rule.value}"))
    would = "would be " if dry_run else ""
    console.print(f"{len(needed.add)} {would}added, {len(needed.delete)} {would}deleted")


@x_app.command()
def budget(
    no_count: Annotated[
        bool, typer.Option("--no-count", help="Do not ask X for the pace: each query is paid.")
    ] = False,
) -> None:
    """Show the month's posts: how many were read, how many are left, and when they are spent at this pace.

    The pace is X's own count of the last seven days, one question per query, which reads no post. TOCSIN_X_POSTS is
    the budget; reading stops by itself before it is spent. Months are UTC's, as X counts.
    """
    with open_app() as app:
        outlook = app.x.budget(count=not no_count)
    left = max(0, outlook.limit - outlook.used)
    console.print(f"{outlook.used:,} of {outlook.limit:,} posts read this month, {left:,} left")
    if outlook.per_day is not None:
        ends = f"spent on {outlook.spent_on:%Y-%m-%d}" if outlook.spent_on else "the month ends first"
        console.print(f"{outlook.per_day:,.0f} posts a day: {ends}")


@x_app.command()
def archive(
    start: Annotated[str, typer.Argument(help="From, such as 2026-10-01; without a zone it is UTC.")],
    end: Annotated[str, typer.Argument(help="Until, not included.")],
    source: OneSource = None,
) -> None:
    """Read what was said about the brands in a span of time, from X's full archive, as raw batches.

    Each post counts against TOCSIN_X_POSTS. Stopped in the middle, run the same command again: it goes on at its
    page. Exits 1 where the access level has no full archive (403).
    """
    begin, until = _moment(start), _moment(end)
    if begin >= until:
        raise ConfigError("the span ends before it begins")
    with open_app() as app:
        visit = app.x.archive(source, begin, until)
    console.print(f"read: {parts(_told(visit.counts)) or 'nothing new'}; batches: {len(visit.batch_ids)}")


@x_app.command()
def recheck() -> None:
    """Ask X which of the posts that we keep were deleted, hidden or suspended since, and erase those everywhere.

    X's terms ask for it; the DAG tocsin_upkeep does it each night. It reads no posts of the budget. May take minutes.
    """
    with open_app() as app:
        found = dict(app.x.recheck())
    asked, gone = found.pop("asked"), found.pop("gone")
    erased = ", ".join(f"{count} in {place}" for place, count in found.items() if count)
    console.print(f"{asked} posts asked for, {gone} gone: {erased or 'nothing to erase'}")


def _told(counts: Mapping[str, int]) -> dict[str, int]:
    return {name: count for name, count in counts.items() if count}


def _moment(text: str) -> datetime:
    try:
        return parse_moment(text, "UTC").astimezone(UTC)
    except ValueError as exc:
        raise ConfigError(str(exc)) from exc


@contextmanager
def _stoppable() -> Iterator[Event]:
    """Give an event that Ctrl-C and SIGTERM set, so that what was heard is kept before we go."""
    stop = Event()
    before = {name: signal.signal(name, lambda *_: stop.set()) for name in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)
