"""How tone is put together, whatever the language."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.enrich.heard import LONGEST, Ear, HeardSpan
from tocsin.enrich.tone import Thresholds, ToneReader, combine, squeezed, unsqueezed
from tocsin.errors import ConfigError
from tocsin.model import Tone


@pytest.mark.parametrize(
    ("compound", "tone"),
    [
        (-1.0, Tone.NEGATIVE),
        (-0.05, Tone.NEGATIVE),
        (-0.0499, Tone.NEUTRAL),
        (0.0, Tone.NEUTRAL),
        (0.0499, Tone.NEUTRAL),
        (0.05, Tone.POSITIVE),
    ],
)
def test_thresholds_are_inclusive(compound: float, tone: Tone) -> None:
    assert Thresholds().label(compound) is tone


def test_thresholds_can_be_set() -> None:
    assert Thresholds(-0.4, 0.4).label(-0.3) is Tone.NEUTRAL


@pytest.mark.parametrize(("negative", "positive"), [(0.1, 0.1), (0.2, -0.2), (-1.5, 0.1), (-0.1, 1.1)])
def test_thresholds_that_cross_are_refused(negative: float, positive: float) -> None:
    with pytest.raises(ConfigError, match="no room"):
        Thresholds(negative, positive)


@pytest.mark.parametrize(
    ("valences", "expected"),
    [
        pytest.param([], 0.0, id="no sentence"),
        pytest.param([0.0, 0.0], 0.0, id="nothing said"),
        pytest.param([0.4], 0.4, id="one good sentence"),
        pytest.param([0.0, 0.4, 0.0, 0.0], 0.4, id="quiet sentences do not water it down"),
        pytest.param([0.4, 0.4], squeezed(2 * unsqueezed(0.4)), id="two add up"),
        pytest.param([0.4] * 9, squeezed(2 * unsqueezed(0.4)), id="nine are no better than two"),
        pytest.param([-0.4], squeezed(1.6 * unsqueezed(-0.4)), id="bad weighs more"),
        pytest.param([-0.4, 0.4], squeezed(0.6 * unsqueezed(-0.4)), id="and wins where both are said"),
    ],
)
def test_sentences_are_combined(valences: list[float], expected: float) -> None:
    assert combine(valences) == pytest.approx(expected)


@given(st.lists(st.floats(-1, 1), min_size=1))
def test_the_whole_has_the_sign_of_its_parts(valences: list[float]) -> None:
    whole = combine(valences)
    assert -1 <= whole <= 1
    assert whole <= 0 or max(valences) > 0
    assert whole >= 0 or min(valences) < 0


@given(st.floats(-1, 1), st.floats(-1, 1))
def test_settling_keeps_the_order(one: float, other: float) -> None:
    ear = Ear(float, quiet=(-0.15, 0.3))
    assert -1 <= ear.settled(one) <= 1
    assert (one < other) <= (ear.settled(one) <= ear.settled(other))


def test_what_is_quiet_in_a_language_is_neutral_in_all() -> None:
    ear = Ear(float, quiet=(-0.15, 0.3))
    assert [ear.settled(v) for v in (-1, -0.15, 0, 0.3, 1)] == pytest.approx([-1, -0.05, 0, 0.05, 1])
    assert Ear(float).settled(0.37) == pytest.approx(0.37)


@pytest.fixture(scope="module")
def reader() -> ToneReader:
    return ToneReader(Thresholds())


@pytest.mark.parametrize(
    ("text", "tone"),
    [
        ("The worst service ever, I hate it.", Tone.NEGATIVE),
        ("Lovely people, thank you so much!", Tone.POSITIVE),
        ("The flight leaves at nine.", Tone.NEUTRAL),
        ("Thanks. They lost my bag, were rude and it was a horrible, awful day.", Tone.NEGATIVE),
    ],
)
def test_english(reader: ToneReader, text: str, tone: Tone) -> None:
    assert reader.read(text, "en")[0] is tone


def test_french_is_never_given_to_the_english_ear(reader: ToneReader) -> None:
    # "plus", "pas" and "de" mean nothing to VADER, which finds "super" and "arrogant" at most.
    assert reader.read("Service déplorable, remboursement refusé, à fuir", "fr")[0] is Tone.NEGATIVE
    assert reader.read("Service déplorable, remboursement refusé, à fuir", "en") == (Tone.NEUTRAL, 0.0)


def test_a_language_without_an_ear_is_unknown(reader: ToneReader) -> None:
    assert reader.read("horrible, terrible, awful", "und") == (Tone.UNKNOWN, 0.0)
    assert reader.read("horrible, terrible, awful", "de") == (Tone.UNKNOWN, 0.0)


def test_a_brand_is_no_praise(reader: ToneReader) -> None:
    assert reader.read("Perfect flies to Boston", "en")[0] is Tone.POSITIVE
    assert reader.read("Perfect flies to Boston", "en", [(0, 7)]) == (Tone.NEUTRAL, 0.0)
    assert reader.read("@perfect flies to Boston https://x.example/hate", "en") == (Tone.NEUTRAL, 0.0)


def test_what_is_beyond_the_cap_is_not_heard(reader: ToneReader) -> None:
    filler = "The flight leaves at nine. " * (LONGEST // 20)
    assert reader.read(filler + " I hate it.", "en", [(LONGEST + 50, LONGEST + 60)]) == (Tone.NEUTRAL, 0.0)


def test_another_language_joins_by_one_ear() -> None:
    reader = ToneReader(Thresholds(), {"de": Ear(lambda sentence: -0.5 if "furchtbar" in sentence else 0.0)})
    assert reader.read("Das ist furchtbar!", "de")[0] is Tone.NEGATIVE
    assert reader.words("Gut. Das ist furchtbar!", "de") == (HeardSpan(13, 22, -0.5),)
    assert not reader.speaks("en")


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        ("Lost my bag. A horrible day, @hate", "en", ["lost", "horrible"]),
        ("Une bonne heure. Service déplorable !", "fr", ["bonne", "déplorable"]),
        ("horrible", "de", []),
    ],
)
def test_the_words_that_speak(reader: ToneReader, text: str, language: str, words: list[str]) -> None:
    heard = reader.words(text, language)
    assert [text[word.start : word.end].lower().split()[0] for word in heard] == words
    assert all(word.valence for word in heard)


def test_each_sentence_is_heard_at_its_place(reader: ToneReader) -> None:
    text = "I love the seats. See https://hate.example. The food is horrible!"
    praise, link, blame = reader.sentences(text, "en")
    assert (text[praise.start : praise.end], text[blame.start : blame.end]) == (
        "I love the seats.",
        "The food is horrible!",
    )
    assert praise.valence > 0.4
    assert link.valence == 0.0
    assert blame.valence < -0.4
    assert reader.sentences(text, "de") == ()


def test_a_brand_says_nothing_in_its_sentence(reader: ToneReader) -> None:
    assert reader.sentences("United flies. Love it.", "en", [(0, 6)])[0] == HeardSpan(0, 13, 0.0)


def test_of_a_long_text_only_what_is_near_a_name_counts(reader: ToneReader) -> None:
    filler = "The flight leaves at nine and the next one at ten. " * 12
    text = f"A horrible war goes on.\n{filler}Bulla sells beds. I love them. {filler}The food was horrible, awful."
    at = text.index("Bulla")
    assert reader.read(text, "en")[0] is Tone.NEGATIVE
    assert reader.read(text.replace("horrible war", "train"), "en", [(at, at + 5)])[0] is Tone.POSITIVE
    assert reader.read(text, "en", [(at, at + 5)])[1] > reader.read(text, "en")[1]
