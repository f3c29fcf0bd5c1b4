"""`tocsin store ...`: what is done to the store as a whole."""

import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress
from rich.table import Table

from tocsin.errors import TocsinError
from tocsin.move.shelves import compare_stores, count_store
from tocsin.move.step import Copied, Told, copy_store
from tocsin.wiring.elastic import open_team_store
from tocsin.wiring.moving import open_two
from tocsin.wiring.outside import SystemClock

store_app = typer.Typer(help="Care for the store as a whole.", no_args_is_help=True)
# Lines that a pipe or a shell takes as they are: never broken, never coloured by what is in them.
console = Console(soft_wrap=True, highlight=False, markup=False)
errors = Console(stderr=True)

Repository = Annotated[str, typer.Argument(help="Name of a snapshot repository that the cluster knows.")]


@store_app.command()
def copy(
    source: Annotated[
        str | None, typer.Option("--from", help="Store to read, as TOCSIN_STORE; default: the file in TOCSIN_HOME.")
    ] = None,
    target: Annotated[str | None, typer.Option("--to", help="Store to fill; default: that of TOCSIN_STORE.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count what is there and here.")] = False,
) -> None:
    """Copy all that one store keeps into another: a pilot's SQLite file into the team's Elasticsearch, or back.

    Nothing is written to the first one. Stopped at any point it may be run again: what is over is recognised by its
    id. At the end both are counted: 0 when every kind has as many there as here, 1 when not. The API key comes from
    TOCSIN_ELASTICSEARCH_API_KEY. Stop what writes to the first one, or run this again afterwards.
    """
    copied: Sequence[Copied] = ()
    with open_two(os.environ, source, target) as (there, here):
        if not dry_run:
            with Progress(*Progress.get_default_columns()[:1], MofNCompleteColumn(), console=errors) as progress:
                copied = copy_store(there, here, SystemClock().now(), _telling(progress, count_store(there)))
            _show_copied(copied)
        compared = compare_stores(there, here)
    table = Table("kind", "there", "here", "equal")
    for one in compared:
        table.add_row(one.kind, f"{one.there:,}", f"{one.here:,}", "yes" if one.there == one.here else "no")
    Console().print(table)
    unequal = [] if dry_run else [one.kind for one in compared if one.there != one.here]
    refused = sum(one.refused for one in copied)
    wrong = [f"{refused} refused, for the reasons above"] if refused else []
    if unequal:
        wrong.append(f"not equal: {', '.join(unequal)}; run it again, or the second store had some of its own")
    if wrong:
        raise TocsinError("; ".join(wrong))


def _telling(progress: Progress, totals: Mapping[str, int]) -> Told:
    bars = {kind: progress.add_task(kind, total=total) for kind, total in totals.items()}
    return lambda kind, done: progress.update(bars[kind], completed=done)


def _show_copied(copied: Sequence[Copied]) -> None:
    for one in copied:
        console.print(f"{one.kind}: {one.stored:,} stored, {one.held:,} were here, {one.refused:,} refused")
        for reason in one.reasons:
            console.print(f"  {reason[:300]}")


@store_app.command()
def reindex(
    every: Annotated[
        bool, typer.Option("--all", help="Also months that are up to date: after a brand's renaming.")
    ] = False,
) -> None:
    """Move months of an older mapping into new indices behind their names, while others write and read.

    Writers wait for the last moments of each month, readers never. Stopped at any point it may be run again; run it
    once at a time. The key needs `manage` besides: include/docs/elasticsearch.md.
    """
    with open_team_store() as stores:
        for kind in stores.monthly:
            moving = stores.reindexing(kind)
            months = tuple(moving.months()) if every else moving.outdated()
            for number, month in enumerate(months, start=1):
                with errors.status(f"{month} ({number} of {len(months)})"):
                    moved = moving.move(month)
                console.print(f"{month}: {moved.documents:,} documents moved")
            if not months:
                console.print(f"{kind}: every month is up to date")


@store_app.command()
def snapshot(
    repository: Repository,
    name: Annotated[str, typer.Option(help="Name of the snapshot; by default the moment in UTC.")] = "",
    location: Annotated[str, typer.Option(help="Make the repository this folder, under the nodes' path.repo.")] = "",
) -> None:
    """Take a snapshot of all that Tocsin keeps in Elasticsearch; the pipeline goes on meanwhile."""
    name = name or f"tocsin-{datetime.now(UTC):%Y%m%dt%H%M%Sz}".lower()  # noqa: TID251 - names a file, decides nothing
    with open_team_store() as stores:
        snapshots = stores.snapshots(repository)
        if location:
            snapshots.register(location)
        with errors.status(f"taking {name}"):
            taken = snapshots.take(name)
    console.print(f"{taken.name}: {len(taken.indices)} indices, {taken.state.lower()}")


@store_app.command()
def snapshots(repository: Repository) -> None:
    """List a repository's snapshots, oldest first."""
    table = Table("snapshot", "state", "taken", "indices")
    with open_team_store() as stores:
        for found in stores.snapshots(repository).all():
            table.add_row(found.name, found.state.lower(), f"{found.at:%Y-%m-%d %H:%M} UTC", str(len(found.indices)))
    Console().print(table)


@store_app.command()
def restore(
    repository: Repository,
    name: Annotated[str, typer.Argument(help="Name of the snapshot.")],
    prefix: Annotated[str, typer.Option("--as", help="Bring it back under this prefix, beside what is there.")] = "",
) -> None:
    """Bring a snapshot back. Nothing is overwritten: what stands under the prefix already makes it stop."""
    with open_team_store() as stores:
        with errors.status(f"restoring {name}"):
            restored = stores.snapshots(repository).restore(name, prefix or stores.indices.prefix)
        for index in restored:
            console.print(index)
    if prefix:
        console.print(f"# To use it: TOCSIN_ELASTICSEARCH_PREFIX={prefix}")
