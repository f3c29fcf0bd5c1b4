"""Score whether the language of a text is told, by its length: what is short is hard, and "unknown" is then right."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tocsin.enrich.folding import without_handles, without_links
from tocsin.enrich.language import FEWEST_WORDS
from tocsin.enrich.tags import UNKNOWN
from tocsin.evaluate.confusion import Scores, score
from tocsin.evaluate.estimates import Estimate, share

_WORD = re.compile(r"[^\W\d_]+")
_LENGTHS = (
    (f"under {FEWEST_WORDS} words", FEWEST_WORDS), (f"{FEWEST_WORDS} to 5 words", 6), ("6 to 10 words", 11),
    ("11 to 20 words", 21), ("over 20 words", 1_000_000),
)  # fmt: skip
_NAMES = {
    "fre": "fr", "fra": "fr", "french": "fr", "français": "fr", "francais": "fr",
    "eng": "en", "english": "en", "anglais": "en",
}  # fmt: skip


class Spoken(NamedTuple):
    """A text: its language by people (UNKNOWN where it is none that we watch), ours, and its words."""

    expected: str
    said: str
    words: int


@dataclass(frozen=True, slots=True)
class Length:
    """Texts of one length; the three shares add up to all of them."""

    name: str
    rows: int
    right: Estimate
    unsaid: Estimate
    """We said "unknown" of a language that we watch: below FEWEST_WORDS words that is what we promise."""
    wrong: Estimate
    """We said a language that it is not."""


@dataclass(frozen=True, slots=True)
class LanguageScores:
    """The figures in all, of texts long enough to be told, and by length."""

    scores: Scores
    long_enough: Estimate | None
    """Accuracy of texts of FEWEST_WORDS words and more."""
    lengths: tuple[Length, ...]


def read_language(raw: str, watched: Sequence[str]) -> str | None:
    """Read `fr-FR`, `fra`, `French`; a language that is not watched is UNKNOWN; None: nothing is said."""
    word = raw.strip().lower().replace("_", "-")
    short = _NAMES.get(word, word.split("-")[0])
    if not short:
        return None
    return short if short in watched else UNKNOWN


def count_words(text: str) -> int:
    """Count the words that have a language: not links, handles or numbers."""
    return len(_WORD.findall(without_handles(without_links(text))))


def score_language(rows: Sequence[Spoken]) -> LanguageScores | None:
    """Score the rows; None of none."""
    scores = score(((row.expected, row.said) for row in rows), ())
    if scores is None:
        return None
    enough = [row for row in rows if row.words >= FEWEST_WORDS]
    parts: list[Length] = []
    shortest = 0
    for name, beyond in _LENGTHS:
        if part := [row for row in rows if shortest <= row.words < beyond]:
            parts.append(_length(name, part))
        shortest = beyond
    return LanguageScores(scores, share(sum(row.expected == row.said for row in enough), len(enough)), tuple(parts))


def _length(name: str, rows: Sequence[Spoken]) -> Length:
    right = sum(row.expected == row.said for row in rows)
    unsaid = sum(row.said == UNKNOWN != row.expected for row in rows)
    found = [share(count, len(rows)) for count in (right, unsaid, len(rows) - right - unsaid)]
    return Length(name, len(rows), *(one for one in found if one is not None))
