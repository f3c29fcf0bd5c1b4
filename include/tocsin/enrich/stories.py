"""Tell copies from opinions: near-copies of a text are one story, whoever posts them under whichever brand.

A copy shares at least THRESHOLD of its runs of SHINGLE letters with the story's first text (Jaccard's measure,
estimated by MinHash; Broder, "On the resemblance and containment of documents", 1997), links, handles and "RT" aside,
and was posted within the span of it. Letters rather than pairs of words: a typo, a cut end, a hashtag written apart
change a few letters but many pairs. Copies are compared with the first text only, so that a story cannot wander.

The fewer the words, the more one of them says: "the best airline of all" is no copy of "the worst airline of all".
Below FEW words a text must be alike to SHORT_THRESHOLD, or stand whole in the other and be the most of it. Below
SHORTEST, where chance makes people say the same, it must be equal letter by letter, handles included ("@bulla lol"
twice is a copy; "@other lol" is not).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby

from rensa import RMinHash, RMinHashLSH

from tocsin.enrich.folding import fold, without_handles, without_links
from tocsin.model import Window

SPAN = timedelta(hours=72)
THRESHOLD = 0.6
SHINGLE = 5
FEW, SHORT_THRESHOLD, MOST = 8, 0.8, 0.6
SHORTEST = 4
LONGEST = 5_000
"""Characters that are compared."""
CAPACITY = 50_000
"""Stories kept at once, some 4 KB each; the first to come in is the first forgotten."""

_PERMUTATIONS = 128
_BANDS = 32
"""Finds candidates from about .42 on: few are missed, and each is checked."""
_SEED = 20150222
_DAY = timedelta(days=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_WORD = re.compile(r"\w+")
_RETWEET = re.compile(r"\brt\b(?=\s*[@: ])")


@dataclass(frozen=True, slots=True)
class _Origin:
    """The first text of a story, as it is compared: by sketch, or by its letters where it has none."""

    id: str
    at: datetime
    sketch: RMinHash | None
    letters: str
    words: int


class StoryBook:
    """Remembers the first text of each story; the same texts in the same order give the same stories, everywhere."""

    def __init__(self, span: timedelta = SPAN, threshold: float = THRESHOLD, capacity: int = CAPACITY) -> None:
        self._span, self._threshold, self._capacity = span, threshold, capacity
        self._index = RMinHashLSH(threshold, _PERMUTATIONS, _BANDS)
        self._origins: dict[int, _Origin] = {}
        self._ids: set[str] = set()
        self._letters: dict[str, list[int]] = {}
        self._days: set[int] = set()
        self._next = 0

    def assign(self, mention_id: str, published_at: datetime, text: str) -> str:
        """Give the story's id: that of its earliest known text within the span, either way, or the mention's own."""
        if mention_id in self._ids:
            return mention_id
        origin = _read(mention_id, published_at, text)
        copied = [known for known in self._candidates(origin) if abs(known.at - published_at) <= self._span]
        if copied:
            return min(copied, key=lambda known: (known.at, known.id)).id
        self._keep(origin)
        return mention_id

    def learn(self, story_id: str, published_at: datetime, text: str) -> None:
        """Take a story that is known already, as its first text."""
        if story_id not in self._ids:
            self._keep(_read(story_id, published_at, text))

    def unlearned(self, times: Iterable[datetime]) -> tuple[Window, ...]:
        """Give the days around these times whose stories were not asked for yet, and take them as asked for."""
        reach = -(-self._span // _DAY)
        wanted = {day + step for day in {(at - _EPOCH) // _DAY for at in times} for step in range(-reach, reach + 1)}
        new = sorted(wanted - self._days)
        self._days |= wanted
        return tuple(_runs(new))

    def _candidates(self, origin: _Origin) -> Iterator[_Origin]:
        if origin.sketch is None:
            yield from (self._origins[key] for key in self._letters.get(origin.letters, ()))
            return
        for key in self._index.query(origin.sketch):
            known = self._origins[key]
            if known.sketch is not None and _are_copies(origin, known, self._threshold):
                yield known

    def _keep(self, origin: _Origin) -> None:
        if len(self._origins) >= self._capacity:
            self._forget(next(iter(self._origins)))
        key, self._next = self._next, self._next + 1
        self._origins[key] = origin
        self._ids.add(origin.id)
        if origin.sketch is not None:
            self._index.insert(key, origin.sketch)
        elif origin.letters:
            self._letters.setdefault(origin.letters, []).append(key)

    def _forget(self, key: int) -> None:
        origin = self._origins.pop(key)
        self._ids.discard(origin.id)
        if origin.sketch is not None:
            self._index.remove(key)
        elif origin.letters:
            self._letters[origin.letters].remove(key)
            if not self._letters[origin.letters]:
                del self._letters[origin.letters]


def likeness(one: str, other: str) -> float:
    """Give the share of two texts that is alike, as a book estimates it: 1.0 or 0.0 below SHORTEST words."""
    first, second = _read("", _EPOCH, one), _read("", _EPOCH, other)
    if first.sketch and second.sketch:
        return float(first.sketch.jaccard(second.sketch))
    return float(not first.sketch and not second.sketch and first.letters == second.letters)


def _read(story_id: str, at: datetime, text: str) -> _Origin:
    raw = text[:LONGEST]
    folded = _RETWEET.sub(" ", fold(without_links(raw)))
    words = _WORD.findall(without_handles(folded))
    if len(words) >= SHORTEST:
        line = " ".join(words)
        sketch = RMinHash(_PERMUTATIONS, _SEED)
        sketch.update([line[start : start + SHINGLE] for start in range(max(1, len(line) - SHINGLE + 1))])
        return _Origin(story_id, at, sketch, line if len(words) < 2 * FEW else "", len(words))
    # Nothing but a link: the same link is the same story.
    return _Origin(story_id, at, None, " ".join(folded.split()) or " ".join(raw.split()), len(words))


def _are_copies(one: _Origin, other: _Origin, threshold: float) -> bool:
    """Say whether two texts with sketches are one story: alike enough, or a short one stands whole in the other."""
    alike = one.sketch.jaccard(other.sketch) if one.sketch and other.sketch else 0.0
    if min(one.words, other.words) >= FEW:
        return alike >= threshold
    short, long = sorted((one.letters, other.letters), key=len)
    return alike >= max(threshold, SHORT_THRESHOLD) or (short in long and len(short) >= MOST * len(long) > 0)


def _runs(days: list[int]) -> Iterator[Window]:
    """Join neighbouring days (counted from the epoch) into windows."""
    for _, run in groupby(enumerate(days), key=lambda pair: pair[1] - pair[0]):
        members = [day for _, day in run]
        yield Window(_EPOCH + members[0] * _DAY, _EPOCH + (members[-1] + 1) * _DAY)
