"""Find the words that tell of a harm, in neutral prose too, and those that say how it is meant."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from tocsin.enrich.folding import fold
from tocsin.enrich.harm_tokens import Word, plain_words
from tocsin.enrich.inflection import inflected
from tocsin.errors import ConfigError

LANGUAGES = ("en", "fr")
"""Languages that have words of their own."""

FOR_EVER = date.max


class Bearer(StrEnum):
    """Whose harm it is."""

    ANYONE = "anyone"
    """Of whoever the clause is about: "a recall"."""
    SUBJECT = "subject"
    """Of who does it: "lied to its customers"."""
    OBJECT = "object"
    """Of who suffers it: "sued", "was fined"."""


@dataclass(frozen=True, slots=True)
class CrisisWord:
    """A word or phrase that tells of a harm; weight 0 says that the phrase is harmless, and silences words in it."""

    phrase: str
    weight: float
    sector: str
    owner: str = ""
    """Whom to ask about it."""
    until: date = FOR_EVER
    """The last day on which it counts."""
    bearer: Bearer = Bearer.ANYONE
    brands: tuple[str, ...] = ()
    """Ids of the brands that it counts for; empty, for all."""
    language: str = ""
    """Language of the texts that it is looked for in; empty, any."""


class Found(NamedTuple):
    """A crisis word in a text: its words from `first` up to before `end`."""

    first: int
    end: int
    word: CrisisWord


_Table = Mapping[str, tuple[tuple[tuple[str, ...], CrisisWord], ...]]
"""By the first word in plain letters: the words after it, the longest first."""


@dataclass(frozen=True, slots=True)
class CrisisWords:
    """All crisis words, in every form in which they are met."""

    tables: Mapping[str, _Table]
    """By language; the empty one holds those of all."""
    ends: tuple[date, ...]
    """The last days of words, each once."""

    def since(self, day: date) -> date:
        """Give the first of the days on which the same words count as on this one."""
        past = [end for end in self.ends if end < day]
        return max(past) + timedelta(days=1) if past else date.min

    def find(self, words: Sequence[Word], language: str, day: date) -> list[Found]:
        """Find those that count on this day, from left to right, the longest at each place.

        A language that has no words of its own is searched for the words of any language.
        """
        table = self.tables.get(language, self.tables[""])
        plain = tuple(word.plain for word in words)
        found: list[Found] = []
        past = 0
        for at, first in enumerate(plain):
            if at < past or first not in table:
                continue
            for rest, word in table[first]:
                if plain[at + 1 : at + 1 + len(rest)] == rest and word.until >= day:
                    past = at + 1 + len(rest)
                    found.append(Found(at, past, word))
                    break
        return found


def crisis_words(own: Iterable[CrisisWord] = ()) -> CrisisWords:
    """Give the words that come with the product and a team's own, which win over them."""
    written = (*own, *shipped_words())
    tables = {language: _table(written, language) for language in ("", *LANGUAGES)}
    return CrisisWords(tables, tuple({word.until for word in written}))


@cache
def shipped() -> CrisisWords:
    """Give the words that come with the product alone, built once per process."""
    return crisis_words()


@cache
def shipped_words() -> tuple[CrisisWord, ...]:
    """Read the words that come with the product, once per process."""
    return tuple(word for language in LANGUAGES for word in _shipped(language))


def _shipped(language: str) -> Iterator[CrisisWord]:
    name = f"crisis_{language}.tsv"
    table = files("tocsin.enrich").joinpath(f"lexicons/{name}").read_text(encoding="utf-8")
    return read_crisis_words(table, name, language)


def _table(words: Iterable[CrisisWord], language: str) -> _Table:
    first: dict[tuple[str, ...], list[CrisisWord]] = {}
    for word in words:
        if not language or word.language in ("", language):
            first.setdefault(plain_words(word.phrase), []).append(word)
    table: dict[str, list[tuple[tuple[str, ...], CrisisWord]]] = {}
    for phrase, same in first.items():
        table.setdefault(phrase[0], []).extend((phrase[1:], word) for word in same)
    return {start: tuple(sorted(rows, key=lambda row: -len(row[0]))) for start, rows in table.items()}


_BEARERS = {"v": Bearer.SUBJECT, "o": Bearer.OBJECT, "F": Bearer.OBJECT}
_KINDS = "n noun, a adjective, f as it stands, v or o verb, F form of such a verb"


@dataclass(frozen=True, slots=True)
class _Block:
    sector: str
    owner: str
    until: date


def read_crisis_words(table: str, name: str, language: str) -> Iterator[CrisisWord]:
    """Read a table of crisis words, each form a word of its own; crisis_en.tsv says what it looks like.

    ConfigError: a line is not right; it names file, line and remedy.
    """
    block: _Block | None = None
    for number, line in enumerate(table.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        place = f"{name}:{number}"
        if line.startswith("@"):
            block = _block(line, place)
        elif block is None:
            raise ConfigError(f"{place}: words before the first block; begin one with `@ sector owner 2030-12-31`")
        else:
            yield from _row(line, place, block, language)


def _block(line: str, place: str) -> _Block:
    parts = line[1:].split()
    if len(parts) != 3:
        raise ConfigError(f"{place}: a block needs three words; write `@ sector owner 2030-12-31`")
    return _Block(parts[0], parts[1], _day(parts[2], place))


def _row(line: str, place: str, block: _Block, language: str) -> Iterator[CrisisWord]:
    columns = line.split("\t")
    if len(columns) not in (3, 4):
        raise ConfigError(
            f"{place}: {len(columns)} columns; write weight, kind, words and perhaps a last day, by tabs"
        )
    weight, kind = _weight(columns[0], place), columns[1]
    if kind not in _KIND_LETTERS:
        raise ConfigError(f"{place}: no kind {kind!r}; write one of {_KINDS}")
    until = _day(columns[3], place) if len(columns) == 4 else block.until
    bearer = _BEARERS.get(kind, Bearer.ANYONE)
    for phrase in columns[2].split(", "):
        if not plain_words(phrase):
            raise ConfigError(f"{place}: an empty word; strike the comma too many")
        for form in dict.fromkeys(forms(phrase, kind, language)):
            yield CrisisWord(form, weight, block.sector, block.owner, until, bearer, (), language)


_KIND_LETTERS = frozenset("nafvoF")


def _weight(text: str, place: str) -> float:
    try:
        weight = float(text)
    except ValueError:
        weight = -1.0
    if not 0 <= weight <= 1:
        raise ConfigError(f"{place}: weight {text!r}; write a number from 0 (harmless) to 1 (worst)")
    return weight


def _day(text: str, place: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise ConfigError(f"{place}: {text!r} is no day; write it as 2030-12-31") from None


def forms(phrase: str, kind: str, language: str) -> Iterator[str]:
    """Give the forms in which people write a word of this kind, itself first."""
    if language == "fr":
        yield from inflected(phrase, {"o": "v", "F": "f"}.get(kind, kind))
    elif language == "en":
        yield from _english(phrase, kind)
    else:
        yield from (*inflected(phrase, "n"), *_english(phrase, "n"))


def _english(phrase: str, kind: str) -> Iterator[str]:
    yield phrase
    if kind == "n":
        yield _with_s(phrase)
    elif kind in "vo":
        verb, _, rest = phrase.partition(" ")
        stem = verb.removesuffix("e")
        for form in (_with_s(verb), f"{stem}ed", f"{stem}ing"):
            yield f"{form} {rest}".strip()


def _with_s(word: str) -> str:
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return f"{word}es"
    return f"{word[:-1]}ies" if word.endswith("y") and fold(word[-2:-1]) not in "aeiou" else f"{word}s"
