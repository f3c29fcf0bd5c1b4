"""VADER as vaderSentiment 3.3.2 computes it, to the last digit, at a fraction of its time.

Hutto and Gilbert 2014; the lexicon, the emoji and the constants are read from the package. Its code looks at every
pair of words and negations again and again; here each word is looked up once, and only those of the lexicon cost
more. What looks odd below is odd there: equal results come first.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from math import fabs, sqrt
from string import punctuation
from typing import NamedTuple

from vaderSentiment.vaderSentiment import (
    BOOSTER_DICT,
    C_INCR,
    N_SCALAR,
    NEGATE,
    SPECIAL_CASES,
    SentimentIntensityAnalyzer,
)

_NEGATIONS = frozenset(NEGATE)
_BOOSTS: dict[str, float] = BOOSTER_DICT
_IDIOMS: dict[str, float] = SPECIAL_CASES
_CAPITALS: float = C_INCR
_NEGATED: float = N_SCALAR
_DISTANCE = (1.0, 0.95, 0.9)
"""How much a strengthening word weighs that stands one, two, three words before."""


class Polarity(NamedTuple):
    """Shares of negative, neutral and positive words, and the valence of the whole in [-1, 1]."""

    neg: float
    neu: float
    pos: float
    compound: float


@cache
def lexicon() -> dict[str, float]:
    """Give the package's lexicon, loaded once per process."""
    return dict(_analyzer().lexicon)


@cache
def emoji_valences() -> dict[str, float]:
    """Give the valence of each emoji whose description speaks."""
    found = {mark: sum(valences_of(split(name))) for mark, name in _analyzer().emojis.items() if len(mark) == 1}
    return {mark: valence for mark, valence in found.items() if valence}


def polarity(text: str) -> Polarity:
    """Give exactly what `SentimentIntensityAnalyzer().polarity_scores(text)` gives."""
    text = described(text).strip()
    valences = weigh_but(words := split(text), valences_of(words))
    if not valences:
        return Polarity(0.0, 0.0, 0.0, 0.0)
    emphasis = emphasis_of(text)
    return Polarity(*_shares(valences, emphasis), round(normalised(summed(valences, emphasis)), 4))


def valences_of(words: Sequence[str], known: Mapping[str, float] | None = None) -> list[float]:
    """Give each word's valence among the words before it, about -4 to 4; 0.0 where the lexicon is silent.

    `known`: another lexicon than the package's, by words in small letters.
    """
    lower = [word.lower() for word in words]
    known = lexicon() if known is None else known
    found = [0.0] * len(words)
    shouting: bool | None = None
    for at, word in enumerate(lower):
        if word not in known or word in _BOOSTS or (word == "kind" and lower[at + 1 : at + 2] == ["of"]):
            continue
        if shouting is None:
            shouting = stands_out(words)
        found[at] = _in_context(words, lower, at, known, shouting)
    return found


def stands_out(words: Sequence[str]) -> bool:
    """Say whether capitals mean something: some words are in capitals, not all."""
    return 0 < sum(map(str.isupper, words)) < len(words)


def split(text: str) -> list[str]:
    """Give the words without the punctuation around them, emoticons as they are."""
    return [stripped if len(stripped := word.strip(punctuation)) > 2 else word for word in text.split()]


def described(text: str) -> str:
    """Put words for emoji: "😡" reads "pouting face"."""
    if text.isascii():
        return text
    return _emoji().sub(_description, text)


def weigh_but(words: Sequence[str], valences: list[float]) -> list[float]:
    """Halve what stands before "but", and half as much again for what follows; the first of equals stands for all."""
    lower = [word.lower() for word in words]
    if "but" not in lower:
        return valences
    but = lower.index("but")
    weighed = list(valences)
    for at in range(len(weighed)):
        first = weighed.index(weighed[at])
        if first != but:
            weighed[first] *= 0.5 if first < but else 1.5
    return weighed


def emphasis_of(text: str) -> float:
    """Give what exclamation and question marks add."""
    exclaimed = min(text.count("!"), 4) * 0.292
    asked = text.count("?")
    return exclaimed + (0.0 if asked < 2 else asked * 0.18 if asked < 4 else 0.96)


def summed(valences: Sequence[float], emphasis: float) -> float:
    """Give the sum of the words, the marks making it stronger."""
    total = float(sum(valences))
    return total + emphasis if total > 0 else total - emphasis if total < 0 else total


def normalised(total: float) -> float:
    """Bring a sum into [-1, 1]."""
    return max(-1.0, min(1.0, total / sqrt(total * total + 15)))


def _in_context(
    words: Sequence[str], lower: Sequence[str], at: int, known: Mapping[str, float], shouting: bool
) -> float:
    valence = _after_no(lower, at, known)
    if shouting and words[at].isupper():
        valence += _CAPITALS if valence > 0 else -_CAPITALS
    for distance in range(1, min(at, 3) + 1):
        before = lower[at - distance]
        if before in known:
            continue
        valence += _DISTANCE[distance - 1] * _boost(words[at - distance], before, valence, shouting)
        valence *= _turn(lower, at, distance)
        if distance == 3:
            valence = _idiom(lower, at, valence)
    if at and lower[at - 1] == "least" and "least" not in known and not (at > 1 and lower[at - 2] in ("at", "very")):
        valence *= _NEGATED
    return valence


def _after_no(lower: Sequence[str], at: int, known: Mapping[str, float]) -> float:
    """Give the word's own valence, turned where "no" stands before it; "no" itself only turns what follows."""
    valence = known[lower[at]]
    said_no = (
        (at > 0 and lower[at - 1] == "no")
        or (at > 1 and lower[at - 2] == "no")
        or (at > 2 and lower[at - 3] == "no" and lower[at - 1] in ("or", "nor"))
    )
    if said_no:
        return valence * _NEGATED
    turns = lower[at] == "no" and at + 1 < len(lower) and lower[at + 1] in known
    return 0.0 if turns else valence


def _boost(word: str, lower: str, valence: float, shouting: bool) -> float:
    boost = _BOOSTS.get(lower)
    if boost is None:
        return 0.0
    if valence < 0:
        boost *= -1
    if shouting and word.isupper():
        boost += _CAPITALS if valence > 0 else -_CAPITALS
    return boost


def _turn(lower: Sequence[str], at: int, distance: int) -> float:
    """Give the factor of a negation so far before: "never so" strengthens, "without doubt" does nothing."""
    before, between = lower[at - distance], lower[at - distance + 1 : at]
    if distance == 2 and before == "never" and between[0] in ("so", "this"):
        return 1.25
    if distance == 3 and ((before == "never" and between[0] in ("so", "this")) or between[1] in ("so", "this")):
        return 1.25
    if before == "without" and "doubt" in between:
        return 1.0
    return _NEGATED if negates(before) else 1.0


@lru_cache(maxsize=32_768)
def negates(word: str) -> bool:
    """Say whether a word in small letters turns those after it."""
    return word in _NEGATIONS or "n't" in word


def _idiom(lower: Sequence[str], at: int, valence: float) -> float:
    two, one, zero = lower[at - 2], lower[at - 1], lower[at]
    three_two_one, three_two, two_one = f"{lower[at - 3]} {two} {one}", f"{lower[at - 3]} {two}", f"{two} {one}"
    for sequence in (f"{one} {zero}", f"{two_one} {zero}", two_one, three_two_one, three_two):
        if sequence in _IDIOMS:
            valence = _IDIOMS[sequence]
            break
    for following in (lower[at : at + 2], lower[at : at + 3]):
        valence = _IDIOMS.get(" ".join(following), valence) if len(following) > 1 else valence
    for sequence in (three_two_one, three_two, two_one):
        valence += _BOOSTS.get(sequence, 0.0)
    return valence


def _shares(valences: Sequence[float], emphasis: float) -> tuple[float, float, float]:
    # Each word counts 1 more than its valence, as the neutral ones count 1.
    positive = sum(valence + 1 for valence in valences if valence > 0)
    negative = sum(valence - 1 for valence in valences if valence < 0)
    neutral = sum(1 for valence in valences if valence == 0)
    if positive > fabs(negative):
        positive += emphasis
    elif positive < fabs(negative):
        negative -= emphasis
    total = positive + fabs(negative) + neutral
    return round(fabs(negative / total), 3), round(fabs(neutral / total), 3), round(fabs(positive / total), 3)


@cache
def _analyzer() -> SentimentIntensityAnalyzer:
    return SentimentIntensityAnalyzer()


@cache
def _emoji() -> re.Pattern[str]:
    return re.compile("[" + re.escape("".join(mark for mark in _analyzer().emojis if len(mark) == 1)) + "]")


def _description(emoji: re.Match[str]) -> str:
    before = emoji.string[emoji.start() - 1 : emoji.start()] or " "
    return ("" if before == " " else " ") + str(_analyzer().emojis[emoji[0]])
