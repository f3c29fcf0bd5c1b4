"""What a text does to each brand that it concerns."""

from functools import cache

import pytest

from tocsin.enrich.harm import Passage, judge
from tocsin.enrich.matching import BrandMatcher
from tocsin.enrich.tone import Thresholds, ToneReader
from tocsin.model import Brand, Harm, Judgement, Tone

BRANDS = (Brand("bulla", "Bulla"), Brand("coca", "Coca-Cola"), Brand("horrible", "Horrible Bikes"))


@cache
def tools() -> tuple[BrandMatcher, ToneReader]:
    return BrandMatcher(BRANDS), ToneReader(Thresholds())


def judged(text: str, language: str = "en", *brands: str) -> tuple[Judgement, ...]:
    matcher, tones = tools()
    (hits,) = matcher.find_all([text])
    named = brands or tuple(dict.fromkeys(hit.brand for hit in hits))
    return judge(Passage(text, "", language, hits), named, tones)


def test_a_text_may_harm_one_brand_and_not_the_other() -> None:
    text = "Bulla is a disgrace, their lemonade is awful. I love Coca-Cola, it is great!"
    bulla, coca = judged(text)
    assert (bulla.brand, bulla.tone, bulla.harm) == ("bulla", Tone.NEGATIVE, Harm.HARMFUL)
    assert (coca.brand, coca.tone, coca.harm, coca.score, coca.words) == ("coca", Tone.POSITIVE, Harm.NONE, 0.0, ())
    assert bulla.score == -bulla.compound > 0.5
    assert set(bulla.words) == {"a disgrace", "awful"}


def test_french_is_judged_by_its_own_ear() -> None:
    text = "Bulla a menti, quelle honte !\nCoca-Cola : une boisson délicieuse, bravo."
    bulla, coca = judged(text, "fr")
    assert (bulla.harm, coca.harm) == (Harm.HARMFUL, Harm.NONE)
    assert bulla.words == ("menti", "quelle honte")


def test_a_brand_alone_is_judged_by_the_whole_text() -> None:
    (bulla,) = judged("Bought a Bulla lemonade yesterday. It made me sick, awful stuff.")
    assert bulla.harm is Harm.HARMFUL


def test_a_brand_that_only_the_source_names_is_judged_by_the_whole_text() -> None:
    bulla, coca = judged("The bottle leaks, I hate it.", "en", "bulla", "coca")
    assert (bulla.harm, coca.harm) == (Harm.HARMFUL, Harm.HARMFUL)
    assert bulla.words == ("hate", "leaks")


def test_a_brand_s_name_is_no_harm_and_no_word_that_decided_it() -> None:
    (bikes,) = judged("Horrible Bikes opens a shop in Lyon.")
    assert (bikes.harm, bikes.words) == (Harm.NONE, ())
    (bikes,) = judged("Horrible Bikes sold me a terrible frame.")
    assert (bikes.harm, bikes.words) == (Harm.HARMFUL, ("terrible",))


@pytest.mark.parametrize("language", ["und", "de"])
def test_a_language_that_nobody_reads_is_no_guess(language: str) -> None:
    assert judged("Bulla ist eine Schande", language) == (Judgement("bulla", Tone.UNKNOWN, 0.0, Harm.UNKNOWN, 0.0),)


def test_words_of_a_link_decide_nothing() -> None:
    (bulla,) = judged("Bulla is a disgrace https://x.example/awful-terrible")
    assert bulla.words == ("a disgrace",)
