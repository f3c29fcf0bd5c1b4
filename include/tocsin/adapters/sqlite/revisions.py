"""Saving a document against its revision, so that of two writers the later one hears that it was late."""

import sqlite3

from tocsin.errors import ConflictError


def next_revision(connection: sqlite3.Connection, sql: str, key: str, given: str) -> str:
    """The revision to store next; `sql` reads the present one inside the caller's transaction.

    ConflictError: the present revision is not `given` (empty for what was never stored).
    """
    found = connection.execute(sql, (key,)).fetchone()
    present: str = found[0] if found else ""
    if present != given:
        raise ConflictError(f"{key} changed since it was read: revision {given or 'none'}, now {present or 'none'}")
    return str(int(present or "0") + 1)
