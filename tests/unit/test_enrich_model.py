"""A model that learns: the same texts give the same bytes, a planted word is learnt, and no bad file is believed."""

import io
import json
import random
import zipfile
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.enrich.model import ToneModel, softmax
from tocsin.enrich.model_features import RULES, features_of, rules_mark, tokens
from tocsin.enrich.model_file import from_bytes, to_bytes
from tocsin.enrich.model_training import fit, fit_temperature, minimize
from tocsin.enrich.tone import Ear, Thresholds, ToneReader
from tocsin.errors import PermanentError
from tocsin.model import Tone

NEG, NEU, POS = Tone.NEGATIVE, Tone.NEUTRAL, Tone.POSITIVE
TONES = ToneReader(Thresholds())
PLANTED = {NEG: "grumpf", NEU: "zorbic", POS: "yapluk"}
FILLER = ("the", "train", "to", "station", "was", "on", "platform", "four", "of", "nine", "and", "people", "read")


def planted(count: int, seed: int = 7) -> tuple[list[str], list[Tone]]:
    """Texts of ordinary words with one invented word that says the tone."""
    chance = random.Random(seed)
    labels = [chance.choice([NEG, NEU, POS]) for _ in range(count)]
    texts = []
    for label in labels:
        words = chance.choices(FILLER, k=8)
        words.insert(chance.randrange(8), PLANTED[label])
        texts.append(" ".join(words))
    return texts, labels


@pytest.fixture(scope="module")
def model() -> ToneModel:
    texts, labels = planted(240)
    return replace(fit(features_of(texts, "en", TONES), labels, "en"), temperature=0.8, rules_mark="abc")


def test_a_planted_word_is_learnt(model: ToneModel) -> None:
    texts, labels = planted(60, seed=8)
    assert [model.read(text, TONES)[0] for text in texts] == labels
    valences = {label: model.read(f"a {word} b", TONES)[1] for label, word in PLANTED.items()}
    assert valences[NEG] < -0.3 < valences[NEU] < 0.3 < valences[POS]


def test_a_typing_error_in_it_is_borne(model: ToneModel) -> None:
    assert model.read("the people were grumpfff there", TONES)[0] is NEG


def test_the_same_texts_give_the_same_bytes(model: ToneModel) -> None:
    texts, labels = planted(240)
    again = replace(fit(features_of(texts, "en", TONES), labels, "en"), temperature=0.8, rules_mark="abc")
    assert to_bytes(again) == to_bytes(model)


def test_what_is_written_is_read_again(model: ToneModel) -> None:
    found = from_bytes(to_bytes(model))
    assert to_bytes(found) == to_bytes(model)
    assert (found.language, found.classes, found.temperature, found.rules_mark) == ("en", (NEG, NEU, POS), 0.8, "abc")
    text = "a grumpf of a day"
    assert found.read(text, TONES) == model.read(text, TONES)


def test_a_reader_hears_by_the_model_and_by_rules_where_there_is_none(model: ToneModel) -> None:
    reader = ToneReader(Thresholds(), learnt={"en": model})
    assert reader.read("such a yapluk thing", "en")[0] is POS
    assert TONES.read("such a yapluk thing", "en")[0] is NEU
    assert reader.read("C'est nul", "fr") == TONES.read("C'est nul", "fr")
    assert reader.read("Das ist schlecht", "de")[0] is Tone.UNKNOWN
    assert reader.sentences("That is awful.", "en") == TONES.sentences("That is awful.", "en")


def test_a_brands_name_says_nothing_to_the_model(model: ToneModel) -> None:
    reader = ToneReader(Thresholds(), learnt={"en": model})
    text = "the grumpf train was on platform four"
    assert reader.read(text, "en")[0] is NEG
    assert reader.read(text, "en", [(4, 10)]) == reader.read("the train was on platform four", "en")


@pytest.mark.parametrize("text", ["", "   ", "🙂", "https://example.org/grumpf", "x" * 50_000, "\u0301\u0301"])
def test_any_text_has_a_tone(model: ToneModel, text: str) -> None:
    tone, valence = model.read(text, TONES)
    assert tone in {NEG, NEU, POS}
    assert -1 <= valence <= 1


def test_permuted_labels_teach_nothing() -> None:
    texts, labels = planted(300)
    random.Random(3).shuffle(labels)
    found = fit(features_of(texts[:200], "en", TONES), labels[:200], "en")
    right = sum(found.read(text, TONES)[0] is label for text, label in zip(texts[200:], labels[200:], strict=True))
    assert 15 < right < 52, "of 100, a third by chance"


def test_two_classes_and_a_fold_without_one() -> None:
    texts, labels = planted(120)
    rows = [row for row, label in enumerate(labels) if label is not NEU]
    found = fit(features_of([texts[row] for row in rows], "en", TONES), [labels[row] for row in rows], "en")
    assert found.classes == (NEG, POS)
    assert found.read("grumpf", TONES)[1] < 0 < found.read("yapluk", TONES)[1]


def test_texts_without_a_common_word_are_learnt_from_by_the_rules_alone() -> None:
    texts = ["awful!", "lovely :)", "dreadful", "superb"]
    found = fit(features_of(texts, "en", TONES), [NEG, POS, NEG, POS], "en", hold_back=0.01)
    assert found.read("terrible", TONES)[0] is NEG
    assert found.read("wonderful", TONES)[0] is POS


@given(st.lists(st.text(alphabet="abé 🙂!'1", max_size=12), min_size=1, max_size=6))
@settings(max_examples=40)
def test_features_add_up_and_each_text_is_its_own(texts: list[str]) -> None:
    together = features_of(texts, "fr", TONES)
    assert together.counts.sum() == len(together.buckets) == len(together.values)
    assert together.rules.shape == (len(texts), RULES)
    rows = np.array(range(len(texts)))[::-1]
    for row, text in zip(rows, reversed(texts), strict=True):
        alone, part = features_of([text], "fr", TONES), together.of(np.array([row]))
        assert np.array_equal(alone.buckets, part.buckets)
        assert np.array_equal(alone.values, part.values)
        assert np.array_equal(alone.rules, part.rules)


def test_words_are_folded_and_marks_kept() -> None:
    assert tokens("L'Été, c'est NUL !! :( 🙂 2026") == ["l'ete", "c'est", "nul", "!!", ":(", "🙂"]


def test_the_slope_is_that_of_the_loss_so_the_lowest_point_is_found() -> None:
    def bowl(at: np.ndarray) -> tuple[float, np.ndarray]:
        scale = np.array([1.0, 10.0, 100.0])
        return float((scale * (at - [1, -2, 3]) ** 2).sum()), 2 * scale * (at - [1, -2, 3])

    assert np.allclose(minimize(bowl, np.zeros(3)), [1, -2, 3], atol=1e-3)


@pytest.mark.parametrize("true", [0.5, 1.0, 2.5])
def test_a_temperature_that_was_planted_is_found(true: float) -> None:
    chance = np.random.default_rng(1)
    scores = chance.normal(size=(4000, 3)) * 2
    drawn = (chance.random(4000)[:, None] > softmax(scores / true).cumsum(axis=1)).sum(axis=1).clip(0, 2)
    assert abs(np.log(fit_temperature(scores, drawn) / true)) < 0.12


def test_the_rules_mark_changes_with_the_rules() -> None:
    deaf = ToneReader(Thresholds(), ears={"en": Ear(lambda sentence: 0.0), "fr": Ear(lambda sentence: 0.0)})
    assert rules_mark("en", TONES) == rules_mark("en", ToneReader(Thresholds()))
    assert len({rules_mark("en", TONES), rules_mark("fr", TONES), rules_mark("en", deaf)}) == 3


def changed(data: bytes, **others: object) -> bytes:
    """Write the file again with other arrays, or with other words in its header."""
    with np.load(io.BytesIO(data)) as file:
        arrays = {name: file[name] for name in file.files}
    header = json.loads(bytes(arrays["header"]))
    header |= {name: value for name, value in others.items() if not isinstance(value, np.ndarray)}
    arrays |= {name: value for name, value in others.items() if isinstance(value, np.ndarray)}
    arrays["header"] = np.frombuffer(json.dumps(header).encode(), np.uint8)
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def bomb(data: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("header.npy", b"\0" * 70_000_000)
    return file.getvalue()


def pickled(data: bytes) -> bytes:
    file = io.BytesIO()
    np.savez(file, header=np.array([{"a": 1}], dtype=object))
    return file.getvalue()


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        pytest.param(lambda data: b"", "no model of tone", id="empty"),
        pytest.param(lambda data: b"PK\x03\x04 nonsense", "no model of tone", id="no npz"),
        pytest.param(lambda data: data[: len(data) // 2], "no model of tone", id="cut off"),
        pytest.param(lambda data: changed(data, bias=np.zeros(3, "<f4")), "damaged: its numbers", id="other numbers"),
        pytest.param(lambda data: changed(data, version=99), r"another version \(99", id="another version"),
        pytest.param(lambda data: changed(data, classes=["negative"]), "no model of tone", id="another shape"),
        pytest.param(lambda data: changed(data, classes=["a", "b", "c"]), "no model of tone", id="strange classes"),
        pytest.param(bomb, "larger than 64 MB", id="a bomb"),
        pytest.param(pickled, "no model of tone", id="a pickle inside"),
    ],
)
def test_a_bad_file_is_refused_and_runs_nothing(model: ToneModel, harm: Callable[[bytes], bytes], said: str) -> None:
    with pytest.raises(PermanentError, match=said):
        from_bytes(harm(to_bytes(model)))
