"""What others are asked of a query: never less than it, and what was left is told."""

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from query_statements import QUERIES, TEXTS
from tocsin.collect.x.asked import ABILITIES as X
from tocsin.collect.x.asked import pieces
from tocsin.collect.x.rules import LIMITS, queries_of, rules_of
from tocsin.enrich.asking import About, Reading, fit, prepare
from tocsin.enrich.phrases import PhraseBook
from tocsin.model import Brand
from tocsin.query import Abilities, finds_by, parse_query, searches, terms_in, widened

POST = About("news", "blog", "https://www.example.org/a", lambda: "fr")
HERE = {"network": "news", "source": "blog", "site": "www.example.org"}
ALL = Abilities(prefix=True, near=True, fields=frozenset({"lang", "network", "site", "source"}))

WIDER = {
    "orange (forfait OR 4G) -jus lang:fr": ("orange (forfait OR 4G) -jus lang:fr", []),
    "=Orange NEAR/5 panne": ("Orange panne", ["=Orange NEAR/5 panne", "=Orange"]),
    "orange NOT NEAR/2 jus": ("orange", ["orange NOT NEAR/2 jus"]),
    "orange forfait*": ("orange (forfait OR forfaits)", ["forfait*"]),
    'orange -(jus OR =Soda OR "a b")': ('orange -jus -"a b"', ['-(jus OR =Soda OR "a b")']),
    "orange -(a b)": ("orange", ["-(a b)"]),
    "orange -jus*": ("orange -jus", ["-jus*"]),
    "orange network:x -lang:en": ("orange -lang:en", []),
    "orange -network:reddit source:blog": ("orange", ["source:blog"]),
    "orange network:news OR sosh": ("sosh", []),
    "orange site:x.com": ("orange", []),
}


@pytest.mark.parametrize("query", WIDER)
def test_what_x_is_asked_and_what_is_left(query: str) -> None:
    bound = widened(parse_query(query), X)
    assert (str(bound.node), sorted(bound.left)) == (WIDER[query][0], sorted(WIDER[query][1]))


def test_what_never_fits_here_is_not_asked() -> None:
    assert widened(parse_query("orange network:news"), X).node is False
    assert queries_of([Brand("o", "Orange", query="orange network:news")], 512) == ()


@given(QUERIES, TEXTS, st.sampled_from([Abilities(known=HERE), Abilities(near=True, known=HERE), ALL]))
def test_every_text_that_fits_fits_what_is_asked(query: str, text: str, can: Abilities) -> None:
    assume(can.prefix or "*" not in query)
    node, book = parse_query(query), PhraseBook()
    wider = widened(node, can).node
    assume(not isinstance(wider, bool))
    questions = [prepare(one, list(terms_in(one)), book) for one in (node, wider)]
    book.close()
    reading = Reading(book.read(text), POST)
    found = [fit(one.node, one.numbers, reading) is not None for one in questions]
    assert found[1] or not found[0]


@given(QUERIES, TEXTS)
def test_every_text_that_fits_has_the_words_of_a_search(query: str, text: str) -> None:
    assume("*" not in query)
    node, book = parse_query(query), PhraseBook()
    question = prepare(node, list(terms_in(node)), book)
    asked = [[book.add(word) for word in (one.name, *one.company)] for one in searches(node)]
    book.close()
    sighting = book.read(text)
    if fit(node, question.numbers, Reading(sighting, POST)) is not None:
        assert any(all(number in sighting.places for number in words) for words in asked)


def test_a_query_in_the_words_of_x() -> None:
    brand = Brand(
        "o", "Orange", query='orange (forfait OR 4G OR "Air France") -jus lang:fr OR sosh', never=("vitamine C",)
    )
    asked = '"orange" ("forfait" OR "4G" OR ("Air France" OR #AirFrance)) -"jus" lang:fr OR "sosh"'
    assert queries_of([brand, Brand("a", "Alpha")], 512) == (
        '"Alpha" -is:retweet',
        f'({asked}) -"vitamine C" -is:retweet',
    )
    (rule,) = rules_of([Brand("t", "T", query="télé -pub")], LIMITS["self_serve"])
    assert (rule.value, rule.tag) == ('("télé" OR "tele") -"pub" -is:retweet', "tocsin:t")


def test_aliases_stand_beside_the_query_and_the_name_stays_out() -> None:
    brand = Brand("o", "Orange", ("Sosh",), query="orange 4G")
    assert queries_of([brand], 512) == ('"Sosh" -is:retweet', '"orange" "4G" -is:retweet')


@given(QUERIES, st.sampled_from([60, 120, 400]))
def test_pieces_fit_are_whole_and_look_for_something(query: str, room: int) -> None:
    for piece in pieces(query, room):
        assert len(piece) <= room
        assert piece.count('"') % 2 == 0
        assert piece.count("(") == piece.count(")")
        assert re.search(r'(?:^|[ (])["#@]', piece), "only exclusions"


def test_a_long_or_is_split_and_no_word_of_it_is_lost() -> None:
    words = [f"mot{n}" for n in range(100)]
    found = list(pieces(f"(orange OR sosh) ({' OR '.join(words)}) -jus", 400))
    assert len(found) > 2
    assert all('("orange" OR "sosh") (' in piece and piece.endswith('-"jus"') for piece in found)
    assert all(any(f'"{word}"' in piece for piece in found) for word in words)
    names = list(finds_by(parse_query("(orange OR sosh) 4G")))
    assert [term.text for term in names] == ["orange", "sosh"]
