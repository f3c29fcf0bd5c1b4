"""Crisis words: how their tables are read, which forms they take, and until when they count."""

from datetime import date

import pytest

from tocsin.enrich.harm_tokens import plain_words, words_of
from tocsin.enrich.harm_words import Bearer, CrisisWord, crisis_words, forms, read_crisis_words, shipped_words
from tocsin.errors import ConfigError

DAY = date(2026, 11, 29)
TABLE = """\
# a comment
@ food tocsin 2027-06-30
0.6	n	recall, dirty bottle
0.9	f	listeria	2026-12-31
0	f	as i recall
"""


def found(text: str, language: str, day: date = DAY, *own: CrisisWord) -> list[str]:
    words = words_of(text)
    return [
        text[words[one.first].start : words[one.end - 1].end] for one in crisis_words(own).find(words, language, day)
    ]


def test_a_table_gives_every_form_with_its_block() -> None:
    words = list(read_crisis_words(TABLE, "own.tsv", "en"))
    assert [word.phrase for word in words] == [
        "recall", "recalls", "dirty bottle", "dirty bottles", "listeria", "as i recall",
    ]  # fmt: skip
    assert {(word.sector, word.owner) for word in words} == {("food", "tocsin")}
    assert [word.until.year for word in words if word.phrase == "listeria"] == [2026]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("0.6\tn\trecall", "own.tsv:1: words before the first block; begin one with `@ sector owner 2030-12-31`"),
        ("@ food tocsin", "own.tsv:1: a block needs three words; write `@ sector owner 2030-12-31`"),
        ("@ food tocsin soon", "own.tsv:1: 'soon' is no day; write it as 2030-12-31"),
        ("@ food tocsin 2030-12-31\n0.6 n recall", "own.tsv:2: 1 columns; write weight, kind, words"),
        ("@ food tocsin 2030-12-31\n6\tn\trecall", "own.tsv:2: weight '6'; write a number from 0 (harmless) to 1"),
        ("@ food tocsin 2030-12-31\n0.6\tx\trecall", "own.tsv:2: no kind 'x'; write one of n noun"),
        ("@ food tocsin 2030-12-31\n0.6\tn\trecall, ", "own.tsv:2: an empty word; strike the comma too many"),
        ("@ food tocsin 2030-12-31\n0.6\tn\trecall\t31/12/2030", "own.tsv:2: '31/12/2030' is no day; write it as"),
    ],
)
def test_what_is_wrong_with_a_table_is_said_with_line_and_remedy(table: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        list(read_crisis_words(table, "own.tsv", "en"))
    assert str(caught.value).startswith(said)


def test_an_expired_word_no_longer_counts() -> None:
    word = CrisisWord("poisoned lemonade", 0.8, "food", until=date(2026, 6, 30))
    assert found("The poisoned lemonade case", "en", date(2026, 6, 30), word) == ["poisoned lemonade"]
    assert found("The poisoned lemonade case", "en", date(2026, 7, 1), word) == ["poisoned"], (
        "the shipped word is left"
    )


def test_days_between_two_ends_are_alike() -> None:
    words = crisis_words([CrisisWord("poisoned lemonade", 0.8, "food", until=date(2026, 6, 30))])
    assert words.since(date(2026, 6, 30)) == words.since(date(2020, 1, 1)) == date.min
    assert words.since(date(2026, 7, 1)) == words.since(DAY) == date(2026, 7, 1)


def test_a_team_s_word_wins_over_a_shipped_one() -> None:
    assert (
        crisis_words([CrisisWord("recall", 0.0, "food")]).find(words_of("A recall."), "en", DAY)[0].word.weight == 0.0
    )


def test_the_longest_phrase_wins_and_a_harmless_one_silences_the_word_in_it() -> None:
    assert found("As I recall, a recall of baby food", "en") == ["As I recall", "recall"]
    assert found("Rappel : rappel de produits", "fr") == ["Rappel :", "rappel de produits"]


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        ("Des LOTS CONTAMINÉS, des lots contamines", "fr", ["LOTS CONTAMINÉS", "lots contamines"]),
        ("L'enquête et l’amende", "fr", ["enquête", "amende"]),
        ("class-action suits", "en", ["class-action suits"]),
        ("#BoycottBulla #boycottbulla", "en", ["Boycott", "boycott"]),
        ("It cuts 12,000 jobs", "en", ["cuts 12,000 jobs"]),
        ("Elle supprime 12 000 postes", "fr", ["supprime 12 000 postes"]),
        ("see https://news.example/recall-fraud", "en", []),
        ("Fraude! Recall!", "und", ["Fraude", "Recall"]),
        ("Fraude", "en", []),
    ],
)
def test_words_are_found_however_they_are_typed(text: str, language: str, words: list[str]) -> None:
    assert found(text, language) == words


def test_a_number_is_any_number() -> None:
    assert plain_words("cuts 300 jobs") == plain_words("cuts 12,000 jobs") == ("cuts", "0", "jobs")


def test_forms_of_a_team_s_word_are_made_in_both_languages() -> None:
    assert {"fuite de gaz", "fuites de gaz"} <= set(forms("fuite de gaz", "n", ""))
    assert "dirty bottles" in set(forms("dirty bottle", "n", ""))


def test_every_shipped_word_has_a_sector_an_owner_and_a_last_day() -> None:
    assert all(word.sector and word.owner and word.until > DAY for word in shipped_words())
    sectors = {language: {w.sector for w in shipped_words() if w.language == language} for language in ("en", "fr")}
    assert sectors["en"] == sectors["fr"]
    assert len(sectors["fr"]) == 15
    assert {word.bearer for word in shipped_words()} == set(Bearer)
