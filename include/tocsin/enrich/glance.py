"""A glance at a text that costs microseconds: may it concern a brand? The matcher looks closer, later."""

import re
from collections.abc import Iterator, Sequence

import ahocorasick

from tocsin.enrich.folding import fold, unaccent
from tocsin.model import Brand
from tocsin.query import finds_by, parse_query

_NO_WORD = re.compile(r"[\W_]+")


class Glance:
    """The words and patterns that name brands. It sees rather too much: words inside words, no vetoes.

    ConfigError: a query cannot be read.
    """

    def __init__(self, brands: Sequence[Brand]) -> None:
        self._names = ahocorasick.Automaton(ahocorasick.STORE_LENGTH)
        written = {name for brand in brands for name in _names(brand)}
        for name in {_squeezed(name) for name in written} - {""}:
            self._names.add_word(name)
        self._names.make_automaton()
        self._signs = {fold(name).strip()[:1] for name in written if not _squeezed(name)} - {""}
        """How names begin that have neither letters nor digits, such as an emoji."""
        patterns = [pattern for brand in brands for pattern in brand.patterns]
        self._patterns = tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)

    def __call__(self, text: str) -> bool:
        """Say whether the text may concern one of the brands."""
        if len(self._names) and next(self._names.iter(_squeezed(text)), None) is not None:
            return True
        if not self._patterns and not self._signs:
            return False
        plain = unaccent(text)
        return any(sign in plain for sign in self._signs) or any(pattern.search(plain) for pattern in self._patterns)


def _names(brand: Brand) -> Iterator[str]:
    yield from brand.looked_for
    if brand.query:
        yield from (term.text for term in finds_by(parse_query(brand.query)))


def _squeezed(text: str) -> str:
    """Letters and digits only: what may be missing from a name when people write it is missing here."""
    return _NO_WORD.sub("", fold(text))
