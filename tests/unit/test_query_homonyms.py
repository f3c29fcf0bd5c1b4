"""Ten brands whose names are everyday words, told from those words in both languages: figures per brand, with floors.

The sentences and queries that are shipped as include/config/examples/homonyms. `dev` is what queries were corrected
on; `held` was written with the first of them and never read for a correction. docs/brands.md says what the queries
did on sentences that were new to them, which is less.
"""

import csv
from collections import Counter
from pathlib import Path

import pytest

from tocsin.config import load_config
from tocsin.enrich.language import LanguageReader
from tocsin.enrich.matching import About, BrandMatcher

FOLDER = Path(__file__).resolve().parents[2] / "include" / "config" / "examples" / "homonyms"
FLOOR = 0.95
HALVES = ("dev", "held")
Row = dict[str, str]


def rows(half: str) -> list[Row]:
    with (FOLDER / f"{half}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def named(row: Row) -> set[str]:
    return {name.strip() for name in row["brands"].split(";")} - {""}


@pytest.fixture(scope="module")
def found() -> dict[str, list[tuple[Row, set[str]]]]:
    config = load_config(FOLDER, need_sources=False)
    matcher, reader = BrandMatcher(config.brands), LanguageReader(config.languages)
    told = {}
    for half in HALVES:
        given = rows(half)
        texts = [row["text"] for row in given]
        about = [About(language=lambda text=text: reader.read(text)) for text in texts]
        hits = matcher.find_all(texts, about)
        told[half] = [(row, {hit.brand for hit in found}) for row, found in zip(given, hits, strict=True)]
    return told


BRANDS = ("orange", "casino", "total", "april", "carrefour", "apple", "virgin", "visa", "galeries", "free")


def figures(judged: list[tuple[Row, set[str]]], brand: str) -> tuple[float, float]:
    """Precision and recall."""
    right = sum(brand in named(row) and brand in found for row, found in judged)
    return right / max(1, sum(brand in found for _, found in judged)), right / sum(
        brand in named(row) for row, _ in judged
    )


@pytest.mark.parametrize("brand", BRANDS)
def test_a_brand_is_told_from_the_word(found, brand: str) -> None:
    precision, recall = figures([*found["dev"], *found["held"]], brand)
    told = {half: "precision {:.3f}, recall {:.3f}".format(*figures(found[half], brand)) for half in HALVES}
    assert min(precision, recall) >= FLOOR, told


@pytest.mark.parametrize("half", HALVES)
def test_all_brands_together(found, half: str) -> None:
    right = sum(len(named(row) & got) for row, got in found[half])
    assert right / sum(len(got) for _, got in found[half]) >= FLOOR
    assert right / sum(len(named(row)) for row, _ in found[half]) >= FLOOR


def test_the_suite_is_what_it_says() -> None:
    given = [row for half in HALVES for row in rows(half)]
    assert len({row["text"] for row in given}) == len(given)
    about = Counter(row["about"] for row in given)
    others = Counter(row["about"] for row in given if row["about"] not in named(row))
    assert set(about) == set(BRANDS)
    for brand in BRANDS:
        assert about[brand] >= 50
        assert 0.4 <= others[brand] / about[brand] <= 0.6
        assert {row["language"] for row in given if row["about"] == brand} == {"fr", "en"}
        mine = [row["text"] for row in given if row["about"] == brand]
        assert any(text.isupper() for text in mine), f"{brand}: nothing in capitals"
        assert any("#" in text for text in mine), f"{brand}: no hashtag"
