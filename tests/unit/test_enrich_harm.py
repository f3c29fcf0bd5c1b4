"""What a text does to each brand that it concerns."""

from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.enrich.harm import MOST_WORDS, judge
from tocsin.enrich.matching import BrandMatcher
from tocsin.enrich.passage import Passage
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


def test_a_denial_takes_from_an_accusation_what_the_docs_say() -> None:
    accused = "Prosecutors open a fraud investigation into Bulla."
    (alone,), (answered,), (denial,) = (
        judged(accused),
        judged(f"{accused} Bulla denies the fraud."),
        judged("Bulla denies fraud."),
    )
    assert (alone.harm, answered.harm, denial.harm) == (Harm.HARMFUL, Harm.HARMFUL, Harm.RESOLVED)
    assert answered.score == pytest.approx(0.7 * alone.score)
    assert denial.score == pytest.approx(0.3 * 0.8), "30 % of the weight of fraud"


def test_who_is_very_angry_is_not_done_with_a_harm_that_is_over() -> None:
    (angry,) = judged("Bulla settled the fraud lawsuit. The lemonade is still awful, disgusting and I hate it.")
    (grumbling,) = judged("The fraud case against Bulla is settled. Their soda is a bit sad.")
    assert (angry.harm, grumbling.harm) == (Harm.HARMFUL, Harm.RESOLVED)
    assert angry.compound <= -0.5 < grumbling.compound < 0


LONG = "The town has a market, a station and two schools. " * 80
"""Longer than what is read of a text from its beginning."""


def test_a_brand_named_late_in_a_long_text_does_not_bear_what_its_beginning_says_of_another() -> None:
    text = f"Coca-Cola recalls contaminated bottles, a disgrace. {LONG} Bulla opens a shop on Monday."
    bulla, coca = judged(text)
    assert coca.harm is Harm.HARMFUL
    assert (bulla.brand, bulla.tone, bulla.harm, bulla.words) == ("bulla", Tone.NEUTRAL, Harm.NONE, ())


def test_a_brand_named_late_in_a_long_text_is_judged_by_its_own_sentences() -> None:
    last = "Coca-Cola opens a shop on Monday. Bulla was fined for fraud, an awful affair."
    bulla, coca = judged(LONG + LONG + last)
    assert (coca.harm, bulla.harm) == (Harm.NONE, Harm.HARMFUL)
    assert {*bulla.words} <= {"fined", "fraud", "fined for fraud", "awful", "affair", "awful affair"}
    assert judged(LONG + LONG + last) == judged(last)


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


def score(text: str) -> float:
    return judged(text)[0].score


def test_each_harm_more_and_each_heavier_one_raises_the_score() -> None:
    calm = "Bulla published its figures on Monday"
    told = [calm, f"{calm} amid a complaint", f"{calm} amid a recall", f"{calm} amid a recall and two deaths"]
    scores = [score(f"{text}.") for text in told]
    assert scores == sorted(set(scores))
    assert scores[0] == 0.0


def test_crisis_words_alone_give_one_minus_the_product_of_what_they_leave() -> None:
    (bulla,) = judged("Rappel de produits Bulla : listeria.", "fr")
    assert bulla.score == pytest.approx(1 - (1 - 0.6) * (1 - 0.85) * (1 - max(0.0, -bulla.compound)))
    assert bulla.words == ("listeria", "Rappel de produits")


def test_praise_takes_its_valence_off_the_crisis_words() -> None:
    (bulla,) = judged("Brilliant, quick and honest help from Bulla after the recall, love them!")
    assert (bulla.tone, bulla.harm) == (Tone.POSITIVE, Harm.NONE)


def test_a_denial_alone_is_resolved_and_beside_an_accusation_weighs_less() -> None:
    (denied,) = judged("Bulla denies fraud.")
    (both,) = judged("Bulla denies fraud as prosecutors open an investigation.")
    (accused,) = judged("Bulla accused of fraud as prosecutors open an investigation.")
    assert (denied.harm, both.harm, accused.harm) == (Harm.RESOLVED, Harm.HARMFUL, Harm.HARMFUL)
    assert denied.score < both.score < accused.score
    assert "denies" in denied.words


def test_what_may_be_weighs_less_than_what_is() -> None:
    assert 0 < score("Bulla could recall its bottles.") < score("Bulla will recall its bottles.")


@given(st.text(alphabet="ab .,!?#@\n'éœ", max_size=40), st.text(alphabet="ab .,!?\n", max_size=40))
def test_whatever_stands_around_it_words_are_those_of_the_text_and_the_score_is_a_share(
    before: str, after: str
) -> None:
    text = f"{before} Bulla recalls œufs contaminés and lies {after}"
    for one in judged(text, "fr", "bulla", "coca"):
        assert 0 <= one.score <= 1
        assert all(" ".join(word.split()) in " ".join(text.split()) for word in one.words)
        assert len(one.words) <= MOST_WORDS


def test_the_same_words_in_another_case_are_given_once() -> None:
    (bulla,) = judged("Bulla FRAUD, Bulla fraud, Bulla Fraud.")
    assert bulla.words == ("FRAUD",)


def test_a_passage_that_was_heard_already_is_not_heard_again_to_another_end() -> None:
    text = "Bulla sold me a terrible frame."
    matcher, tones = tools()
    (hits,) = matcher.find_all([text])
    passage = Passage(text, "", "en", hits)
    heard = replace(passage, heard=tones.read(text, "en", [(hit.start, hit.end) for hit in hits]))
    assert judge(passage, ["bulla"], tones) == judge(heard, ["bulla"], tones)


def test_a_long_article_harms_a_brand_by_what_stands_near_its_name() -> None:
    rest = "The council met again to talk about parking and the weather in town. " * 12
    (bulla,) = judged(f"Bulla opened a shop. {rest}A bank was fined for fraud, money laundering and bribery.")
    assert bulla.harm is Harm.NONE
    (bulla,) = judged(f"{rest}A bank opened. Bulla was fined for fraud.")
    assert bulla.harm is Harm.HARMFUL


def test_where_brands_share_a_clause_what_stands_nearer_is_said_of_it() -> None:
    bulla, coca = judged("The awful Bulla beside the wonderful Coca-Cola")
    assert bulla.compound < coca.compound
