"""How time is cut: half-open windows, and buckets that never shift."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

BUCKET = timedelta(minutes=5)
"""The grain of all counting: negatives are counted per brand in buckets of this length."""


@dataclass(frozen=True, slots=True)
class Window:
    """Half-open span of time, start <= t < end, both aware UTC."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None or self.end < self.start:
            raise ValueError(f"not a window of aware times: {self.start} .. {self.end}")


def floor_time(at: datetime, step: timedelta = BUCKET) -> datetime:
    """Start of the bucket that holds `at`, counted from the Unix epoch, so that buckets never shift."""
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return epoch + ((at - epoch) // step) * step
