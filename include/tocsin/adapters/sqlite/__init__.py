"""The embedded store: every store port in one SQLite file, so that a first run needs no server."""

from dataclasses import dataclass
from types import TracebackType
from typing import Self

from tocsin.adapters.sqlite.care import SqliteCare
from tocsin.adapters.sqlite.connection import Database
from tocsin.adapters.sqlite.erasures import SqliteErasures
from tocsin.adapters.sqlite.incidents import SqliteIncidents
from tocsin.adapters.sqlite.mentions import SqliteMentions
from tocsin.adapters.sqlite.quarantine import SqliteQuarantine
from tocsin.adapters.sqlite.reports import SqliteReports
from tocsin.adapters.sqlite.series import SqliteSeries
from tocsin.adapters.sqlite.sources import SqliteSourceStates
from tocsin.adapters.sqlite.subscriptions import SqliteSubscriptions
from tocsin.ports import (
    Caretaker,
    Erasures,
    IncidentStore,
    MentionStore,
    Quarantine,
    ReportLog,
    SeriesStore,
    SourceStates,
    Subscriptions,
)

__all__ = ["SqliteStores", "open_sqlite"]


@dataclass(frozen=True, slots=True)
class SqliteStores:
    """All stores of one file; closing them closes the file, and closing twice does no harm."""

    mentions: MentionStore
    sources: SourceStates
    incidents: IncidentStore
    quarantine: Quarantine
    reports: ReportLog
    series: SeriesStore
    caretaker: Caretaker
    erasures: Erasures
    subscriptions: Subscriptions
    database: Database

    def close(self) -> None:
        """Let go of the file."""
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_sqlite(path: str, *, read_only: bool = False) -> SqliteStores:
    """Open the stores in the file at `path`, making file and folder if need be; `:memory:` forgets on close.

    With `read_only` nothing that is kept can be changed: writing is a PermanentError.

    Any number of processes may have the file open, and any thread of one process may use these stores. A process
    that was forked must open its own. PermanentError: not our file, damaged, or out of reach. TransientError: busy.
    """
    database = Database(path, read_only=read_only)
    return SqliteStores(
        mentions=SqliteMentions(database),
        sources=SqliteSourceStates(database),
        incidents=SqliteIncidents(database),
        quarantine=SqliteQuarantine(database),
        reports=SqliteReports(database),
        series=SqliteSeries(database),
        caretaker=SqliteCare(),
        erasures=SqliteErasures(database),
        subscriptions=SqliteSubscriptions(database),
        database=database,
    )
