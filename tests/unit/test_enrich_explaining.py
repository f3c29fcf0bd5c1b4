"""Why a text is caught or dropped: the part that decided, and the words in the text."""

import pytest
from hypothesis import given

from query_statements import QUERIES, TEXTS
from tocsin.enrich.explaining import Explainer, Outcome
from tocsin.enrich.matching import About, BrandMatcher
from tocsin.model import Brand

POST = About("news", "blog", "https://www.example.org/a", lambda: "fr")
ORANGE = Brand(
    "o",
    "Orange",
    never=("jus d'orange",),
    query="orange NOT NEAR/2 mécanique (forfait* OR 4G) -(soda OR limonade) lang:fr OR =Orange NEAR/3 merci",
)

CASES = {
    "Mon forfait orange": (Outcome.CAUGHT, "", ["orange"], []),
    "Merci Orange": (Outcome.CAUGHT, "", ["Orange"], []),
    "un jus d'orange et un forfait": (
        Outcome.DROPPED, "it only stands in: jus d'orange", ["orange"], ["jus d'orange"]),
    "orange mécanique, forfait": (Outcome.DROPPED, "too near: mécanique", ["orange"], ["mécanique"]),
    "orange, quelle couleur": (Outcome.DROPPED, "missing: forfait* OR 4G", ["orange"], []),
    "forfait orange et limonade": (Outcome.DROPPED, "excluded: limonade", ["orange"], ["limonade"]),
    "une orange et un soda": (Outcome.DROPPED, "excluded: soda", ["orange"], ["soda"]),
    "quel beau forfait": (Outcome.SILENT, "", [], []),
}  # fmt: skip


@pytest.mark.parametrize("text", CASES)
def test_what_becomes_of_a_text_and_why(text: str) -> None:
    tried = Explainer(ORANGE).explain(text, POST)
    named, decided = ([text[start:end] for start, end in spans] for spans in (tried.named, tried.decided))
    assert (tried.outcome, tried.reason, named, decided) == CASES[text]


def test_a_field_tells_what_it_is_instead() -> None:
    tried = Explainer(ORANGE).explain("forfait orange", About(language=lambda: "en"))
    assert (tried.part, tried.reason) == ("lang:fr", "it is not lang:fr but en")
    other = Explainer(Brand("b", "B", query="x NEAR/2 y network:web"))
    assert other.explain("x y", POST).reason == "it is not network:web but news"
    assert other.explain("x a b c y", POST).reason == "not within 2 words: y"


def test_a_brand_without_a_query_tells_of_never_too() -> None:
    explainer = Explainer(Brand("o", "Orange", never=("orange juice",)))
    assert explainer.explain("orange juice").outcome is Outcome.DROPPED
    assert explainer.explain("orange juice by Orange").outcome is Outcome.CAUGHT


def test_the_branch_that_fits_is_told() -> None:
    assert Explainer(Brand("b", "B", query="(a b) OR c")).explain("c").part == "c"
    assert Explainer(Brand("b", "B", aliases=("c",))).explain("c").part == ""


@given(QUERIES, TEXTS)
def test_it_catches_what_the_matcher_finds_and_has_a_reason_for_the_rest(query: str, text: str) -> None:
    brand = Brand("b", "B", query=query, never=("jus",))
    tried = Explainer(brand).explain(text, POST)
    hits = BrandMatcher([brand]).find_all([text], [POST])[0]
    assert (tried.outcome is Outcome.CAUGHT) == bool(hits)
    assert tried.outcome is not Outcome.CAUGHT or tried.named == tuple((hit.start, hit.end) for hit in hits)
    assert (tried.outcome is Outcome.DROPPED) == bool(tried.reason)
