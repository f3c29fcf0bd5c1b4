"""The slow wave: a day's sum against earlier days, for storms that double the volume for many hours.

The forecast of the short waves learns within a day, so a storm that only doubles a brand's volume, all day long,
never stands far above it. This wave compares with what days were like before the last one. It counts steadily: no
hour for more than three times an average hour of those days. So a day is high only when many of its hours were, and
a short burst stays the short waves' business.
"""

from copy import copy
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from tocsin.detect.baseline import DAY, HOUR
from tocsin.detect.memory import DecayedSum, Floats, run_on, span

READY_ROWS = 3 * DAY
"""Rows of history below which a day cannot be judged: one day to judge, and two to judge it by."""
_LEVEL_HALF_LIFE, _NOISE_HALF_LIFE = 7.0 * DAY, 14.0 * DAY
_NOISE_PRIOR, _NOISE_PRIOR_ROWS = 0.04, 2.0 * DAY
_STEADY_FACTOR, _STEADY_EXTRA = 3.0, 1.0


class Days(NamedTuple):
    """What the day's wave says, one row per bucket."""

    sums: Floats
    """Running sums of the steady counts, those of the day before in front."""
    usual: Floats
    noise: Floats
    """Mean square error of earlier days."""
    ready: NDArray[np.bool_]
    """False where there is too little history to judge."""


class DayWave:
    """What a day's sum usually is, and how far days miss it, both learnt from windows that ended a day ago."""

    __slots__ = ("_days", "_level", "_misses", "_noise", "_rows", "_sums")

    def __init__(self, brands: int) -> None:
        self._rows = 0
        self._sums, self._days, self._misses = (np.zeros((DAY, brands)) for _ in range(3))
        self._level = DecayedSum((brands,), _LEVEL_HALF_LIFE)
        self._noise = DecayedSum((brands,), _NOISE_HALF_LIFE)

    def copy(self) -> Self:
        """Give a twin that stays as it is when this one goes on."""
        twin = copy(self)  # the arrays are replaced, never changed in place
        twin._level, twin._noise = self._level.copy(), self._noise.copy()  # noqa: SLF001 - of our own kind
        return twin

    def advance(self, hour: Floats) -> Days:
        """Judge the days that end with each row; `hour` holds the sums over the last hour, at most a day of rows."""
        rows, row = len(hour), self._rows
        level, level_rows = self._level.advance(self._days[:rows], skip=max(2 * DAY - 1 - row, 0))
        usual = level / np.maximum(level_rows, 1.0)
        cap = np.where(level_rows > 0, _STEADY_FACTOR * usual * HOUR / DAY + _STEADY_EXTRA, np.inf)
        sums = run_on(self._sums, np.minimum(hour, cap) / HOUR)
        noise = self._learn(span(sums, rows, DAY), usual)
        self._rows += rows
        self._sums = sums[-DAY:]
        return Days(sums, usual, noise, np.arange(row, row + rows) >= READY_ROWS)

    def _learn(self, day: Floats, usual: Floats) -> Floats:
        """Give the mean square error as it stood before each row, then keep the new days for tomorrow."""
        misses, unknown = self._misses[: len(day)], max(3 * DAY - 1 - self._rows, 0)
        noise, noise_rows = self._noise.advance(misses, skip=unknown)
        self._days = np.concatenate((self._days, day))[-DAY:]
        self._misses = np.concatenate((self._misses, (day - usual) ** 2))[-DAY:]
        prior = _NOISE_PRIOR_ROWS * _NOISE_PRIOR * usual**2
        mean: Floats = (noise + prior) / (noise_rows + _NOISE_PRIOR_ROWS)
        return mean
