"""Surprise: how far the last hour, three hours and day stand above usual, in units of the brand's own noise."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from numpy.typing import NDArray

from tocsin.detect.baseline import DAY, HOUR, Baseline
from tocsin.detect.day import DayWave
from tocsin.detect.memory import DecayedSum, Floats, run_on, span

WIDTHS = (HOUR, 3 * HOUR, DAY)
"""Rows in each wave: one hour, three hours, a day."""
WEIGHTS = (1.0, 1.5, 1.2)
"""What a unit of surprise in each wave counts for, so that one threshold fits all: long waves are rarer by chance."""
ALL_CLEAR_ROWS = 9
"""Rows in a row that must be back at usual before a storm is over: 45 minutes."""
_NOISE_PRIOR, _NOISE_PRIOR_ROWS, _NOISE_HALF_LIFE = 0.4, float(DAY), 3.5 * DAY
_SEEN, _USUAL, _ORDINARY, _DUE = range(4)


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """What was seen and thought, row by row: arrays of (rows, brands), or (rows, waves, brands) for `wave_*`.

    A wave holds only what came after its last all-clear: what was over once does not count again.
    """

    seen: Floats
    usual: Floats
    """What people mean by usual: the lower of the two forecasts, held as it was before while all is not clear."""
    forecast: Floats
    """What the short waves compare with: it follows the last hours, so that only what still grows is a surprise."""
    wave_rows: NDArray[np.int64]
    """Rows that each wave is made of: at most its width, 0 when all is clear."""
    wave_seen: Floats
    wave_usual: Floats
    wave_forecast: Floats
    wave_spread: Floats
    """Stories that one unit of score is worth."""
    quiet: NDArray[np.bool_]
    """The last 45 minutes were back at usual."""

    @property
    def wave_score(self) -> Floats:
        """Surprise per wave; the day's is 0 until it can be judged."""
        score: Floats = (self.wave_seen - self.wave_forecast) / self.wave_spread
        return score

    @property
    def score(self) -> Floats:
        """The largest of the waves' scores."""
        score: Floats = self.wave_score.max(axis=1)
        return score


def join(tracks: Sequence[Track], keep: int | None = None) -> Track:
    """Put stretches one after the other and keep the last `keep` rows, or all."""
    columns = ([getattr(track, field.name) for track in tracks] for field in fields(Track))
    return Track(*(np.concatenate(column)[-keep if keep else None :] for column in columns))


class Waves:
    """Baseline and noise of all brands up to a row; advanced in place, cheap to copy."""

    __slots__ = ("_baseline", "_calm", "_cleared", "_day", "_held", "_lulled", "_noise", "_row", "_sums", "_usual")

    def __init__(self, brands: int) -> None:
        self._baseline, self._day = Baseline(brands), DayWave(brands)
        self._noise = DecayedSum((len(WIDTHS) - 1, brands), _NOISE_HALF_LIFE)
        self._row = 0
        self._sums = np.zeros((DAY, 4, brands))  # running sums at each row of the last day
        self._held = np.full((DAY, brands), np.nan)  # usual by time of day, as last seen while all was clear
        self._usual = np.zeros((DAY, brands))  # its running sums
        self._calm = np.ones((ALL_CLEAR_ROWS - 1, brands), dtype=np.bool_)
        self._cleared = self._lulled = np.full(brands, -1, dtype=np.int64)

    def copy(self) -> Self:
        """Give a twin that stays as it is when this one goes on."""
        twin = copy(self)  # the arrays are replaced, never changed in place
        twin._baseline, twin._day, twin._noise = (  # noqa: SLF001 - a twin is of our own kind
            self._baseline.copy(),
            self._day.copy(),
            self._noise.copy(),
        )
        return twin

    def advance(self, first: int, counts: NDArray[np.int64]) -> Track:
        """Score each row of `counts` (rows, brands) with what was known at that row's end.

        `first` is the number of the first row's bucket since the Unix epoch. Advancing by many rows at once or one
        by one gives the same numbers, to the last bit.
        """
        starts = range(0, max(len(counts), 1), DAY)
        return join([self._advance(first + at, counts[at : at + DAY]) for at in starts])

    def _advance(self, first: int, counts: NDArray[np.int64]) -> Track:
        """Score at most a day of rows: small arrays stay in the processor's cache."""
        usual, ordinary = self._baseline.advance(first, counts)
        seen, rows = counts.astype(np.float64), len(counts)
        sums = self._run_on(seen, usual, ordinary)
        quiet = self._quiet(sums, rows)
        wave_rows = self._fresh_rows(quiet, self._lull(sums, rows))
        wave_seen, wave_forecast, spread = self._waves(sums, wave_rows)
        told = self._hold(first, np.minimum(usual, ordinary), quiet)
        self._usual = run_on(self._usual, told)
        wave_usual = _fresh(np.stack([self._usual] * len(WIDTHS), axis=1), wave_rows)
        wave_usual[:, -1] = wave_forecast[:, -1]  # the day's own is that of earlier days already
        self._usual = self._usual[-DAY:]
        self._row += rows
        return Track(seen, told, usual, wave_rows, wave_seen, wave_usual, wave_forecast, spread, quiet)

    def _hold(self, first: int, due: Floats, quiet: NDArray[np.bool_]) -> Floats:
        """Give what is due while all is clear, else what was due at this time of day when it last was."""
        at = (first + np.arange(len(due))) % DAY
        held = self._held[at]
        told: Floats = np.where(quiet | np.isnan(held), due, held)
        self._held = self._held.copy()
        self._held[at] = told
        return told

    def _run_on(self, seen: Floats, usual: Floats, ordinary: Floats) -> Floats:
        """Running sums of the new rows, with those of the day before in front."""
        sums = run_on(self._sums, np.stack((seen, usual, ordinary, np.minimum(usual, ordinary)), axis=1))
        self._sums = sums[-DAY:]
        return sums

    def _quiet(self, sums: Floats, rows: int) -> NDArray[np.bool_]:
        """Say per row whether the last 45 minutes were back at usual, each row judged by the half hour before it.

        Usual here is the lower of the two forecasts, so that a storm does not excuse itself by having become usual.
        """
        half_hour = span(sums, rows, HOUR // 2)
        seen, due = half_hour[:, _SEEN], half_hour[:, _DUE]
        calm = np.concatenate((self._calm, seen <= 1.25 * due + np.sqrt(due + 0.15 * due**2) + 0.5))
        self._calm = calm[-(ALL_CLEAR_ROWS - 1) :]
        return np.asarray(np.logical_and.reduce([calm[back : back + rows] for back in range(ALL_CLEAR_ROWS)]))

    def _lull(self, sums: Floats, rows: int) -> NDArray[np.bool_]:
        """Say per row whether the last three hours were at or below the ordinary: the all-clear of the day's wave."""
        three_hours = span(sums, rows, 3 * HOUR)
        return np.asarray(three_hours[:, _SEEN] <= three_hours[:, _ORDINARY])

    def _fresh_rows(self, quiet: NDArray[np.bool_], lull: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Rows since the all-clear that counts for each wave, at most the wave's width."""
        rows = np.arange(self._row, self._row + len(quiet))[:, None]
        cleared = np.maximum.accumulate(np.where(quiet, rows, self._cleared), axis=0)
        lulled = np.maximum.accumulate(np.where(lull, rows, self._lulled), axis=0)
        if len(quiet):
            self._cleared, self._lulled = cleared[-1], lulled[-1]
        fresh = rows[:, None] - np.stack((cleared, cleared, lulled), axis=1)
        return np.asarray(np.minimum(fresh, np.array(WIDTHS)[:, None]))

    def _waves(self, sums: Floats, wave_rows: NDArray[np.int64]) -> tuple[Floats, Floats, Floats]:
        """Counted, usual and spread per wave: the first two since the all-clear, the third of the whole width."""
        rows = len(wave_rows)
        hour, three, day = (span(sums, rows, width) for width in WIDTHS)
        days = self._day.advance(hour[:, _SEEN])
        usual = np.stack((hour[:, _USUAL], three[:, _USUAL], days.usual), axis=1)
        short_noise = self._short_noise(np.stack((hour, three), axis=1))
        noise = np.concatenate((short_noise, days.noise[:, None]), axis=1)
        wave_seen = _fresh(np.stack((sums[:, _SEEN], sums[:, _SEEN], days.sums), axis=1), wave_rows)
        wave_usual = _fresh(sums[:, (_USUAL, _USUAL, _ORDINARY)], wave_rows)
        wave_usual[:, -1] *= days.usual / day[:, _ORDINARY]  # a day's usual, spread over its hours as ordinary
        wave_seen[:, -1] *= days.ready[:, None]
        wave_usual[:, -1] *= days.ready[:, None]
        return wave_seen, wave_usual, np.sqrt(noise + usual + 0.5) / np.array(WEIGHTS)[:, None]

    def _short_noise(self, whole: Floats) -> Floats:
        """Mean square error of the short waves before each row: a brand that spikes often gets a high bar."""
        usual = whole[:, :, _USUAL]
        total, weight = self._noise.advance((whole[:, :, _SEEN] - usual) ** 2)
        noise: Floats = (total + _NOISE_PRIOR_ROWS * _NOISE_PRIOR * usual**2) / (weight + _NOISE_PRIOR_ROWS)
        return noise


def _fresh(sums: Floats, wave_rows: NDArray[np.int64]) -> Floats:
    """Sum over the last `wave_rows` rows, which differ per row, wave and brand; `sums` begin a day earlier."""
    at = DAY + np.arange(len(wave_rows))
    fresh: Floats = sums[at] - np.take_along_axis(sums, at[:, None, None] - wave_rows, axis=0)
    return fresh
