"""How many texts a second enrichment reads, stage by stage and in all, beside the plain way in the same run.

The plain way is full spaCy and VADER on every text, one after the other. Texts are made up here (two languages, one
in ten about a brand), or are read from a CSV: `python benchmarks/enrich.py --data FILE.csv.gz --column text`.
Times are of this process alone (CPU seconds), so that neighbours on the machine do not count.
"""

import argparse
import csv
import gzip
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from io import TextIOWrapper
from itertools import islice
from pathlib import Path

import spacy
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from tocsin.enrich.entities import LOCKED, EntityFinder
from tocsin.enrich.harm import Passage, judge
from tocsin.enrich.language import LanguageReader
from tocsin.enrich.matching import BrandMatcher
from tocsin.enrich.stories import StoryBook
from tocsin.enrich.tagger import build_tagger
from tocsin.enrich.tone import Thresholds, ToneReader
from tocsin.model import Brand, RawItem

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
PLAIN = 400
"""Texts that the plain way is given: it is slow."""

SPOKEN = {
    "en": ("{who} lost my {what} again and nobody at the {where} answers, what a shame #{what}",
           "Thanks to {who}, the {what} arrived at the {where} on time, lovely people",
           "Shares of {who} closed higher after the {what} was shown at the {where} on Monday"),
    "fr": ("Toujours pas de nouvelles de mon {what} chez {who}, le {where} ne répond jamais, j'en ai marre !",
           "Merci à {who} pour le {what}, un accueil parfait au {where} et des conseils utiles",
           "{who} présente son {what} au {where} ce lundi devant la presse"),
}  # fmt: skip
SYLLABLES = ("ba", "co", "di", "fel", "gra", "lu", "mi", "nor", "pa", "ri", "sto", "tu", "ven", "zo")


def made_up(count: int, brands: Sequence[Brand]) -> list[str]:
    """Give texts of some hundred characters, one in ten about a brand."""
    chance = random.Random(20150222)  # noqa: S311 - made-up texts are no secret

    def word() -> str:
        return "".join(chance.choices(SYLLABLES, k=3))

    texts = []
    for _ in range(count):
        who = chance.choice(brands).name if chance.random() < 0.1 else word().title()
        text = chance.choice(SPOKEN[chance.choice(("en", "fr"))])
        texts.append(text.format(who=who, what=word(), where=word()))
    return texts


def read_texts(path: Path, column: str, count: int) -> list[str]:
    with (
        path.open("rb") as raw,
        gzip.open(raw, "rt", encoding="utf-8")
        if path.suffix == ".gz"
        else TextIOWrapper(raw, encoding="utf-8") as file,
    ):
        return [row[column] for row in islice(csv.DictReader(file), count)]


def stages(texts: list[str], brands: Sequence[Brand]) -> Iterator[tuple[str, int, Callable[[], object]]]:
    """Give each stage's name, how many texts it is given, and the work; models are loaded before."""
    matcher, languages, tones, finder = (
        BrandMatcher(brands),
        LanguageReader(LOCKED),
        ToneReader(Thresholds()),
        EntityFinder(LOCKED),
    )
    spoken = {language: [text for text in texts if languages.read(text) == language] for language in LOCKED}
    tagger, book = build_tagger(brands, tuple(LOCKED)), StoryBook()
    items = [RawItem(str(i), "s", "web", "", "", t, "a", NOON, NOON) for i, t in enumerate(texts)]
    yield f"brands ({len(brands):,} watched)", len(texts), lambda: matcher.find_all(texts)
    yield "language", len(texts), lambda: [languages.read(text) for text in texts]
    for language, said in spoken.items():
        finder.find_all(said[:1], language)
        tones.read(said[0], language)
        yield (
            f"tone {language}",
            len(said),
            lambda said=said, language=language: [tones.read(t, language) for t in said],
        )
        passages = [Passage(t, "", language, hits) for t, hits in zip(said, matcher.find_all(said), strict=True)]
        concerned = [one for one in passages if one.hits]
        judge_all(concerned[:1], tones)
        yield f"harm {language}, its own tone included", len(concerned), partial(judge_all, concerned, tones)
        few = said[:PLAIN]
        yield f"names {language}", len(few), lambda few=few, language=language: finder.find_all(few, language)
    minute = timedelta(minutes=1)
    yield "stories", len(texts), lambda: [book.assign(str(i), NOON + i * minute, t) for i, t in enumerate(texts)]
    copies = [replace(one, id=f"c{at}") for at, one in enumerate(items)]
    for name, said in (("in all: names on brand hits only", items), ("in all: every post a copy", copies)):
        yield name, len(said), lambda said=said: [tagger.tag(said[i : i + 1000]) for i in range(0, len(said), 1000)]


def judge_all(passages: Sequence[Passage], tones: ToneReader) -> list[object]:
    return [judge(one, [one.hits[0].brand], tones) for one in passages]


def plain_way(texts: list[str], languages: LanguageReader) -> Callable[[], object]:
    """Give the work as most projects do it: the full pipeline and VADER for every text, whatever its language."""
    full = {language: spacy.load(model) for language, model in LOCKED.items()}
    vader = SentimentIntensityAnalyzer()

    def work() -> object:
        return [
            (full.get(languages.read(t), full["en"])(t).ents, vader.polarity_scores(t)["compound"]) for t in texts
        ]

    return work


def rate(count: int, work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return count / max(1e-9, time.process_time() - began)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=int, default=5_000)
    parser.add_argument("--brands", type=int, default=100)
    parser.add_argument("--data", type=Path, help="a CSV with texts, gz too, instead of made-up ones")
    parser.add_argument("--column", default="text")
    chosen = parser.parse_args()
    brands = [Brand(f"b{i}", f"Marque{i} Société") for i in range(chosen.brands)]
    texts = read_texts(chosen.data, chosen.column, chosen.texts) if chosen.data else made_up(chosen.texts, brands)
    print(f"{len(texts):,} texts, {sum(map(len, texts)) // len(texts)} characters on average; texts per CPU second")
    rates = {}
    for name, count, work in stages(texts, brands):
        rates[name] = rate(count, work) if count else 0.0
        print(f"{name:40} {rates[name]:12,.0f}")
    ours = rates["in all: names on brand hits only"]
    few = texts[:PLAIN]
    plain = rate(len(few), plain_way(few, LanguageReader(tuple(LOCKED))))
    print(
        f"{'the plain way, one after the other':40} {plain:12,.0f}\n{'times faster in all':40} {ours / plain:12.1f}"
    )


if __name__ == "__main__":
    main()
