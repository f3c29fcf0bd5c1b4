"""Take a text apart into the words that scope and harm are read from, each with its place, brands as one word."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from tocsin.enrich.folding import fold, without_links
from tocsin.enrich.heard import LONGEST

if TYPE_CHECKING:
    from tocsin.enrich.matching import Hit

NUMBER = "0"
"""What every number is in plain words: "cuts 300 jobs" is written "cuts 0 jobs" in the lexicons."""

# Numbers are one word ("40 000", "12,000"). French elisions are words of their own ("l'enquête"); English
# contractions are not taken apart ("didn't").
_TOKEN = re.compile(
    r"\d+(?:[., \u00a0\u202f]\d{3})*(?![^\W_])"
    r"|(?:[cdjlmnstCDJLMNST]|[Qq]u|[Jj]usqu|[Ll]orsqu|[Pp]uisqu)['’](?=\w)|[^\W_]+(?:['’][^\W_]+)*"
    r"|[^\w\s'’\-]|(?<=\s)-(?=\s)|\n+"
)
_CAMEL = re.compile(r"[A-Z]?[^\W\dA-Z_]+|[A-Z]+(?![^\W\dA-Z_])|\d+")
_TAGGED = ("boycott",)
"""Words that hashtags begin with in small letters: "#boycottbulla"."""


class Word(NamedTuple):
    """A word or a mark, at half-open offsets in the text."""

    plain: str
    """In small plain letters; a brand's words are one, empty."""
    start: int
    end: int
    brand: str = ""


def words_of(text: str, hits: "Sequence[Hit]" = ()) -> list[Word]:
    """Give the words and marks of a text as far as LONGEST, without links, each brand's name as one word."""
    names = _names(hits)
    words: list[Word] = []
    at = 0
    for word in _spelled(without_links(text[:LONGEST])):
        while at < len(names) and names[at].end <= word.start:
            at += 1
        if at < len(names) and names[at].start < word.end:
            if not words or words[-1].start != names[at].start:
                words.append(names[at])
        else:
            words.append(word)
    return words


def word_set(words: str) -> frozenset[str]:
    """Give the words of a line as a set."""
    return frozenset(words.split())


def plain_words(phrase: str) -> tuple[str, ...]:
    """Give the words of a phrase as they are compared."""
    return tuple(word.plain for word in _spelled(phrase))


def _names(hits: "Sequence[Hit]") -> list[Word]:
    """Give the places of brands in order, the longest of those that overlap."""
    found: list[Word] = []
    for hit in sorted(hits, key=lambda hit: (hit.start, -hit.end)):
        if not found or hit.start >= found[-1].end:
            found.append(Word("", hit.start, hit.end, hit.brand))
    return found


def _spelled(text: str) -> Iterator[Word]:
    has_tags = "#" in text
    for found in _TOKEN.finditer(text):
        token, (start, end) = found.group(), found.span()
        if has_tags and text[start - 1 : start] == "#" and len(token) > 5:
            yield from _untagged(token, start)
        else:
            yield Word(_plain(token), start, end)


def _untagged(tag: str, start: int) -> Iterator[Word]:
    """Take a hashtag apart: "BoycottBulla", "boycottbulla"."""
    for stem in _TAGGED:
        if tag.startswith(stem) and tag != stem:
            yield Word(stem, start, start + len(stem))
            yield Word(_plain(tag[len(stem) :]), start + len(stem), start + len(tag))
            return
    for part in _CAMEL.finditer(tag):
        yield Word(_plain(part.group()), start + part.start(), start + part.end())


@lru_cache(maxsize=50_000)
def _plain(token: str) -> str:
    if token[0].isdigit() and token[-1].isdigit():
        return NUMBER
    return token.lower() if token.isascii() else fold(token)
