"""The figures of `tocsin evaluate` as tables for a terminal."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tocsin.evaluate.estimates import shown
from tocsin.model import Tone

if TYPE_CHECKING:  # they bring the language model, which only judging pays
    from tocsin.evaluate.brands import BrandScore
    from tocsin.evaluate.confusion import Scores
    from tocsin.evaluate.figures import Figures
    from tocsin.evaluate.tone import Period
    from tocsin.wiring.evaluating import BrandsResult, LanguageResult, StoriesResult, ToneResult

INTERVALS = "95 % intervals: Wilson for shares, bootstrap (1,000 draws, fixed seed) for F1."
_LISTED = 8


def show_tone(console: Console, result: "ToneResult") -> None:
    """Print what was counted, the confusion, the figures in all, per class and per period."""
    _show_rows(console, result.file, result.rows, result.problems)
    console.print(Text(f"labels: {result.labels}; heard by: {result.heard_by}"))
    if result.other_labels:
        console.print(Text(f"left out, other labels: {_listed(result.other_labels)}"))
    console.print(Text(f"languages: {_listed(result.tone.languages)}"))
    if result.tone.by_sign:
        console.print("no label is neutral: judged by the sign alone; a valence of exactly 0 (neutral) is wrong")
    scores = result.tone.scores
    if scores is None:
        console.print("nothing to score")
        return
    _show_scores(console, scores)
    if result.tone.pearson is not None:
        console.print(f"Pearson of valence and label {shown(result.tone.pearson)}")
    if result.tone.periods:
        console.print(period_table(result.tone.periods))
    console.print(f"{result.texts_per_second:,.0f} texts per second, reading included. {INTERVALS}")


def show_pairs(console: Console, result: "StoriesResult") -> None:
    """Print how pairs were joined, and what other thresholds would have given."""
    _show_rows(console, result.file, result.rows, result.problems)
    if result.other_labels:
        console.print(Text(f"left out, other labels: {_listed(result.other_labels)}"))
    _show_scores(console, result.pairs.scores)
    table = Table("alike from", "accuracy", "precision", "recall", title="If all pairs were joined that are so alike")
    for cut in result.pairs.cuts:
        table.add_row(
            f"{cut.at:.2f}", shown(cut.accuracy), shown(cut.precision), shown(cut.recall),
            style="bold" if cut == result.pairs.best else None,
        )  # fmt: skip
    console.print(table)
    best = result.pairs.best
    console.print(
        f"stories join from {result.pairs.threshold:.2f} on; best on this file, for information: {best.at:.2f} with "
        f"accuracy {shown(best.accuracy)}. {INTERVALS}"
    )


def show_language(console: Console, result: "LanguageResult") -> None:
    """Print the confusion of languages and the figures by length."""
    _show_rows(console, result.file, result.rows, result.problems)
    _show_scores(console, result.language.scores)
    table = Table("length", "texts", "right", "unknown, though watched", "wrong language", title="By length")
    for part in result.language.lengths:
        table.add_row(part.name, str(part.rows), shown(part.right), shown(part.unsaid), shown(part.wrong))
    console.print(table)
    console.print(f"accuracy from three words on {shown(result.language.long_enough)}")
    console.print(f"{result.texts_per_second:,.0f} texts per second, reading included. {INTERVALS}")


def show_brands(console: Console, result: "BrandsResult", most: int) -> None:
    """Print precision and recall per brand that occurs, and the first `most` texts that were judged wrongly."""
    _show_rows(console, result.file, result.rows, result.problems)
    if result.strange:
        console.print(Text(f"no brand of the config: {_listed(result.strange)}"))
    table = Table("brand", "expected", "found", "right", "precision", "recall", title="Brands")
    for one in result.brands.brands:
        if one.expected or one.found:
            table.add_row(*_brand_row(one))
    table.add_row(*_brand_row(result.brands.together), style="bold")
    console.print(table)
    console.print(f"texts with all of their brands and no other {shown(result.brands.exact)}. {INTERVALS}")
    for error in result.brands.errors[:most]:
        said = [f"missed {', '.join(error.missed)}"] * bool(error.missed)
        said += [f"wrongly {', '.join(error.wrongly)}"] * bool(error.wrongly)
        console.print(Text(f"{error.where}: {'; '.join(said)}: {_plain(error.text, 160)}"))
    if len(result.brands.errors) > most:
        console.print(f"and {len(result.brands.errors) - most} more; --errors shows more, --json has all")


def show_figures(console: Console, figures: "Figures") -> None:
    """Print everything that was measured on the public sets."""
    table = Table("tone", "lang", "texts", "accuracy", "macro-F1", "neg. recall", "neg. precision", "plain VADER F1")
    for one in figures.tone:
        cells = (one.accuracy, one.macro_f1, one.negative_recall, one.negative_precision, one.plain_macro_f1)
        table.add_row(one.set, one.language, str(one.rows), *map(shown, cells))
    console.print(table)
    for one in figures.tone:
        if one.pearson:
            console.print(f"Pearson of valence and label, {one.set}: {shown(one.pearson)}")
    table = Table("language", "texts", "right", "unknown, though watched", "wrong language")
    for part in figures.language:
        table.add_row(part.length, str(part.rows), shown(part.right), shown(part.unsaid), shown(part.wrong))
    console.print(table)
    table = Table("stories", "of", "share")
    for story in figures.stories:
        table.add_row(story.what, str(story.rows), shown(story.share))
    console.print(table)
    table = Table("brands", "texts", "precision", "recall")
    for brand in figures.brands:
        table.add_row(brand.set, str(brand.rows), shown(brand.precision), shown(brand.recall))
    console.print(table)
    if figures.missing:
        console.print(Text(f"not there, so not judged: {', '.join(figures.missing)}"))
    console.print(INTERVALS)


def _brand_row(one: "BrandScore") -> tuple[str, ...]:
    return (one.brand, str(one.expected), str(one.found), str(one.right), shown(one.precision), shown(one.recall))


def _show_rows(console: Console, file: str, rows: Mapping[str, int], problems: tuple[str, ...]) -> None:
    console.print(Text(f"{file}: {_counted(rows)}"))
    for problem in problems:
        console.print(Text(f"not read: {_plain(problem, 300)}"))


def _show_scores(console: Console, scores: "Scores") -> None:
    console.print(confusion_table(scores))
    console.print(class_table(scores))
    console.print(f"accuracy {shown(scores.accuracy)}   macro-F1 {shown(scores.macro_f1)}")


def confusion_table(scores: "Scores") -> Table:
    """Lay out people's classes as lines and ours as columns."""
    table = Table("people said", *(f"we: {word}" for word in scores.said), title="Confusion")
    for column in table.columns[1:]:
        column.justify = "right"
    for name, counts in zip(scores.given, scores.confusion, strict=True):
        table.add_row(Text(name), *map(str, counts))
    return table


def class_table(scores: "Scores") -> Table:
    """Lay out precision, recall and F1 of each class."""
    table = Table("class", "rows", "precision", "recall", "F1", title="Per class")
    for found in scores.classes:
        table.add_row(Text(found.name), str(found.rows), shown(found.precision), shown(found.recall), shown(found.f1))
    return table


def period_table(periods: "tuple[Period, ...]") -> Table:
    """Lay out the figures per period, oldest first."""
    table = Table("period (UTC)", "rows", "accuracy", "macro-F1", "neg. recall", "neg. precision", title="Over time")
    for period in periods:
        scores = period.scores
        negative = next((found for found in scores.classes if found.name == Tone.NEGATIVE), None)
        table.add_row(
            period.name,
            str(scores.rows),
            shown(scores.accuracy),
            shown(scores.macro_f1),
            shown(negative.recall if negative else None),
            shown(negative.precision if negative else None),
        )
    return table


def _counted(counts: Mapping[str, int]) -> str:
    told = [f"{counts['read']} rows read", f"{counts['judged']} judged"]
    others = {name: count for name, count in counts.items() if name not in {"read", "judged"} and count}
    return ", ".join(told + [f"{count} {name.replace('_', ' ')}" for name, count in others.items()])


def _listed(counts: Mapping[str, int]) -> str:
    listed = ", ".join(f"{_plain(name)} {count}" for name, count in list(counts.items())[:_LISTED])
    return listed + (f" and {len(counts) - _LISTED} more" if len(counts) > _LISTED else "")


def _plain(text: str, most: int = 40) -> str:
    """A stranger's text: on one line, short, without signs that steer a terminal."""
    told = "".join(sign if sign.isprintable() else "·" for sign in text[:most])
    return (told or "(empty)") + ("…" if len(text) > most else "")
