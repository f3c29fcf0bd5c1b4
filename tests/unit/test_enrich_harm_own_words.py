"""A team's own crisis words, from brands.yaml to the judgement of a post."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tocsin.config import parse_config
from tocsin.enrich.entities import EntityFinder
from tocsin.enrich.tagger import Tagger
from tocsin.model import Harm, RawItem
from tocsin.wiring.tools import make_tagger

BRANDS = """\
brands:
  - {id: bulla, name: Bulla}
  - {id: coca, name: Coca-Cola}
crisis:
  - {words: [cloudy batch], brands: [bulla], until: "2026-06-30"}
  - {words: [recall], weight: 0, brands: [bulla]}
"""
WHEN = datetime(2026, 6, 30, 23, 59, tzinfo=UTC)
POST = RawItem("1", "s", "web", "", "", "Two cloudy batches of Bulla were seen in Leeds.", "a", WHEN, WHEN, "en")


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    files = {"brands.yaml": BRANDS, "sources.yaml": "sources: []\n", "people.yaml": "people: []\n"}
    made = make_tagger(parse_config({name: text.encode() for name, text in files.items()}))
    return replace(made, finder=EntityFinder({}))


def harm(tagger: Tagger, post: RawItem) -> tuple[Harm, tuple[str, ...]]:
    (tags,) = tagger.tag([post])
    return tags.judgements[0].harm, tags.judgements[0].words


def test_an_own_word_counts_until_its_last_day_by_the_day_of_the_post(tagger: Tagger) -> None:
    assert harm(tagger, POST) == (Harm.HARMFUL, ("cloudy batches",))
    later = replace(POST, published_at=datetime(2026, 7, 1, tzinfo=UTC))
    assert harm(tagger, later) == (Harm.NONE, ())


def test_an_own_word_counts_for_its_brands_only(tagger: Tagger) -> None:
    other = replace(POST, text=POST.text.replace("Bulla", "Coca-Cola"))
    assert harm(tagger, other) == (Harm.NONE, ())
    assert harm(tagger, replace(POST, text="Coca-Cola announces a recall.")) == (Harm.HARMFUL, ("recall",))
    assert harm(tagger, replace(POST, text="Bulla announces a recall.")) == (Harm.NONE, ())
