"""`tocsin replay`: live an archive again and print what would have happened."""

import os
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from tocsin.config import read_settings
from tocsin.errors import ConfigError
from tocsin.replay.score import Outcome
from tocsin.wiring.results import check_target

# A pipe has no width: wide enough that neither a moment nor a list of mails is broken over two lines.
console = Console(width=None if sys.stdout.isatty() else 140)
errors = Console(stderr=True)


def replay(
    archive: Annotated[
        Path, typer.Argument(help="Recorded posts: CSV, JSONL, Parquet, mbox, WARC, kept feeds; packed or not.")
    ],
    config: Annotated[Path, typer.Option(help="Folder with brands.yaml and people.yaml.")],
    columns: Annotated[
        Path | None, typer.Option(help="YAML that names the columns of a table (id, time, text, ...).")
    ] = None,
    json: Annotated[Path | None, typer.Option(help="Write the same result as JSON to this file.")] = None,
    time_zone: Annotated[str, typer.Option(help="Zone in which times are printed; the JSON is in UTC.")] = "UTC",
) -> None:
    """Run an archive through the live steps on a moved clock, and say who would have been told, when.

    Nothing is sent and no live store is touched. The same archive and config give the same result.

    Example: `tocsin replay airlines.csv.gz --columns include/config/examples/us_airlines/columns.yaml
    --config include/config/examples/us_airlines --time-zone America/Los_Angeles`
    """
    from tocsin.wiring.replay import replay_archive, write_outcome

    zone = read_zone(time_zone)
    if json is not None:
        check_target(json)
    tone_models = read_settings(os.environ).tone_models
    started = time.perf_counter()
    with Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=errors
    ) as bar:
        task = bar.add_task("reading the archive", total=None)

        def show(at: datetime, done: int, total: int) -> None:
            bar.update(task, description=f"{at.astimezone(zone):%Y-%m-%d %H:%M}", completed=done, total=total)

        outcome = replay_archive(archive, columns, config, tone_models=tone_models, progress=show)
    seconds = time.perf_counter() - started
    console.print(incident_table(outcome, zone))
    console.print(step_table(outcome))
    read = outcome.steps.get("collect", {}).get("came_in", 0)
    console.print(
        f"{read} rows in {seconds:.1f} s: {read / max(seconds, 1e-9):.0f} per second, models loaded included"
    )
    if json is not None:
        console.print(f"written: {write_outcome(outcome, json)}")


def incident_table(outcome: Outcome, zone: ZoneInfo) -> Table:
    """Lay out the incidents per brand; a calm brand has a line that says so."""
    table = Table(title=f"Incidents per brand, times in {zone.key}")
    for name in ("brand", "since", "opened", "closed", "severity"):
        table.add_column(name, no_wrap=True)
    for name in ("x usual", "mentions", "mails"):
        table.add_column(name, justify="right", no_wrap=name != "mails")
    for brand in outcome.brands:
        if not brand.incidents:
            table.add_row(Text(brand.name), "calm throughout", style="dim")
        for line in brand.incidents:
            since, opened, closed = (local(at, zone) for at in (line.since, line.opened, line.closed))
            mails = ", ".join(f"{number} {reason}" for reason, number in line.mails.items()) or "none"
            numbers = (f"{line.factor:.1f}", str(line.mentions), mails)
            table.add_row(Text(brand.name), since, opened, closed, line.severity, *numbers)
    return table


def step_table(outcome: Outcome) -> Table:
    """Lay out what each step did, so that the counts can be added up."""
    table = Table("step", "came in", "of which", title="What each step did")
    for step, counts in outcome.steps.items():
        parts = ", ".join(f"{n} {name}" for name, n in counts.items() if name != "came_in")
        table.add_row(step, str(counts["came_in"]), parts)
    return table


def local(at: datetime | None, zone: ZoneInfo) -> str:
    """Write a moment in the zone; an incident that never closed says so."""
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}" if at else "still open"


def read_zone(name: str) -> ZoneInfo:
    """Look the time zone up by its IANA name."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError) as exc:
        raise ConfigError(f"unknown time zone '{name}': use an IANA name such as Europe/Paris") from exc
