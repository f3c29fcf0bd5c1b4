"""Find the brands that a text concerns: every name of every brand in one pass, whatever the accents and the case.

What counts as a match, and what does not:
- An alias matches as whole words: "Bulla" in "Bulla's", "#Bulla", "@bulla", "BULLA!", not in "#BullaGate".
- Apostrophes and hyphens may be missing: "L'Oréal" is found in "loreal", "Coca-Cola" in "coca cola".
- Marks at an alias's end may be missing: "Yahoo!" is found in "yahoo".
- Several words may be run together behind # or @: "US Airways" is found in "@usairways", not in "usairways".
- An alias that begins with # or @ matches in that form only.
- A pattern is a regex, read on the unaccented text, case ignored.
- The words of a query are read as aliases are; where the query holds, those that name the brand match.
- Aliases, patterns and the query each suffice. The name is looked for only where a brand has none of them.
- `never` holds words, read as aliases are: a match that overlaps one of them does not count
  ("orange juice" vetoes the "orange" inside it, and no other in the same text).
- Words inside web addresses do not count.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tocsin.enrich.asking import About, Question, Reading, answer, prepare, words_of
from tocsin.enrich.folding import unaccent
from tocsin.enrich.phrases import LONGEST, PhraseBook, Place, Sighting
from tocsin.errors import ConfigError
from tocsin.model import Brand
from tocsin.query import QueryError, finds_by, parse_query, terms_in

__all__ = ["LONGEST", "About", "BrandMatcher", "Hit", "Watch", "spans_of", "vetoed_by", "watch"]

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Hit:
    """A brand found in a text, at half-open character offsets."""

    brand: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Watch:
    """What a brand is found by, as numbers of phrases."""

    brand: str
    aliases: tuple[int, ...]
    never: tuple[int, ...]
    patterns: tuple[re.Pattern[str], ...]
    question: Question | None


class BrandMatcher:
    """All brands compiled once; cost hardly grows with their number.

    ConfigError: a pattern is no regex, or matches the empty text, or a query cannot be read; it names the brand.
    """

    def __init__(self, brands: Sequence[Brand]) -> None:
        self._book = PhraseBook()
        self._watched = tuple(watch(brand, self._book) for brand in brands)
        self._book.close()
        self._named_by: dict[int, list[int]] = {}
        for at, one in enumerate(self._watched):
            for number in sorted({*one.aliases, *_naming(one.question)}):
                self._named_by.setdefault(number, []).append(at)
        self._patterned = tuple(at for at, one in enumerate(self._watched) if one.patterns)

    def find_all(self, texts: Sequence[str], about: Sequence[About] | None = None) -> list[tuple[Hit, ...]]:
        """Give for each text what it says of which brand: brands in the order they were given, hits by offset.

        `about` holds what is known of each post besides its text; left out, no query's field holds.
        """
        posts = about or [About()] * len(texts)
        return [tuple(self._find(self._book.read(text), post)) for text, post in zip(texts, posts, strict=True)]

    def _find(self, sighting: Sighting, about: About) -> Iterator[Hit]:
        named = {at for number in sighting.places for at in self._named_by.get(number, ())}
        for at in sorted(named.union(self._patterned)):
            for span in spans_of(self._watched[at], sighting, about):
                yield Hit(self._watched[at].brand, *sighting.original(span))


def spans_of(found_by: Watch, sighting: Sighting, about: About) -> list[Span]:
    """Give the characters of the plain text that name the brand, in order, each once."""
    vetoes = vetoed_by(found_by, sighting)
    vetoed = words_of(vetoes)
    places: list[Place] = [
        place
        for number in found_by.aliases
        for place in sighting.places.get(number, ())
        if vetoed.isdisjoint(range(*place))
    ]
    if found_by.question:
        places += answer(found_by.question, Reading(sighting, about, vetoed)) or ()
    found = set(sighting.spans(places))
    if found_by.patterns:
        closed = sighting.spans(vetoes)
        spans = (match.span() for pattern in found_by.patterns for match in pattern.finditer(sighting.plain))
        found.update(span for span in spans if not any(span[0] < end and start < span[1] for start, end in closed))
    return sorted(found)


def vetoed_by(found_by: Watch, sighting: Sighting) -> list[Place]:
    """Give the places of the brand's `never`."""
    return [place for number in found_by.never for place in sighting.places.get(number, ())]


def watch(brand: Brand, book: PhraseBook) -> Watch:
    """Put into the book what the brand is found by. ConfigError: as of BrandMatcher."""
    return Watch(
        brand.id,
        tuple(book.add(name) for name in brand.looked_for),
        tuple(book.add(words) for words in brand.never),
        tuple(_compile(brand, pattern) for pattern in brand.patterns),
        _ask(brand, book) if brand.query else None,
    )


def _naming(question: Question | None) -> set[int]:
    return {question.numbers[term] for term in finds_by(question.node)} if question else set()


def _ask(brand: Brand, book: PhraseBook) -> Question:
    try:
        node = parse_query(brand.query)
    except QueryError as exc:
        raise ConfigError(f"brand {brand.id}: query: {exc}") from exc
    return prepare(node, list(terms_in(node)), book)


def _compile(brand: Brand, pattern: str) -> re.Pattern[str]:
    try:
        compiled = re.compile(unaccent(pattern), re.IGNORECASE)
    except re.error as exc:
        raise ConfigError(f"brand {brand.id}: pattern {pattern!r} is no regex: {exc}") from exc
    if compiled.search(""):
        raise ConfigError(f"brand {brand.id}: pattern {pattern!r} matches every text")
    return compiled
