"""How mentions leave SQLite: all that was written of one goes with it, its words too."""

import json
import sqlite3
from time import monotonic, sleep
from typing import Any

from tocsin.adapters.sqlite.columns import from_body, to_micros
from tocsin.adapters.sqlite.connection import Database
from tocsin.index.words import words_to_index
from tocsin.model import Limits, Mention

TRANSACTION = 100
"""Mentions per transaction: short enough to let other writers in."""

# The brands are read from the body: the table of brands is ordered by brand and cannot say which others there are.
_OUTDATED = """
    WITH own AS MATERIALIZED (SELECT key AS brand, value AS at FROM json_each(:own))
    SELECT {what} FROM mentions
    WHERE published_at < :latest AND {which}
      AND (published_at < :default OR json_array_length(CAST(body AS TEXT), '$.brands') > 0)
      AND NOT EXISTS (
          SELECT 1 FROM json_each(CAST(mentions.body AS TEXT), '$.brands') AS named
          LEFT JOIN own ON own.brand = named.value
          WHERE mentions.published_at >= COALESCE(own.at, :default)
      )"""

_COUNT = _OUTDATED.format(what="COUNT(*)", which="TRUE")
_PAGE = _OUTDATED.format(what="published_at, n", which="(published_at, n) > (:at, :n)")
_PAGE += " ORDER BY published_at, n LIMIT :limit"
_CHOSEN = _OUTDATED.format(what="n, body", which="n IN (SELECT value FROM json_each(:chosen))")


def count_outdated(database: Database, limits: Limits) -> int:
    """Count the mentions that have had their time."""
    return int(database.rows(_COUNT, _values(limits))[0][0])


def delete_outdated(database: Database, limits: Limits) -> int:
    """Delete the mentions that have had their time, oldest first, and count them.

    Looked for outside of the transaction, and once more inside: a number may have gone to another mention meanwhile.
    """
    gone, last, values = 0, {"at": -(2**63), "n": -(2**63)}, _values(limits)
    while page := database.rows(_PAGE, values | last | {"limit": TRANSACTION}):
        last = dict(zip(("at", "n"), page[-1], strict=True))
        began = monotonic()
        gone += _delete(database, values | {"chosen": json.dumps([n for _, n in page])})
        # SQLite keeps no queue of writers: without a rest as long as the work, one who waits might never meet a gap.
        sleep(monotonic() - began)
    return gone


def _delete(database: Database, values: dict[str, Any]) -> int:
    with database.transaction() as connection:
        chosen = connection.execute(_CHOSEN, values).fetchall()
        for n, body in chosen:
            delete_mention(connection, n, from_body(body, Mention))
    return len(chosen)


def delete_mention(connection: sqlite3.Connection, n: int, mention: Mention) -> None:
    """Delete the mention that lies under the number `n`, inside the caller's transaction."""
    # The index of words keeps no text: to take words out of it, one must give them once more, as they went in.
    words = words_to_index(mention.text_of)
    connection.execute("INSERT INTO mention_words (mention_words, rowid, words) VALUES ('delete', ?, ?)", (n, words))
    at = to_micros(mention.published_at)
    connection.executemany(
        "DELETE FROM mention_brands WHERE brand = ? AND negative IN (0, 1) AND published_at = ? AND n = ?",
        [(brand, at, n) for brand in set(mention.brands)],
    )
    connection.execute("DELETE FROM mentions WHERE n = ?", (n,))


def _values(limits: Limits) -> dict[str, Any]:
    return {
        "own": json.dumps({brand: to_micros(at) for brand, at in limits.brands.items()}),
        "default": to_micros(limits.default),
        "latest": to_micros(limits.latest),
    }
