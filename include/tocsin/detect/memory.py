"""What is remembered of the rows so far: sums that run on, and sums that fade."""

from copy import copy
from typing import Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def run_on(before: Floats, rows: Floats) -> Floats:
    """Put the running sums of `rows` behind those of the rows before them.

    The sums grow one row at a time, so that they are the same to the last bit however the rows are cut.
    """
    return np.concatenate((before, np.cumsum(np.concatenate((before[-1:], rows)), axis=0)[1:]))


def span(sums: Floats, rows: int, width: int) -> Floats:
    """Sum over the last `width` rows, for each of the last `rows` rows of running sums."""
    end = len(sums)
    total: Floats = sums[end - rows :] - sums[end - rows - width : end - width]
    return total


class DecayedSum:
    """Sum of rows and of their weights, both fading; mutable, cheap to copy."""

    __slots__ = ("_decay", "_total", "_weight")

    def __init__(self, shape: tuple[int, ...], half_life: float) -> None:
        """Start from nothing; `half_life` is in rows."""
        self._decay = 0.5 ** (1 / half_life)
        self._total = np.zeros(shape)
        self._weight = 0.0

    def copy(self) -> Self:
        """Give a twin that stays as it is when this one goes on."""
        twin = copy(self)
        twin._total = self._total.copy()  # noqa: SLF001 - a twin is of our own kind
        return twin

    def advance(self, news: Floats, skip: int = 0) -> tuple[Floats, Floats]:
        """Give sum and weight as they stood before each row of `news`, then hold them all.

        The first `skip` rows are not known and leave the memory as it is. The weights come with as many axes as the
        sums, so that one divides the other.
        """
        totals, weights = np.empty_like(news), np.empty(len(news))
        for row, new in enumerate(news):
            totals[row], weights[row] = self._total, self._weight
            if row >= skip:
                self._total *= self._decay
                self._total += new
                self._weight = self._weight * self._decay + 1.0
        return totals, weights.reshape((-1, *(1,) * self._total.ndim))
