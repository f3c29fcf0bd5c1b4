"""Cut an English sentence into words as people type them, each at its place in the sentence."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tocsin.enrich.lexicon_en import Entry, Kind, key_of, known_words, longest

# An emoticon, an emoji, a hashtag, a word with its inner apostrophes and hyphens, a mark that ends a clause.
_TOKEN = re.compile(
    r"(?P<emoticon>(?<![\w:])(?:[<>]?[:;=8xX][-o*'^]?[)(\]\[dDpP/\\|@]+|<\/?3+|[)(\]\[]+[-o]?[:;=]|\^[._]?\^|-[._]+-"
    r"|[oO][._][oO])(?![\w/]))"
    r"|(?P<emoji>[\u2190-\u2bff\U0001f000-\U0001faff])"
    r"|#(?P<tag>\w+)"
    r"|(?P<word>[$£€]?[^\W_]+(?:['’.&*-][^\W_]+)*['’%]?)"
    r"|(?P<mark>[.,;:!?…()\"“”]+|\s-+\s|[—–])"
)
_INNER = re.compile(r"[A-Z]?[a-zß-ÿ]+|[A-Z]+(?![a-z])|\d+")
_DRAWN_OUT = re.compile(r"([^\W\d_])\1{2,}")
_LOST_APOSTROPHE = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "´": "'"})


@dataclass(frozen=True, slots=True)
class Word:
    """A word, emoticon or emoji: half-open offsets in the sentence, as written, and the clause that it stands in."""

    start: int
    end: int
    written: str
    clause: int

    @property
    def plain(self) -> str:
        """Give it as it is looked up."""
        return self.written.lower()


def words_of(sentence: str) -> list[Word]:
    """Give the words in order; a hashtag is read as the words in it, commas and full stops open a new clause."""
    found: list[Word] = []
    clause = 0
    for token in _TOKEN.finditer(sentence):
        if token["mark"] is not None:
            clause += 1
        else:
            found.extend(Word(start, end, written, clause) for start, end, written in _written(token))
    return found


def _written(token: re.Match[str]) -> Iterator[tuple[int, int, str]]:
    tag = token["tag"]
    if tag is None:
        yield token.start(), token.end(), token[0].translate(_LOST_APOSTROPHE).rstrip("'") or token[0]
        return
    inner = list(_INNER.finditer(tag))
    if len(inner) < 2 or tag.isupper():
        yield token.start(), token.end(), tag
        return
    for part in inner:
        yield token.start("tag") + part.start(), token.start("tag") + part.end(), part[0]


def respelled(word: str) -> tuple[str, ...]:
    """Give what drawn-out letters may stand for ("soooo", "loooove"); nothing for other words."""
    if not _DRAWN_OUT.search(word):
        return ()
    return _DRAWN_OUT.sub(r"\1", word), _DRAWN_OUT.sub(r"\1\1", word)


@dataclass(frozen=True, slots=True)
class Said:
    """A word, or the words of one phrase of the lexicon, which are valued as one."""

    start: int
    end: int
    plain: str
    clause: int
    key: str
    """As it is looked up; capitals where it is written in capitals."""
    entry: Entry | None = None


def in_phrases(sentence: str) -> list[Said]:
    """Read a sentence, the longest phrases first."""
    words = words_of(sentence)
    plain = [word.plain for word in words]
    said: list[Said] = []
    at = 0
    while at < len(words):
        found = longest(plain, at)
        if found is None:
            said.append(_alone(words, at))
            at += 1
            continue
        end, entry = found
        said.append(_as_one(words[at:end], entry))
        at = end
    return said


def _alone(words: Sequence[Word], at: int) -> Said:
    """Value a word by itself; one that is part of a name says nothing: "Foo Fighters", "Taylor Swift"."""
    word, known = words[at], known_words()
    key = "" if _is_named(words, at) else word.written
    if key and word.plain not in known:
        key = next((shorter for shorter in respelled(word.written) if shorter.lower() in known), key)
    return Said(word.start, word.end, word.plain, word.clause, key)


def _is_named(words: Sequence[Word], at: int) -> bool:
    """Say whether a word stands in a name: in capitals beside another so written, not where a sentence begins."""
    if not _is_capitalised(words[at]) or at == 0:
        return False
    beside = [other for other in (at - 1, at + 1) if 0 < other < len(words)]
    if not any(_is_capitalised(words[o]) and words[o].clause == words[at].clause for o in beside):
        return False
    # In a headline every word is written so.
    return 2 * sum(map(_is_capitalised, words)) <= len(words)


def _is_capitalised(word: Word) -> bool:
    return word.written[:1].isupper() and word.written[1:].islower()


def _as_one(words: list[Word], entry: Entry) -> Said:
    plain = " ".join(word.plain for word in words)
    key = "not" if entry.kind is Kind.NEGATES else key_of(entry)
    if all(word.written.isupper() for word in words):
        key = key.upper()
    return Said(words[0].start, words[-1].end, plain, words[0].clause, key, entry)
