"""`tocsin evaluate enrich` on the public sets: floors, and no figure in the docs better than what is measured.

Lowering a floor needs a reason in the commit.
"""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tocsin.evaluate.estimates import Estimate
from tocsin.evaluate.figures import Figures
from tocsin.wiring.evaluating import evaluate_enrich

pytestmark = pytest.mark.evaluation

DOCS = Path(__file__).resolve().parents[2] / "include" / "docs"
TOLERANCE = 0.02
"""So much may be lost before the docs must say so."""


@pytest.fixture(scope="module")
def measured(evaluation_data: Path) -> Figures:
    return evaluate_enrich(evaluation_data, lambda _: lambda done, total: None)


def values(figures: Figures) -> Iterator[tuple[str, float]]:
    """Every figure by name, higher is better."""
    for one in figures.tone:
        for part in ("accuracy", "macro_f1", "negative_recall", "negative_precision", "pearson"):
            if isinstance(found := getattr(one, part), Estimate):
                yield f"{one.set}: {part}", found.value
    yield from ((f"language, {part.length}: right", part.right.value) for part in figures.language)
    yield from ((story.what, story.share.value) for story in figures.stories)
    yield from ((f"{brand.set}: recall", brand.recall.value) for brand in figures.brands if brand.recall)


FLOORS = {
    "English tweets (val): macro_f1": 0.62,
    "English tweets (val): negative_recall": 0.75,
    "French tweets (val): macro_f1": 0.66,
    "French tweets (val): negative_recall": 0.79,
    "French reviews of series (dev): accuracy": 0.87,
    "French reviews of insurers: negative_recall": 0.90,
    "French reviews of insurers: negative_precision": 0.97,
    "Tweets to US airlines: negative_recall": 0.75,
    "Tweets to US airlines: negative_precision": 0.88,
    "Tweets about Apple and Google: macro_f1": 0.61,
    "Tweets towards a product: macro_f1": 0.47,
    "Tweets towards a person or thing: macro_f1": 0.50,
    "Reviews towards a part of a laptop: macro_f1": 0.58,
    "Reviews towards a part of a restaurant: macro_f1": 0.53,
    "Business news: macro_f1": 0.67,
    "Business news: negative_recall": 0.73,
    "Tweets rated by twenty people: pearson": 0.84,
    "language, 3 to 5 words: right": 0.97,
    "language, over 20 words: right": 0.998,
    "Tweets to US airlines: repeats within 72 hours are one story": 0.99,
    "News in other words (MSR): pairs that we join are the same": 0.90,
    "Tweets to US airlines, by the handle they were collected under: recall": 0.995,
}


@pytest.mark.parametrize("name", FLOORS)
def test_a_floor_is_kept(measured: Figures, name: str) -> None:
    assert dict(values(measured))[name] >= FLOORS[name]


def test_the_parts_are_whole(measured: Figures) -> None:
    """A part that lost its rows would keep its floors on what is left."""
    texts = {one.set: one.rows for one in measured.tone}
    assert (texts["English tweets (val)"], texts["French tweets (val)"]) == (324, 324)
    assert texts["Tweets to US airlines"] == 14_640


def test_the_docs_promise_no_more_than_is_measured(measured: Figures) -> None:
    promised = msgspec.json.decode((DOCS / "quality.json").read_bytes(), type=Figures)
    now = dict(values(measured))
    fallen = {
        name: (value, now.get(name)) for name, value in values(promised) if now.get(name, 0) < value - TOLERANCE
    }
    assert fallen == {}, "measure again as quality.md says, and say in the commit why it fell"
