"""What charts show of each bucket: the numbers that the hour's wave was judged by, as detection knows them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

import numpy as np

from tocsin.detect.baseline import HOUR
from tocsin.detect.detector import Progress
from tocsin.detect.memory import Floats
from tocsin.detect.thresholds import Thresholds
from tocsin.detect.waves import Track
from tocsin.model import BUCKET, Drawn, Hourly, SeriesPoint

_REDRAWN = timedelta(hours=1)
"""What is drawn again each time, since posts come late."""
FILLED = timedelta(days=1)
"""How far back a gap is filled: as long as detection remembers its rows."""


def redraw_from(latest: datetime | None, end: datetime) -> datetime | None:
    """Say from which bucket on the series lacks something up to `end`; None when its last bucket is held.

    `latest` is the start of the newest bucket held, if any; one after `end` was drawn by a clock since put right.
    """
    if latest == end - BUCKET:
        return None
    return max(end - FILLED, min(latest or end - FILLED, end - _REDRAWN))


def changed_from(held: Mapping[datetime, Drawn], progress: Progress) -> datetime:
    """Say from which bucket on what is held is no longer what was counted: posts came late, or brands were added."""
    counted, end = progress.track.seen.sum(axis=1), progress.end
    rows = len(counted)
    ats = (end - BUCKET * (rows - row) for row in range(rows))
    return next((at for row, at in enumerate(ats) if at in held and held[at].counted != counted[row]), end)


def draw(
    progress: Progress,
    brands: Sequence[str],
    since: datetime,
    *,
    coverage: Callable[[datetime], float],
    thresholds: Thresholds,
) -> Iterator[SeriesPoint]:
    """Give a point per brand for each bucket from `since` to the progress' end, oldest first.

    `brands` are those of the progress' columns. A bucket whose hour is not known whole has no point: the first of a
    history, and those that began a day ago.
    """
    track = progress.track
    rows = len(track.seen)
    first = max(rows - (progress.end - since) // BUCKET, HOUR - 1)
    if first >= rows:
        return
    seen_hours, usual_hours = _hourly(track.seen)[first - rows :], _hourly(track.usual)[first - rows :]
    forecasts, spreads = _bands(track, first)
    score = track.score[first:]
    for row, at in enumerate(progress.end - BUCKET * (rows - row) for row in range(first, rows)):
        history = progress.rows - (progress.end - at) // BUCKET + 1
        for column, brand in enumerate(brands):
            numbers = (seen_hours, usual_hours, forecasts, spreads)
            seen, usual, forecast, spread = (float(values[row, column]) for values in numbers)
            yield SeriesPoint(
                brand=brand,
                at=at,
                counted=int(track.seen[first + row, column]),
                hour=_hour((seen, usual, forecast, spread), history, thresholds),
                score=float(score[row, column]),
                coverage=coverage(at),
            )


def _bands(track: Track, first: int) -> tuple[Floats, Floats]:
    """Forecast and spread of the hour that ends with each row from `first` on, as they were when all was last clear.

    Both learn the storm while it lasts: drawn as they are, the band would rise with it and make it look ordinary.
    """
    rows = np.arange(len(track.seen))[:, None]
    clear = np.maximum.accumulate(np.where(track.quiet, rows, -1), axis=0)
    at = np.where(clear < HOUR - 1, rows, clear)[first:]
    forecasts = np.take_along_axis(_hourly(track.forecast), at - (HOUR - 1), axis=0)
    return forecasts, np.take_along_axis(track.wave_spread[:, 0], at, axis=0)


def _hourly(column: Floats) -> Floats:
    """Sum of the hour that ends with each row, without the rows whose hour is not whole."""
    hours: Floats = np.lib.stride_tricks.sliding_window_view(column, HOUR, axis=0).sum(axis=-1)
    return hours


def _hour(numbers: tuple[float, float, float, float], history: int, thresholds: Thresholds) -> Hourly:
    """Put the hour beside its bars; there are none while nothing is called."""
    seen, usual, forecast, spread = numbers
    if history < thresholds.silent_rows:
        return Hourly(seen, usual, None, None, None)
    unit = thresholds.caution(history) * spread
    return Hourly(
        counted=seen,
        usual=usual,
        lower=max(forecast - thresholds.watch * unit, 0.0),
        upper=forecast + thresholds.watch * unit,
        critical=forecast + thresholds.critical * unit,
    )
