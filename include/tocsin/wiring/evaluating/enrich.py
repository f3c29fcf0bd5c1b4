"""Every public set is judged, and all figures stand in one record."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from tocsin.errors import ConfigError, PermanentError
from tocsin.evaluate.estimates import share
from tocsin.evaluate.figures import (
    BrandFigures,
    Figures,
    LengthFigures,
    StoryFigures,
    ToneFigures,
    brand_figures,
    language_figures,
    pair_figures,
    tone_figures,
    written_into,
)
from tocsin.evaluate.judging import PlainVader
from tocsin.evaluate.plot import draw_figures
from tocsin.evaluate.sets import BRAND_SET, LANGUAGE_SET, PAIR_SET, REPEAT_SET, TONE_SETS, ToneSet
from tocsin.evaluate.stories import found_again
from tocsin.wiring.evaluating.brands import evaluate_brands
from tocsin.wiring.evaluating.labelled import Labelled, Progress
from tocsin.wiring.evaluating.language import evaluate_language
from tocsin.wiring.evaluating.stories import evaluate_stories
from tocsin.wiring.evaluating.tone import ToneFile, evaluate_tone

Show = Callable[[str], Progress]
"""Is told what begins, and gives whom to tell how far it is."""

_AIRLINES = Path("include/config/examples/us_airlines")


def evaluate_enrich(data: Path, show: Show) -> Figures:
    """Judge each set of `data` that is there. PermanentError: none is."""
    there = {path.name for path in data.iterdir()} if data.is_dir() else set[str]()
    wanted = {*(one.file for one in TONE_SETS), LANGUAGE_SET, PAIR_SET, REPEAT_SET, BRAND_SET}
    missing = tuple(sorted(wanted - there))
    if not wanted & there:
        raise PermanentError(f"{data}: none of the evaluation sets is there, such as {TONE_SETS[0].file}")
    tones = (_judge_tone(data, one, show) for one in TONE_SETS if one.file in there)
    return Figures(
        tone=tuple(figures for figures in tones if figures),
        language=_judge_language(data, show) if LANGUAGE_SET in there else (),
        stories=tuple(_judge_stories(data, there, show)),
        brands=tuple(_judge_brands(data, show)) if BRAND_SET in there else (),
        missing=missing,
    )


def _judge_tone(data: Path, one: ToneSet, show: Show) -> ToneFigures | None:
    file = ToneFile(
        data / one.file, one.text, one.label, one.target, language=one.language, labels=one.labels, only=one.only
    )
    ours = evaluate_tone(file, show(one.name))
    plain = evaluate_tone(file, show(f"{one.name}, plain VADER"), lambda _: PlainVader())
    return tone_figures(one.name, one.language, ours.tone, plain.tone)


def _judge_language(data: Path, show: Show) -> tuple[LengthFigures, ...]:
    found = evaluate_language(data / LANGUAGE_SET, "text", "lang", "", show("languages"))
    return language_figures(found.language)


def _judge_stories(data: Path, there: set[str], show: Show) -> Iterator[StoryFigures]:
    if REPEAT_SET in there:
        found, repeats = found_again(_posts(data / REPEAT_SET, show("repeated texts")))
        if told := share(found, repeats):
            yield StoryFigures("Tweets to US airlines: repeats within 72 hours are one story", repeats, told)
    if PAIR_SET in there:
        pairs = evaluate_stories(data / PAIR_SET, ("text1", "text2", "same"), "", show("pairs of news")).pairs
        yield from pair_figures("News in other words (MSR)", pairs)


def _posts(path: Path, progress: Progress) -> list[tuple[str, datetime, str]]:
    source = Labelled(path, {"id": ("id",), "at": ("ts_utc",), "text": ("text",)})
    posts = sorted((datetime.fromisoformat(row["at"]), row["id"], row["text"]) for row in source.rows())
    progress(len(posts), len(posts))
    return [(name, at, text) for at, name, text in posts]


def _judge_brands(data: Path, show: Show) -> Iterator[BrandFigures]:
    config = _examples()
    if config is None:
        return
    found = evaluate_brands(data / BRAND_SET, config, "text", "brand", "", show("brands"))
    yield brand_figures("Tweets to US airlines, by the handle they were collected under", found.brands)


def _examples() -> Path | None:
    """The airlines' brands of the project's examples; None where Tocsin runs without its project."""
    for root in (Path.cwd(), Path(__file__).resolve().parents[4]):
        if (root / _AIRLINES / "brands.yaml").exists():
            return root / _AIRLINES
    return None


def write_page(figures: Figures, page: Path) -> str:
    """Write the tables into a page of the docs and return its path. ConfigError: no such page, or without marks."""
    try:
        text = written_into(page.read_text(encoding="utf-8"), figures)
    except (OSError, ValueError) as exc:
        raise ConfigError(f"cannot write the tables into {page}: {exc}") from exc
    page.write_text(text, encoding="utf-8")
    return str(page)


def write_plot(figures: Figures, path: Path) -> str:
    """Draw the tones as PNG and return the path."""
    path.write_bytes(draw_figures(figures.tone))
    return str(path)
