"""The English lexicon as it is searched: VADER's words, and over them words and phrases of our own.

Ours are in `lexicons/en/*.tsv`, one valence, kind and list of phrases a line; where two lines say the same phrase the
later one wins, the tables taken in the order of their names:

- `w`: a word or phrase that words before it strengthen, weaken or turn, as they do with VADER's own;
- `f`: a phrase whose valence is fixed, whatever stands before it ("not impressed");
- `m`: muted: its words say next to nothing here ("would like to", "customer care");
- `n`: turns what follows it, as "not" does ("fails to be");
- `s`: opens a sarcasm where something bad follows ("love how", "thanks for");
- `k`: what markets do ("fell", "rose"): hardly anything where no business is spoken of;
- `p`: opens a request or a question, in which kind words are mere manners ("can you please").

In a phrase `a/b` is either word, `word~` each form of a regular verb or noun, `#` a number, `*` up to two others.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib.resources import files
from itertools import product

from tocsin.enrich.tone_en_vader import emoji_valences as vader_emoji
from tocsin.enrich.tone_en_vader import lexicon as vader_lexicon

_VOWELS = "aeiou"
_GAP = 2
"""Most words that `*` stands for."""
_MUTED = 0.2
"""Share of VADER's valence that muted words keep."""
_NUMBERS = frozenset(
    ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "fifteen",
     "twenty", "thirty", "forty", "fifty", "hundred", "thousand", "several", "many", "few", "couple", "half", "dozen",
     "multiple", "countless")
)  # fmt: skip


class Kind(StrEnum):
    """What an entry does."""

    WORD = "w"
    FIXED = "f"
    MUTED = "m"
    NEGATES = "n"
    SARCASM = "s"
    MARKET = "k"
    REQUEST = "p"


@dataclass(frozen=True, slots=True)
class Entry:
    """What a word or phrase says."""

    valence: float
    kind: Kind
    key: str
    """The word under which `known_words` holds the valence; "not" for what turns other words."""


@dataclass(slots=True)
class Node:
    """The phrases that go on from here, by their next word."""

    following: dict[str, "Node"] = field(default_factory=dict)
    entry: Entry | None = None

    @property
    def is_open(self) -> bool:
        """Whether a number or any word may follow."""
        return "*" in self.following or "#" in self.following


@cache
def phrases() -> Node:
    """Give all entries as a tree by words, read once per process."""
    root = Node()
    for valence, kind, phrase in _lines():
        for words in product(*map(_alternatives, phrase.split())):
            node = root
            for word in words:
                node = node.following.setdefault(word, Node())
            node.entry = _entry(_murmur(words) if kind is Kind.MUTED else valence, kind)
    return root


def _entry(valence: float, kind: Kind) -> Entry:
    return Entry(valence, kind, "not" if kind is Kind.NEGATES else f"§{kind}{valence:g}")


def _murmur(words: Sequence[str]) -> float:
    """Give what is left of VADER's valence of muted words: too little to be heard alone, enough to tip a balance."""
    return round(_MUTED * sum(vader_lexicon().get(word, 0.0) for word in words), 1)


def beginnings(word: str) -> tuple[Node, ...]:
    """Give the phrases that begin with this word, and those that begin with a number where it is one."""
    known = phrases().following
    asked = (word, "#") if is_number(word) else (word,)
    return tuple(known[first] for first in asked if first in known)


def longest(begun: Sequence[Node], words: Sequence[str], at: int) -> tuple[int, Entry] | None:
    """Find the longest of the phrases begun that goes on with the words from here; give its end and what it says."""
    following = words[at] if at < len(words) else ""
    best: tuple[int, Entry] | None = None
    for node in begun:
        # Common words begin many phrases that do not go on: most end here.
        if node.entry is None and following not in node.following and not node.is_open:
            continue
        for match in _matches(node, words, at):
            if best is None or match[0] > best[0]:
                best = match
    return best


def is_number(word: str) -> bool:
    """Say whether a word stands for an amount: "3", "3.5", "two", "$50", "several"."""
    return word[:1].isdigit() or word[1:2].isdigit() or word in _NUMBERS


def _matches(node: Node, words: Sequence[str], at: int) -> Iterator[tuple[int, Entry]]:
    if node.entry is not None:
        yield at, node.entry
    if not node.following:
        return
    if at < len(words):
        following = node.following.get(words[at])
        if following is not None:
            yield from _matches(following, words, at + 1)
        if "#" in node.following and is_number(words[at]):
            yield from _matches(node.following["#"], words, at + 1)
    if "*" in node.following:
        for skipped in range(min(_GAP, len(words) - at) + 1):
            yield from _matches(node.following["*"], words, at + skipped)


def _lines() -> Iterator[tuple[float, Kind, str]]:
    folder = files("tocsin.enrich").joinpath("lexicons/en")
    for table in sorted(folder.iterdir(), key=lambda table: table.name):
        for line in table.read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("# "):
                valence, kind, listed = line.split("\t")
                yield from ((float(valence), Kind(kind), phrase) for phrase in listed.split(", "))


def _alternatives(slot: str) -> list[str]:
    return [form for word in slot.split("/") for form in (_forms(word[:-1]) if word[-1:] == "~" else [word])]


def _forms(word: str) -> list[str]:
    """Give the forms of a regular verb or noun, spelled either way: delay, delays, delayed, delaying."""
    if word.endswith("e"):
        return [word, word + "s", word + "d", word[:-1] + "ing"]
    if word.endswith("y") and word[-2] not in _VOWELS:
        return [word, word[:-1] + "ies", word[:-1] + "ied", word + "ing"]
    plural = "es" if word.endswith(("s", "x", "z", "ch", "sh")) else "s"
    forms = [word, word + plural, word + "ed", word + "ing"]
    if word[-1] not in _VOWELS + "wxy" and word[-2] in _VOWELS and word[-3:-2] not in _VOWELS:
        forms += [word + word[-1] + "ed", word + word[-1] + "ing"]
    return forms


@cache
def known_words() -> Mapping[str, float]:
    """Give the valence of VADER's words and emoji, and of our entries under their keys."""
    ours = {entry.key: entry.valence for entry in _entries(phrases())}
    return {**vader_lexicon(), **vader_emoji(), **ours}


def _entries(node: Node) -> Iterator[Entry]:
    if node.entry is not None and node.entry.valence:
        yield node.entry
    for following in node.following.values():
        yield from _entries(following)
