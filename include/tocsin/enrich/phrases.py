"""All phrases of all brands in one automaton: a text is read once, however many brands are watched.

Aho and Corasick's automaton reads letters. Here it reads words parted by single spaces, with a space at either end,
so that a phrase stands in a text as whole words exactly where ` its words ` stands.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import accumulate

import ahocorasick

from tocsin.enrich.folding import origins, unaccent, without_links
from tocsin.enrich.spelling import WORDS, is_word, spellings

LONGEST = 50_000
"""Characters of a text that are searched; the rest of a longer one is not read."""

Place = tuple[int, int]
"""Half-open range of a text's words, as `spelling.WORDS` parts them."""


class Sighting:
    """A text and the phrases that stand in it."""

    def __init__(self, text: str, plain: str, words: Sequence[str], places: Mapping[int, list[Place]]) -> None:
        self._text = text
        self._words = words
        self.plain = plain
        """The text without accents and links."""
        self.places = places
        """Where each phrase stands, by its number, in order; phrases that do not are left out."""

    def spans(self, places: Sequence[Place]) -> list[tuple[int, int]]:
        """Give the characters of `plain` at these places."""
        return [(self._bounds[first][0], self._bounds[end - 1][1]) for first, end in places]

    def original(self, span: tuple[int, int]) -> tuple[int, int]:
        """Give the characters of the text that this span of `plain` came from."""
        return self._origins[span[0]], self._origins[span[1]]

    def near(self, here: Sequence[Place], there: Sequence[Place], within: int, *, apart: bool) -> list[Place]:
        """Give the places of `here` with one of `there` at most `within` words away; `apart`: with none."""
        starts, ends = sorted(first for first, _ in there), sorted(end for _, end in there)
        return [place for place in here if self._is_near(place, starts, ends, within) != apart]

    def _is_near(self, place: Place, starts: Sequence[int], ends: Sequence[int], within: int) -> bool:
        first, end = place
        after, before = bisect_left(starts, end), bisect_right(ends, first)
        behind = after < len(starts) and self._counts[starts[after]] - self._counts[end] < within
        return behind or (before > 0 and self._counts[first] - self._counts[ends[before - 1]] < within)

    @cached_property
    def _bounds(self) -> list[tuple[int, int]]:
        return [found.span() for found in WORDS.finditer(self.plain)]

    @cached_property
    def _origins(self) -> list[int]:
        return origins(self._text)

    @cached_property
    def _counts(self) -> list[int]:
        """How many words stand before each word or mark, and before the end: marks are no distance."""
        return list(accumulate((is_word(word) for word in self._words), initial=0))


class PhraseBook:
    """Phrases by number: first `add` all, then `close`, then `read` texts."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, bool, bool], int] = {}
        self._keys: dict[str, set[int]] = {}
        self._exact: dict[int, frozenset[str]] = {}
        self._automaton = ahocorasick.Automaton()

    def add(self, phrase: str, *, exact: bool = False, prefix: bool = False) -> int:
        """Give the phrase's number, one per phrase. `exact`: its case counts; `prefix`: its last word may go on."""
        number = self._numbers.setdefault((phrase, exact, prefix), len(self._numbers))
        written = frozenset(" ".join(words) for words in spellings(phrase) if words)
        for spelling in written:
            self._keys.setdefault(f" {_lower(spelling)}{'' if prefix else ' '}", set()).add(number)
        if exact:
            self._exact[number] = written
        return number

    def close(self) -> None:
        """Build the automaton; nothing is added afterwards."""
        for key, numbers in self._keys.items():
            self._automaton.add_word(key, (len(key), tuple(sorted(numbers))))
        self._automaton.make_automaton()

    def read(self, text: str) -> Sighting:
        """Find every phrase in the text; words inside web addresses do not count."""
        plain = unaccent(without_links(text[:LONGEST]))
        words = WORDS.findall(plain)
        line = f" {' '.join(words)} "
        found = list(self._automaton.iter(_lower(line))) if self._keys else []
        return Sighting(text[:LONGEST], plain, words, self._places(line, words, found) if found else {})

    def _places(
        self, line: str, words: Sequence[str], found: Sequence[tuple[int, tuple[int, tuple[int, ...]]]]
    ) -> dict[int, list[Place]]:
        starts = list(accumulate((len(word) + 1 for word in words), initial=1))
        places: dict[int, set[Place]] = {}
        for last, (length, numbers) in found:
            start = last - length + 2
            # The word that the last letter belongs to; a whole phrase ends on the space behind it.
            place = (bisect_right(starts, start) - 1, bisect_right(starts, last - (line[last] == " ")))
            for number in numbers:
                if number not in self._exact or line[start : last + 1].rstrip() in self._exact[number]:
                    places.setdefault(number, set()).add(place)
        return {number: sorted(at) for number, at in places.items()}


def _lower(text: str) -> str:
    """Small letters, one for one: offsets stay as they are."""
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else "".join(low if len(low := c.lower()) == 1 else c for c in text)
