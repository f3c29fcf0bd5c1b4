"""Items that could not be taken, in SQLite."""

from collections.abc import Iterable
from datetime import datetime

from tocsin.adapters.sqlite.columns import from_body, to_body, to_micros
from tocsin.adapters.sqlite.connection import Database
from tocsin.model import BadItem


class SqliteQuarantine:
    """The bad items of one file."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, items: Iterable[BadItem]) -> None:
        """Keep the items; what is not Unicode in them becomes `?`, since broken text is why they are here."""
        rows = [(item.id, to_micros(item.at), to_body(item)) for item in map(_as_unicode, items)]
        if not rows:
            return
        with self._database.transaction() as connection:
            connection.executemany("REPLACE INTO quarantine (id, at, body) VALUES (?, ?, ?)", rows)

    def all(self) -> tuple[BadItem, ...]:
        """Everything in quarantine by time, then id."""
        found = self._database.rows("SELECT body FROM quarantine ORDER BY at, id")
        return tuple(from_body(body, BadItem) for (body,) in found)

    def prune(self, before: datetime, *, dry_run: bool = False) -> int:
        """Delete the items from before that moment; `dry_run` only counts."""
        if dry_run:
            ask = "SELECT COUNT(*) FROM quarantine WHERE at < ?"
            return int(self._database.rows(ask, (to_micros(before),))[0][0])
        with self._database.transaction() as connection:
            return connection.execute("DELETE FROM quarantine WHERE at < ?", (to_micros(before),)).rowcount


def _as_unicode(item: BadItem) -> BadItem:
    return BadItem(
        id=_clean(item.id),
        step=_clean(item.step),
        source_id=_clean(item.source_id),
        reason=_clean(item.reason),
        excerpt=_clean(item.excerpt),
        at=item.at,
    )


def _clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
