"""A glance sees all that the matcher finds, so that no source of a watched brand is taken for another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.enrich.glance import Glance
from tocsin.enrich.matching import BrandMatcher
from tocsin.model import Brand

BRANDS = (
    Brand("loreal", "L'Oréal", ("L'Oréal",)),
    Brand("air", "US Airways", ("US Airways", "@usair")),
    Brand("yahoo", "Yahoo!", patterns=(r"yah+oo",)),
    Brand("orange", "Orange", ("Orange",), never=("orange juice",)),
    Brand("peel", "Peel", query="(=Zest* OR 🍊) NEAR/3 (the OR 1) -juice"),
)
GLANCE, MATCHER = Glance(BRANDS), BrandMatcher(BRANDS)
PIECES = ["l'oreal", "LORÉAL", "L’Oréal", "us airways", "@usairways", "#USAir", "yahhhoo", "Yahoo", "orange", "juice"]
PIECES += ["-", "!", " ", "the", "é", "\u200b", "https://orange.example/", "_", "1"]
PIECES += ["Zesty", "🍊"]


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("We love L’Oréal!", True),
        ("a yahhhoo moment", True),
        ("@usairways again", True),
        ("the weather", False),
        ("", False),
        ("porange", True),
        ("🍊", True),
        ("the zest of it", True),
    ],
)
def test_a_glance(text: str, seen: bool) -> None:
    assert GLANCE(text) is seen


@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
def test_it_misses_nothing_that_the_matcher_finds(text: str) -> None:
    assert GLANCE(text) or not MATCHER.find_all([text])[0]


def test_without_brands_nothing_is_seen() -> None:
    assert not Glance(())("anything")
