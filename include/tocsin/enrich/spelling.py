"""The ways in which people write a name: apostrophes, hyphens and marks lost, words run together behind # or @."""

import re
from collections.abc import Iterator

from tocsin.enrich.folding import unaccent

WORDS = re.compile(r"\w+|[^\w\s]")
"""A text as names are looked for in it: words, and marks one by one."""

_JOINERS = frozenset("'-")
_SIGILS = frozenset("#@")


def spellings(phrase: str) -> Iterator[tuple[str, ...]]:
    """Give each sequence of words under which people write the phrase; its case is kept."""
    words = WORDS.findall(unaccent(phrase))
    yield tuple(words)
    if not words or words[0] in _SIGILS:
        return
    while len(words) > 1 and not is_word(words[-1]):
        words.pop()
    yield tuple(words)
    yield tuple(word for word in words if word not in _JOINERS)
    yield tuple(_joined(words))
    run = "".join(filter(is_word, words))
    if len(words) > 1 and run:
        yield ("#", run)
        yield ("@", run)


def is_word(token: str) -> bool:
    """Say whether it is a word and not a mark."""
    return token[0].isalnum() or token[0] == "_"


def _joined(words: list[str]) -> Iterator[str]:
    """Run together the words around an apostrophe or hyphen: l ' oreal becomes loreal."""
    held = ""
    for before, word, after in zip(["", *words], words, [*words[1:], ""], strict=False):
        if word in _JOINERS and before and after:
            continue
        held += word
        if after not in _JOINERS:
            yield held
            held = ""
    if held:
        yield held
