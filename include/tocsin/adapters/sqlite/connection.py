"""One SQLite file that many processes and threads share: how it is opened, locked, and how its errors are told."""

import os
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any

from tocsin.errors import BadItemError, ConflictError, PermanentError, TransientError

BUSY_SECONDS = 30.0
"""How long a writer waits for another process before it says TransientError."""

SCHEMAS = ("schema.sql", "schema_2.sql", "schema_3.sql", "schema_4.sql")
"""Scripts in this folder: the n-th makes schema n of what came before it, so that an older file grows in place."""
SCHEMA_VERSION = len(SCHEMAS)
APPLICATION_ID = 0x746F6373  # "tocs" in the file's header: tells our file from another program's.

# IOERR too: what a full or flaky disk says depends on the moment, and a retry does no harm.
_WORTH_A_RETRY = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_INTERRUPT,
}


class Database:
    """A connection that threads take in turn; every error leaves as one of tocsin.errors."""

    def __init__(self, path: str, *, read_only: bool = False) -> None:
        self.path = path
        self._lock = RLock()
        self._owner = os.getpid()
        with self._translated():
            self._connection = self._connect()
            try:
                _prepare(self._connection, path)
                if read_only:  # After it: a file of an older schema grows in place, whoever opens it.
                    self._connection.execute("PRAGMA query_only = ON")
            except BaseException:
                self._connection.close()
                raise

    def rows(self, sql: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> list[Any]:
        """Read all rows of a query: whole, so that no reader holds the file while its caller thinks."""
        with self._lock, self._translated():
            return self._mine().execute(sql, values).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Be the only writer until the end: all is on disk afterwards, or nothing when an error leaves the block."""
        with self._lock, self._translated():
            connection = self._mine()
            # IMMEDIATE: a lock taken only at the first write could not wait for another writer.
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def compact(self) -> bool:
        """Write the whole file anew, so that nothing deleted is left in it or its log; False: a reader holds the log.

        Other writers wait meanwhile; the disk must have room for the file twice more.
        """
        with self._lock, self._translated():
            connection = self._mine()
            connection.execute("VACUUM")
            busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy

    def close(self) -> None:
        """Let go of the file; what was stored before stays. A forked process leaves its parent's connection alone."""
        if os.getpid() == self._owner:
            with self._lock, self._translated():
                self._connection.close()

    def _connect(self) -> sqlite3.Connection:
        if self.path != ":memory:":
            Path(self.path).parent.mkdir(parents=True, exist_ok=True)
        return sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)

    def _mine(self) -> sqlite3.Connection:
        # SQLite's locks do not survive a fork: using the parent's connection can damage the file.
        if os.getpid() != self._owner:
            raise PermanentError(f"{self.path} was opened before this process was forked: open it again here")
        return self._connection

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as exc:
            raise _told(exc, self.path) from exc
        except UnicodeEncodeError as exc:
            raise BadItemError(f"not Unicode text: {exc.reason} at character {exc.start}") from exc
        except OSError as exc:
            raise PermanentError(f"cannot open {self.path}: {exc}") from exc


def _told(exc: sqlite3.Error, path: str) -> TransientError | PermanentError:
    code = getattr(exc, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code in _WORTH_A_RETRY:
        return TransientError(f"{path}: {exc}")
    if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        return PermanentError(f"{path} is damaged or is not a Tocsin file ({exc}): move it away or restore a copy")
    if code == sqlite3.SQLITE_CONSTRAINT:
        return ConflictError(f"{path}: {exc}")
    return PermanentError(f"{path}: {exc}")


def _prepare(connection: sqlite3.Connection, path: str) -> None:
    _refuse_strangers(connection, path)
    _use_wal(connection)
    # FULL: a commit is on the platter before it is told, since a cursor moves or a batch goes after it. NORMAL would
    # let a power cut take back the last commits.
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA cache_size = -32000")
    # What is deleted is overwritten: an erased author's words must not lie in the file's free pages.
    connection.execute("PRAGMA secure_delete = ON")
    if _version(connection) < SCHEMA_VERSION:
        _grow(connection)


def _grow(connection: sqlite3.Connection) -> None:
    """Bring a new or older file to our schema, whole or not at all."""
    connection.execute("BEGIN IMMEDIATE")
    # Asked again under the lock: another process may have been first.
    for name in SCHEMAS[_version(connection) :]:
        for statement in _statements(Path(__file__).with_name(name).read_text(encoding="utf-8")):
            connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    # A newer Tocsin may have been first, too.
    connection.execute(f"PRAGMA user_version = {max(SCHEMA_VERSION, _version(connection))}")
    connection.execute("COMMIT")


def _refuse_strangers(connection: sqlite3.Connection, path: str) -> None:
    (tables,) = connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
    (mark,) = connection.execute("PRAGMA application_id").fetchone()
    if tables and mark != APPLICATION_ID:
        raise PermanentError(f"{path} is another program's database: choose another path")
    version = _version(connection)
    if version > SCHEMA_VERSION:
        raise PermanentError(f"{path} was written by a newer Tocsin (schema {version}, we know {SCHEMA_VERSION})")


def _version(connection: sqlite3.Connection) -> int:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)


def _use_wal(connection: sqlite3.Connection) -> None:
    """Switch to WAL; two first openers can meet here, and SQLite does not wait by itself on this switch."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as exc:
            if exc.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def _statements(script: str) -> Iterator[str]:
    """Part a script, since `executescript` would commit our transaction first."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
