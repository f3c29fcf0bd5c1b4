"""Score whether copies are told from opinions: pairs of texts that people called the same, or not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from tocsin.enrich.stories import SPAN, THRESHOLD, StoryBook, likeness
from tocsin.evaluate.confusion import Scores, score
from tocsin.evaluate.estimates import Estimate, share

SAME, DIFFERENT = "same", "different"
_WORDS = {
    True: frozenset(("1", "1.0", "true", "yes", "y", "same", "duplicate", "copy", "vrai", "oui", "o", "même")),
    False: frozenset(("0", "0.0", "false", "no", "n", "different", "faux", "non", "différent", "autre")),
}
_AT = datetime(2015, 2, 22, tzinfo=UTC)
"""Both texts of a pair are of one moment: what is measured is their words."""


class Pair(NamedTuple):
    """Two texts: what people say of them, whether we made them one story, how alike they are."""

    same: bool
    joined: bool
    alike: float


@dataclass(frozen=True, slots=True)
class Cut:
    """What joining all pairs that are at least so alike would give."""

    at: float
    accuracy: Estimate
    precision: Estimate | None
    recall: Estimate | None


@dataclass(frozen=True, slots=True)
class PairScores:
    """The figures of our stories, and as information what other thresholds of likeness would have given."""

    scores: Scores
    threshold: float
    best: Cut
    """The cut of the highest accuracy."""
    cuts: tuple[Cut, ...]


def read_same(raw: str) -> bool | None:
    """Read 1, yes, same, oui … and their opposites; None: neither."""
    word = raw.strip().lower()
    return next((same for same, words in _WORDS.items() if word in words), None)


def judge_pair(one: str, other: str, same: bool) -> Pair:
    """Say whether a book of stories would make these two texts one."""
    book = StoryBook()
    joined = book.assign("one", _AT, one) == book.assign("other", _AT, other)
    return Pair(same, joined, likeness(one, other))


def found_again(posts: Iterable[tuple[str, datetime, str]]) -> tuple[int, int]:
    """Give how many repeats of a text, to the letter, were made one story with it, and how many there are.

    `posts` are id, time and text in the order of time. A repeat beyond the span of the first text of its story counts
    as none: it begins a story anew, as it should.
    """
    book = StoryBook()
    begun: dict[str, datetime] = {}
    story_of: dict[str, str] = {}
    """By text, of its first post."""
    found = repeats = 0
    for name, at, text in posts:
        story = book.assign(name, at, text)
        begun.setdefault(story, at)
        known = story_of.get(text)
        if known is None or at - begun[known] > SPAN:
            story_of[text] = story
        else:
            repeats += 1
            found += story == known
    return found, repeats


def score_pairs(pairs: Sequence[Pair]) -> PairScores | None:
    """Score the pairs; None of none."""
    scores = score(((_name(pair.same), _name(pair.joined)) for pair in pairs), (SAME, DIFFERENT))
    if scores is None:
        return None
    cuts = tuple(_cut(pairs, percent / 100) for percent in range(5, 100, 5))
    best = max(cuts, key=lambda cut: cut.accuracy.value)
    return PairScores(scores, THRESHOLD, best, cuts)


def _cut(pairs: Iterable[Pair], at: float) -> Cut:
    said = [(pair.same, pair.alike >= at) for pair in pairs]
    hits = sum(same and joined for same, joined in said)
    right = share(sum(same == joined for same, joined in said), len(said))
    assert right is not None  # noqa: S101 - there are pairs
    return Cut(at, right, share(hits, sum(joined for _, joined in said)), share(hits, sum(same for same, _ in said)))


def _name(same: bool) -> str:
    return SAME if same else DIFFERENT
