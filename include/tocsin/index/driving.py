"""Which words set some texts apart from others: what drove a storm, for a store that cannot say it by itself."""

from collections import Counter
from collections.abc import Iterable, Sequence

from tocsin.index.words import words_as_typed

LEAST = 3
"""Texts that must hold a word before it drives anything."""
ARTICLES = frozenset(("l", "m", "t", "qu", "n", "s", "j", "d", "c", "jusqu", "quoiqu", "lorsqu", "puisqu"))
"""French words that elide into the next one: the same as the mapping of Elasticsearch takes off."""


def driving_words(texts: Sequence[str], others: Sequence[str], limit: int) -> tuple[str, ...]:
    """Words that `texts` use more than all texts together do, strongest first, folded; at most `limit`.

    By the JLH score: how much more often, times how many times as often. So neither the words that all texts hold
    nor one odd word leads.
    """
    here = _held(texts)
    everywhere = here + _held(others)
    scores = {word: _jlh(here[word] / len(texts), everywhere[word] / (len(texts) + len(others))) for word in here}
    found = [word for word, score in scores.items() if score > 0 and here[word] >= LEAST]
    return tuple(sorted(found, key=lambda word: (-scores[word], word))[: max(limit, 0)])


def _jlh(here: float, everywhere: float) -> float:
    return (here - everywhere) * here / everywhere


def _held(texts: Iterable[str]) -> Counter[str]:
    """How many of the texts hold each word."""
    return Counter(word for text in texts for word in {_bare(typed) for typed in words_as_typed(text)})


def _bare(word: str) -> str:
    """The word without its elided article: `l'affaire` and `affaire` are one."""
    article, _, rest = word.partition("'")
    return rest if rest and article in ARTICLES else word
