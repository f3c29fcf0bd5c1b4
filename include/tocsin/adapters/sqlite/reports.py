"""What each step did, in SQLite."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import groupby

from tocsin.adapters.sqlite.columns import from_body, to_body
from tocsin.adapters.sqlite.connection import Database
from tocsin.model import Report, sum_of

_PAGE = 2000
"""Reports added up in one transaction: short enough to let other writers in."""

_STREAM = "SELECT step, key, body FROM reports WHERE (step, key) > (?, ?) ORDER BY step, key LIMIT ?"


class SqliteReports:
    """The reports of one file."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, report: Report) -> None:
        """Keep the report; the same (step, key) again replaces."""
        with self._database.transaction() as connection:
            connection.execute(
                "REPLACE INTO reports (step, key, body) VALUES (?, ?, ?)", (report.step, report.key, to_body(report))
            )

    def stream(self) -> Iterator[Report]:
        """All reports by step, then key; read in pages, so that memory stays flat."""
        last = ("", "")
        while page := self._database.rows(_STREAM, (*last, _PAGE)):
            yield from (from_body(body, Report) for _, _, body in page)
            last = page[-1][:2]

    def totals(self) -> Mapping[str, Mapping[str, int]]:
        """Per step: each status and its count over all reports, and `came_in`."""
        totals: dict[str, dict[str, int]] = {}
        for (body,) in self._database.rows("SELECT body FROM reports ORDER BY step, key"):
            report = from_body(body, Report)
            step = totals.setdefault(report.step, defaultdict(int))
            step["came_in"] += report.came_in
            for status, count in report.counts.items():
                step[status] += count
        return {step: dict(counts) for step, counts in totals.items()}

    def fold(self, before: datetime, *, dry_run: bool = False) -> int:
        """Add the reports from before that moment up per step and day, a lot at a time; `dry_run` only counts."""
        return sum(len(lot) if dry_run else self._fold(lot) for lot in self._old(before))

    def _old(self, before: datetime) -> Iterator[list[tuple[Report, bytes]]]:
        last = ("", "")
        while page := self._database.rows(_STREAM, (*last, _PAGE)):
            read = [(from_body(body, Report), body) for _, _, body in page]
            yield [(report, body) for report, body in read if report.at < before and not report.is_sum]
            last = page[-1][:2]

    def _fold(self, lot: list[tuple[Report, bytes]]) -> int:
        gone = 0
        with self._database.transaction() as connection:
            for (step, key), group in groupby(sorted(lot, key=_day), key=_day):
                ours = "DELETE FROM reports WHERE step = ? AND key = ? AND body = ?"
                # One that was replaced meanwhile is new and stays.
                parts = [r for r, body in group if connection.execute(ours, (step, r.key, body)).rowcount]
                ask = "SELECT body FROM reports WHERE step = ? AND key = ?"
                held = [from_body(body, Report) for (body,) in connection.execute(ask, (step, key))]
                if parts:
                    write = "REPLACE INTO reports (step, key, body) VALUES (?, ?, ?)"
                    connection.execute(write, (step, key, to_body(sum_of([*held, *parts]))))
                gone += len(parts)
        return gone


def _day(row: tuple[Report, bytes]) -> tuple[str, str]:
    return row[0].step, row[0].sum_key
