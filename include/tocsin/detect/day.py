"""The slow wave: a day's sum against earlier days, for storms that double the volume for many hours.

The forecast of the short waves learns within a day, so a storm that only doubles a brand's volume, all day long,
never stands far above it. This wave compares with what days were like before the last one.
"""

from copy import copy
from typing import Self

import numpy as np
from numpy.typing import NDArray

from tocsin.detect.baseline import DAY
from tocsin.detect.memory import DecayedSum, Floats

READY_ROWS = 3 * DAY
"""Rows of history below which a day cannot be judged: one day to judge, and two to judge it by."""
_LEVEL_HALF_LIFE, _NOISE_HALF_LIFE = 7.0 * DAY, 14.0 * DAY
_NOISE_PRIOR, _NOISE_PRIOR_ROWS = 0.04, 2.0 * DAY


class DayWave:
    """What a day's sum usually is, and how far days miss it, both learnt from windows that ended a day ago."""

    __slots__ = ("_days", "_level", "_misses", "_noise", "_rows")

    def __init__(self, brands: int) -> None:
        self._rows = 0
        self._days, self._misses = np.zeros((DAY, brands)), np.zeros((DAY, brands))
        self._level = DecayedSum((brands,), _LEVEL_HALF_LIFE)
        self._noise = DecayedSum((brands,), _NOISE_HALF_LIFE)

    def copy(self) -> Self:
        """Give a twin that stays as it is when this one goes on."""
        twin = copy(self)  # the arrays are replaced, never changed in place
        twin._level, twin._noise = self._level.copy(), self._noise.copy()  # noqa: SLF001 - of our own kind
        return twin

    def advance(self, day: Floats) -> tuple[Floats, Floats, NDArray[np.bool_]]:
        """Judge sums over 24 hours, one per row, at most a day of rows at once.

        Returns (usual sum, mean square error of earlier days, ready): rows that are not ready have too little history
        to be judged.
        """
        rows, row = len(day), self._rows
        level, level_rows = self._level.advance(self._days[:rows], skip=max(2 * DAY - 1 - row, 0))
        usual = level / np.maximum(level_rows, 1.0)
        noise, noise_rows = self._noise.advance(self._misses[:rows], skip=max(3 * DAY - 1 - row, 0))
        prior = _NOISE_PRIOR * usual**2
        noise = (noise + _NOISE_PRIOR_ROWS * prior) / (noise_rows + _NOISE_PRIOR_ROWS)
        self._rows += rows
        self._days = np.concatenate((self._days, day))[-DAY:]
        self._misses = np.concatenate((self._misses, (day - usual) ** 2))[-DAY:]
        return usual, noise, np.arange(row, row + rows) >= READY_ROWS
