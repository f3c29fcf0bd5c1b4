"""Find the words around a harm that say how it is meant: denied, over, supposed, fought, somebody else's."""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from tocsin.enrich.harm_tokens import Word, plain_words
from tocsin.enrich.harm_words import LANGUAGES, forms


class Role(StrEnum):
    """What a phrase does to the harm beside it; harm_context.tsv says it of each."""

    NEGATES = "negates"
    DENIES = "denies"
    RESOLVES = "resolves"
    ENDS = "ends"
    ABSOLVES = "absolves"
    RENEWS = "renews"
    WAITS = "waits"
    SUPPOSES = "supposes"
    OPPOSES = "opposes"
    WARNS = "warns"
    HELPS = "helps"
    COMPLAINS = "complains"
    BORROWS = "borrows"
    PARTS = "parts"
    AGAINST = "against"
    MEDIUM = "medium"
    ITSELF = "itself"


class Cue(NamedTuple):
    """A phrase in a text: its words from `first` up to before `end`."""

    role: Role
    first: int
    end: int


_Rows = tuple[tuple[tuple[str, ...], Role], ...]


def find_cues(words: Sequence[Word], language: str) -> list[Cue]:
    """Find the cues of a text in order; of one role the longest at each place. An unknown language: those of any."""
    table = _tables().get(language, _tables()[""])
    plain = tuple(word.plain for word in words)
    found: list[Cue] = []
    for at, first in enumerate(plain):
        seen: set[Role] = set()
        for rest, role in table.get(first, ()):
            if role not in seen and plain[at + 1 : at + 1 + len(rest)] == rest:
                seen.add(role)
                found.append(Cue(role, at, at + 1 + len(rest)))
    return found


@cache
def _tables() -> Mapping[str, Mapping[str, _Rows]]:
    rows = tuple(_rows())
    return {
        language: _by_first((phrase, role) for spoken, phrase, role in rows if language in ("", spoken))
        for language in ("", *LANGUAGES)
    }


def _rows() -> Iterator[tuple[str, tuple[str, ...], Role]]:
    table = files("tocsin.enrich").joinpath("lexicons/harm_context.tsv").read_text(encoding="utf-8")
    for line in table.splitlines():
        if line and not line.startswith("#"):
            role, kind, language, phrases = line.split("\t")
            for phrase in phrases.split(", "):
                for form in forms(phrase, kind, language):
                    yield language, plain_words(form), Role(role)


def _by_first(rows: Iterator[tuple[tuple[str, ...], Role]]) -> Mapping[str, _Rows]:
    found: dict[str, dict[tuple[tuple[str, ...], Role], None]] = {}
    for phrase, role in rows:
        found.setdefault(phrase[0], {})[phrase[1:], role] = None
    return {first: tuple(sorted(same, key=lambda row: -len(row[0]))) for first, same in found.items()}
