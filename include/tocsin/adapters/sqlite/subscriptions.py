"""What hubs promised us, in SQLite."""

from dataclasses import replace

from tocsin.adapters.sqlite.columns import from_body, to_body
from tocsin.adapters.sqlite.connection import Database
from tocsin.adapters.sqlite.revisions import next_revision
from tocsin.model import Subscription

_REVISION = "SELECT revision FROM subscriptions WHERE id = ?"


class SqliteSubscriptions:
    """The subscriptions of one file."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, subscription_id: str) -> Subscription | None:
        """Read one; None when there is none."""
        found = self._database.rows("SELECT body FROM subscriptions WHERE id = ?", (subscription_id,))
        return from_body(found[0][0], Subscription) if found else None

    def all(self) -> tuple[Subscription, ...]:
        """All of them, by id."""
        found = self._database.rows("SELECT body FROM subscriptions ORDER BY id")
        return tuple(from_body(body, Subscription) for (body,) in found)

    def save(self, subscription: Subscription) -> Subscription:
        """Store and return it with its new revision. ConflictError: somebody else saved it since it was read."""
        with self._database.transaction() as connection:
            revision = next_revision(connection, _REVISION, subscription.id, subscription.revision)
            saved = replace(subscription, revision=revision)
            connection.execute(
                "REPLACE INTO subscriptions (id, revision, body) VALUES (?, ?, ?)",
                (saved.id, saved.revision, to_body(saved)),
            )
        return saved

    def drop(self, subscription: Subscription) -> bool:
        """Forget it; False when it changed since it was read, or is not there."""
        ask = "DELETE FROM subscriptions WHERE id = ? AND revision = ?"
        with self._database.transaction() as connection:
            return connection.execute(ask, (subscription.id, subscription.revision)).rowcount > 0
