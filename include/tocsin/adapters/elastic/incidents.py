"""Incidents in Elasticsearch, one document each, and a lock per brand so that at most one of its incidents is open.

The lock names the one incident that may be open. It is moved to another only after that incident was rewritten or its
place filled under the revision that was seen (the fence): whoever was about to open it then hears that it was late.
Each step is one atomic write, so a crash between two leaves nothing to repair, and nobody looks at a clock.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from tocsin.adapters.elastic.connection import Cluster
from tocsin.adapters.elastic.indices import Indices
from tocsin.adapters.elastic.ledger import Ledger
from tocsin.adapters.elastic.records import read_back, revision_of
from tocsin.adapters.elastic.revisions import Held, Revised
from tocsin.errors import ConflictError
from tocsin.index.document import to_incident
from tocsin.index.labels import Labels
from tocsin.index.queries import PAGE
from tocsin.model import Delivery, Incident, IncidentState

_FENCE: dict[str, Any] = {}
"""Holds the place of an incident that somebody was about to open: there, and yet no incident."""
_ALL = {
    "size": PAGE,
    "query": {"exists": {"field": "id"}},
    "sort": [{"micros": "asc"}, {"id": "asc"}],
    "seq_no_primary_term": True,
    "track_total_hits": False,
}


class ElasticIncidents:
    """The incidents and deliveries of one prefix."""

    def __init__(self, cluster: Cluster, indices: Indices, labels: Labels) -> None:
        self._cluster = cluster
        self._labels = labels
        self._incidents = Revised(cluster, indices, "incidents")
        self._locks = Revised(cluster, indices, "locks")
        self._ledger = Ledger(cluster, indices)

    def open_incident(self, brand: str) -> Incident | None:
        """The brand's open incident; there is at most one."""
        lock = self._locks.read(brand)
        held = None if lock is None else self._incidents.read(lock.source["incident_id"])
        return _incident(held) if held is not None and _is_open(held, brand) else None

    def get(self, incident_id: str) -> Incident | None:
        """Read one incident."""
        held = self._incidents.read(incident_id)
        return _incident(held) if held is not None and held.source else None

    def all(self) -> tuple[Incident, ...]:
        """All incidents by opening time, then id."""
        self._cluster.refresh(self._incidents.index)
        hits = self._cluster.hits(self._incidents.index, _ALL)
        return tuple(read_back(hit["_source"], Incident, revision_of(hit)) for hit in hits)

    def save(self, incident: Incident) -> Incident:
        """Store and return it with its new revision. ConflictError: changed since, or another one is open."""
        held = self._incidents.read(incident.id)
        seen = held.revision if held is not None and held.source else ""
        if seen != incident.revision:
            changed = f"revision {incident.revision or 'none'}, now {seen or 'none'}"
            raise ConflictError(f"{incident.id} changed since it was read: {changed}")
        opens = incident.state is IncidentState.OPEN and not (held and _is_open(held, incident.brand))
        if opens:
            self._lock(incident)
        under = held.revision if held else ""
        record = to_incident(incident, self._labels)
        return replace(incident, revision=self._incidents.write(incident.id, record, under))

    def record(self, delivery: Delivery) -> None:
        """Write a ledger line; per message id and channel `sent` stays, else the newest wins in any order."""
        self._ledger.record(delivery)

    def was_sent(self, message_id: str) -> bool:
        """Say whether a ledger line with status `sent` exists for the message."""
        return self._ledger.was_sent(message_id)

    def deliveries(self, incident_id: str) -> tuple[Delivery, ...]:
        """The incident's ledger by time, then message id."""
        return self._ledger.deliveries(incident_id)

    def prune(self, before: datetime, *, dry_run: bool = False) -> int:
        """Delete incidents closed before that moment, each with its ledger; `dry_run` only counts.

        The lock of their brand stays, and so do fences: they keep a brand from having two open incidents, and without
        a clock there is no saying that nobody is about to open one. Each is one small document per brand.
        """
        self._cluster.refresh(self._incidents.index)
        old = list(self._closed(before))
        if dry_run:
            return len(old)
        # An incident that somebody changes at this moment stays, and with it its ledger.
        gone = [one.id for one in old if self._incidents.delete(one.id, one.revision)]
        self._ledger.prune(gone, before, lambda name: self.get(name) is not None)
        return len(gone)

    def _closed(self, before: datetime) -> Iterator[Incident]:
        closed = {**_ALL, "query": {"term": {"state": IncidentState.CLOSED.value}}}
        for hit in self._cluster.hits(self._incidents.index, closed):
            incident = read_back(hit["_source"], Incident, revision_of(hit))
            if incident.closed_at is not None and incident.closed_at < before:
                yield incident

    def _lock(self, incident: Incident) -> None:
        """Let the brand's lock name this incident. Called with the incident read, and before it is written."""
        lock = self._locks.read(incident.brand)
        if lock is not None and lock.source["incident_id"] != incident.id:
            self._fence(lock.source["incident_id"], incident.brand)
        # Also when it names us already: whoever saw it before must hear that somebody opens.
        ours = {"brand": incident.brand, "incident_id": incident.id}
        self._locks.write(incident.brand, ours, lock.revision if lock else "")

    def _fence(self, other_id: str, brand: str) -> None:
        """Make sure that the other incident is not open and that nobody is about to open it."""
        other = self._incidents.read(other_id)
        if other is None:
            self._incidents.write(other_id, _FENCE, "")
        elif _is_open(other, brand):
            raise ConflictError(f"{brand} already has the open incident {other_id}")
        else:
            self._incidents.write(other_id, other.source, other.revision)


def _incident(held: Held) -> Incident:
    return read_back(held.source, Incident, held.revision)


def _is_open(held: Held, brand: str) -> bool:
    return held.source.get("state") == IncidentState.OPEN.value and held.source.get("brand") == brand
