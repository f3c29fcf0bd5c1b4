"""The French valence lexicon as it is searched: every form of every word, accents or not, phrases before words."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from tocsin.enrich.folding import fold
from tocsin.enrich.inflection import inflected

# Emoticons are read before words, so that ":d" is no lonely d; the last branch takes emoji one by one.
TOKEN = re.compile(r"[<>]?[:;=xX][-']?[()/|DdpPsS]+(?![\w/])|\^\^|<3|-_-|[^\W_]+|[.,;!?…]+|[^\w\s'’\-\ufe0f]")
_DRAWN_OUT = re.compile(r"(\w)\1{2,}")


@dataclass(frozen=True, slots=True)
class Entry:
    """A word or phrase: its words after the first (plain letters), its valence, and whether it is a verb."""

    rest: tuple[str, ...]
    valence: float
    verb: bool


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Entries by their first word, longest first; `lost` has those with an accent under their plain letters."""

    exact: Mapping[str, tuple[Entry, ...]]
    lost: Mapping[str, tuple[Entry, ...]]
    boosts: Mapping[str, float]
    """Share of a word's valence that a word before it adds or takes, by its plain letters."""

    def longest(self, words: Sequence[str], plain: Sequence[str], at: int) -> Entry | None:
        """Find the longest entry that begins at this word; `plain` are the words in plain letters."""
        for spelling in _spellings(words[at]):
            for entry in (*self.exact.get(spelling, ()), *self.lost.get(fold(spelling), ())):
                if tuple(plain[at + 1 : at + 1 + len(entry.rest)]) == entry.rest:
                    return entry
        return None


@cache
def french() -> Lexicon:
    """Read the lexicon once per process; a later line wins over an earlier one."""
    phrases: dict[tuple[str, ...], Entry] = {}
    boosts: dict[str, float] = {}
    for valence, kind, word in _lines():
        if kind == "b":
            boosts[fold(word)] = valence
            continue
        for form in inflected(word, kind):
            words = tuple(token.lower() for token in TOKEN.findall(form))
            phrases[words] = Entry(tuple(map(fold, words[1:])), valence, kind in "fvi")
    # "salé" must not become "sale": only words that have an accent to lose are found without it.
    accented = ((fold(words[0]), entry) for words, entry in phrases.items() if fold(words[0]) != words[0])
    return Lexicon(_by_first((words[0], entry) for words, entry in phrases.items()), _by_first(accented), boosts)


def _lines() -> Iterator[tuple[float, str, str]]:
    table = files("tocsin.enrich").joinpath("lexicons/fr.tsv").read_text(encoding="utf-8")
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
