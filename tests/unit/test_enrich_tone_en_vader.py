"""Our VADER beside the package's: the same numbers to the last digit."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from vaderSentiment.vaderSentiment import BOOSTER_DICT, NEGATE, SPECIAL_CASES, SentimentIntensityAnalyzer

from tocsin.enrich.tone_en_vader import emoji_valences, lexicon, polarity

PACKAGE = SentimentIntensityAnalyzer()
SPECIAL = (
    *BOOSTER_DICT,
    *NEGATE,
    *SPECIAL_CASES,
    "no",
    "or",
    "nor",
    "but",
    "least",
    "at",
    "very",
    "so",
    "this",
    "kind of",
)
PLAIN = st.sampled_from((*sorted(PACKAGE.lexicon), *sorted(PACKAGE.emojis)))
TURNING = st.sampled_from(SPECIAL) | st.sampled_from(("the", "flight", "doubt", "without", "never", "no", "but"))


@st.composite
def words(draw: st.DrawFn) -> str:
    word = draw(PLAIN | TURNING | TURNING)
    word = word.upper() if draw(st.integers(0, 5)) == 0 else word
    return word + draw(st.sampled_from(("", "", "", "!", "?", ",", "...", '"')))


@given(st.lists(words(), max_size=12).map(" ".join))
@example("VADER is VERY SMART, uber handsome, and FRIGGIN FUNNY!!!")
@example("At least it isn't a horrible book.")
@example("Never so good, without a doubt the bomb, yeah right, but BUT no bad or nor good")
@example("great great great but great bad great")
@example("no")
@example("  ")
@example("")
def test_words_of_the_lexicon_in_any_order(text: str) -> None:
    assert polarity(text)._asdict() == PACKAGE.polarity_scores(text)


@given(st.text(alphabet=st.characters() | st.sampled_from("😡👍 !?'")))
@example("😡😡 a😡b 😡")
def test_any_text(text: str) -> None:
    assert polarity(text)._asdict() == PACKAGE.polarity_scores(text)


def test_each_word_of_the_lexicon_is_known() -> None:
    assert lexicon() == PACKAGE.lexicon


@pytest.mark.parametrize(("emoji", "sign"), [("😠", -1), ("😍", 1)])
def test_emoji_are_valued_by_their_names(emoji: str, sign: int) -> None:
    assert emoji_valences()[emoji] * sign > 1
    assert "🚪" not in emoji_valences()
