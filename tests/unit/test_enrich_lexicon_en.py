"""The English lexicon as it is written and as it is searched."""

from collections.abc import Iterator
from importlib.resources import files

import pytest

from tocsin.enrich.lexicon_en import Kind, beginnings, known_words, longest
from tocsin.enrich.tone_en_words import in_phrases

FOLDER = files("tocsin.enrich").joinpath("lexicons/en")


def lines() -> Iterator[tuple[str, str]]:
    for table in FOLDER.iterdir():
        for number, line in enumerate(table.read_text(encoding="utf-8").splitlines(), 1):
            if line and not line.startswith("# "):
                yield f"{table.name}:{number}", line


def test_each_line_says_valence_kind_and_phrases() -> None:
    wrong = []
    for place, line in lines():
        valence, kind, listed = line.split("\t")
        phrases = listed.split(", ")
        silent = Kind(kind) in (Kind.MUTED, Kind.NEGATES, Kind.REQUEST)
        if (float(valence) == 0) != silent or abs(float(valence)) > 4 or not all(phrases) or listed != listed.lower():
            wrong.append(place)
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("on hold for 3", Kind.WORD),
        ("stopped loading", Kind.WORD),
        ("delaying", Kind.WORD),
        ("why can't", Kind.FIXED),
        ("health care", Kind.MUTED),
        ("fails to", Kind.NEGATES),
        ("love how", Kind.SARCASM),
        ("can you help", Kind.REQUEST),
        ("plummeted", Kind.MARKET),
    ],
)
def test_a_phrase_is_found_whole(text: str, kind: Kind) -> None:
    words = text.split()
    found = longest(beginnings(words[0]), words, 1)
    assert found is not None
    assert (found[0], found[1].kind) == (len(words), kind)


def test_up_to_two_words_may_stand_between() -> None:
    assert in_phrases("give me my old phone back").entries[0] is not None
    assert in_phrases("give me my good old phone back").entries[0] is None


def test_muted_words_murmur() -> None:
    key = in_phrases("share").keys[0]
    assert 0 < known_words()[key] < 0.3


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("It’s #NeverAgain!", ["It’s", "NeverAgain"]),
        ("#MyNewShoes", ["My", "New", "Shoes"]),
        ("baaaad, bad", ["baaaad", "bad"]),
        ("👍👍 great", ["👍", "👍", "great"]),
        ("50% off :)", ["50%", "off", ":)"]),
    ],
)
def test_words_are_found_where_they_stand(sentence: str, words: list[str]) -> None:
    assert [sentence[start:end] for start, end in in_phrases(sentence).spans] == words
