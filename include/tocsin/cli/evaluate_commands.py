"""`tocsin evaluate ...`: how well single texts are judged, on labelled files of anybody's."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from tocsin.cli.evaluate_tables import show_tone
from tocsin.wiring.evaluating import Progress as Told
from tocsin.wiring.evaluating import ToneFile, evaluate_tone, write_result
from tocsin.wiring.replay import check_target

console = Console(width=None if sys.stdout.isatty() else 140, highlight=False)
errors = Console(stderr=True)

evaluate_app = typer.Typer(
    help="How well texts are judged, measured on files that people have labelled; nothing is stored.",
    no_args_is_help=True,
)

Json = Annotated[Path | None, typer.Option(help="Write the same figures as JSON to this file.")]
Encoding = Annotated[
    str, typer.Option(help="How the file is written, such as cp1252; default: UTF-8 or what its first bytes say.")
]
Text = Annotated[str, typer.Option(help="Column of the texts.")]


@evaluate_app.command("tone")
def tone(
    file: Annotated[
        Path, typer.Argument(help="CSV, JSON Lines or Parquet with a text and a label per row; packed or not.")
    ],
    *,
    text: Text = "text",
    label: Annotated[str, typer.Option(help="Column of the labels that people gave.")] = "label",
    lang: Annotated[
        Literal["fr", "en", "auto"], typer.Option(help="Language of the texts; auto: read from each.")
    ] = "auto",
    target: Annotated[
        str, typer.Option(help="Column that names a brand or term: the tone towards it is scored.")
    ] = "",
    time: Annotated[str, typer.Option(help="Column of the times: the figures are shown period by period too.")] = "",
    labels: Annotated[
        str,
        typer.Option(help="What labels mean: `0=negative,4=positive`, `stars` (1 to 5), `sign`; default: see below."),
    ] = "",
    encoding: Encoding = "",
    json: Json = None,
) -> None:
    """Score our tone against a file's labels: accuracy, macro-F1, precision and recall with 95 % intervals.

    Labels are negative, neutral and positive in English or French, whole or short (neg, NEU, positif), in any case;
    or numbers: -1/0/1, 0/1, 0/1/2, 0/2/4, 1 to 5 stars, or ratings below and above 0. `--labels` says it otherwise:
    then only what it names counts. Rows with other labels, and without text, are counted and left out. A file without
    neutral labels is judged by the sign alone: below 0 negative, above 0 positive, and exactly 0 is wrong. A text in
    a language that we do not hear is `unknown`, which is wrong too. With `--target`, a text that does not hold its
    target is heard as a whole, and counted.

    Examples: `tocsin evaluate tone reviews.csv.gz --text comment --label stars --lang fr`

    `tocsin evaluate tone tweets.jsonl --labels '0=negative,2=neutral,4=positive' --time created_at --json out.json`

    Exits 0 with the figures, 1 when the file cannot be read or has no label that we know, 2 for a wrong option or
    column (the error names the columns there are).
    """
    if json is not None:
        check_target(json)
    asked = ToneFile(file, text, label, target, time, lang, labels, encoding)
    with progress_bar(file.name) as told:
        result = evaluate_tone(asked, told)
    show_tone(console, result)
    if json is not None:
        console.print(f"written: {write_result(result, json)}", markup=False)


@contextmanager
def progress_bar(what: str) -> Iterator[Told]:
    """Show on stderr how far long work is; a pipe there shows nothing."""
    with Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=errors,
        transient=True,
        disable=not errors.is_terminal,
    ) as bar:
        task = bar.add_task(what, total=None)

        def told(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield told
