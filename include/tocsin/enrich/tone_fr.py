"""Hear how a French sentence sounds, by a lexicon and rules of our own: English tools are deaf to it.

The rules, in the order they are applied; each has its cases in tests/unit/test_enrich_tone_fr_rules.py:
- words (tone_fr_words, lexicon): the longest phrase wins ("pas mal" before "mal"); accents may be lost, letters drawn
  out ("nuuul"), a consonant doubled or not ("innacceptable"); hashtags in CamelCase are words apart;
- in context (tone_fr_context): words before strengthen or weaken ("vraiment nul", "un peu lent"); negation turns a
  word round, with "ne" or without ("pas content", "ne recommande pas", "aime pas", "aucun respect", "peu fiable"),
  and holds for what is joined to it ("pas sérieux et compétent"); some words turn what follows ("lutter contre la
  fraude", "manque de respect", "loin d'être génial", "moins bien", "aurait pu être");
- irony (tone_fr_irony): thanks and applause in a sentence that complains, or for something bad, are turned round; a
  laugh joins in with the rest;
- here: what follows "mais" counts more than what came before, what "malgré" introduces counts little, what happened
  counts less than what is judged; capitals among small letters and exclamation marks weigh more;
- ratings (tone_fr_ratings): "0/10", "1 étoile";
- the sum is brought into [-1, 1] as VADER does, by x / sqrt(x² + 15).
"""

import re
from collections.abc import Sequence
from math import sqrt

from tocsin.enrich.heard import HeardSpan
from tocsin.enrich.lexicon import Role, french
from tocsin.enrich.tone_fr_context import Heard, in_context
from tocsin.enrich.tone_fr_irony import taken_as_meant
from tocsin.enrich.tone_fr_ratings import ratings
from tocsin.enrich.tone_fr_words import Sentence, Span, in_words, places

CAPITALS = 0.6
EXCLAMATION = 0.25
BEFORE_BUT, AFTER_BUT = 0.6, 1.4
CONCEDED = 0.4
"""Weight of what "malgré" introduces."""
TOLD = 0.5
"""Weight of what happened where somebody judges, too: a good series about a murder is good."""
SPREAD = 15.0

_CAPITALS = re.compile(r"\b[A-ZÀ-Ý]{3}")


def score_french(sentence: str) -> float:
    """Give the valence of one French sentence in [-1, 1], 0.0 where nothing speaks."""
    total = sum(valence for _, valence in _weighed(sentence)) + sum(mark.valence for mark in ratings(sentence))
    if total:
        total += min(sentence.count("!"), 3) * EXCLAMATION * (1 if total > 0 else -1)
    return _bounded(total)


def words_french(sentence: str) -> list[HeardSpan]:
    """Give the words and phrases of a sentence that speak, in order, each with its valence there in [-1, 1]."""
    where = places(sentence)
    words = [HeardSpan(where[span.start][0], where[span.end - 1][1], valence) for span, valence in _weighed(sentence)]
    found = sorted([*words, *ratings(sentence)], key=lambda word: word.start)
    return [HeardSpan(word.start, word.end, _bounded(word.valence)) for word in found]


def _weighed(sentence: str) -> list[tuple[Span, float]]:
    """Give the words and phrases that speak, with valences that add up."""
    said = in_words(sentence)
    heard = taken_as_meant(in_context(said, french().boosts), said)
    if not heard:
        return []
    shouted = _is_shouting(sentence, said)
    return [
        (one.span, one.valence * weight + (_louder(one, said) if shouted else 0.0))
        for one, weight in zip(heard, _weights(heard, said), strict=True)
    ]


def _bounded(total: float) -> float:
    return total / sqrt(total * total + SPREAD)


def _weights(heard: Sequence[Heard], said: Sentence) -> list[float]:
    """Say how much each counts: by what came before or after "mais", by "malgré", by who judges."""
    turn = max((span.start for span in said.spans if span.entry.role is Role.CONTRASTS), default=-1)
    conceded = {at for span in said.spans if span.entry.role is Role.CONCEDES for at in _clause(span.end, said)}
    told = _told(heard)
    return [
        (1.0 if turn < 0 else AFTER_BUT if one.span.start >= turn else BEFORE_BUT)
        * (CONCEDED if one.span.start in conceded else 1.0)
        * (told if one.span.entry.role is Role.TELLS else 1.0)
        for one in heard
    ]


def _told(heard: Sequence[Heard]) -> float:
    """Give the weight of what happened: where it speaks against what is judged it is never the louder."""
    judged = sum(one.valence for one in heard if one.span.entry.role is Role.JUDGES)
    facts = sum(one.valence for one in heard if one.span.entry.role is Role.TELLS)
    if not judged:
        return 1.0
    return TOLD if judged * facts >= 0 else min(TOLD, TOLD * abs(judged / facts))


def _clause(start: int, said: Sentence) -> range:
    """Give the places of the words from here to the next mark."""
    ends = (at for at in range(start, len(said.tokens)) if said.tokens[at][0] in ".,;!?…:")
    return range(start, next(ends, len(said.tokens)))


def _is_shouting(sentence: str, said: Sentence) -> bool:
    """Say whether capitals mean something here: not where everything is in capitals."""
    if not _CAPITALS.search(sentence):
        return False
    return not all(token.isupper() for token in said.tokens if len(token) > 2 and token.isalpha())


def _louder(one: Heard, said: Sentence) -> float:
    word = said.tokens[one.span.start]
    if len(word) <= 2 or not word.isupper() or not one.valence:
        return 0.0
    return CAPITALS if one.valence > 0 else -CAPITALS
