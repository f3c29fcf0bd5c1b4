"""What a step did with what came in, so that counts can be added up afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


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
