"""The French valence lexicon as it is searched: every form of every word, accents or not, phrases before words."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import files

from tocsin.enrich.folding import fold
from tocsin.enrich.inflection import inflected

# Emoticons are read before words, so that ":d" is no lonely d; the last branch takes emoji one by one.
TOKEN = re.compile(
    r"[<>]?[:;=xX][-'o]?[()/|DdpPsS]+(?![\w/])|\^\^|<3|</3|-_-|(?:[^\W_][\u0300-\u036f]*)+|[.,;!?…]+|[^\w\s'’`´\-\u2010\u2011\ufe0f]"
)
_DRAWN_OUT = re.compile(r"(\w)\1{2,}")
_DOUBLED = re.compile(r"([bcdfglmnprst])\1")
SURE_LENGTH = 8
"""Letters from which a word is known with a consonant doubled or not ("innacceptable"): "poison" is no "poisson"."""


class Role(StrEnum):
    """What a word does in a sentence; the file that it stands in says which."""

    JUDGES = "judges"
    TELLS = "tells"
    """Names what happened, good or bad, without a judgement: an accident, a strike, a prize."""
    PRAISES = "praises"
    """Thanks or applauds; the first that irony takes."""
    LAUGHS = "laughs"
    """Joins in with whatever the rest says."""
    TURNS = "turns"
    """Turns what follows: "lutter contre", "loin d'être"."""
    SPOILS = "spoils"
    """Turns what is good after it: "manque de", "menacer"."""
    CONTRASTS = "contrasts"
    """What follows outweighs what came before: "mais"."""
    CONCEDES = "concedes"
    """What follows weighs little: "malgré", "même si"."""
    SILENT = "silent"
    """Says nothing, though it holds a loud word: "bien sûr"."""


_FILES = {
    "judgements": Role.JUDGES,
    "feelings": Role.JUDGES,
    "consumers": Role.JUDGES,
    "slang": Role.JUDGES,
    "irony": Role.JUDGES,
    "emoji": Role.JUDGES,
    "events": Role.TELLS,
    "courtesy": Role.PRAISES,
    "laughter": Role.LAUGHS,
    "turning": Role.TURNS,
    "spoiling": Role.SPOILS,
    "contrasts": Role.CONTRASTS,
    "concessions": Role.CONCEDES,
    "neutral": Role.SILENT,
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A word or phrase: its words after the first (plain letters), valence, role, and whether it is a verb."""

    rest: tuple[str, ...]
    valence: float
    role: Role
    verb: bool


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it is searched: in plain small letters, with the entries that begin with it."""

    plain: str
    alone: Entry | None
    phrases: Mapping[str, tuple[Entry, ...]]
    """By their second word, plain, the longest first: hundreds begin with "pas"."""

    def longest(self, plain: tuple[str, ...], at: int) -> Entry | None:
        """Find the longest entry that stands in `plain` from `at` on, the place of this word."""
        for entry in self.phrases.get(plain[at + 1], ()) if at + 1 < len(plain) else ():
            if plain[at + 1 : at + 1 + len(entry.rest)] == entry.rest:
                return entry
        return self.alone


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Entries by their first word.

    `lost` has those with an accent under their plain letters, `worn` the long ones with every consonant single.
    """

    exact: Mapping[str, tuple[Entry, ...]]
    lost: Mapping[str, tuple[Entry, ...]]
    worn: Mapping[str, tuple[Entry, ...]]
    boosts: Mapping[str, float]
    """Share of a word's valence that a word before it adds or takes, by its plain letters."""

    def word(self, word: str) -> Word:
        """Look up a word in small letters, however it is spelled."""
        found: list[Entry] = []
        for spelling in _spellings(word):
            found += (*self.exact.get(spelling, ()), *self.lost.get(fold(spelling), ()))
        if not found and len(word) >= SURE_LENGTH:
            found += self.worn.get(_worn(fold(word)), ())
        phrases = _by_first((entry.rest[0], entry) for entry in found if entry.rest)
        return Word(fold(word), next((entry for entry in found if not entry.rest), None), phrases)


@cache
def french() -> Lexicon:
    """Read the lexicon once per process; a later file wins over an earlier one, a later line over an earlier."""
    phrases: dict[tuple[str, ...], Entry] = {}
    kept: set[tuple[str, ...]] = set()
    for name, role in _FILES.items():
        for valence, kind, word in _lines(name):
            for form in inflected(word, kind):
                words = tuple(token.lower() for token in TOKEN.findall(form))
                phrases[words] = Entry(tuple(map(fold, words[1:])), valence, role, kind in "vf")
                if _keeps_accent(words, kind):
                    kept.add(words)
    plain = {words: fold(words[0]) for words in phrases}
    # "salé" must not become "sale": only words that have an accent to lose are found without it.
    accented = (
        (plain[words], entry) for words, entry in phrases.items() if plain[words] != words[0] and words not in kept
    )
    long = (
        (_worn(plain[words]), entry)
        for words, entry in phrases.items()
        if len(words[0]) >= SURE_LENGTH and words not in kept
    )
    return Lexicon(
        _by_first((words[0], entry) for words, entry in phrases.items()),
        _by_first(accented),
        _by_first(long),
        {fold(word): share for share, _, word in _lines("strength")},
    )


def _keeps_accent(words: Sequence[str], kind: str) -> bool:
    """Say whether the last accent may not be lost: "travaille" is no praise, "outre" no anger."""
    return kind == "a" and words[0].endswith(("é", "és"))


@lru_cache(maxsize=50_000)
def look_up(token: str) -> Word:
    """Look up a word as it is written in the French lexicon; words come again, so they are remembered."""
    return french().word(unicodedata.normalize("NFC", token.lower()))


def _lines(name: str) -> Iterator[tuple[float, str, str]]:
    table = files("tocsin.enrich").joinpath(f"lexicons/fr/{name}.tsv").read_text(encoding="utf-8")
    for line in table.splitlines():
        if line and not line.startswith("#"):
            valence, kind, words = line.split("\t")
            yield from ((float(valence), kind, word) for word in words.split(", "))


def _by_first(entries: Iterable[tuple[str, Entry]]) -> dict[str, tuple[Entry, ...]]:
    found: dict[str, list[Entry]] = {}
    for first, entry in entries:
        found.setdefault(first, []).append(entry)
    return {first: tuple(sorted(same, key=lambda entry: -len(entry.rest))) for first, same in found.items()}


def _spellings(word: str) -> tuple[str, ...]:
    """Give the word, and where letters are drawn out ("nuuul"), what it may stand for."""
    if not _DRAWN_OUT.search(word):
        return (word,)
    return (word, _DRAWN_OUT.sub(r"\1", word), _DRAWN_OUT.sub(r"\1\1", word))


def _worn(plain: str) -> str:
    return _DOUBLED.sub(r"\1", plain)
