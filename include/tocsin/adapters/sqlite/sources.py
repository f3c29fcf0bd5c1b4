"""What is remembered of each source, in SQLite."""

import sqlite3
from collections.abc import Iterable
from dataclasses import replace

from tocsin.adapters.sqlite.columns import from_body, to_body
from tocsin.adapters.sqlite.connection import Database
from tocsin.adapters.sqlite.revisions import next_revision
from tocsin.errors import ConflictError
from tocsin.model import SourceState

_REVISION = "SELECT revision FROM sources WHERE source_id = ?"


class SqliteSourceStates:
    """The states of all sources of one file."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, source_id: str) -> SourceState | None:
        """Read one state; None when the source was never fetched."""
        found = self._database.rows("SELECT body FROM sources WHERE source_id = ?", (source_id,))
        return from_body(found[0][0], SourceState) if found else None

    def all(self) -> tuple[SourceState, ...]:
        """All states, by source id."""
        found = self._database.rows("SELECT body FROM sources ORDER BY source_id")
        return tuple(from_body(body, SourceState) for (body,) in found)

    def save(self, state: SourceState) -> SourceState:
        """Store and return it with its new revision. ConflictError: somebody else saved it since it was read."""
        with self._database.transaction() as connection:
            return _put(connection, state)

    def save_all(self, states: Iterable[SourceState]) -> tuple[str, ...]:
        """Store them in one transaction; give the ids that somebody else saved since they were read."""
        late = []
        with self._database.transaction() as connection:
            for state in states:
                try:
                    _put(connection, state)
                except ConflictError:
                    late.append(state.source_id)
        return tuple(late)


def _put(connection: sqlite3.Connection, state: SourceState) -> SourceState:
    saved = replace(state, revision=next_revision(connection, _REVISION, state.source_id, state.revision))
    connection.execute(
        "REPLACE INTO sources (source_id, revision, body) VALUES (?, ?, ?)",
        (saved.source_id, saved.revision, to_body(saved)),
    )
    return saved
