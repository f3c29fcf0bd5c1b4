"""A glance at a text that costs microseconds: may it concern a brand? The matcher looks closer, later."""

import re
from collections.abc import Sequence

from tocsin.enrich.folding import fold, unaccent
from tocsin.model import Brand

_NO_WORD = re.compile(r"[\W_]+")


class Glance:
    """The brands' names and patterns. It sees too much rather than too little: words inside words, and no vetoes."""

    def __init__(self, brands: Sequence[Brand]) -> None:
        names = {_squeezed(name) for brand in brands for name in (brand.name, *brand.aliases)} - {""}
        patterns = [pattern for brand in brands for pattern in brand.patterns]
        self._names = re.compile("|".join(map(re.escape, sorted(names)))) if names else None
        self._patterns = tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)

    def __call__(self, text: str) -> bool:
        """Say whether the text may concern one of the brands."""
        if self._names and self._names.search(_squeezed(text)):
            return True
        plain = unaccent(text) if self._patterns else ""
        return any(pattern.search(plain) for pattern in self._patterns)


def _squeezed(text: str) -> str:
    """Letters and digits only: what may be missing from a name when people write it is missing here."""
    return _NO_WORD.sub("", fold(text))
