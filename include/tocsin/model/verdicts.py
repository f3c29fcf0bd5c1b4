"""What detection says, with every number it was decided by."""

from dataclasses import dataclass
from datetime import datetime

from tocsin.model.moments import Window
from tocsin.model.stories import Counts
from tocsin.model.watched import Severity


@dataclass(frozen=True, slots=True)
class Point:
    """One hour of a chart: what was counted beside what was usual; both are stories per hour."""

    at: datetime
    observed: float
    usual: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """What detection says of one brand at a watermark, with every number it was decided by."""

    brand: str
    at: datetime
    severity: Severity
    score: float
    peak: float
    """Highest score since the last all-clear: severity goes by it, so that a storm stays one until it is over."""
    threshold: float
    window: Window
    """The wave whose score decided: the last hour, three hours or day, from its last all-clear."""
    observed: int
    usual: float
    """What this window holds when nothing is the matter: for people. A storm of some hours hardly moves it."""
    forecast: float
    """What the score compares with: usual, moved by the hours before. score = (observed - forecast) / spread."""
    spread: float
    """Denominator of the score: what one unit of surprise is worth, in stories."""
    since: datetime | None
    """Onset: start of the first bucket above usual in the run that led here; None when calm."""
    over: bool
    """True when the last 45 minutes were back at usual, so that an open incident may close."""
    counts: Counts
    """What the brand got inside `window`."""
    coverage: float
    """Share of the sources that answered lately, 0 to 1; below 1 the verdict is partial."""
    reasons: tuple[str, ...]
    """Why this severity and not another, in plain English, most important first."""
    recent: tuple[Point, ...] = ()
    """Last 24 hours by hour, filled when there is something to show."""

    @property
    def factor(self) -> float:
        """How many times the usual; the usual is floored at half a story so that it stays finite."""
        return self.observed / max(self.usual, 0.5)
