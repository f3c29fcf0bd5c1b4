"""`tocsin sources try`: how a file would be read, before it becomes a source."""

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tocsin.cli.replay_command import read_zone
from tocsin.collect.read_file import ColumnMap
from tocsin.model import BadItem, RawItem
from tocsin.wiring.trial import LOOKED_AT, Trial, TriedRow, try_file

console = Console(width=None if sys.stdout.isatty() else 140)

_CELL = 300
_TOLD = 5


def try_(
    file: Annotated[Path, typer.Argument(help="CSV, JSONL, Parquet, mbox, WARC or kept feeds; packed or not.")],
    columns: Annotated[
        Path | None, typer.Option(help="YAML that names the columns of a table; left out, one is proposed.")
    ] = None,
    rows: Annotated[int, typer.Option(min=1, max=100, help="Rows that are shown.")] = 3,
    time_zone: Annotated[str, typer.Option(help="Zone in which times are shown besides UTC.")] = "Europe/Paris",
) -> None:
    """Show the first rows of a file as they would be read: each column, the time in two zones, what would be refused.

    Nothing is kept. Without a map the columns are shown as they stand, with a map to begin with: save it, correct it,
    try again, then name both in sources.yaml (kind: file).

    Example: `tocsin sources try posts.csv.gz --columns posts.map.yaml`
    """
    zone = read_zone(time_zone)
    trial = try_file(file, columns)
    if not trial.rows:
        console.print("The file has no rows.")
        return
    for row in trial.rows[:rows]:
        console.print(_table(row, trial.columns, zone))
    console.print(_propose(trial) if trial.columns is None else _sum_up(trial))


def _table(row: TriedRow, columns: ColumnMap | None, zone: ZoneInfo) -> Table:
    named = {column: word for word, column in columns.named().items()} if columns else {}
    table = Table("column", "in the file", "is", "read as", title=Text(_plain(row.where)), title_justify="left")
    for column, cell in row.cells.items():
        word = named.get(column, "")
        became = _became(word, row.read, zone) if word and isinstance(row.read, RawItem) else ""
        table.add_row(
            Text(_plain(column)), Text(_plain(cell)), word or ("not read" if columns else ""), Text(_plain(became))
        )
    if isinstance(row.read, BadItem) and row.read.reason:
        excerpt = "" if row.cells else row.read.excerpt
        table.add_row("refused", Text(_plain(excerpt)), "", Text(_plain(row.read.reason), style="red"))
    return table


def _became(word: str, item: RawItem, zone: ZoneInfo) -> str:
    """What became of a cell, as the store will have it."""
    if word == "time":
        return f"{_moment(item.published_at)} UTC = {_moment(item.published_at.astimezone(zone))} {zone.key}"
    told = {
        "text": item.text,
        "title": item.title,
        "author": "kept as a pseudonym only" if item.author else "nobody",
        "brand": ", ".join(item.brands) if item.brands else "looked for in the text",
        "source": item.source_id,
        "url": item.url or "no address",
        "language": item.language or "looked at in the text",
        "network": item.network,
    }
    return told.get(word, "known by it")


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}"


def _propose(trial: Trial) -> Text:
    return Text(f"A table needs a column map. One to begin with:\n\n{_lines(trial.proposal)}")


def _sum_up(trial: Trial) -> Text:
    refused = [row.read.reason for row in trial.rows if isinstance(row.read, BadItem)]
    looked = f"the first {LOOKED_AT}" if len(trial.rows) == LOOKED_AT else f"all {len(trial.rows)}"
    told = [f"Of {looked} rows {len(trial.rows) - len(refused)} would be read, {len(refused)} refused."]
    told += [f"- {_plain(reason)}" for reason in refused[:_TOLD]]
    if len(refused) > _TOLD:
        told.append(f"- and {len(refused) - _TOLD} more")
    return Text("\n".join(told))


def _lines(text: str) -> str:
    return "\n".join(_plain(line) for line in text.splitlines())


def _plain(text: str) -> str:
    """Text of strangers for a terminal: on one line, without signs that steer it."""
    return "".join(sign if sign.isprintable() else "·" for sign in text[:_CELL]) + ("…" if len(text) > _CELL else "")
