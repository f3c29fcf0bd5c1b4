"""Cut an English sentence into words as people type them, and find in it the phrases that the lexicon knows."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from tocsin.enrich.lexicon_en import Entry, Kind, Node, beginnings, known_words, longest

# A word with its inner apostrophes and hyphens, a hashtag, an emoticon, an emoji, a mark that ends a clause.
_TOKEN = re.compile(
    r"(?P<word>[$£€]?[^\W_]+(?:['’.&*-][^\W_]+)*%?)"
    r"|#(?P<tag>\w+)"
    r"|(?P<emoticon>[<>]?[:;=][-o*'^]?[)(\]\[dDpP/\\|@]+(?![\w/])|</?3+|[)(\]\[]+[-o]?[:;=](?!\w)|\^[._]?\^|-[._]+-)"
    r"|(?P<emoji>[\u2190-\u2bff\U0001f000-\U0001faff])"
    r"|(?P<mark>[.,;:!?…()\"“”]+|\s-+\s|[—–])"
)
_INNER = re.compile(r"[A-Z]?[a-zß-ÿ]+|[A-Z]+(?![a-z])|\d+")
_DRAWN_OUT = re.compile(r"([^\W\d_])\1{2,}")


@dataclass(slots=True)
class Said:
    """A sentence in words, each phrase of the lexicon as one; the same place in each list is the same word.

    Lists, not a list of words: they are made for every text, and most words say nothing.
    """

    spans: list[tuple[int, int]]
    """Half-open offsets in the sentence."""
    written: list[str]
    plain: list[str]
    """In small letters, apostrophes straight."""
    clauses: list[int]
    """Number of the clause: commas, stops and dashes begin a new one."""
    keys: list[str]
    """What VADER's arithmetic is given; capitals where it is written in capitals."""
    entries: list[Entry | None]
    kinds: set[Kind]
    """Those of the entries: most rules have nothing to do in most sentences."""


class _Spelling(NamedTuple):
    """What can be said of a word by itself; texts repeat their words, so it is remembered."""

    plain: str
    key: str
    begins: tuple[Node, ...]
    """The phrases that begin with it."""
    may_be_name: bool


def in_phrases(sentence: str) -> Said:
    """Read a sentence, the longest phrases first; a hashtag is read as the words in it."""
    words = _words(sentence.replace("’", "'"))
    spelled = [_spelling(written) for written in words.written]
    plain = [one.plain for one in spelled]
    said = Said([], [], [], [], [], [], set())
    at = 0
    while at < len(plain):
        one = spelled[at]
        found = longest(one.begins, plain, at + 1) if one.begins else None
        said.plain.append(one.plain)
        said.clauses.append(words.clauses[at])
        if found is None:
            said.spans.append(words.spans[at])
            said.keys.append("" if one.may_be_name and _is_named(words, at) else one.key)
            said.entries.append(None)
            at += 1
            continue
        end, entry = found
        said.spans.append((words.spans[at][0], words.spans[end - 1][1]))
        said.keys.append(entry.key.upper() if all(map(str.isupper, words.written[at:end])) else entry.key)
        said.entries.append(entry)
        said.kinds.add(entry.kind)
        at = end
    return said


def _words(sentence: str) -> Said:
    words = Said([], [], [], [], [], [], set())
    clause = 0
    for token in _TOKEN.finditer(sentence):
        group = token.lastgroup
        if group == "mark":
            clause += 1
        elif group == "tag":
            for span, written in _of_hashtag(token):
                _add(words, span, written, clause)
        else:
            _add(words, token.span(), token[0], clause)
    return words


def _add(words: Said, span: tuple[int, int], written: str, clause: int) -> None:
    words.spans.append(span)
    words.written.append(written)
    words.clauses.append(clause)


@lru_cache(maxsize=32_768)
def _spelling(written: str) -> _Spelling:
    plain = written.lower()
    known = plain in known_words()
    key = written if known else _respelled(written)
    return _Spelling(plain, key, beginnings(plain), known and written.istitle())


def _of_hashtag(token: re.Match[str]) -> Iterator[tuple[tuple[int, int], str]]:
    """Give the words of a hashtag and where they stand: #NeverAgain is two, #fail one."""
    start, tag = token.start("tag"), token["tag"]
    inner = list(_INNER.finditer(tag))
    if len(inner) < 2 or tag.isupper():
        yield token.span("tag"), tag
        return
    for part in inner:
        yield (start + part.start(), start + part.end()), part[0]


def _respelled(word: str) -> str:
    """Give what drawn-out letters stand for ("loooove"), or the word as it is."""
    if _DRAWN_OUT.search(word.lower()):
        for spelling in (_DRAWN_OUT.sub(r"\1", word), _DRAWN_OUT.sub(r"\1\1", word)):
            if spelling.lower() in known_words():
                return spelling
    return word


def _is_named(words: Said, at: int) -> bool:
    """Say whether a capitalised word stands in a name: beside another, not where the sentence begins.

    "Foo Fighters" fight nobody, and "Taylor Swift" is no praise.
    """
    if at == 0:
        return False
    beside = [other for other in (at - 1, at + 1) if 0 < other < len(words.written)]
    if not any(words.written[other].istitle() and words.clauses[other] == words.clauses[at] for other in beside):
        return False
    # In a headline every word is written so.
    return 2 * sum(map(str.istitle, words.written)) <= len(words.written)
