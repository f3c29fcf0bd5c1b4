"""Incidents and the ledger of what was sent about them, in SQLite."""

import sqlite3
from dataclasses import replace
from datetime import datetime

from tocsin.adapters.sqlite.columns import from_body, to_body, to_micros
from tocsin.adapters.sqlite.connection import Database
from tocsin.adapters.sqlite.revisions import next_revision
from tocsin.errors import ConflictError
from tocsin.model import Delivery, Incident, IncidentState


class SqliteIncidents:
    """The incidents and deliveries of one file."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open_incident(self, brand: str) -> Incident | None:
        """The brand's open incident; there is at most one."""
        found = self._database.rows("SELECT body FROM incidents WHERE brand = ? AND is_open = 1", (brand,))
        return from_body(found[0][0], Incident) if found else None

    def get(self, incident_id: str) -> Incident | None:
        """Read one incident."""
        found = self._database.rows("SELECT body FROM incidents WHERE id = ?", (incident_id,))
        return from_body(found[0][0], Incident) if found else None

    def all(self) -> tuple[Incident, ...]:
        """All incidents by opening time, then id."""
        found = self._database.rows("SELECT body FROM incidents ORDER BY opened_at, id")
        return tuple(from_body(body, Incident) for (body,) in found)

    def save(self, incident: Incident) -> Incident:
        """Store and return it with its new revision. ConflictError: changed since, or another one is open."""
        ask = "SELECT revision FROM incidents WHERE id = ?"
        with self._database.transaction() as connection:
            saved = replace(incident, revision=next_revision(connection, ask, incident.id, incident.revision))
            _refuse_second_open(connection, saved)
            connection.execute(
                """INSERT INTO incidents (id, brand, is_open, opened_at, revision, body) VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET brand = excluded.brand, is_open = excluded.is_open,
                    opened_at = excluded.opened_at, revision = excluded.revision, body = excluded.body""",
                (saved.id, saved.brand, _is_open(saved), to_micros(saved.opened_at), saved.revision, to_body(saved)),
            )
        return saved

    def record(self, delivery: Delivery) -> None:
        """Write a ledger line; per message id and channel `sent` stays, else the newest wins in any order."""
        values = (delivery.message_id, delivery.channel, delivery.incident_id, delivery.status)
        with self._database.transaction() as connection:
            connection.execute(
                """INSERT INTO deliveries (message_id, channel, incident_id, status, at, body)
                VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (message_id, channel) DO UPDATE SET incident_id = excluded.incident_id,
                    status = excluded.status, at = excluded.at, body = excluded.body
                WHERE (excluded.status = 'sent', excluded.at) >= (deliveries.status = 'sent', deliveries.at)""",
                (*values, to_micros(delivery.at), to_body(delivery)),
            )

    def was_sent(self, message_id: str) -> bool:
        """Say whether a ledger line with status `sent` exists for the message."""
        ask = "SELECT 1 FROM deliveries WHERE message_id = ? AND status = 'sent' LIMIT 1"
        return bool(self._database.rows(ask, (message_id,)))

    def deliveries(self, incident_id: str) -> tuple[Delivery, ...]:
        """The incident's ledger by time, then message id."""
        ask = "SELECT body FROM deliveries WHERE incident_id = ? ORDER BY at, message_id, channel"
        return tuple(from_body(body, Delivery) for (body,) in self._database.rows(ask, (incident_id,)))

    def prune(self, before: datetime, *, dry_run: bool = False) -> int:
        """Delete incidents closed before that moment, each with its ledger; `dry_run` only counts."""
        closed = self._database.rows("SELECT id, revision, body FROM incidents WHERE is_open = 0")
        old = [(name, revision) for name, revision, body in closed if _was_closed(body, before)]
        if dry_run:
            return len(old)
        gone = 0
        for name, revision in old:
            with self._database.transaction() as connection:
                ours = "DELETE FROM incidents WHERE id = ? AND revision = ?"
                if connection.execute(ours, (name, revision)).rowcount:  # Else somebody changed it meanwhile.
                    connection.execute("DELETE FROM deliveries WHERE incident_id = ?", (name,))
                    gone += 1
        return gone


def _was_closed(body: bytes, before: datetime) -> bool:
    closed_at = from_body(body, Incident).closed_at
    return closed_at is not None and closed_at < before


def _is_open(incident: Incident) -> bool:
    return incident.state is IncidentState.OPEN


def _refuse_second_open(connection: sqlite3.Connection, incident: Incident) -> None:
    ask = "SELECT id FROM incidents WHERE brand = ? AND is_open = 1 AND id <> ?"
    other = connection.execute(ask, (incident.brand, incident.id)).fetchone()
    if other and _is_open(incident):
        raise ConflictError(f"{incident.brand} already has the open incident {other[0]}")
