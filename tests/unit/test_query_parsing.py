"""What a query means, how it is written again, and that each mistake is shown at its place."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from query_statements import QUERIES
from tocsin.query import QueryError, finds_by, parse_query

SAME = {
    "words side by side": ("orange forfait", "orange forfait", "orange AND forfait"),
    "or binds less": ("orange sosh OR bouygues", "orange sosh OR bouygues", "(orange AND sosh) OR bouygues"),
    "brackets": ("(orange OR sosh) AND -jus", "(orange OR sosh) -jus", "(orange || sosh) && NOT jus"),
    "french": ("orange OU sosh SAUF jus", "orange OR sosh -jus", "orange OR sosh NOT jus"),
    "french fields": ("orange ET langue:fr", "orange lang:fr", "orange AND LANG:FR"),
    "near": ("orange PRÈS/3 jus", "orange NEAR/3 jus", "orange PRES/3 jus"),
    "not near": ("orange SAUF PRÈS/3 jus", "orange NOT NEAR/3 jus", "orange NON NEAR/3 jus"),
    "a chain of near": ("a NEAR/3 b NEAR/2 c", "a NEAR/3 b NEAR/2 c", "(a NEAR/3 b) NEAR/2 c"),
    "quotes": ("« Orange  Bank »", '"Orange Bank"', "“Orange Bank”"),
    "case": ('=Orange ="Orange Bank"', '=Orange ="Orange Bank"', '="Orange" AND =“Orange Bank”'),
    "forms": ("#orange @orange_fr", '#orange "@orange_fr"', '"#orange" AND "@orange_fr"'),
    "going on": ('télécom* "orange ban*"', 'télécom* "orange ban*"', 'télécom* AND "orange ban*"'),
    "fields of several values": ("x lang:(fr OR en)", "x (lang:fr OR lang:en)", "x AND langue:(fr OU en)"),
    "a site without its www": ("x site:www.example.org", "x site:example.org", "x SITE:example.org"),
    "operators to look for": ('"or" =et', '"or" ="et"', '"or" AND ="et"'),
    "no operators": ("ANDROID ORANGE ETAM OUI", "ANDROID ORANGE ETAM OUI", "ANDROID AND ORANGE AND ETAM AND OUI"),
    "signs inside words": (
        "coca-cola l'oréal C&A 7:30",
        'coca-cola l\'oréal C&A "7:30"',
        "coca-cola l'oréal C&A 7:30",
    ),
    "lines": ("orange\n  +forfait\n", "orange +forfait", "orange AND +forfait"),
}


@pytest.mark.parametrize("case", SAME)
def test_ways_to_write_the_same(case: str) -> None:
    written, plain, other = SAME[case]
    assert str(parse_query(written)) == plain
    assert parse_query(other) == parse_query(written)


WRONG = {
    "": ("the query is empty", 0),
    "   ": ("the query is empty", 0),
    "orange (forfait": ("the bracket is not closed", 7),
    "orange ((a) (b)": ("the bracket is not closed", 7),
    'orange "for': ("the quote is not closed", 7),
    "orange )": ("no bracket is open here", 7),
    "orange ()": ("the brackets are empty", 8),
    "orange (a AND )": ("a word is missing before the bracket", 14),
    "orange OR": ("a word is missing after OR", 7),
    "orange -": ("a word is missing after -", 7),
    "OR orange": ("a word is missing before OR", 0),
    "orange AND OR sosh": ("a word is missing before OR", 11),
    "orange or sosh": ("write OR in capitals", 7),
    "orange et sosh": ("write ET in capitals", 7),
    "orange NEAR panne": ("NEAR needs a number of words", 7),
    "orange NEAR/ panne": ("NEAR needs a number of words", 7),
    "orange NEAR/0 panne": ("NEAR counts words, 1 to 99", 7),
    "orange NEAR/100 panne": ("NEAR counts words, 1 to 99", 7),
    "orange NEAR/3 -panne": ("a word is missing before -", 14),
    "orange NEAR/3 (panne réseau)": ("beside NEAR stand words", 15),
    "(orange lang:fr) NEAR/3 panne": ("beside NEAR stand words", 1),
    "orange lnag:fr": ("unknown field 'lnag'; did you mean 'lang:'?", 7),
    "orange xyzzy:fr": ("unknown field 'xyzzy'; known are lang, network, site, source", 7),
    "orange lang:french": ("lang: a language is two letters such as fr", 12),
    "orange site:example": ("site: a site is a host", 12),
    "orange author:ana": ("authors are kept as pseudonyms", 7),
    "lang:fr": ("true of texts that name nothing", 0),
    "orange OR -jus": ("true of texts that name nothing", 10),
    "orange OR (sosh OR lang:fr)": ("true of texts that name nothing", 19),
    "or* orange": ("a `*` stands at the end of a word, after three letters", 0),
    "or*nge": ("a `*` stands at the end of a word", 2),
    "orange *": ("a `*` stands at the end of a word", 7),
    "orange~3": ("`orange NEAR/5 panne`", 6),
    "orange !jus": ("`-juice`", 7),
    "/orange/": ("patterns:", 0),
    "{Orange}": ("`=Orange`", 0),
    '""': ("there is nothing to look for", 0),
    "#": ("there is nothing to look for", 0),
    "-" * 30 + "a": ("nested more than 20 levels deep", 10),
    "a" * 4_001: ("longer than 4,000 characters", 4_000),
}


@pytest.mark.parametrize("query", WRONG)
def test_a_mistake_is_shown_at_its_place(query: str) -> None:
    reason, at = WRONG[query]
    with pytest.raises(QueryError) as caught:
        parse_query(query)
    assert reason in caught.value.reason
    assert caught.value.at[0] == at


def test_the_caret_stands_below_the_place_in_its_own_line() -> None:
    with pytest.raises(QueryError) as caught:
        parse_query("orange\n  OR  lnag:fr x\n  OR y")
    _, line, caret = str(caught.value).split("\n")
    assert line == "    OR  lnag:fr x"
    assert caret == "        ^^^^^"


def test_a_long_line_is_cut_around_the_place() -> None:
    with pytest.raises(QueryError) as caught:
        parse_query("word " * 100 + "lnag:fr " + "word " * 100)
    _, line, caret = str(caught.value).split("\n")
    assert len(line) < 120
    assert line[caret.index("^") :].startswith("lnag:")


NAMING = {
    "orange forfait": ["orange"],
    "+forfait orange": ["orange"],
    "+forfait +orange": ["forfait"],
    "lang:fr -jus orange 4G": ["orange"],
    "orange NEAR/3 réseau": ["orange"],
    "(orange OR sosh) (réseau OR 4G)": ["orange", "sosh"],
    "orange +4G OR sosh": ["orange", "sosh"],
    "(orange OR lang:fr) sosh": ["sosh"],
}


@pytest.mark.parametrize("query", NAMING)
def test_which_words_name_the_brand(query: str) -> None:
    assert [term.text for term in finds_by(parse_query(query))] == NAMING[query]


@given(QUERIES)
def test_what_is_written_again_is_the_same_query(query: str) -> None:
    parsed = parse_query(query)
    assert parse_query(str(parsed)) == parsed


SIGNS = st.sampled_from([*"()\"-+=:*~/ #@&|'«»“”\n", "AND", "OR", "NOT", "NEAR/3", "NEAR/", "ET", "lang:", "fr", "x"])


@given(st.lists(st.one_of(SIGNS, st.text(max_size=3)), max_size=25).map("".join))
def test_whatever_is_written_is_read_or_refused_at_a_place(query: str) -> None:
    refused = None
    try:
        assert parse_query(str(parse_query(query))) == parse_query(query)
    except QueryError as exc:
        refused = exc
    if refused:
        assert 0 <= refused.at[0] < refused.at[1] <= len(query) + 1
        assert str(refused).count("\n") == 2


def documented() -> list[str]:
    """The examples of the docs' tables: the last column in English, the first in French."""
    text = (Path(__file__).resolve().parents[2] / "include" / "docs" / "brands.md").read_text(encoding="utf-8")
    text = text[text.index("## The language") : text.index("**In YAML**")].replace("\\|", "/")
    english, french = text.split("**En français**")
    cells = [row.split("|")[-2] for row in re.findall(r"^\| `.*$", english, re.MULTILINE)]
    cells += [row.split("|")[1] for row in re.findall(r"^\| `.*$", french, re.MULTILINE)]
    return [query for cell in cells for query in re.findall(r"`([^`]+)`", cell)]


@pytest.mark.parametrize("query", documented())
def test_the_examples_of_the_docs_can_be_read(query: str) -> None:
    assert parse_query(str(parse_query(query))) == parse_query(query)


def test_the_docs_have_examples_in_both_languages() -> None:
    assert len(documented()) > 15
    assert any(" OU " in query for query in documented())
