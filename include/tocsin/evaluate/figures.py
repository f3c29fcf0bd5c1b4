"""All figures on public data as one record, and the tables that the docs show of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tocsin.evaluate.brands import BrandScores
from tocsin.evaluate.estimates import Estimate, shown
from tocsin.evaluate.language import LanguageScores
from tocsin.evaluate.stories import PairScores
from tocsin.evaluate.tone import ToneScores
from tocsin.model import Tone

BEGIN, END = "<!-- figures: written by `tocsin evaluate enrich` -->", "<!-- end of figures -->"


@dataclass(frozen=True, slots=True)
class ToneFigures:
    """The tone on one set, and what plain VADER reaches on the same rows."""

    set: str
    language: str
    rows: int
    by_sign: bool
    """True: it has no neutral labels."""
    accuracy: Estimate
    macro_f1: Estimate
    negative_recall: Estimate | None
    negative_precision: Estimate | None
    pearson: Estimate | None
    plain_macro_f1: Estimate


@dataclass(frozen=True, slots=True)
class LengthFigures:
    """The language of texts of one length."""

    length: str
    rows: int
    right: Estimate
    unsaid: Estimate
    wrong: Estimate


@dataclass(frozen=True, slots=True)
class StoryFigures:
    """Copies: what was asked, and which share was right."""

    what: str
    rows: int
    share: Estimate


@dataclass(frozen=True, slots=True)
class BrandFigures:
    """The brands found in one set."""

    set: str
    rows: int
    precision: Estimate | None
    recall: Estimate | None


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that was measured; the same data and code give the same bytes."""

    tone: tuple[ToneFigures, ...]
    language: tuple[LengthFigures, ...]
    stories: tuple[StoryFigures, ...]
    brands: tuple[BrandFigures, ...]
    missing: tuple[str, ...] = ()
    """Files of the sets that were not there."""


def tone_figures(name: str, language: str, ours: ToneScores, plain: ToneScores) -> ToneFigures | None:
    """Sum up one set; None where no row of it could be judged."""
    if ours.scores is None or plain.scores is None:
        return None
    negative = next((one for one in ours.scores.classes if one.name == Tone.NEGATIVE), None)
    return ToneFigures(
        set=name,
        language=language,
        rows=ours.scores.rows,
        by_sign=ours.by_sign,
        accuracy=ours.scores.accuracy,
        macro_f1=ours.scores.macro_f1,
        negative_recall=negative.recall if negative else None,
        negative_precision=negative.precision if negative else None,
        pearson=ours.pearson,
        plain_macro_f1=plain.scores.macro_f1,
    )


def language_figures(scores: LanguageScores) -> tuple[LengthFigures, ...]:
    """Sum up the languages, by length."""
    return tuple(LengthFigures(one.name, one.rows, one.right, one.unsaid, one.wrong) for one in scores.lengths)


def pair_figures(name: str, pairs: PairScores) -> tuple[StoryFigures, ...]:
    """Sum up pairs: how many of those joined are the same, and how many of the same are joined."""
    same = pairs.scores.of("same")
    told = (
        (f"{name}: pairs that we join are the same", same.said, same.precision),
        (f"{name}: pairs that are the same are joined", same.rows, same.recall),
    )
    return tuple(StoryFigures(what, rows, found) for what, rows, found in told if found)


def brand_figures(name: str, scores: BrandScores) -> BrandFigures:
    """Sum up all brands of a set."""
    return BrandFigures(name, scores.rows, scores.together.precision, scores.together.recall)


def in_markdown(figures: Figures) -> str:
    """Give the tables of the docs, with the marks between which they stand."""
    return "\n".join([BEGIN, *_tone(figures.tone), "", *_rest(figures), END])


def written_into(page: str, figures: Figures) -> str:
    """Give the page with its tables made anew. ValueError: it lacks the marks."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"it has no lines {BEGIN} and {END}")
    return before + in_markdown(figures) + after


def _tone(lines: Sequence[ToneFigures]) -> Iterator[str]:
    yield "| tone | language | texts | accuracy | macro-F1 | negative recall | negative precision | plain VADER |"
    yield "|---|---|---|---|---|---|---|---|"
    for one in lines:
        cells = (one.accuracy, one.macro_f1, one.negative_recall, one.negative_precision, one.plain_macro_f1)
        name = f"{one.set}, negative or positive" if one.by_sign else one.set
        yield f"| {name} | {one.language} | {one.rows:,} | {' | '.join(map(shown, cells))} |"
    rated = next((one for one in lines if one.pearson and one.set.startswith("Tweets rated")), None)
    if rated:
        yield ""
        yield f"Pearson's correlation with the mean of twenty people, tweets in English: {shown(rated.pearson)}."


def _rest(figures: Figures) -> Iterator[str]:
    yield "| language (French or English, else unknown) | texts | right | unknown, though watched | wrong language |"
    yield "|---|---|---|---|---|"
    for part in figures.language:
        yield f"| {part.length} | {part.rows:,} | {shown(part.right)} | {shown(part.unsaid)} | {shown(part.wrong)} |"
    yield from ("", "| stories | of | share |", "|---|---|---|")
    for story in figures.stories:
        yield f"| {story.what} | {story.rows:,} | {shown(story.share)} |"
    yield from ("", "| brands | texts | precision | recall |", "|---|---|---|---|")
    for brand in figures.brands:
        yield f"| {brand.set} | {brand.rows:,} | {shown(brand.precision)} | {shown(brand.recall)} |"
