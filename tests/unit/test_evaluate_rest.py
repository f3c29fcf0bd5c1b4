"""Scoring of stories, languages and brands."""

from datetime import UTC, datetime, timedelta

import pytest

from tocsin.enrich.stories import likeness
from tocsin.evaluate.brands import BrandError, Matched, names_of, read_brands, score_brands
from tocsin.evaluate.language import Spoken, count_words, read_language, score_language
from tocsin.evaluate.stories import Pair, found_again, judge_pair, read_same, score_pairs
from tocsin.model import Brand

LONG = "The minister said on Monday that the new station will open before the summer holidays begin"


@pytest.mark.parametrize(
    ("raw", "same"),
    [
        ("1", True),
        (" Yes ", True),
        ("même", True),
        ("0.0", False),
        ("FALSE", False),
        ("non", False),
        ("2", None),
        ("", None),
    ],
)
def test_people_say_same_in_many_words(raw: str, same: bool | None) -> None:
    assert read_same(raw) is same


def test_a_pair_is_judged_as_a_book_of_stories_would() -> None:
    assert judge_pair(LONG, f"RT @news: {LONG} https://example.org/a", True) == Pair(True, True, 1.0)
    other = judge_pair(LONG, "Our flight was late again and nobody at the desk knew anything about it", False)
    assert not other.joined
    assert other.alike < 0.1


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [("Bulla lol", "bulla LOL", 1.0), ("Bulla lol", "Bulla bof", 0.0), ("Bulla", LONG, 0.0)],
)
def test_short_texts_are_alike_or_not(one: str, other: str, alike: float) -> None:
    assert likeness(one, other) == alike


def test_other_thresholds_are_shown_and_the_best_is_told() -> None:
    pairs = [Pair(True, True, 0.9), Pair(True, False, 0.42), Pair(False, False, 0.31), Pair(False, False, 0.1)]
    found = score_pairs(pairs)
    assert found.scores.of("same").recall.value == 0.5
    assert found.scores.of("same").precision.value == 1.0
    assert (found.best.at, found.best.accuracy.value) == (0.35, 1.0)
    assert [cut.recall.value for cut in found.cuts if cut.at in {0.05, 0.5, 0.95}] == [1.0, 0.5, 0.0]
    assert score_pairs([]) is None


def test_repeats_are_counted_within_the_span_of_their_story() -> None:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    hours = [("a", 0, LONG), ("b", 1, "Another text of some more words than four"), ("c", 2, LONG), ("d", 80, LONG)]
    posts = [(name, at + timedelta(hours=hour), text) for name, hour, text in [*hours, ("e", 81, LONG)]]
    assert found_again(posts) == (2, 2), "c of a, e of d; d begins a story anew"
    assert found_again([("a", at, f"{LONG} again"), ("b", at, LONG), ("c", at, LONG)]) == (1, 1)


@pytest.mark.parametrize(
    ("raw", "language"),
    [("fr", "fr"), ("FR-fr", "fr"), ("en_GB", "en"), ("eng", "en"), ("Français", "fr"), ("de", "und"), ("", None)],
)
def test_languages_have_many_names(raw: str, language: str | None) -> None:
    assert read_language(raw, ("fr", "en")) == language


def test_words_without_a_language_are_not_counted() -> None:
    assert count_words("@bulla c'est nul 2026 https://example.org/fr") == 3


def test_languages_are_scored_by_length_and_the_shares_add_up() -> None:
    rows = [Spoken("fr", "und", 1), Spoken("und", "und", 2), Spoken("fr", "fr", 3), Spoken("en", "fr", 5)]
    rows += [Spoken("en", "und", 8), Spoken("und", "en", 30), Spoken("en", "en", 30)]
    found = score_language(rows)
    assert [(part.name, part.rows) for part in found.lengths] == [
        ("under 3 words", 2), ("3 to 5 words", 2), ("6 to 10 words", 1), ("over 20 words", 2),
    ]  # fmt: skip
    shares = [(part.right.value, part.unsaid.value, part.wrong.value) for part in found.lengths]
    assert shares == [(0.5, 0.5, 0.0), (0.5, 0.0, 0.5), (0.0, 1.0, 0.0), (0.5, 0.0, 0.5)]
    assert found.long_enough.value == 0.4
    assert found.scores.rows == 7
    assert score_language([]) is None


KNOWN = names_of([Brand("orange", "Orange", aliases=("Orange Télécom",)), Brand("free", "Free")])


@pytest.mark.parametrize(
    ("raw", "ids", "strange"),
    [
        ("orange; FREE", {"orange", "free"}, []),
        ("Orange telecom", {"orange"}, []),
        ('["free", "SFR"]', {"free"}, ["SFR"]),
        ("['orange', 'free']", {"orange", "free"}, []),
        ("", set(), []),
        ("none", set(), []),
    ],
)
def test_brands_are_read_by_any_of_their_names(raw: str, ids: set[str], strange: list[str]) -> None:
    assert read_brands(raw, KNOWN) == (ids, strange)


def test_brands_are_scored_one_by_one_and_together() -> None:
    def row(where: str, expected: set[str], found: set[str]) -> Matched:
        return Matched(where, f"text of {where}", frozenset(expected), frozenset(found))

    rows = [
        row("line 2", {"orange"}, {"orange"}),
        row("line 3", set(), {"orange"}),
        row("line 4", {"orange", "free"}, {"free"}),
        row("line 5", set(), set()),
    ]
    found = score_brands(rows, ["orange", "free", "quiet"])
    orange, free, quiet = found.brands
    assert (orange.precision.value, orange.recall.value) == (0.5, 0.5)
    assert (free.precision.value, free.recall.value) == (1.0, 1.0)
    assert (quiet.precision, quiet.recall) == (None, None)
    assert (found.together.expected, found.together.found, found.together.right) == (3, 3, 2)
    assert found.exact.value == 0.5
    assert found.errors == (
        BrandError("line 3", (), ("orange",), "text of line 3"),
        BrandError("line 4", ("orange",), (), "text of line 4"),
    )
