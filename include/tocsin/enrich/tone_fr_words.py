"""Cut a French sentence into words, and find in it what the lexicon knows: the longest phrases, as they stand."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tocsin.enrich.folding import fold
from tocsin.enrich.lexicon import TOKEN, Entry, longest

_CAMEL = re.compile(r"(?<=[a-zà-ÿ\d])(?=[A-ZÀ-Ý])")


@dataclass(frozen=True, slots=True)
class Span:
    """What the lexicon knows of the words from `start` to before `end`."""

    start: int
    end: int
    entry: Entry


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence in words."""

    text: str
    tokens: tuple[str, ...]
    plain: tuple[str, ...]
    """The words in plain small letters."""
    loose: tuple[str, ...]
    """The same, those of phrases blank: the "pas" of "pas mal" negates nothing else."""
    places: tuple[tuple[int, int], ...]
    """Where each word stands in the text."""
    spans: tuple[Span, ...]

    def place(self, span: Span) -> tuple[int, int]:
        """Give where a span stands in the text."""
        return self.places[span.start][0], self.places[span.end - 1][1]


def in_words(sentence: str) -> Sentence:
    """Read a sentence; hashtags in CamelCase are words apart."""
    places = tuple(_places(sentence))
    tokens = tuple(sentence[start:end] for start, end in places)
    words = [token.lower() for token in tokens]
    if not unicodedata.is_normalized("NFC", sentence):
        words = [unicodedata.normalize("NFC", word) for word in words]
    plain = tuple(map(fold, words))
    spans = tuple(_spans(words, plain))
    return Sentence(sentence, tokens, plain, _loose(plain, spans), places, spans)


def _places(sentence: str) -> Iterator[tuple[int, int]]:
    for found in TOKEN.finditer(sentence):
        start, end = found.span()
        if start and sentence[start - 1] == "#":
            for cut in _CAMEL.finditer(sentence, start, end):
                yield start, cut.start()
                start = cut.start()
        yield start, end


def _spans(words: Sequence[str], plain: tuple[str, ...]) -> Iterator[Span]:
    at = 0
    while at < len(words):
        entry = longest(words, plain, at)
        if entry is None:
            at += 1
            continue
        yield Span(at, at + 1 + len(entry.rest), entry)
        at += 1 + len(entry.rest)


def _loose(plain: tuple[str, ...], spans: Sequence[Span]) -> tuple[str, ...]:
    words = list(plain)
    for span in spans:
        if span.end - span.start > 1:
            words[span.start : span.end] = [""] * (span.end - span.start)
    return tuple(words)
