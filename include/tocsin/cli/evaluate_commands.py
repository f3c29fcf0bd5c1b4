"""`tocsin evaluate ...`: how well single texts are judged, on labelled files of anybody's."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from tocsin.cli.evaluate_tables import show_brands, show_figures, show_language, show_pairs, show_tone
from tocsin.config import read_settings
from tocsin.errors import ConfigError
from tocsin.wiring.results import check_target

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
AnyText = Annotated[str, typer.Option(help="Column of the texts; default: the first named text, sentence, tweet ...")]

TABLE = "CSV, JSON Lines or Parquet, packed or not, with"


@evaluate_app.command("enrich")
def enrich(
    *,
    data: Annotated[Path, typer.Option(help="Folder of the public sets.")] = Path("../shared/data"),
    plot: Annotated[Path | None, typer.Option(help="Draw the tones as PNG to this file.")] = None,
    docs: Annotated[Path | None, typer.Option(help="Page of the docs whose tables are written anew.")] = None,
    json: Json = None,
) -> None:
    """Measure all that is said of single texts on the public sets: tone, language, stories, brands.

    The sets are not part of the project. Those that are not there are named and left out. The same data gives the
    same figures, and no time is in them. Plain VADER (whole text, any language) is measured beside ours.

    Example: `tocsin evaluate enrich --data ../shared/data --json include/docs/quality.json
    --docs include/docs/quality.md --plot include/docs/img/quality.png` makes the docs' figures anew.

    Exits 0 with the figures, 1 when no set is there, 2 for a wrong option.
    """
    from tocsin.wiring.evaluating import evaluate_enrich, write_page, write_plot

    for target in (json, plot):
        _check(target)
    with progress() as show:
        figures = evaluate_enrich(data, show)
    show_figures(console, figures)
    _write(figures, json)
    if plot is not None:
        console.print(f"written: {write_plot(figures, plot)}", markup=False)
    if docs is not None:
        console.print(f"written: {write_page(figures, docs)}", markup=False)


@evaluate_app.command("tone")
def tone(  # noqa: PLR0913 - one option each
    file: Annotated[Path, typer.Argument(help=f"{TABLE} a text and a label per row.")],
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
    only: Annotated[
        str, typer.Option(help="Judge only the rows whose column has this value, such as split=val.")
    ] = "",
    encoding: Encoding = "",
    json: Json = None,
) -> None:
    """Score our tone against a file's labels: accuracy, macro-F1, precision and recall with 95 % intervals.

    Labels are negative, neutral and positive in English or French, whole or short (neg, NEU, positif), in any case;
    or numbers: -1/0/1, 0/1, 0/1/2, 0/2/4, 1 to 5 stars (also `4 stars`), or ratings below and above 0. `--labels`
    says it otherwise: then only what it names counts. Rows with other labels, and without text, are counted and
    left out. A file without neutral labels is judged by the sign alone: below 0 negative, above 0 positive, and
    exactly 0 is wrong. A text in a language that we do not hear is `unknown`, which is wrong too. With `--target`,
    a text that does not hold its target is heard as a whole, and counted.

    Examples: `tocsin evaluate tone reviews.csv.gz --text comment --label stars --lang fr`

    `tocsin evaluate tone tweets.jsonl --labels '0=negative,2=neutral,4=positive' --time created_at --json out.json`

    Exits 0 with the figures, 1 when the file cannot be read or has no label that we know, 2 for a wrong option or
    column (the error names the columns there are).
    """
    from tocsin.wiring.evaluating import ToneFile, evaluate_tone

    models = read_settings(os.environ).tone_models or ""
    _check(json)
    asked = ToneFile(file, text, label, target, time, lang, labels, encoding, part_of(only), models=models)
    with progress() as show:
        result = evaluate_tone(asked, show(file.name))
    show_tone(console, result)
    _write(result, json)


@evaluate_app.command("stories")
def stories(
    file: Annotated[Path, typer.Argument(help=f"{TABLE} two texts and whether they are the same per row.")],
    *,
    text1: Annotated[str, typer.Option(help="Column of the one text.")] = "text1",
    text2: Annotated[str, typer.Option(help="Column of the other.")] = "text2",
    same: Annotated[str, typer.Option(help="Column that says 1 or 0, yes or no, same or different.")] = "same",
    encoding: Encoding = "",
    json: Json = None,
) -> None:
    """Score whether copies are told from opinions: pairs that we would make one story, against people's word.

    Each pair is given to an empty book of stories, as if both texts came at one moment. Printed are precision,
    recall and F1 of "same", accuracy, and, as information only, what other thresholds of likeness would have given:
    stories are copies and light edits, and news retold in other words are not meant to be joined. Rows that lack one
    of the texts are counted and left out.

    Example: `tocsin evaluate stories pairs.csv.gz --json out.json`

    Exits 0 with the figures, 1 when the file cannot be read, 2 for a wrong option or column.
    """
    from tocsin.wiring.evaluating import evaluate_stories

    _check(json)
    with progress() as show:
        result = evaluate_stories(file, (text1, text2, same), encoding, show(file.name))
    show_pairs(console, result)
    _write(result, json)


@evaluate_app.command("language")
def language(
    file: Annotated[Path, typer.Argument(help=f"{TABLE} a text and its language per row.")],
    *,
    text: AnyText = "",
    language: Annotated[
        str, typer.Option(help="Column of the languages (fr, fr-FR, fra, French); default: language, lang ...")
    ] = "",
    encoding: Encoding = "",
    json: Json = None,
) -> None:
    """Score whether French and English are told, by the length of the text; every other language should be `und`.

    Below three words a text has no language of its own, so that `und` (we do not know) is what we promise there: such
    texts are in a line of their own.

    Example: `tocsin evaluate language sentences.csv.gz --language lang`

    Exits 0 with the figures, 1 when the file cannot be read, 2 for a wrong option or column.
    """
    from tocsin.wiring.evaluating import evaluate_language

    _check(json)
    with progress() as show:
        result = evaluate_language(file, text, language, encoding, show(file.name))
    show_language(console, result)
    _write(result, json)


@evaluate_app.command("brands")
def brands(
    file: Annotated[Path, typer.Argument(help=f"{TABLE} a text and the brands it concerns per row.")],
    *,
    config: Annotated[Path, typer.Option(help="Folder of brands.yaml.")] = Path("include/config"),
    text: AnyText = "",
    brands: Annotated[
        str,
        typer.Option(help="Column of the brands: ids, names or aliases with ; between; default: brands, brand ..."),
    ] = "",
    errors: Annotated[int, typer.Option(min=0, help="Wrong texts that are shown; the JSON has all.")] = 20,
    encoding: Encoding = "",
    json: Json = None,
) -> None:
    """Score which brands are found: precision and recall per brand, and the texts that were judged wrongly.

    An empty cell (or `none`) says that a text concerns no brand: without such rows nobody sees false matches. Names
    that no brand of the config has are counted and left out.

    Example: `tocsin evaluate brands homonyms.csv --config include/config`

    Exits 0 with the figures, 1 when the file cannot be read, 2 for a wrong option, column or config.
    """
    from tocsin.wiring.evaluating import evaluate_brands

    _check(json)
    with progress() as show:
        result = evaluate_brands(file, config, text, brands, encoding, show(file.name))
    show_brands(console, result, errors)
    _write(result, json)


def part_of(only: str) -> tuple[str, str]:
    """Read `--only column=value`; empty is all of a file."""
    column, sign, value = only.partition("=")
    if only and not sign:
        raise ConfigError(f"--only: {only!r} names no value; write column=value, such as split=val")
    return column.strip(), value.strip()


def _check(json: Path | None) -> None:
    """Say before the work, not after, that its result cannot be written."""
    if json is not None:
        check_target(json)


def _write(result: object, json: Path | None) -> None:
    from tocsin.wiring.evaluating import write_result

    if json is not None:
        console.print(f"written: {write_result(result, json)}", markup=False)


@contextmanager
def progress() -> Iterator[Callable[[str], Callable[[int, int], None]]]:
    """Show on stderr what is being done and how far it is; a pipe there shows nothing."""
    with Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=errors,
        transient=True,
        disable=not errors.is_terminal,
    ) as bar:

        def show(what: str) -> Callable[[int, int], None]:
            task = bar.add_task(what, total=None)
            return lambda done, total: bar.update(task, completed=done, total=total, visible=done < total)

        yield show
