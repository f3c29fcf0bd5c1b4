"""The running memory of detection: it saves work between two looks and changes no result."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

import numpy as np
from numpy.typing import NDArray

from tocsin.detect.baseline import DAY
from tocsin.detect.series import count_starts
from tocsin.detect.thresholds import Thresholds
from tocsin.detect.waves import Track, Waves, join
from tocsin.model import BUCKET, Brand, StoryStart, Window, floor_time
from tocsin.ports import MentionStore

HISTORY = timedelta(weeks=8)
"""How far back usual is learnt from, rounded up to whole weeks since the Unix epoch."""
RECOUNTED = timedelta(hours=6)
"""What arrives later than this after its bucket is not seen by a detector that already counted the bucket."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, eq=False)
class Progress:
    """All that is known at the end of a bucket."""

    end: datetime
    rows: int
    """Buckets of history behind it."""
    waves: Waves
    track: Track
    """The last day of rows, or fewer."""

    def go_on(self, counts: NDArray[np.int64]) -> Self:
        """Learn the buckets that follow; this progress stays as it is."""
        waves, track, first = self.waves.copy(), self.track, (self.end - _EPOCH) // BUCKET
        for at in range(0, len(counts), DAY):
            track = join((track, waves.advance(first + at, counts[at : at + DAY])), keep=DAY)
        return type(self)(self.end + BUCKET * len(counts), self.rows + len(counts), waves, track)


@dataclass(frozen=True, slots=True, eq=False)
class _Cache:
    """A checkpoint that late data no longer reach, and how far we were when we last looked."""

    anchor: datetime
    started: set[tuple[str, str]]
    """Brand and story of all that began before the checkpoint: their later copies count no more."""
    checkpoint: Progress
    recent: NDArray[np.int64]
    """Counts from the checkpoint to `head`."""
    head: Progress


class Detector:
    """Counts and scores brands by their history in the store.

    A new one gives the same answers as one that has run for weeks, as long as nothing arrives more than RECOUNTED
    late; it only takes longer. Not for several threads at once.
    """

    def __init__(self, brands: Sequence[Brand], thresholds: Thresholds | None = None) -> None:
        self.thresholds = thresholds or Thresholds()
        self.brands = tuple(brand.id for brand in brands)
        self._cache: _Cache | None = None

    def look(self, mentions: MentionStore, watermark: datetime) -> Progress:
        """Count and score everything before `watermark`, a bucket's edge; columns are in the order of `brands`."""
        anchor = _anchor(mentions.first_at(), watermark)
        cache = self._cache
        if cache is None or cache.anchor != anchor or watermark < cache.head.end:
            cache = self._nothing(anchor)
        window = Window(cache.checkpoint.end, watermark)
        starts = [start for start in mentions.story_starts(window, self.brands) if _key(start) not in cache.started]
        counts = count_starts(starts, self.brands, window.start, watermark).counts
        self._cache = _advance(cache, starts, counts)
        return self._cache.head

    def _nothing(self, anchor: datetime) -> _Cache:
        brands = len(self.brands)
        waves, none = Waves(brands), np.zeros((0, brands), dtype=np.int64)
        start = Progress(anchor, 0, waves, waves.copy().advance(0, none))
        return _Cache(anchor, set(), start, none, start)


def _advance(cache: _Cache, starts: Sequence[StoryStart], counts: NDArray[np.int64]) -> _Cache:
    """Learn what is new; count again from the checkpoint when something came late."""
    settled = max(len(counts) - RECOUNTED // BUCKET, 0)
    checkpoint = cache.checkpoint.go_on(counts[:settled]) if settled else cache.checkpoint
    known = len(cache.recent)
    if known and np.array_equal(counts[:known], cache.recent):
        head = cache.head.go_on(counts[known:])
    else:
        head = checkpoint.go_on(counts[settled:])
    cache.started.update(_key(start) for start in starts if start.first_at < checkpoint.end)
    return _Cache(cache.anchor, cache.started, checkpoint, counts[settled:], head)


def _key(start: StoryStart) -> tuple[str, str]:
    return start.brand, start.story_id


def _anchor(first: datetime | None, watermark: datetime) -> datetime:
    """Where history starts: at the first mention of all, or some eight weeks back.

    In whole weeks, so that it stays where it is from one look to the next.
    """
    oldest = floor_time(watermark - HISTORY, timedelta(weeks=1))
    return min(max(floor_time(first), oldest), watermark) if first else watermark
