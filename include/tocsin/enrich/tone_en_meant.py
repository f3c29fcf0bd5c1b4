"""Take English praise as it is meant: bitter before bad news, mere manners in a request."""

from collections.abc import Sequence

from tocsin.enrich.lexicon_en import Kind
from tocsin.enrich.tone_en_vader import negates
from tocsin.enrich.tone_en_words import Said

_EVENT = -1.0
"""What is as bad as this makes praise before it bitter."""
_PRAISE = 1.5
_BITTER = -0.6
"""What is left of praise that is bitter."""
_OPENERS = frozenset(
    ("great", "awesome", "nice", "fantastic", "wonderful", "lovely", "perfect", "brilliant", "excellent", "super",
     "cool", "amazing", "yay", "wow", "sweet", "terrific", "splendid", "superb", "marvelous", "marvellous", "good")
)  # fmt: skip
_MANNERS = 2.5
"""Praise up to this is mere manners in a request."""
_BUSINESS = frozenset(
    ("sales", "profit", "profits", "revenue", "revenues", "turnover", "shares", "stock", "stocks", "earnings", "eps",
     "income", "eur", "usd", "gbp", "sek", "mln", "mn", "bn", "million", "billion", "m", "quarter", "q1", "q2", "q3",
     "q4", "net", "operating", "pretax", "pre-tax", "gross", "margin", "margins", "index", "market", "markets",
     "investors", "analysts", "forecast", "guidance", "outlook", "results", "growth", "percent", "pct", "company",
     "firm", "production", "output", "capacity", "demand", "prices", "orders", "dividend", "bank", "ceo", "employees",
     "jobs", "staff", "workers", "volume", "volumes", "deliveries", "exports", "fiscal", "year-on-year", "corp",
     "oyj", "inc", "plc", "group", "business", "unit", "plant", "plants", "factory", "holding", "period",
     "year-earlier")
)  # fmt: skip
_DENIAL = -0.3
"""What a negation says by itself: too little to be heard alone."""
_REACH = 3
_ASIDE = 0.2
"""What is left of a market's word where no business is spoken of: prices fall, and so do leaves."""


def as_meant(said: Said, valences: list[float]) -> list[float]:
    """Give the valences as they are meant."""
    if Kind.MARKET in said.kinds and not _is_business(said):
        valences = [
            valence * _ASIDE if entry is not None and entry.kind is Kind.MARKET else valence
            for entry, valence in zip(said.entries, valences, strict=True)
        ]
    bitter = _bitter_from(said, valences)
    if bitter is not None:
        return [*valences[:bitter], *(valence * _BITTER if valence > 0 else valence for valence in valences[bitter:])]
    if Kind.REQUEST in said.kinds:
        return [0.0 if 0 < valence <= _MANNERS else valence for valence in valences]
    return _with_denials(said, valences)


def _with_denials(said: Said, valences: list[float]) -> list[float]:
    """Let a negation that turns nothing speak a little: who says what is not, seldom praises."""
    heard = list(valences)
    for at, word in enumerate(said.plain):
        if not valences[at] and (negates(word) or word == "no") and not any(valences[at + 1 : at + 1 + _REACH]):
            heard[at] = _DENIAL
    return heard


def _is_business(said: Said) -> bool:
    return any(word in _BUSINESS or word[-1] == "%" or word[0] in "$£€" for word in said.plain)


def _bitter_from(said: Said, valences: Sequence[float]) -> int | None:
    """Find the praise that something bad follows: "thanks for losing my bag", "Great, another delay"."""
    if min(valences, default=0.0) > _EVENT:
        return None
    for at, entry in enumerate(said.entries):
        after = valences[at + 1 :]
        # Who goes on praising means it: "Brilliant, quick help after the recall, love them!"
        opens = _is_opener(said, at) and max(after, default=0.0) < _PRAISE
        bitter = opens or (entry is not None and entry.kind is Kind.SARCASM)
        if bitter and valences[at] > 0 and min(after, default=0.0) <= _EVENT:
            return at
    return None


def _is_opener(said: Said, at: int) -> bool:
    """Say whether a word of praise stands alone where the sentence begins."""
    clauses = said.clauses
    return at <= 1 and said.plain[at] in _OPENERS and at + 1 < len(clauses) and clauses[at + 1] > clauses[at]
