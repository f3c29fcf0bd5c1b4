"""Take English praise as it is meant: bitter before bad news, mere manners in a request."""

from collections.abc import Sequence

from tocsin.enrich.lexicon_en import Kind
from tocsin.enrich.tone_en_words import Said

_EVENT = -1.0
"""What is as bad as this makes praise before it bitter."""
_BITTER = -0.6
"""What is left of praise that is bitter."""
_OPENERS = frozenset(
    ("great", "awesome", "nice", "fantastic", "wonderful", "lovely", "perfect", "brilliant", "excellent", "super",
     "cool", "amazing", "yay", "wow", "sweet", "terrific", "splendid", "superb", "marvelous", "marvellous", "good")
)  # fmt: skip
_MANNERS = 2.5
"""Praise up to this is mere manners in a request."""


def as_meant(said: Sequence[Said], valences: list[float]) -> list[float]:
    """Give the valences as they are meant."""
    bitter = _bitter_from(said, valences)
    if bitter is not None:
        return [*valences[:bitter], *map(_embittered, said[bitter:], valences[bitter:])]
    if any(one.entry is not None and one.entry.kind is Kind.REQUEST for one in said):
        return [0.0 if 0 < valence <= _MANNERS else valence for valence in valences]
    return valences


def _embittered(one: Said, valence: float) -> float:
    return valence * _BITTER if valence > 0 and one.entry is not None else valence


def _bitter_from(said: Sequence[Said], valences: Sequence[float]) -> int | None:
    """Find the praise that something bad follows: "thanks for losing my bag", "Great, another delay"."""
    for at, one in enumerate(said):
        if valences[at] > 0 and (_is_sarcasm(one) or _is_opener(said, at)) and _bad_follows(valences, at):
            return at
    return None


def _is_sarcasm(one: Said) -> bool:
    return one.entry is not None and one.entry.kind is Kind.SARCASM


def _is_opener(said: Sequence[Said], at: int) -> bool:
    alone = at + 1 < len(said) and said[at + 1].clause > said[at].clause
    return at <= 1 and alone and said[at].plain in _OPENERS


def _bad_follows(valences: Sequence[float], at: int) -> bool:
    return min(valences[at + 1 :], default=0.0) <= _EVENT
