"""What each step did, in SQLite."""

from collections import defaultdict
from collections.abc import Mapping

from tocsin.adapters.sqlite.columns import from_body, to_body
from tocsin.adapters.sqlite.connection import Database
from tocsin.model import Report


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
