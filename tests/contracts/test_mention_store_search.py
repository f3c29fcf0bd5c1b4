"""What search promises: accents and case folded, every input plain words, newest first."""

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

many_examples = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


def found(stores, words, **how):
    return [mention.id for mention in stores.mentions.search(words, **how)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("L'Oréal retire sa crème", "oreal"),
        ("L'Oréal retire sa crème", "loreal"),
        ("L'Oréal retire sa crème", "L'OREAL"),
        ("L’Oréal retire sa crème", "l'oréal creme"),
        ("Loreal retire sa creme", "L’Oréal crème"),
        ("L’Ore\u0301al, accent de\u0301compose\u0301", "oréal décomposé"),
        ("L'Oréal's cream", "l'oréal"),
        ("McDonald's burger", "mcdonalds"),
        ("McDonald's burger", "mcdonald"),
        ("un œuf, un cœur", "OEUF coeur"),
        ("Große Straße", "grosse strasse"),
        ("Qu’est-ce qu’il y a aujourd’hui ?", "aujourd'hui est"),
        ("so\u00adda water", "soda"),
        ("#BoycottTonic @tonic", "boycotttonic tonic"),
        ("рекламная кампания", "КАМПАНИЯ"),
        ("tonic\x00water", "water"),
    ],
)
def test_words_are_found_as_people_type_them(stores, mention, text, words) -> None:
    stores.mentions.add([mention("a", title="", text=text), mention("b", title="", text="rien à voir")])
    assert found(stores, words) == ["a"]


def test_all_words_must_be_there_in_title_or_text(stores, mention) -> None:
    stores.mentions.add([mention("a", title="Red tonic", text="sold out"), mention("b", title="Red", text="wine")])
    assert found(stores, "sold red") == ["a"]
    assert found(stores, "red") == ["a", "b"]
    assert found(stores, "red blue") == []
    assert found(stores, "toni") == []


def test_newest_first_then_id_up_to_the_limit(stores, mention) -> None:
    stores.mentions.add([mention("old"), mention("b", minutes=5), mention("a", minutes=5), mention("new", minutes=9)])
    assert found(stores, "text") == ["new", "a", "b", "old"]
    assert found(stores, "text", limit=2) == ["new", "a"]
    assert found(stores, "text", limit=0) == []
    assert found(stores, "text", limit=-1) == []
    assert len(found(stores, "text", limit=10**30)) == 4


def test_a_brand_narrows_the_search(stores, mention) -> None:
    stores.mentions.add(
        [mention("a", brands=("tonic", "soda")), mention("b", brands=("soda",)), mention("c", brands=())]
    )
    assert found(stores, "text", brand="tonic") == ["a"]
    assert found(stores, "text", brand="soda") == ["a", "b"]
    assert found(stores, "text", brand="' OR 1=1 --") == []


HOSTILE = [
    '"', "'", '""', 'text" OR "x', "NEAR(text, 2)", "text AND", "NOT text", "OR", "te*", "text*", "^text",
    "words:text", "(text", "-text", "text + of", "{text}", "; DROP TABLE mentions; --", "%", "\\", "\x00", "\ud800",
    "text\ud800", "", "   ", "😡", "a" * 100_000, "text " * 20_000, " ".join(f"w{n}" for n in range(2000)),
]  # fmt: skip


@pytest.mark.parametrize("words", HOSTILE, ids=lambda words: ascii(words[:20]))
def test_hostile_input_is_plain_words(stores, mention, words) -> None:
    stores.mentions.add([mention("a")])
    assert found(stores, words) in (["a"], [])
    assert found(stores, "text") == ["a"]


@pytest.mark.parametrize("words", ["text OR nothing", "NOT text", "text NEAR of", "te*", "words:text"])
def test_operators_are_words_too(stores, mention, words) -> None:
    stores.mentions.add([mention("a")])
    assert found(stores, words) == []


@pytest.mark.parametrize("words", ["", "  ", "!?", "😡"])
def test_an_input_without_words_finds_nothing(stores, mention, words) -> None:
    stores.mentions.add([mention("a", text="!? 😡")])
    assert found(stores, words) == []


text = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)


@many_examples
@given(text=text)
@example(text="a\U0001e900b")  # A letter younger than the tokenizer's tables.
@example(text="a\u19b0b")  # A letter of today that was a mark in the tokenizer's tables.
@example(text="d'l'Oréal's'x")
@example(text="İstanbul ŉ ﬁn ʼ")
def test_every_text_is_found_by_itself(fresh, mention, text) -> None:
    with fresh() as stores:
        stores.mentions.add([mention("a", title="", text=text)])
        assert found(stores, text) == (["a"] if any(char.isalnum() for char in text) else [])
