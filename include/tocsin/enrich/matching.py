"""Find the brands that a text concerns: every alias of every brand in one pass, whatever the accents and the case.

What counts as a match, and what does not:
- An alias matches as whole words: "Bulla" in "Bulla's", "#Bulla", "@bulla", "BULLA!", not in "#BullaGate".
- Apostrophes and hyphens may be missing: "L'Oréal" is found in "loreal", "Coca-Cola" in "coca cola".
- Marks at an alias's end may be missing: "Yahoo!" is found in "yahoo".
- Several words may be run together behind # or @: "US Airways" is found in "@usairways", not in "usairways".
- An alias that begins with # or @ matches in that form only.
- A pattern is a regex, read on the unaccented text, case ignored.
- `never` holds words, read as aliases are: a match that overlaps one of them does not count
  ("orange juice" vetoes the "orange" inside it, and no other in the same text).
- The brand's name is an alias too.
- Words inside web addresses do not count.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import spacy
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc
from spacy.vocab import Vocab

from tocsin.enrich.folding import origins, unaccent, without_links
from tocsin.errors import ConfigError
from tocsin.model import Brand

LONGEST = 50_000
"""Characters of a text that are searched; the rest of a longer one is not read."""

_WORD = re.compile(r"\w+|[^\w\s]")
_JOINERS = frozenset("'-")
_SIGILS = frozenset("#@")


@dataclass(frozen=True, slots=True)
class Hit:
    """A brand found in a text, at half-open character offsets."""

    brand: str
    start: int
    end: int


class BrandMatcher:
    """All brands compiled once; cost hardly grows with their number.

    ConfigError: a pattern is no regex, or matches the empty text; it names brand and pattern.
    """

    def __init__(self, brands: Sequence[Brand]) -> None:
        self._brands = tuple(brands)
        self._blank = spacy.blank("xx")
        self._phrases = PhraseMatcher(self._blank.vocab, attr="LOWER")
        self._keys: dict[int, tuple[int, bool]] = {}
        self._patterns = tuple((at, _compile(brand, p)) for at, brand in enumerate(brands) for p in brand.patterns)
        for at, brand in enumerate(brands):
            self._add(f"{at}", (at, False), (brand.name, *brand.aliases))
            self._add(f"{at} never", (at, True), brand.never)

    def find_all(self, texts: Sequence[str]) -> list[tuple[Hit, ...]]:
        """Give for each text what it says of which brand: brands in the order they were given, hits by offset."""
        # Without the zone every unseen word would stay in spaCy's store for the life of the process.
        with self._blank.memory_zone():
            return [self._find(text[:LONGEST]) for text in texts]

    def _find(self, text: str) -> tuple[Hit, ...]:
        plain = unaccent(without_links(text))
        words = _WORD.findall(plain)
        phrases = self._phrases(_doc(self._blank.vocab, words)) if words else []
        spans = [((at, False), m.span()) for at, pattern in self._patterns for m in pattern.finditer(plain)]
        if phrases:
            bounds = [m.span() for m in _WORD.finditer(plain)]
            spans += [(self._keys[key], (bounds[first][0], bounds[end - 1][1])) for key, first, end in phrases]
        vetoes = [(at, span) for (at, veto), span in spans if veto]
        kept = sorted({(at, span) for (at, veto), span in spans if not veto and not _overlaps_any(at, span, vetoes)})
        if not kept:
            return ()
        came_from = origins(text)
        return tuple(Hit(self._brands[at].id, came_from[start], came_from[end]) for at, (start, end) in kept)

    def _add(self, name: str, key: tuple[int, bool], phrases: Sequence[str]) -> None:
        spellings = {spelling for phrase in phrases for spelling in _spellings(phrase)}
        spellings.discard(())
        if spellings:
            vocab = self._blank.vocab
            self._keys[vocab.strings.add(name)] = key
            self._phrases.add(name, [_doc(vocab, list(spelling)) for spelling in sorted(spellings)])


def _doc(vocab: Vocab, words: list[str]) -> Doc:
    return Doc(vocab, words=words, spaces=[False] * len(words))


def _overlaps_any(brand: int, span: tuple[int, int], vetoes: Sequence[tuple[int, tuple[int, int]]]) -> bool:
    return any(at == brand and span[0] < end and start < span[1] for at, (start, end) in vetoes)


def _spellings(phrase: str) -> Iterator[tuple[str, ...]]:
    """Give each sequence of words under which people write the phrase."""
    words = _WORD.findall(unaccent(phrase))
    yield tuple(words)
    if not words or words[0] in _SIGILS:
        return
    while len(words) > 1 and not _is_word(words[-1]):
        words.pop()
    yield tuple(words)
    yield tuple(word for word in words if word not in _JOINERS)
    yield tuple(_joined(words))
    run = "".join(filter(_is_word, words))
    if len(words) > 1 and run:
        yield ("#", run)
        yield ("@", run)


def _is_word(token: str) -> bool:
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


def _compile(brand: Brand, pattern: str) -> re.Pattern[str]:
    try:
        compiled = re.compile(unaccent(pattern), re.IGNORECASE)
    except re.error as exc:
        raise ConfigError(f"brand {brand.id}: pattern {pattern!r} is no regex: {exc}") from exc
    if compiled.search(""):
        raise ConfigError(f"brand {brand.id}: pattern {pattern!r} matches every text")
    return compiled
