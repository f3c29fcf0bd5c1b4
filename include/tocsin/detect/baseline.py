"""What is usual: a forecast per brand and bucket that works from the first row and never looks ahead."""

from copy import copy
from typing import Self

import numpy as np
from numpy.typing import NDArray

from tocsin.detect.memory import Floats

HOUR = 12
"""Buckets in an hour."""
DAY = 24 * HOUR
_PRIOR_LEVEL, _PRIOR_ROWS = 0.5, 12.0
_HOUR_OF_DAY_ROWS, _HOUR_OF_WEEK_ROWS = 24.0, 36.0
_DAILY_DECAY = 0.5 ** (1 / (10 * 24))  # per hour: half-life 10 days
_WEEKLY_DECAY = 0.5 ** (1 / (42 * 24))  # per hour: half-life 6 weeks
_PHI_PRIOR, _PHI_ROWS = 0.3, 36.0
# Per row: level 7 days, the two sums of the fast factor 1 day, the two sums of the dispersion 7 days.
_DECAY = 0.5 ** (1 / (DAY * np.array([[7.0], [1.0], [1.0], [7.0], [7.0]])))
_LEVEL, _FAST_SEEN, _FAST_DUE, _EXCESS, _SQUARE = range(5)


class Baseline:
    """Decayed sums from which the next bucket is forecast; "Baseline mu" of include/docs/detection.md.

    Mutable on purpose: it is advanced millions of times. `copy` is a handful of array copies.
    """

    __slots__ = ("_daily", "_daily_rows", "_rows", "_sums", "_weekly", "_weekly_rows")

    def __init__(self, brands: int) -> None:
        self._rows = 0.0  # decayed number of rows behind the level
        self._sums = np.zeros((5, brands))
        self._daily, self._daily_rows = np.zeros((24, brands)), np.zeros(24)
        self._weekly, self._weekly_rows = np.zeros((168, brands)), np.zeros(168)

    def copy(self) -> Self:
        """Give a twin that stays as it is when this one goes on."""
        twin = copy(self)
        for name in ("_sums", "_daily", "_daily_rows", "_weekly", "_weekly_rows"):
            setattr(twin, name, getattr(self, name).copy())
        return twin

    def advance(self, first: int, counts: NDArray[np.int64]) -> tuple[Floats, Floats]:
        """Forecast each row of `counts` (rows, brands) from the rows before it, then learn from it.

        `first` is the number of the first row's bucket since the Unix epoch; rows follow without gaps.
        Returns two forecasts in stories per bucket, each in the shape of `counts`: the usual, which follows what the
        last day was like, and the ordinary, which knows the hour of the week and the brand's level only.
        """
        usual, ordinary = np.empty(counts.shape), np.empty(counts.shape)
        for row in range(len(counts)):
            self._step(first + row, counts[row], usual[row], ordinary[row])
        return usual, ordinary

    def _step(self, bucket: int, count: NDArray[np.int64], usual: Floats, ordinary: Floats) -> None:
        """Write the forecasts of one bucket, then learn the bucket's count."""
        hours, part = divmod(bucket, HOUR)
        if part == 0:
            self._forget_an_hour()
        level = (self._sums[_LEVEL] + _PRIOR_LEVEL * _PRIOR_ROWS) / (self._rows + _PRIOR_ROWS)
        ordinary[:] = self._shape(hours, part, level)
        prior = 6.0 * level + 1.0
        np.multiply(ordinary, (self._sums[_FAST_SEEN] + prior) / (self._sums[_FAST_DUE] + prior), out=usual)
        self._learn(hours, self._clip(count, usual, level), usual, ordinary)

    def _forget_an_hour(self) -> None:
        """Let the two seasonal memories fade; by the hour, since a row's share of it is below one in 30,000."""
        self._daily *= _DAILY_DECAY
        self._daily_rows *= _DAILY_DECAY
        self._weekly *= _WEEKLY_DECAY
        self._weekly_rows *= _WEEKLY_DECAY

    def _shape(self, hours: int, part: int, level: Floats) -> Floats:
        """Stories per bucket by hour of week, leaning on hour of day, leaning on the level."""
        here, offset = hours % 24, (part + 0.5) / HOUR - 0.5
        beside = (here + (1 if offset > 0 else -1)) % 24
        near, far = 1.0 - abs(offset), abs(offset)
        lean = _HOUR_OF_DAY_ROWS * level
        near /= self._daily_rows[here] + _HOUR_OF_DAY_ROWS
        far /= self._daily_rows[beside] + _HOUR_OF_DAY_ROWS
        daily = near * (self._daily[here] + lean) + far * (self._daily[beside] + lean)
        slot = hours % 168
        shape: Floats = (self._weekly[slot] + _HOUR_OF_WEEK_ROWS * daily) / (
            self._weekly_rows[slot] + _HOUR_OF_WEEK_ROWS
        )
        return shape

    def _clip(self, count: NDArray[np.int64], usual: Floats, level: Floats) -> Floats:
        """Cap what is learnt from one bucket, so that a storm does not become usual overnight."""
        square = usual * usual
        weight = _PHI_ROWS * level * level
        phi = (self._sums[_EXCESS] + _PHI_PRIOR * weight) / (self._sums[_SQUARE] + weight)
        np.minimum(np.maximum(phi, 0.05, out=phi), 3.0, out=phi)
        clipped: Floats = np.minimum(count, usual + 4.0 * np.sqrt(usual + phi * square) + 1.0)
        return clipped

    def _learn(self, hours: int, count: Floats, usual: Floats, shape: Floats) -> None:
        self._rows = self._rows * float(_DECAY[_LEVEL, 0]) + 1.0
        self._sums *= _DECAY
        news = (count, count, shape, (count - usual) ** 2 - usual, usual * usual)
        for index, new in enumerate(news):
            self._sums[index] += new
        self._daily[hours % 24] += count
        self._daily_rows[hours % 24] += 1.0
        self._weekly[hours % 168] += count
        self._weekly_rows[hours % 168] += 1.0
