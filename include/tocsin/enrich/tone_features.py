"""What the rules say of a text in a few numbers: a model that learns from people's labels starts from these."""

import re
from collections.abc import Sequence
from math import log1p
from typing import NamedTuple

from tocsin.enrich.folding import fold
from tocsin.enrich.tone import HeardSpan, ToneReader

_NEGATIONS = {
    "en": re.compile(r"\b(?:not?|never|none|nothing|nobody|nowhere|neither|nor|without|cannot)\b|n't\b"),
    "fr": re.compile(r"\b(?:pas|jamais|plus|rien|aucune?|sans|ni|guere|personne)\b"),
}
_SHOUTED = re.compile(r"\b[^\W\d_a-z]{3,}\b")
_WORD = re.compile(r"[^\W\d_]+")


class RuleFeatures(NamedTuple):
    """Numbers that mean the same in every language; all 0.0 where no ear speaks it."""

    valence: float = 0.0
    """Of the whole, in [-1, 1], as `ToneReader.read` gives it."""
    lowest: float = 0.0
    """Of the worst sentence, 0.0 where none is bad; likewise the best, the first and the last."""
    highest: float = 0.0
    first: float = 0.0
    last: float = 0.0
    good_words: float = 0.0
    """How many words and phrases speak well; likewise badly, and the worst of them."""
    bad_words: float = 0.0
    worst_word: float = 0.0
    negations: float = 0.0
    exclamations: float = 0.0
    questions: float = 0.0
    ellipses: float = 0.0
    shouted: float = 0.0
    """Words in capitals, of three letters and more."""
    length: float = 0.0
    """Natural logarithm of 1 + the number of words."""


def rule_features(text: str, language: str, tones: ToneReader, names: Sequence[tuple[int, int]] = ()) -> RuleFeatures:
    """Give the numbers of a text; `names`, offsets of brands, say nothing. Counts are plain, none is above 20."""
    if not tones.speaks(language):
        return RuleFeatures()
    valences = [sentence.valence for sentence in tones.sentences(text, language, names)] or [0.0]
    plain = fold(text)
    return RuleFeatures(
        valence=tones.read(text, language, names)[1],
        lowest=min(0.0, *valences),
        highest=max(0.0, *valences),
        first=valences[0],
        last=valences[-1],
        **_of_words(tones.words(text, language, names)),
        negations=_count(len(_NEGATIONS[language].findall(plain)) if language in _NEGATIONS else 0),
        exclamations=_count(text.count("!")),
        questions=_count(text.count("?")),
        ellipses=_count(text.count("…") + text.count("...")),
        shouted=_count(len(_SHOUTED.findall(text))),
        length=log1p(len(_WORD.findall(text))),
    )


def _of_words(words: Sequence[HeardSpan]) -> dict[str, float]:
    return {
        "good_words": _count(sum(word.valence > 0 for word in words)),
        "bad_words": _count(sum(word.valence < 0 for word in words)),
        "worst_word": min([0.0, *(word.valence for word in words)]),
    }


def _count(found: int) -> float:
    return float(min(found, 20))
