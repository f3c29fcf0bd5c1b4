"""Whatever is written, each text gets tags that hold what they promise, whoever else is read with it."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

from hypothesis import example, given
from hypothesis import strategies as st

from tocsin.enrich.recall import Recall
from tocsin.enrich.tagger import Tagger, build_tagger
from tocsin.enrich.tags import Tags
from tocsin.model import Brand, Judgement, RawItem, full_text

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
BRANDS = (Brand("bulla", "Bulla"), Brand("orange", "Orange"), Brand("monde", "Le Monde"))
SPOKEN = """
    Bulla @bulla #Bulla Bulla's l'Orange Le Monde #boycottBulla via selon : | ( ) « » " ' ’ , ; . … ! ? RT # @ scandal
    scandale fraud rappel de lots mort grève sued fined condamné accusé d' denied dément classé sans suite not never
    ne pas plus jamais mais but and et or than que better meilleur unlike contrairement à left quitté for pour you
    vous if may pourrait allegedly fake site ends fin bad nul merci génial awful :) 😡 🤦‍♀️ ﬁasco İ ß 12,000 http://a.example/c
"""
STRANGE = ("\n", "\n\n", "40\u202f000", "\u200b", "\u00ad", "\u0301", "\u202e", "\ud800", "\0")
WORDS = st.sampled_from((*SPOKEN.split(), *STRANGE))
TEXTS = st.lists(WORDS | st.text(max_size=6), max_size=40).map(" ".join) | st.lists(WORDS, max_size=20).map("".join)


@cache
def tools() -> Tagger:
    return build_tagger(BRANDS, ("fr", "en"), models={})


def tagged(*items: RawItem) -> tuple[Tags, ...]:
    return replace(tools(), recall=Recall()).tag(items)


def item(text: str, title: str = "", name: str = "m1", language: str | None = None) -> RawItem:
    return RawItem(name, "s", "web", "", title, text, "", NOON, NOON, language=language)


@example("BULLA:A:A", "\ud800", None)
@given(TEXTS, TEXTS, st.sampled_from((None, "fr", "en-GB", "de", "")))
def test_of_any_text_each_brand_gets_one_judgement_by_words_that_are_written(
    text: str, title: str, language: str | None
) -> None:
    (tags,) = tagged(item(text, title, language=language))
    assert tuple(one.brand for one in tags.judgements) == tags.brands
    assert -1 <= tags.compound <= 1
    for one in tags.judgements:
        assert_holds(one, " ".join(full_text(title, text).split()))
    assert tagged(item(text, title, language=language)) == (tags,)


def assert_holds(one: Judgement, written: str) -> None:
    assert 0 <= one.score <= 1
    assert -1 <= one.compound <= 1
    assert len({word.lower() for word in one.words}) == len(one.words)
    assert all(word and word in written for word in one.words)


@given(st.lists(TEXTS, min_size=2, max_size=5))
def test_what_is_said_of_a_text_does_not_hang_on_its_neighbours(texts: list[str]) -> None:
    items = [item(text, name=f"m{at}") for at, text in enumerate(texts)]
    together = tagged(*items)
    assert tagged(*reversed(items)) == together[::-1]
    assert tuple(tags for one in items for tags in tagged(one)) == together
