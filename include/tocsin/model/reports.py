"""What a step did with what came in, so that counts can be added up afterwards."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tocsin.model.moments import floor_time

_SUM = "+"
"""Begins the key of a day's sum: no work is called so, and it sorts before every name."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a step did with what came in: each item counted exactly once under one status."""

    step: str
    key: str
    """Batch id, source id or watermark: the same work done again replaces the same report."""
    at: datetime
    came_in: int
    counts: Mapping[str, int]

    def __post_init__(self) -> None:
        if sum(self.counts.values()) != self.came_in:
            raise ValueError(f"{self.step} {self.key}: {self.came_in} came in, counted {dict(self.counts)}")

    @property
    def is_sum(self) -> bool:
        """Whether this is what `sum_of` made: the sum of a day, and of no single piece of work."""
        return self.key.startswith(_SUM)

    @property
    def sum_key(self) -> str:
        """Key of the sum that this report goes into: one per UTC day."""
        return self.key if self.is_sum else f"{_SUM}{self.at.astimezone(UTC):%Y-%m-%d}"


def sum_of(reports: Iterable[Report]) -> Report:
    """Add up reports of one step and day, at least one; a sum made before may be among them."""
    parts = list(reports)
    counts: Counter[str] = Counter()
    for part in parts:
        counts.update(part.counts)
    first = parts[0]
    day = floor_time(first.at, timedelta(days=1))
    return Report(first.step, first.sum_key, day, sum(part.came_in for part in parts), dict(counts))
