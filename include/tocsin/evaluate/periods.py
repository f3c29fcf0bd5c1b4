"""Cut a file's span into a few periods, so that a figure that fades with time is seen to fade."""

from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime, timedelta

MOST = 12
"""Periods that a person reads; beyond, the next longer unit is taken."""

Unit = Callable[[datetime], str]


def _week(at: datetime) -> str:
    monday = at - timedelta(days=at.weekday())
    return f"week of {monday:%Y-%m-%d}"


_UNITS: Mapping[str, Unit] = {
    "hour": lambda at: f"{at:%Y-%m-%d %H}:00",
    "day": lambda at: f"{at:%Y-%m-%d}",
    "week": _week,
    "month": lambda at: f"{at:%Y-%m}",
    "quarter": lambda at: f"{at.year} Q{(at.month + 2) // 3}",
    "year": lambda at: f"{at:%Y}",
}


def unit_for(times: Collection[datetime]) -> Unit:
    """Give the shortest unit (hour, day, week, month, quarter, year; UTC) of which these times need at most MOST."""
    units = list(_UNITS.values())
    return next((unit for unit in units if len({unit(at.astimezone(UTC)) for at in times}) <= MOST), units[-1])
