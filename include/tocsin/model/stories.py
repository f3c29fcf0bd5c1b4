"""Posts counted: near-copies as one story, stories per bucket and brand."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from tocsin.model.moments import BUCKET
from tocsin.model.posts import Tier


@dataclass(frozen=True, slots=True)
class StoryStart:
    """When a brand's story first harmed it inside the asked window."""

    brand: str
    story_id: str
    first_at: datetime


@dataclass(frozen=True, slots=True)
class StoryOrigin:
    """The earliest copy of a story: what later copies are compared with."""

    story_id: str
    published_at: datetime
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a story went: on how many sites, by whose voice, before how many followers."""

    outlets: int = 0
    """Distinct hosts of its copies; posts without an address have none."""
    tier: Tier = Tier.UNKNOWN
    """The highest rank among those who told it."""
    audience: int | None = None
    """Followers of the one who has most, where the network says so: a potential audience, never added up."""


def reach_of(hosts: Iterable[str], tiers: Iterable[Tier], audiences: Iterable[int | None]) -> Reach:
    """Add up what is known of a story's copies."""
    ranks = {tier: rank for rank, tier in enumerate((Tier.REGULATOR, Tier.PRESS, Tier.LARGE, Tier.UNKNOWN))}
    known = [audience for audience in audiences if audience is not None]
    return Reach(
        outlets=len({host for host in hosts if host}),
        tier=min(tiers, key=ranks.__getitem__, default=Tier.UNKNOWN),
        audience=max(known, default=None),
    )


@dataclass(frozen=True, slots=True)
class StorySummary:
    """A story inside a window, for people: its earliest copy's words and link, and how far it went."""

    story_id: str
    title: str
    text: str
    url: str
    network: str
    first_at: datetime
    copies: int
    authors: int
    compound: float
    """Valence towards the brand of its most negative copy."""
    words: tuple[str, ...] = ()
    """The words that decided that its earliest copy harms the brand, strongest first."""
    reach: Reach = Reach()


@dataclass(frozen=True, slots=True)
class Counts:
    """What a brand got inside a window; all but `mentions` count its negatives only: mentions that harm it."""

    mentions: int = 0
    negatives: int = 0
    stories: int = 0
    authors: int = 0


@dataclass(frozen=True, slots=True)
class BucketCounts:
    """A brand's negatives in one bucket, which begins at `at`."""

    brand: str
    at: datetime
    negatives: int
    stories: int
    authors: int


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """New negative stories per bucket (rows, oldest first) and brand (columns)."""

    brands: tuple[str, ...]
    start: datetime
    counts: NDArray[np.int64]
    step: timedelta = BUCKET

    @property
    def end(self) -> datetime:
        """End of the last bucket: the watermark up to which everything was counted."""
        return self.start + self.step * len(self.counts)


@dataclass(frozen=True, slots=True)
class Hourly:
    """What one hour held beside what it might: all in stories per hour."""

    counted: float
    usual: float
    lower: float | None
    upper: float | None
    """What passes without notice lies from `lower` to `upper`, the bar for watch; None while nothing is called."""
    critical: float | None
    """The bar for critical; None like `upper`."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What the series holds of one bucket, several brands together."""

    counted: int
    coverage: float
    """The lowest of theirs."""


@dataclass(frozen=True, slots=True)
class SeriesPoint:
    """One bucket of one brand as a chart needs it; `at` is the bucket's start."""

    brand: str
    at: datetime
    counted: int
    """New negative stories that began in the bucket."""
    hour: Hourly
    """The hour that ends with the bucket."""
    score: float
    """Highest of the waves' scores at the bucket's end."""
    coverage: float
    """Share of the sources that answered lately, 0 to 1, as it was when the bucket was first looked at."""
