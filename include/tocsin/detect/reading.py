"""Read one brand's column of a track: which wave speaks, what it saw, when it began."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from tocsin.detect.baseline import DAY, HOUR
from tocsin.detect.detector import Progress
from tocsin.detect.memory import Floats
from tocsin.detect.thresholds import Thresholds
from tocsin.detect.waves import WIDTHS
from tocsin.model import BUCKET, Point, Window

_DAY_WAVE = len(WIDTHS) - 1
_Spoken = tuple[Window, float, float, float, float]
"""Window, observed, usual, forecast, spread."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the wave that speaks saw of one brand, before any gate."""

    brand: str
    rows: int
    """Buckets of history."""
    window: Window
    observed: int
    usual: float
    forecast: float
    spread: float
    score: float
    peak: float
    """The wave's highest score since its last all-clear: what severity goes by, so that a storm stays one."""
    steady: bool
    """True for the day's wave, whose count lets no hour be more than three times the ordinary."""
    quiet: bool
    """The last 45 minutes were back at usual."""
    since: datetime | None
    recent: tuple[Point, ...]


def read(progress: Progress, column: int, brand: str, thresholds: Thresholds) -> Reading:
    """Read what `progress` says of the brand in `column`.

    The wave that stands highest speaks when it is, or was since its last all-clear, over the lower threshold; else
    the whole last hour does, so that calm too is told in plain counts.
    """
    bar = thresholds.watch * thresholds.caution(progress.rows)
    scores = progress.track.wave_score[:, :, column]
    peaks = _peaks(progress, scores, column)
    wave = int(peaks.argmax()) if peaks.max() >= bar else None
    spoken = _wave(progress, column, wave) if wave is not None else _hour(progress, column)
    window, observed, usual, forecast, spread = spoken
    return Reading(
        brand=brand,
        rows=progress.rows,
        window=window,
        observed=round(observed),
        usual=usual,
        forecast=forecast,
        spread=spread,
        score=(observed - forecast) / spread,
        peak=float(peaks[wave]) if wave is not None else (observed - forecast) / spread,
        steady=wave == _DAY_WAVE,
        quiet=bool(progress.track.quiet[-1, column]) if len(scores) else False,
        since=_onset(progress, column, wave) if wave is not None else None,
        recent=_hours(progress, column) if (scores >= bar).any() else (),
    )


def _peaks(progress: Progress, scores: Floats, column: int) -> Floats:
    """Highest score per wave since its all-clear; the day's as it stands, since it learns nothing from the storm.

    The short waves' forecast learns: a storm that nobody looked at while it grew (we were down, or the posts came
    late) has become its own forecast, and would be missed if only this row were asked.
    """
    if not len(scores):
        return np.zeros(len(WIDTHS))
    since = scores[len(scores) - _since_quiet(progress, column) :]
    peaks = since.max(axis=0, initial=0.0)
    peaks[_DAY_WAVE] = scores[-1, _DAY_WAVE]
    return np.asarray(peaks)


def _since_quiet(progress: Progress, column: int) -> int:
    """Rows since the last 45 minutes that were back at usual; at most a day."""
    quiet = progress.track.quiet[:, column]
    clear = np.flatnonzero(quiet)
    return len(quiet) - 1 - int(clear[-1]) if len(clear) else len(quiet)


def _wave(progress: Progress, column: int, wave: int) -> _Spoken:
    track = progress.track
    window = _last(progress.end, int(track.wave_rows[-1, wave, column]))
    numbers = (track.wave_seen, track.wave_usual, track.wave_forecast, track.wave_spread)
    observed, usual, forecast, spread = (float(number[-1, wave, column]) for number in numbers)
    return window, observed, usual, forecast, spread


def _hour(progress: Progress, column: int) -> _Spoken:
    track = progress.track
    spread = float(track.wave_spread[-1, 0, column]) if len(track.seen) else 0.5**0.5
    hour = (track.seen, track.usual, track.forecast)
    observed, usual, forecast = (float(rows[-HOUR:, column].sum()) for rows in hour)
    return _last(progress.end, HOUR), observed, usual, forecast, spread


def _last(end: datetime, rows: int) -> Window:
    return Window(end - BUCKET * rows, end)


def _onset(progress: Progress, column: int, wave: int) -> datetime:
    """Start of the first bucket above usual since the wave's last all-clear; at most a day back."""
    track = progress.track
    rows = int(track.wave_rows[-1, wave, column]) if wave == _DAY_WAVE else _since_quiet(progress, column)
    above = np.flatnonzero(track.seen[-rows:, column] > track.usual[-rows:, column])
    return progress.end - BUCKET * (rows - int(above[0]))


def _hours(progress: Progress, column: int) -> tuple[Point, ...]:
    """The last 24 whole hours there are, oldest first, each hour counted back from the watermark."""
    track = progress.track
    hours = min(len(track.seen), DAY) // HOUR
    if not hours:
        return ()
    seen = track.seen[-hours * HOUR :, column].reshape(hours, HOUR).sum(axis=1)
    usual = track.usual[-hours * HOUR :, column].reshape(hours, HOUR).sum(axis=1)
    start = progress.end - timedelta(hours=hours)
    return tuple(Point(start + timedelta(hours=at), float(seen[at]), float(usual[at])) for at in range(hours))
