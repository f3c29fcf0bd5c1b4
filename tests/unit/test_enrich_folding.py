"""Texts are read alike however they were typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.enrich.folding import fold, origins, unaccent, without_handles, without_links


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("L’Oréal", "l'oreal"),
        ("CŒUR", "coeur"),
        ("e\u0301te\u0301", "ete"),
        ("Straße", "strasse"),
        ("co\u00adop\u200bé", "coope"),
        ("coca‑cola", "coca-cola"),
        ("\uff22ulla", "bulla"),
    ],
)
def test_folds(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert unaccent(unaccent(text)) == unaccent(text)


@given(st.text())
def test_every_plain_character_knows_where_it_came_from(text: str) -> None:
    found = origins(text)
    assert len(found) == len(unaccent(text)) + 1
    assert found == sorted(found)
    assert found[-1] == len(text)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("see https://x.example/a?b=@c now", f"see {' ' * 24} now"),
        ("WWW.x.example", "             "),
        ("no link: a//b", "no link: a//b"),
    ],
)
def test_links_are_blanked_in_place(text: str, left: str) -> None:
    assert without_links(text) == left


def test_handles_are_blanked_in_place_and_mail_addresses_are_not() -> None:
    assert without_handles("@bulla, ask me@mail.example") == "      , ask me@mail.example"
