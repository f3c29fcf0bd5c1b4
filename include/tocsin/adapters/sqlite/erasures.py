"""Authors who asked to be forgotten, in SQLite, and the broom behind them."""

from datetime import datetime

from tocsin.adapters.sqlite.columns import to_micros
from tocsin.adapters.sqlite.connection import Database

_MERGE = "INSERT INTO mention_words (mention_words, rank) VALUES ('merge', ?)"
_PAGES = 500
"""Pages of the word index that one transaction merges: other writers get in between."""


class SqliteErasures:
    """The refused pseudonyms of one file."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, author: str, at: datetime) -> None:
        """Refuse this author from now on; the first time told stays."""
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO erasures (author, at) VALUES (?, ?) ON CONFLICT (author) DO NOTHING",
                (author, to_micros(at)),
            )

    def all(self) -> frozenset[str]:
        """Every refused pseudonym, as of this moment."""
        return frozenset(author for (author,) in self._database.rows("SELECT author FROM erasures"))

    def remove(self, author: str) -> bool:
        """Take the author's posts again; False when they were not refused."""
        with self._database.transaction() as connection:
            return connection.execute("DELETE FROM erasures WHERE author = ?", (author,)).rowcount > 0

    def scrub(self) -> bool:
        """Merge the word index, which keeps deleted words until then, and write the file anew."""
        self._merge(-_PAGES)  # Negative: begin to merge all into one, however little there is to gain.
        while self._merge(_PAGES):
            pass
        return self._database.compact()

    def _merge(self, pages: int) -> bool:
        """Merge some pages; False when nothing was left to merge, as FTS5's manual tells it."""
        with self._database.transaction() as connection:
            before = connection.total_changes
            connection.execute(_MERGE, (pages,))
            return connection.total_changes - before >= 2
