"""Which words set texts apart: by how much more often they are used, as people write and search them."""

from hypothesis import given
from hypothesis import strategies as st

from tocsin.index import schema
from tocsin.index.driving import ARTICLES, LEAST, driving_words

CALM = ["La marque vend", "la boisson de la marque", "Une boisson", "la marque, l'été"] * 25


def test_words_that_are_new_lead_and_words_of_every_day_do_not() -> None:
    storm = ["La marque retire la boisson", "la marque retire tout", "Scandale ! la marque retire"]
    assert driving_words(storm, CALM, 5)[0] == "retire"
    assert "la" not in driving_words(storm, CALM, 1)
    assert "scandale" not in driving_words(storm, CALM, 9), "said once"


def test_spelling_and_articles_make_no_other_word() -> None:
    storm = ["l\u2019Œuvre", "L'œuvre d'art", "OEUVRE", "aujourd'hui", "Aujourd\u2019hui", "AUJOURD'HUI"]
    assert set(driving_words(storm, CALM, 9)) == {"oeuvre", "aujourd'hui"}


def test_a_word_said_often_in_one_text_is_one_text_s_word() -> None:
    assert driving_words(["faux faux faux faux", "vrai"], CALM, 9) == ()


def test_elasticsearch_takes_off_the_same_articles() -> None:
    analysis = schema.shape("mentions")["settings"]["index"]["analysis"]
    assert set(analysis["filter"]["tocsin_elision"]["articles"]) == ARTICLES


texts = st.lists(st.text("ab 'é", max_size=9), max_size=9)


@given(texts, texts, st.integers(-1, 9))
def test_what_drives_is_held_by_enough_texts_and_used_more_than_elsewhere(storm, others, limit) -> None:
    found = driving_words(storm, others, limit)
    assert len(found) <= max(limit, 0)
    assert len(set(found)) == len(found)
    assert driving_words(storm, storm, 9) == driving_words(storm, [], 9) == driving_words([], others, 9) == ()
    assert not found or len(storm) >= LEAST
