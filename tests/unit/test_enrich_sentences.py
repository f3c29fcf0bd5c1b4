"""Where sentences end, as people type them."""

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tocsin.enrich.sentences import LONGEST_SENTENCE, sentence_spans


@pytest.mark.parametrize(
    "sentences",
    [
        pytest.param(["It is late.", "Why?", "Never again!!", "Bye"], id="marks"),
        pytest.param(["Mr. Poe flew with Dr. J. Doe.", "They wept."], id="titles and initials"),
        pytest.param(["The U.S. market fell vs. last year, e.g. in May.", "So what?"], id="abbreviations"),
        pytest.param(["M. Durand et Mme. Petit attendent, p. ex. ici.", "Rien ne vient."], id="French abbreviations"),
        pytest.param(["See art. 3 and No. 7.", "I love modern art.", "So am I.", "Yes"], id="words that also end"),
        pytest.param(["At 5 p.m. it cost 3.50 euros.", "Fine"], id="numbers"),
        pytest.param(["Read https://a.example/b?c=1.x then.", "See www.b.example.", "Ok"], id="links"),
        pytest.param(["Great... another delay.", "Well…", "No"], id="an ellipsis goes on with a small letter"),
        pytest.param(["Lost again. 😡", "Thanks! 👍🏽 👏", "Bye"], id="emoji belong to what they follow"),
        pytest.param(["He said “Really?”", "She left (at last!)", "Good."], id="quotations"),
        pytest.param(["A title without a stop", "A text"], id="a line is a sentence"),
        pytest.param(["1. Bag lost", "2) Rude staff", "- no answer", "• never again"], id="lists"),
        pytest.param(["また遅れた。", "ひどい！", "なぜ？"], id="full-width marks"),
    ],
)
def test_sentences_end(sentences: list[str]) -> None:
    text = ("\n" if sentences[0][-1].isalpha() else " ").join(sentences)
    assert [text[start:end] for start, end in sentence_spans(text)] == sentences


def test_a_space_forgotten() -> None:
    assert len(sentence_spans("I hate it.Never again!Bye")) == 3


def test_a_wrapped_line_goes_on() -> None:
    wrapped = "My bag has been lost for three days now and nobody at the\ndesk knows anything about it."
    assert len(sentence_spans(wrapped)) == 1
    assert len(sentence_spans(wrapped.replace("\n", "\n\n"))) == 2
    assert len(sentence_spans("short line\nanother one")) == 2


def test_marks_alone_belong_to_the_sentence_before() -> None:
    assert sentence_spans("Lost\n😡😡\n!!!") == [(0, 11)]


@given(st.text(alphabet=st.sampled_from("aB1 .!?…\n\t😡\"'。-éI"), max_size=900) | st.text(max_size=900))
@example("a" * 900)
@example("")
def test_every_letter_is_in_one_sentence(text: str) -> None:
    spans = sentence_spans(text)
    assert all(0 < end - start <= LONGEST_SENTENCE for start, end in spans)
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))
    covered = "".join(text[start:end] for start, end in spans)
    assert [c for c in covered if not c.isspace()] == [c for c in text if not c.isspace()]
    assert all(text[start:end].strip() == text[start:end] for start, end in spans)
