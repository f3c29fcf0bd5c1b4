"""Which clause speaks of which brand, and what comparisons say by themselves."""

import pytest

from tocsin.enrich.harm_context import find_cues
from tocsin.enrich.harm_tokens import words_of
from tocsin.enrich.matching import BrandMatcher
from tocsin.enrich.scope import Scope, read_scope
from tocsin.enrich.sentences import sentence_spans
from tocsin.model import Brand

MATCHER = BrandMatcher([Brand("bulla", "Bulla"), Brand("coca", "Coca"), Brand("kola", "Kola")])


def read(text: str, language: str = "en") -> tuple[Scope, list[tuple[str, tuple[str, ...]]]]:
    """The scope of a text, and its clauses as they are written with their owners."""
    (hits,) = MATCHER.find_all([text])
    words = words_of(text, hits)
    scope = read_scope(text, words, find_cues(words, language), sentence_spans(text))
    return scope, [(text[words[c.first].start : words[c.end - 1].end], c.owners) for c in scope.clauses]


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("Bulla is slow but Coca is fast.", [("Bulla is slow", ("bulla",)), ("but Coca is fast.", ("coca",))]),
        ("Bulla lost it, Coca found it.", [("Bulla lost it", ("bulla",)), (", Coca found it.", ("coca",))]),
        ("Bulla, Coca and Kola are awful.", [("Bulla, Coca and Kola are awful.", ("bulla", "coca", "kola"))]),
        ("Great people at Bulla and Coca.", [("Great people at Bulla and Coca.", ("bulla", "coca"))]),
        ("Bulla opened. They lied.", [("Bulla opened.", ("bulla",)), ("They lied.", ("bulla",))]),
        ("What a day. Bulla lied.", [("What a day.", ("bulla",)), ("Bulla lied.", ("bulla",))]),
        ("@bulla you lied. Coca is nice.", [("@bulla you lied.", ("bulla",)), ("Coca is nice.", ("coca",))]),
        (
            "@bulla late. Coca is nice. Awful.",
            [("@bulla late.", ("bulla",)), ("Coca is nice.", ("coca",)), ("Awful.", ("bulla",))],
        ),
    ],
)
def test_clauses_have_owners(text: str, clauses: list[tuple[str, tuple[str, ...]]]) -> None:
    assert read(text)[1] == clauses


def test_a_short_text_goes_on_about_its_brand_and_a_long_one_soon_does_not() -> None:
    rest = "The rain went on and on over the hills. "
    owners = [owner for _, owner in read("Bulla lied. " + rest * 4)[1]]
    assert owners == [("bulla",)] * 5
    owners = [owner for _, owner in read("Bulla lied. " + rest * 20)[1]]
    assert owners == [("bulla",)] * 3 + [()] * 18


@pytest.mark.parametrize(
    ("text", "language", "good", "bad"),
    [
        ("I left Bulla for Coca.", "en", "coca", "bulla"),
        ("Switched to Coca from Bulla.", "en", "coca", "bulla"),
        ("Coca is better than Bulla.", "en", "coca", "bulla"),
        ("Coca beats Bulla.", "en", "coca", "bulla"),
        ("I prefer Coca to Bulla.", "en", "coca", "bulla"),
        ("J'ai quitté Bulla pour Coca.", "fr", "coca", "bulla"),
        ("Je suis passé de Bulla à Coca.", "fr", "coca", "bulla"),
        ("Coca est moins cher que Bulla.", "fr", "coca", "bulla"),
        ("Je préfère Coca à Bulla.", "fr", "coca", "bulla"),
    ],
)
def test_comparisons_speak_for_the_one_and_against_the_other(text: str, language: str, good: str, bad: str) -> None:
    said = {stance.brand: stance.valence for stance in read(text, language)[0].stances}
    assert said.get(bad, 0.0) < 0 <= said.get(good, 0.0)


@pytest.mark.parametrize("text", ["Coca is not better than Bulla.", "Bulla is older than Coca.", "Bulla and Coca."])
def test_what_compares_nothing_says_nothing(text: str) -> None:
    assert [stance for stance in read(text)[0].stances if stance.valence < 0] == []


@pytest.mark.parametrize(
    ("text", "language", "passing"),
    [
        ("Bulla: Coca recalls its bottles", "en", {"bulla"}),
        ("Coca recalls its bottles (Bulla)", "en", {"bulla"}),
        ("Coca lied, according to Bulla", "en", {"bulla"}),
        ("Awful film about Coca via @bulla", "en", {"bulla"}),
        ("Selon Bulla, Coca a menti", "fr", {"bulla"}),
        ("A crush at the Bulla Arena", "en", {"bulla"}),
        ("Coca lied #bulla #kola", "en", {"bulla", "kola"}),
        ("#bulla #kola", "en", set()),
        ("Bulla: outage since noon", "en", set()),
        ("I booked via Bulla and lost it all", "en", set()),
    ],
)
def test_who_only_carries_the_news_is_not_spoken_of(text: str, language: str, passing: set[str]) -> None:
    assert read(text, language)[0].passing == passing


def test_the_opposite_is_said_of_a_brand_that_is_unlike() -> None:
    (clause,) = read("Unlike Bulla, Coca answers.")[0].clauses
    assert (clause.owners, clause.turned) == (("coca",), ("bulla",))
