"""Which texts a query fits, and where it names the brand; beside an evaluator so slow that one can read it."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from query_statements import QUERIES, TEXTS
from tocsin.enrich.folding import unaccent, without_links
from tocsin.enrich.matching import About, BrandMatcher
from tocsin.enrich.spelling import WORDS, is_word, spellings
from tocsin.model import Brand
from tocsin.query import Context, Either, Every, Field, Near, Node, Not, Term, naming_part, parse_query

POST = About("news", "blog", "https://www.example.org/a", lambda: "fr")


def named(query: str, text: str, about: About = POST, never: tuple[str, ...] = ()) -> list[str]:
    hits = BrandMatcher([Brand("b", "B", query=query, never=never)]).find_all([text], [about])[0]
    return [text[hit.start : hit.end] for hit in hits]


FITS = {
    "a word": ("orange", "L’Orange bleue", ["Orange"]),
    "a word in a hashtag": ("orange", "#orange @Orange", ["orange", "Orange"]),
    "not inside a word": ("orange", "oranges #OrangeBank", []),
    "accents lost": ("télécom", "TELECOM", ["TELECOM"]),
    "accents too many": ("telecom", "Télécom", ["Télécom"]),
    "apostrophes": ("l'oréal", "L’OREAL, loreal, l oreal", ["L’OREAL", "loreal", "l oreal"]),
    "a phrase": ('"air france"', "Air\nFrance et #AirFrance, airfrance", ["Air\nFrance", "#AirFrance"]),
    "case": ("=Orange", "ORANGE orange Orange", ["Orange"]),
    "case without accents": ("=Crédit", "CREDIT Credit", ["Credit"]),
    "case in a hashtag": ('="Air France"', "#airfrance #AirFrance", ["#AirFrance"]),
    "only the hashtag": ("#orange", "orange @orange #Orange", ["#Orange"]),
    "only the handle": ("@orange", "orange #orange @Orange", ["@Orange"]),
    "going on": ("télécom*", "telecoms, Télécommunications, telco", ["telecoms", "Télécommunications"]),
    "a phrase going on": ('"orange ban*"', "Orange Banque, orange bleue", ["Orange Banque"]),
    "going on in its case": ("=Orang*", "Oranges oranges", ["Oranges"]),
    "an address": ("orange", "https://orange.example www.orange.example", []),
    "both": ("orange panne", "une panne chez Orange", ["Orange"]),
    "one of both": ("orange panne", "Orange", []),
    "context is not where it is named": ("+panne orange", "une panne chez Orange", ["Orange"]),
    "not": ("orange -jus", "orange, jus", []),
    "not, not there": ("orange -jus", "orange", ["orange"]),
    "near": ("orange NEAR/2 panne", "orange en panne", ["orange"]),
    "not so near": ("orange NEAR/2 panne", "orange est en panne", []),
    "near the other way": ("orange NEAR/2 panne", "panne chez orange", ["orange"]),
    "marks are no distance": ("orange NEAR/1 panne", "orange : … panne", ["orange"]),
    "near itself": ("orange NEAR/3 orange", "orange", []),
    "near another of itself": ("orange NEAR/3 orange", "orange, orange", ["orange", "orange"]),
    "not near": ("orange NOT NEAR/2 jus", "jus d'orange; la boutique Orange", ["Orange"]),
    "near, then near": ("orange NEAR/1 mon NEAR/2 panne", "mon orange en panne", ["orange"]),
    "either way": ("orange OR (sosh panne)", "sosh en panne", ["sosh"]),
    "language": ("orange lang:fr", "orange", ["orange"]),
    "another language": ("orange -lang:fr", "orange", []),
    "network": ("orange network:(news OR web)", "orange", ["orange"]),
    "site above": ("orange site:example.org", "orange", ["orange"]),
    "site that only ends so": ("orange site:ample.org", "orange", []),
    "source": ("orange source:blog", "orange", ["orange"]),
    "an emoji": ("🍊 orange", "🍊orange", ["🍊"]),
}


@pytest.mark.parametrize("case", FITS)
def test_fits(case: str) -> None:
    query, text, expected = FITS[case]
    assert named(query, text) == expected


def test_never_takes_from_names_and_leaves_the_company() -> None:
    never = ("jus d'orange",)
    assert named("orange -soda", "jus d'orange", never=never) == []
    assert named("soda +orange", "soda au jus d'orange", never=never) == ["soda"]
    # What is looked for to be refused is there, whatever it names.
    assert named("soda -orange", "soda au jus d'orange", never=never) == []


def test_without_knowledge_of_the_post_no_field_holds() -> None:
    assert named("orange lang:fr", "orange", About()) == []
    assert named("orange -lang:fr", "orange", About()) == ["orange"]
    assert named("orange site:example.org", "orange", About(url="https://[broken")) == []


def test_the_language_is_not_asked_for_without_need() -> None:
    def refuse() -> str:
        raise AssertionError

    about = About(language=refuse)
    assert named("orange", "orange", about) == ["orange"]
    assert named("orange lang:fr", "rien", about) == []


def test_brands_share_words_and_stay_apart() -> None:
    brands = [Brand(f"b{at}", "B", query=f"orange +mot{at}") for at in range(50)]
    hits = BrandMatcher(brands).find_all(["orange mot7 mot31"])[0]
    assert [hit.brand for hit in hits] == ["b7", "b31"]


def test_a_hostile_text_costs_little() -> None:
    text = "orange panne " * 5_000
    assert len(BrandMatcher([Brand("b", "B", query="orange NEAR/9 panne", never=("x",))]).find_all([text])[0]) > 3_000


Places = list[tuple[int, int]] | None


def slow_places(node: Node, words: list[str], vetoed: set[int]) -> Places:
    """The language once more, part by part and word by word: no automaton, no cleverness."""
    match node:
        case Field(name, value):
            known = {"lang": "fr", "network": "news", "source": "blog", "site": "example.org"}
            return [] if known[name] == value else None
        case Not(part):
            return [] if slow_places(part, words, set()) is None else None
        case Context(part):
            return slow_places(part, words, vetoed)
        case Near(left, right, within, apart):
            here, there = slow_places(left, words, vetoed) or [], slow_places(right, words, set()) or []
            return [place for place in here if slow_near(there, words, within, place) != apart] or None
        case Either() | Every():
            return slow_group(node, words, vetoed)
    return slow_term(node, words, vetoed) or None


def slow_group(node: Either | Every, words: list[str], vetoed: set[int]) -> Places:
    if isinstance(node, Either):
        found = [slow_places(part, words, vetoed) for part in node.parts]
        return None if found.count(None) == len(found) else [place for one in found if one for place in one]
    naming = naming_part(node)
    each = [(part, slow_places(part, words, vetoed if part is naming else set())) for part in node.parts]
    return None if any(one is None for _, one in each) else [p for part, one in each if part is naming for p in one]


def slow_term(term: Term, words: list[str], vetoed: set[int]) -> list[tuple[int, int]]:
    found = []
    for spelling in set(spellings(term.text)) - {()}:
        wanted = spelling if term.exact else tuple(word.lower() for word in spelling)
        for first in range(len(words) - len(wanted) + 1):
            there = [word if term.exact else word.lower() for word in words[first : first + len(wanted)]]
            last = there[-1].startswith(wanted[-1]) if term.prefix else there[-1] == wanted[-1]
            place = (first, first + len(wanted))
            if last and tuple(there[:-1]) == wanted[:-1] and vetoed.isdisjoint(range(*place)):
                found.append(place)
    return found


def slow_near(there: list[tuple[int, int]], words: list[str], within: int, place: tuple[int, int]) -> bool:
    gaps = [(place[1], start) for start, _ in there if start >= place[1]]
    gaps += [(end, place[0]) for _, end in there if end <= place[0]]
    return any(sum(is_word(word) for word in words[begin:end]) < within for begin, end in gaps)


@given(QUERIES, TEXTS, st.sampled_from([(), ("air france",), ("jus", "l'orange", "orange télé")]))
@example('"l\'oré*" NOT NEAR/1 orange', "l’Oréals orange", ())
def test_the_automaton_says_what_the_slow_reader_says(query: str, text: str, never: tuple[str, ...]) -> None:
    plain = unaccent(without_links(text))
    words = WORDS.findall(plain)
    vetoed = {at for phrase in never for place in slow_term(Term(phrase), words, set()) for at in range(*place)}
    places = slow_places(parse_query(query), words, vetoed) or []
    bounds = [found.span() for found in WORDS.finditer(plain)]
    expected = sorted({(bounds[first][0], bounds[end - 1][1]) for first, end in places})
    found = BrandMatcher([Brand("b", "B", query=query, never=never)]).find_all([text], [POST])[0]
    assert [unaccent(text[hit.start : hit.end]) for hit in found] == [plain[start:end] for start, end in expected]
