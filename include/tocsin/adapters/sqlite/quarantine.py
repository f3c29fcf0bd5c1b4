"""Items that could not be taken, in SQLite."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from tocsin.adapters.sqlite.columns import from_body, to_body, to_micros
from tocsin.adapters.sqlite.connection import Database
from tocsin.model import BadItem

_PAGE = "SELECT at, id, body FROM quarantine WHERE (at, id) > (?, ?) ORDER BY at, id LIMIT 20"
"""Few at a time: an item may hold a record of a megabyte."""


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

    def stream(self) -> Iterator[BadItem]:
        """Everything by time, then id, a page at a time: what is dropped meanwhile shifts nothing."""
        last: tuple[int, str] = (-(2**63), "")
        while page := self._database.rows(_PAGE, last):
            for _, _, body in page:
                yield from_body(body, BadItem)
            last = page[-1][:2]

    def get(self, item_id: str) -> BadItem | None:
        """Read one item; None when it is not there."""
        found = self._database.rows("SELECT body FROM quarantine WHERE id = ?", (_clean(item_id),))
        return from_body(found[0][0], BadItem) if found else None

    def drop(self, ids: Collection[str]) -> int:
        """Take these items out for good, all at once, and give how many were there."""
        with self._database.transaction() as connection:
            gone = [
                connection.execute("DELETE FROM quarantine WHERE id = ?", (_clean(item_id),)).rowcount
                for item_id in ids
            ]
        return sum(gone)


def _as_unicode(item: BadItem) -> BadItem:
    return BadItem(
        id=_clean(item.id),
        step=_clean(item.step),
        source_id=_clean(item.source_id),
        reason=_clean(item.reason),
        excerpt=_clean(item.excerpt),
        at=item.at,
        record=_clean(item.record),
    )


def _clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
