"""Cut a French sentence into words, and find in it what the lexicon knows: the longest phrases, as they stand."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tocsin.enrich.lexicon import TOKEN, Entry, Word, look_up

_HASHTAG = re.compile(r"#\w+")
_CAMEL = re.compile(r"(?<=[a-zà-ÿ\d])(?=[A-ZÀ-Ý])")


class Span(NamedTuple):
    """What the lexicon knows of the words from `start` to before `end`."""

    start: int
    end: int
    entry: Entry


class Sentence(NamedTuple):
    """A sentence in words."""

    tokens: Sequence[str]
    plain: tuple[str, ...]
    """The words in plain small letters."""
    loose: tuple[str, ...]
    """The same, those of phrases blank: the "pas" of "pas mal" negates nothing else."""
    spans: Sequence[Span]


def in_words(sentence: str) -> Sentence:
    """Read a sentence; hashtags in CamelCase are words apart."""
    apart = _HASHTAG.sub(lambda tag: _CAMEL.sub(" ", tag[0]), sentence) if "#" in sentence else sentence
    tokens = TOKEN.findall(apart)
    words = [look_up(token) for token in tokens]
    plain = tuple([word.plain for word in words])
    spans = _spans(words, plain)
    return Sentence(tokens, plain, _loose(plain, spans), spans)


def places(sentence: str) -> list[tuple[int, int]]:
    """Give where each word of a sentence stands, from start to before end; `in_words` needs none, and is quicker."""
    return [part for found in TOKEN.finditer(sentence) for part in _apart(sentence, *found.span())]


def _apart(sentence: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Give the words of a hashtag one by one, anything else as it is."""
    if start and sentence[start - 1] == "#":
        for cut in _CAMEL.finditer(sentence, start, end):
            yield start, cut.start()
            start = cut.start()
    yield start, end


def _spans(words: Sequence[Word], plain: tuple[str, ...]) -> list[Span]:
    spans: list[Span] = []
    free = 0
    for at, (word, following) in enumerate(zip(words, (*plain, "")[1:], strict=True)):
        if at < free:
            continue
        entry = word.longest(plain, at) if following in word.phrases else word.alone
        if entry is not None:
            free = at + 1 + len(entry.rest)
            spans.append(Span(at, free, entry))
    return spans


def _loose(plain: tuple[str, ...], spans: Sequence[Span]) -> tuple[str, ...]:
    phrases = [span for span in spans if span.end - span.start > 1]
    if not phrases:
        return plain
    words = list(plain)
    for start, end, _ in phrases:
        words[start:end] = [""] * (end - start)
    return tuple(words)
