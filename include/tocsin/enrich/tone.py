"""Hear how a text sounds, each language by its own ear: English tools are deaf to French, so they never get any."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from tocsin.enrich.folding import without_handles, without_links
from tocsin.enrich.tone_fr import score_french
from tocsin.errors import ConfigError
from tocsin.model import Tone

Scorer = Callable[[str], float]
"""Valence of one sentence in [-1, 1]; 0.0 where nothing speaks."""

LONGEST = 3_000
"""Characters that are heard: beyond, an article has long said how it sounds."""

LONGEST_SENTENCE = 400
"""Longer ones are cut: VADER's cost grows faster than length (100 characters 0.07 ms, 10,000 106 ms)."""

SILENT = 0.05
"""A sentence below this valence says nothing; VADER's own limit."""

NEGATIVE_WEIGHT = 2.0
"""How much more a bad sentence counts than a good one.

Chosen on training parts: English tweets macro-F1 .560 at 1, .568 at 2, .570 at 3, .566 for the whole text at once;
French tweets .587, .590, .590; French reviews accuracy .795, .794, .781.
"""

_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|\n+")


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where negative ends and positive begins, both inclusive. ConfigError: not -1 <= negative < positive <= 1."""

    negative: float = -0.05
    positive: float = 0.05

    def __post_init__(self) -> None:
        if not -1 <= self.negative < self.positive <= 1:
            raise ConfigError(f"tone thresholds {self.negative} and {self.positive} leave no room between them")

    def label(self, compound: float) -> Tone:
        """Name the tone of a valence."""
        if compound <= self.negative:
            return Tone.NEGATIVE
        return Tone.POSITIVE if compound >= self.positive else Tone.NEUTRAL


class ToneReader:
    """One ear per language; a language without one is UNKNOWN, never a guess."""

    def __init__(self, thresholds: Thresholds, scorers: Mapping[str, Scorer] | None = None) -> None:
        self._thresholds = thresholds
        self._scorers = own_scorers() if scorers is None else dict(scorers)

    def read(self, text: str, language: str, names: Sequence[tuple[int, int]] = ()) -> tuple[Tone, float]:
        """Give tone and valence of a text; `names`, offsets of brands, say nothing: "United" is no praise."""
        scorer = self._scorers.get(language)
        if scorer is None:
            return Tone.UNKNOWN, 0.0
        compound = combine([scorer(sentence) for sentence in sentences(without_names(text, names))])
        return self._thresholds.label(compound), compound


def own_scorers() -> dict[str, Scorer]:
    """Give the scorers that come with the product, by language."""
    analyzer = SentimentIntensityAnalyzer()

    def score_english(sentence: str) -> float:
        return float(analyzer.polarity_scores(sentence)["compound"])

    return {"en": score_english, "fr": score_french}


def without_names(text: str, names: Sequence[tuple[int, int]]) -> str:
    """Give the part that is heard, with links, handles and brands blanked."""
    heard = without_handles(without_links(text[:LONGEST]))
    for start, end in names:
        heard = heard[:start] + " " * (min(end, len(heard)) - start) + heard[end:]
    return heard


def sentences(text: str) -> Iterator[str]:
    """Cut a text into sentences, and long ones into pieces of LONGEST_SENTENCE characters."""
    for sentence in _SENTENCE_END.split(text):
        for start in range(0, len(sentence), LONGEST_SENTENCE):
            if piece := sentence[start : start + LONGEST_SENTENCE].strip():
                yield piece


def combine(valences: Sequence[float]) -> float:
    """Give the mean of the sentences that say something, the bad ones weighing NEGATIVE_WEIGHT times the good."""
    weighed = [(v, NEGATIVE_WEIGHT if v < 0 else 1.0) for v in valences if abs(v) >= SILENT]
    if not weighed:
        return 0.0
    return sum(v * weight for v, weight in weighed) / sum(weight for _, weight in weighed)
