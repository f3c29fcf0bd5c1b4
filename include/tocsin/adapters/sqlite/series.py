"""What charts show of each brand, bucket by bucket, in SQLite."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from tocsin.adapters.sqlite.columns import from_micros, to_micros
from tocsin.adapters.sqlite.connection import Database
from tocsin.model import Drawn, Hourly, Limits, SeriesPoint, Window

TRANSACTION = 5000
"""Points per transaction: writing them lets verdicts in between."""

_SAVE = """
    REPLACE INTO series (
        at, brand, counted, hour_counted, hour_usual, hour_lower, hour_upper, hour_critical, score, coverage
    ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""

_READ = """
    SELECT at, brand, counted, hour_counted, hour_usual, hour_lower, hour_upper, hour_critical, score, coverage
    FROM series WHERE at >= ? AND at < ? AND brand = ? ORDER BY at"""

_STREAM = """
    SELECT at, brand, counted, hour_counted, hour_usual, hour_lower, hour_upper, hour_critical, score, coverage
    FROM series WHERE (at, brand) > (?, ?) ORDER BY at, brand LIMIT ?"""

_DRAWN = """
    SELECT at, SUM(counted), MIN(coverage) FROM series
    WHERE at >= ? AND at < ? AND brand IN (SELECT value FROM json_each(?)) GROUP BY at"""

_LONG_AGO = -(2**63)


class SqliteSeries:
    """The points of one file."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, points: Iterable[SeriesPoint]) -> None:
        """Keep the points; the same brand and bucket again replaces."""
        coming = iter(points)
        while lot := [_row(point) for point in islice(coming, TRANSACTION)]:
            with self._database.transaction() as connection:
                connection.executemany(_SAVE, lot)

    def latest(self) -> datetime | None:
        """Start of the newest bucket that is held of any brand; None when empty."""
        (micros,) = self._database.rows("SELECT MAX(at) FROM series")[0]
        return None if micros is None else from_micros(micros)

    def stream(self) -> Iterator[SeriesPoint]:
        """All points by time, then brand; read in pages, so that memory stays flat."""
        last: tuple[int, str] = (_LONG_AGO, "")
        while page := self._database.rows(_STREAM, (*last, TRANSACTION)):
            yield from (_point(*row) for row in page)
            last = page[-1][:2]

    def read(self, brand: str, window: Window) -> tuple[SeriesPoint, ...]:
        """The brand's points whose buckets start inside the window, by time."""
        found = self._database.rows(_READ, (to_micros(window.start), to_micros(window.end), brand))
        return tuple(_point(*row) for row in found)

    def drawn(self, window: Window, brands: Sequence[str]) -> Mapping[datetime, Drawn]:
        """What is held of these brands together, for each bucket that starts inside the window."""
        asked = (to_micros(window.start), to_micros(window.end), json.dumps(list(brands)))
        return {
            from_micros(at): Drawn(counted, coverage) for at, counted, coverage in self._database.rows(_DRAWN, asked)
        }

    def prune(self, limits: Limits, *, dry_run: bool = False) -> int:
        """Delete the points that have had their time, one brand per transaction; `dry_run` only counts."""
        gone = 0
        for (brand,) in self._database.rows("SELECT DISTINCT brand FROM series"):
            old = (brand, to_micros(limits.of(brand)))
            if dry_run:
                gone += self._database.rows("SELECT COUNT(*) FROM series WHERE brand = ? AND at < ?", old)[0][0]
            else:
                with self._database.transaction() as connection:
                    gone += connection.execute("DELETE FROM series WHERE brand = ? AND at < ?", old).rowcount
        return gone


def _row(point: SeriesPoint) -> tuple[Any, ...]:
    hour = point.hour
    bars = (hour.lower, hour.upper, hour.critical)
    at = to_micros(point.at)
    return at, point.brand, point.counted, hour.counted, hour.usual, *bars, point.score, point.coverage


def _point(at: int, brand: str, counted: int, *numbers: Any) -> SeriesPoint:
    *hour, score, coverage = numbers
    return SeriesPoint(brand, from_micros(at), counted, Hourly(*hour), score, coverage)
