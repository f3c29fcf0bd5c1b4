"""`tocsin tone ...`: a model of tone that learns from a team's own labels."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tocsin.cli.evaluate_commands import TABLE, part_of
from tocsin.evaluate.estimates import shown

if TYPE_CHECKING:  # learning loads the language model and numpy
    from tocsin.wiring.training import Trained

console = Console(width=None if sys.stdout.isatty() else 140, highlight=False)
errors = Console(stderr=True)

tone_app = typer.Typer(help="Tone: train a model on texts that your team has labelled.", no_args_is_help=True)


@tone_app.callback()
def _group() -> None:
    """Keep `train` a command of its own."""


@tone_app.command("train")
def train(  # noqa: PLR0913 - one option each
    file: Annotated[Path, typer.Argument(help=f"{TABLE} a text and a label per row.")],
    *,
    text: Annotated[str, typer.Option(help="Column of the texts.")] = "text",
    label: Annotated[str, typer.Option(help="Column of the labels.")] = "label",
    lang: Annotated[
        Literal["fr", "en", "auto"], typer.Option(help="Language of the texts; auto: a model for each that is found.")
    ] = "auto",
    labels: Annotated[
        str,
        typer.Option(help="What labels mean, as for `tocsin evaluate tone`: `0=negative,4=positive`, `stars` ..."),
    ] = "",
    author: Annotated[str, typer.Option(help="Column of the authors: nobody is on both sides of a test.")] = "",
    time: Annotated[str, typer.Option(help="Column of the times: the last 30 % are tested by what was before.")] = "",
    only: Annotated[str, typer.Option(help="Learn only from rows whose column has this value: split=train.")] = "",
    encoding: Annotated[
        str, typer.Option(help="How the file is written, such as cp1252; default: it is found.")
    ] = "",
    out: Annotated[Path, typer.Option(help="Folder for the models and their cards.")] = Path("tone-models"),
) -> None:
    """Train a model of tone on labelled texts, test it honestly beside the rules, and write it with its card.

    The model (a linear one over words, pairs, runs of letters and what the rules say) is `tone-en.npz` or
    `tone-fr.npz`; the card beside it says what it learnt from and how well it does on texts that it did not learn
    from, near-copies kept together. The same file gives the same model. Probabilities are calibrated.

    Use it by TOCSIN_TONE_MODELS=FOLDER; `tocsin doctor` says whether it is. Train again when the rules have changed.

    Example: `tocsin tone train verdicts.csv --label tone --author author --time posted --out tone-models`

    Exits 0 with the models, 1 when there is too little to learn from or the file cannot be read, 2 for a wrong
    option.
    """
    from datetime import UTC

    from tocsin.wiring.evaluating import ToneFile
    from tocsin.wiring.outside import SystemClock
    from tocsin.wiring.training import train_tone

    asked = ToneFile(file, text, label, "", time, lang, labels, encoding, part_of(only), author)
    with errors.status("reading the file") as status:
        trained = train_tone(asked, out, SystemClock().now().astimezone(UTC), status.update)
    for one in trained:
        show_trained(one)
    console.print(Text(f"to use: TOCSIN_TONE_MODELS={out}"))


def show_trained(one: "Trained") -> None:
    """Print how the model and the rules do on texts that the model did not learn from."""
    from tocsin.evaluate.model_card import validations, verdict

    facts = one.facts
    rows = ", ".join(f"{count} {name}" for name, count in facts.rows.items())
    console.print(Text(f"{facts.language}: learnt from {sum(facts.rows.values())} texts ({rows})"))
    out = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in facts.left_out.items() if count)
    if out:
        console.print(Text(f"left out: {out}"))
    for name, found in validations(facts.validated):
        table = Table("", "model", "rules alone", title=f"{name}: {found.rows} texts")
        table.add_row("accuracy", shown(found.model.accuracy), shown(found.rules.accuracy))
        table.add_row("macro-F1", shown(found.model.macro_f1), shown(found.rules.macro_f1))
        for tone in found.model.given:
            ours, theirs = found.model.of(tone), found.rules.of(tone)
            table.add_row(f"{tone} recall", shown(ours.recall), shown(theirs.recall))
            table.add_row(f"{tone} precision", shown(ours.precision), shown(theirs.precision))
        console.print(table)
        console.print(f"gain in macro-F1 {shown(found.gain)}: {verdict(found.gain)}")
    held = facts.validated.calibration
    console.print(
        f"calibration error {held.after:.3f} at temperature {held.temperature:g}, {held.before:.3f} without"
    )
    console.print(Text(f"written: {one.model}, {one.card}"))
