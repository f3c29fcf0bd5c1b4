"""Harm to a brand on a labelled suite of our own, English and French, grouped by rule: no data is needed.

The lines of each rule were written with the rules: half of them, chosen by hash, were read for errors (dev), the
other half (held) was looked at twice. [fresh] was written afterwards: .82 of it was right at first (precision of
harmful .79, recall .96), then its errors were read. [last] came after that, and nothing was changed for it: .81
right, precision .77, recall .91.
Lowering a floor needs a reason in the commit.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from tocsin.enrich.harm import judge
from tocsin.enrich.matching import BrandMatcher
from tocsin.enrich.passage import Passage
from tocsin.enrich.tone import Thresholds, ToneReader
from tocsin.model import Brand, Harm

SUITE = Path(__file__).with_name("harm_suite.txt")
NAMES = ("Brumel", "Castrel", "Velmar", "Kirvo", "Sorane", "Dunwick", "Vidtube", "The Ledger", "Le Courrier")
DAY = date(2026, 11, 29)


@dataclass(frozen=True)
class Line:
    """A text of the suite and what it does to a brand."""

    rule: str
    brand: str
    expected: Harm
    language: str
    text: str

    @property
    def part(self) -> str:
        if self.rule in ("fresh", "last"):
            return self.rule
        return ("dev", "held")[int(hashlib.sha256(self.text.encode()).hexdigest(), 16) % 2]


@cache
def suite() -> tuple[tuple[Line, Harm], ...]:
    """Every line with what we say of it."""
    matcher, tones = BrandMatcher([Brand(name.split()[-1].lower(), name) for name in NAMES]), ToneReader(Thresholds())
    return tuple((line, said(line, matcher, tones)) for line in lines())


def lines() -> Iterator[Line]:
    rule = ""
    for line in SUITE.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            rule = line[1:-1]
        elif line and not line.startswith("#"):
            brand, harm, language, text = line.split(" | ", 3)
            yield Line(rule, brand, Harm(harm), language, text)


def said(line: Line, matcher: BrandMatcher, tones: ToneReader) -> Harm:
    (hits,) = matcher.find_all([line.text])
    brands = tuple(dict.fromkeys(hit.brand for hit in hits))
    return next(
        one.harm
        for one in judge(Passage(line.text, "", line.language, hits, DAY), brands, tones)
        if one.brand == line.brand
    )


RULES = tuple(dict.fromkeys(line.rule for line in lines()))


def test_the_suite_is_large_and_in_both_languages() -> None:
    languages = [line.language for line, _ in suite()]
    assert len(languages) >= 300
    assert min(languages.count("en"), languages.count("fr")) >= 150


@pytest.mark.parametrize(
    ("part", "precision", "recall", "accuracy"),
    [("dev", 0.95, 0.97, 0.96), ("held", 0.95, 0.97, 0.96), ("fresh", 0.92, 0.95, 0.94), ("last", 0.74, 0.88, 0.78)],
)
def test_harm_is_found_and_not_seen_where_it_is_not(
    part: str, precision: float, recall: float, accuracy: float
) -> None:
    pairs = [(line.expected, harm) for line, harm in suite() if line.part == part]
    both = sum(expected is harm is Harm.HARMFUL for expected, harm in pairs)
    found_precision = both / sum(harm is Harm.HARMFUL for _, harm in pairs)
    found_recall = both / sum(expected is Harm.HARMFUL for expected, _ in pairs)
    right = sum(expected is harm for expected, harm in pairs) / len(pairs)
    print(f"{part}: {len(pairs)} texts, {found_precision=:.3f} {found_recall=:.3f} {right=:.3f}")  # noqa: T201 - read with pytest -s
    assert found_precision >= precision
    assert found_recall >= recall
    assert right >= accuracy


KNOWN_TO_MISS = {"scope": 1, "addressee": 1, "good news after bad": 1, "fresh": 1, "last": 5}
"""Lines per rule that may be wrong; every other line of every rule is right."""


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_holds(rule: str) -> None:
    wrong = [
        (line.brand, line.text, harm) for line, harm in suite() if line.rule == rule and harm is not line.expected
    ]
    assert len(wrong) <= KNOWN_TO_MISS.get(rule, 0), wrong
