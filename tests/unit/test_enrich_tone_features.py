"""What the rules say of a text in numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.enrich.tone import Thresholds, ToneReader
from tocsin.enrich.tone_features import RuleFeatures, rule_features

TONES = ToneReader(Thresholds())


def test_numbers_of_a_text() -> None:
    found = rule_features("LOVELY crew, thanks! But never... the food? Horrible, not good.", "en", TONES)
    assert found.highest > 0.3
    assert found.first == found.highest
    assert found.lowest == found.last < -0.3
    assert found.valence == TONES.read("LOVELY crew, thanks! But never... the food? Horrible, not good.", "en")[1]
    assert found[8:13] == (2.0, 1.0, 1.0, 1.0, 1.0)
    assert found.good_words >= 2
    assert found.bad_words >= 1
    assert found.worst_word < -0.3


def test_french_negations_count() -> None:
    assert rule_features("Je ne suis pas content, plus jamais", "fr", TONES).negations == 3


def test_a_brand_says_nothing() -> None:
    assert rule_features("United flies", "en", TONES, [(0, 6)]).good_words == 0.0


@pytest.mark.parametrize(("text", "language"), [("", "en"), ("   ", "fr"), ("horrible", "de")])
def test_nothing_is_all_zero(text: str, language: str) -> None:
    assert rule_features(text, language, TONES) == RuleFeatures()


@given(st.text(max_size=300), st.sampled_from(["en", "fr", "und"]))
def test_numbers_stay_in_bounds(text: str, language: str) -> None:
    found = rule_features(text, language, TONES)
    assert all(isinstance(number, float) for number in found)
    assert all(-1 <= number <= 20 for number in found)
    # Sentences add up, so the whole may be louder than each of them; but it takes a side that one of them takes.
    assert found.lowest < 0 or found.valence >= 0
    assert found.highest > 0 or found.valence <= 0
