"""Read one brand's column of a track: which wave speaks, what it saw, when it began."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from tocsin.detect.baseline import DAY, HOUR
from tocsin.detect.detector import Progress
from tocsin.detect.thresholds import Thresholds
from tocsin.detect.waves import WIDTHS
from tocsin.model import BUCKET, Point, Window

_DAY_WAVE = len(WIDTHS) - 1


@dataclass(frozen=True, slots=True)
class Reading:
    """What the wave that speaks saw of one brand, before any gate."""

    brand: str
    rows: int
    """Buckets of history."""
    window: Window
    observed: int
    usual: float
    spread: float
    score: float
    steady: bool
    """True for the day's wave, whose count lets no hour be more than three times the ordinary."""
    quiet: bool
    """The last 45 minutes were back at usual."""
    since: datetime | None
    recent: tuple[Point, ...]


def read(progress: Progress, column: int, brand: str, thresholds: Thresholds) -> Reading:
    """Read what `progress` says of the brand in `column`.

    The wave with the highest score speaks when it is over the lower threshold; else the whole last hour does, so that
    calm too is told in plain counts.
    """
    bar = thresholds.watch * thresholds.caution(progress.rows)
    scores = progress.track.wave_score[:, :, column]
    spoke = bool(len(scores)) and float(scores[-1].max()) >= bar
    wave = int(scores[-1].argmax()) if spoke else None
    window, observed, usual, spread = _wave(progress, column, wave) if wave is not None else _hour(progress, column)
    return Reading(
        brand=brand,
        rows=progress.rows,
        window=window,
        observed=round(observed),
        usual=usual,
        spread=spread,
        score=(observed - usual) / spread,
        steady=wave == _DAY_WAVE,
        quiet=bool(progress.track.quiet[-1, column]) if len(scores) else False,
        since=_onset(progress, column, wave) if wave is not None else None,
        recent=_hours(progress, column) if (scores >= bar).any() else (),
    )


def _wave(progress: Progress, column: int, wave: int) -> tuple[Window, float, float, float]:
    track = progress.track
    window = _last(progress.end, int(track.wave_rows[-1, wave, column]))
    numbers = (track.wave_seen, track.wave_usual, track.wave_spread)
    observed, usual, spread = (float(number[-1, wave, column]) for number in numbers)
    return window, observed, usual, spread


def _hour(progress: Progress, column: int) -> tuple[Window, float, float, float]:
    track = progress.track
    spread = float(track.wave_spread[-1, 0, column]) if len(track.seen) else 0.5**0.5
    seen, usual = track.seen[-HOUR:, column], track.usual[-HOUR:, column]
    return _last(progress.end, HOUR), float(seen.sum()), float(usual.sum()), spread


def _last(end: datetime, rows: int) -> Window:
    return Window(end - BUCKET * rows, end)


def _onset(progress: Progress, column: int, wave: int) -> datetime:
    """Start of the first bucket above usual since the wave's last all-clear; at most a day back."""
    track = progress.track
    if wave == _DAY_WAVE:
        rows = int(track.wave_rows[-1, wave, column])
    else:
        clear = np.flatnonzero(track.quiet[:, column])
        rows = len(track.quiet) - 1 - int(clear[-1]) if len(clear) else len(track.quiet)
    above = np.flatnonzero(track.seen[-rows:, column] > track.usual[-rows:, column])
    return progress.end - BUCKET * (rows - int(above[0]))


def _hours(progress: Progress, column: int) -> tuple[Point, ...]:
    """The last 24 hours, oldest first, each hour counted back from the watermark."""
    track = progress.track
    hours = min(len(track.seen), DAY) // HOUR
    seen = track.seen[-hours * HOUR :, column].reshape(hours, HOUR).sum(axis=1)
    usual = track.usual[-hours * HOUR :, column].reshape(hours, HOUR).sum(axis=1)
    start = progress.end - timedelta(hours=hours)
    return tuple(Point(start + timedelta(hours=at), float(seen[at]), float(usual[at])) for at in range(hours))
