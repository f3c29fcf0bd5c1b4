"""Certain mentions, or an author's, leave SQLite: the author is looked for in all, since no column names them."""

import json
import sqlite3
from collections.abc import Collection

from tocsin.adapters.sqlite.columns import from_body, to_body
from tocsin.adapters.sqlite.connection import Database
from tocsin.adapters.sqlite.leaving import TRANSACTION, delete_mention
from tocsin.model import Mention

# Bodies are our own JSON, so an author stands in them in one way only; a text cannot hold it, its quotes are escaped.
_COUNT = "SELECT COUNT(*) FROM mentions WHERE instr(body, ?) > 0"
_NAMED = "SELECT n, body FROM mentions WHERE id IN (SELECT value FROM json_each(?))"
_FIND = "SELECT n, body FROM mentions WHERE n > ? AND instr(body, ?) > 0 ORDER BY n LIMIT ?"


def count(database: Database, author: str) -> int:
    """Count the mentions of this pseudonym; the empty one has none."""
    return int(database.rows(_COUNT, (_mark(author),))[0][0]) if author else 0


def erase(database: Database, author: str) -> int:
    """Delete the mentions of this pseudonym and give how many; the empty one has none."""
    gone, last = 0, -1
    while author and (found := database.rows(_FIND, (last, _mark(author), TRANSACTION))):
        with database.transaction() as connection:
            gone += sum(_erase(connection, *row) for row in found)
        last = found[-1][0]
    return gone


def erase_posts(database: Database, ids: Collection[str]) -> int:
    """Delete the mentions of these ids and give how many there were."""
    wanted, gone = list(dict.fromkeys(ids)), 0
    for at in range(0, len(wanted), TRANSACTION):
        with database.transaction() as connection:
            found = connection.execute(_NAMED, (json.dumps(wanted[at : at + TRANSACTION]),)).fetchall()
            gone += sum(_erase(connection, *row) for row in found)
    return gone


def _erase(connection: sqlite3.Connection, n: int, body: bytes) -> bool:
    # Asked again inside the transaction: the number may have gone to another mention meanwhile.
    if not connection.execute("SELECT 1 FROM mentions WHERE n = ? AND body = ?", (n, body)).fetchall():
        return False
    delete_mention(connection, n, from_body(body, Mention))
    return True


def _mark(author: str) -> bytes:
    return b'"author":' + to_body(author)
