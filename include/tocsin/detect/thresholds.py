"""How surprised we must be before anybody hears of it: the numbers that were calibrated, in one place."""

from dataclasses import dataclass

from tocsin.detect.baseline import DAY, HOUR


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Scores and minima that a brand must reach; include/docs/detection.md says how they were found."""

    watch: float = 3.0
    """About one false alarm per brand and week."""
    critical: float = 4.3
    """About one false alarm per brand and two weeks."""
    min_stories: int = 5
    """Distinct stories below which nothing is an incident: a storm is not one story told often."""
    silent_rows: int = 6 * HOUR
    """Buckets of history below which nothing is said."""
    first_day: float = 2.5
    """Both thresholds are this many times higher in the first day: morning may be eight times the night."""
    first_days: float = 1.25
    """The same until the third day has passed."""

    def __post_init__(self) -> None:
        if not 0 < self.watch <= self.critical:
            raise ValueError(f"not thresholds: watch {self.watch}, critical {self.critical}")

    def caution(self, rows: int) -> float:
        """How many times higher both thresholds are after `rows` buckets of history."""
        if rows < DAY:
            return self.first_day
        return self.first_days if rows < 3 * DAY else 1.0
