"""Hear how a French sentence sounds, by a lexicon and rules of our own: English tools are deaf to it.

The rules, in the order they are applied:
- the longest phrase of the lexicon wins ("pas mal" before "mal"); accents may be lost, letters drawn out ("nuuul");
- words that strengthen or weaken stand up to three words before ("vraiment nul", "un peu lent");
- negation turns a word round: "pas content", "ne recommande pas", "aime pas", "sans problème", "aucun respect";
- words in capitals among small ones weigh more; what follows "mais" counts more than what came before;
- exclamation marks strengthen; the sum is brought into [-1, 1] as VADER does, by x / sqrt(x² + 15).
"""

import re
from collections.abc import Mapping, Sequence
from math import sqrt

from tocsin.enrich.folding import fold
from tocsin.enrich.lexicon import TOKEN, Entry, french

_BREAK = re.compile(r"[.,;!?…]")
_BEFORE = frozenset(("pas", "jamais", "rien", "aucun", "aucune", "sans", "ni", "guere", "non"))
_AFTER = frozenset(("pas", "jamais", "plus", "guere", "rien", "point", "aucun", "aucune"))
_NE = frozenset(("ne", "n"))
_NOT_NEGATING = frozenset(("que", "seulement", "uniquement", "juste"))

NEGATED = -0.6
REACH = 3
"""Words before a word of the lexicon that may change it."""
FAINTEST = 0.3
"""Share of its valence that a weakened word keeps at least."""
CAPITALS = 0.6
EXCLAMATION = 0.25
BEFORE_BUT, AFTER_BUT = 0.6, 1.4
SPREAD = 15.0


def score_french(sentence: str) -> float:
    """Give the valence of one French sentence in [-1, 1], 0.0 where nothing speaks."""
    lexicon = french()
    tokens = TOKEN.findall(sentence)
    words = [token.lower() for token in tokens]
    shouting = _stands_out(tokens)
    plain = [fold(word) for word in words]
    heard: list[tuple[int, float]] = []
    at = 0
    while at < len(words):
        entry = lexicon.longest(words, plain, at)
        if entry is None:
            at += 1
            continue
        valence = _in_context(entry, plain, at, lexicon.boosts)
        if shouting and tokens[at].isupper() and len(tokens[at]) > 2:
            valence += CAPITALS if valence > 0 else -CAPITALS if valence < 0 else 0.0
        heard.append((at, valence))
        at += 1 + len(entry.rest)
    return _summed(heard, plain, sentence.count("!"))


def _in_context(entry: Entry, words: Sequence[str], at: int, boosts: Mapping[str, float]) -> float:
    """Strengthen, weaken or turn round the entry by the words beside it in its clause."""
    before = _clause_before(words, at)
    valence = entry.valence * max(FAINTEST, 1 + sum(boosts.get(word, 0.0) for word in before))
    end = at + 1 + len(entry.rest)
    return valence * NEGATED if _is_negated(before, words[end : end + REACH], entry.verb) else valence


def _clause_before(words: Sequence[str], start: int) -> list[str]:
    """Give up to REACH words before, not beyond a comma, a full stop or "mais"."""
    found: list[str] = []
    for word in reversed(words[max(0, start - REACH) : start]):
        if _BREAK.match(word) or word == "mais":
            break
        found.append(word)
    return found


def _is_negated(before: Sequence[str], after: Sequence[str], verb: bool) -> bool:
    if any(word in _NOT_NEGATING for word in before):
        return False
    if any(word in _BEFORE for word in before):
        return True
    if any(word in _NE for word in before):
        return "plus" in before or any(word in _AFTER for word in after)
    # Spoken French drops "ne": "j'aime pas", "je recommande jamais".
    return verb and bool(after) and after[0] in ("pas", "jamais") and after[1:2] != ["que"]


def _summed(heard: Sequence[tuple[int, float]], words: Sequence[str], exclamations: int) -> float:
    but = max((at for at, word in enumerate(words) if word == "mais"), default=-1)
    total = sum(valence if but < 0 else valence * (AFTER_BUT if at > but else BEFORE_BUT) for at, valence in heard)
    if total:
        total += min(exclamations, 3) * EXCLAMATION * (1 if total > 0 else -1)
    return total / sqrt(total * total + SPREAD)


def _stands_out(tokens: Sequence[str]) -> bool:
    """Say whether capitals mean something here: not where everything is in capitals."""
    words = [token for token in tokens if token.isalpha() and len(token) > 2]
    return any(word.isupper() for word in words) and not all(word.isupper() for word in words)
