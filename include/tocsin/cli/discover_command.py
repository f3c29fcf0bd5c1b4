"""`tocsin sources discover`: from a site's address to a table of what can be read, and into sources.yaml."""

import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tocsin.collect.discover import Candidate, Discovery
from tocsin.errors import PermanentError
from tocsin.model import SourceKind

console = Console()


def discover(
    url: Annotated[
        str, typer.Argument(help="Address of the site, or of one of its pages; https:// may be left out.")
    ],
    add: Annotated[bool, typer.Option("--add", help="Write the chosen ones into sources.yaml.")] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="Choose all feeds without asking; archives are chosen by hand.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was found as JSON.")] = False,
    spacing: Annotated[float, typer.Option(min=0.2, max=60.0, help="Seconds between two requests.")] = 1.0,
) -> None:
    """Find a site's feeds, its news sitemap and an archive that can be read, each one tried and shown.

    At most 25 requests, with pauses, as robots.txt allows. Feeds that sources.yaml has are said, and not added again.
    """
    from tocsin.wiring import discovery

    found = discovery.look_at(os.environ, url, spacing=spacing)
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
    else:
        _show(found)
    if not found.candidates:
        raise PermanentError(f"{found.url}: nothing that can be read was found; name the page where its news stand")
    if add:
        chosen = _choose(found.candidates, yes=yes or as_json)
        path, ids = discovery.add(os.environ, chosen)
        typer.echo(f"added to {path}: {', '.join(ids)}" if ids else "nothing was added", err=as_json)


def _choose(candidates: Sequence[Candidate], *, yes: bool) -> list[Candidate]:
    feeds = [one for one in candidates if one.kind is SourceKind.FEED and not one.known_as]
    if yes:
        return feeds
    usual = ",".join(str(number) for number, one in enumerate(candidates, 1) if one in feeds) or "none"
    said = typer.prompt("Which ones? Numbers, or none", default=usual)
    numbers = [word for word in said.replace(",", " ").split() if word != "none"]
    wrong = [word for word in numbers if not word.isdecimal() or not 1 <= int(word) <= len(candidates)]
    if wrong:
        raise PermanentError(f"{wrong[0]!r} is no number of the table; nothing was added")
    return [candidates[int(word) - 1] for word in numbers]


def _show(found: Discovery) -> None:
    table = Table("", "what and where", "language", "entries", "newest", title=Text(f"{found.title or found.url}"))
    for number, one in enumerate(found.candidates, 1):
        what = Text(f"{one.kind}, {one.found}: {one.title}\n{one.url}", overflow="fold")
        if one.known_as:
            what.append(f"\nis read already, as {one.known_as}", style="bold")
        many = f"{one.entries}, every {_short(one.every)}" if one.every else str(one.entries)
        newest = "\n".join(f"{_day(at)} {title[:60]}" for at, title in one.newest)
        table.add_row(str(number), what, one.language or "?", many, Text(newest))
    console.print(table)
    for line in found.refused:
        console.print(Text(f"not read: {line}"))


def _day(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at else "no time"


def _short(every: timedelta) -> str:
    for unit, seconds in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if every.total_seconds() >= seconds:
            return f"{every.total_seconds() / seconds:.0f} {unit}"
    return f"{every.total_seconds():.0f} s"
