"""The ledger of what was sent, in Elasticsearch: one document per message and channel."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime

from tocsin.adapters.elastic.connection import Cluster
from tocsin.adapters.elastic.indices import Indices
from tocsin.adapters.elastic.records import joint_id, read_back
from tocsin.adapters.elastic.where import delete_where
from tocsin.errors import ConflictError
from tocsin.index.document import micros, to_record
from tocsin.index.outdated import told_of
from tocsin.index.queries import PAGE
from tocsin.model import Delivery

_BEGINNING = micros(datetime(1, 1, 1, tzinfo=UTC))
_SENT = 4 * 10**18  # above every moment of ten thousand years in microseconds, below 2**63
_BY_TIME = [{"micros": "asc"}, {"message_id": "asc"}, {"channel": "asc"}]


class Ledger:
    """The deliveries of one prefix."""

    def __init__(self, cluster: Cluster, indices: Indices) -> None:
        self._cluster = cluster
        self._indices = indices

    def record(self, delivery: Delivery) -> None:
        """Write a ledger line; per message id and channel `sent` stays, else the newest wins in any order."""
        index, key = self._indices.make("deliveries"), joint_id([delivery.message_id, delivery.channel])
        line = to_record(delivery, delivery.at)
        # The line's own time is its version: Elasticsearch itself refuses an older one, and any after a `sent`.
        version = micros(delivery.at) - _BEGINNING + (_SENT if delivery.status == "sent" else 0)
        with suppress(ConflictError):
            self._cluster.ask(
                lambda es: es.index(index=index, id=key, document=line, version=version, version_type="external_gte")
            )

    def was_sent(self, message_id: str) -> bool:
        """Say whether a ledger line with status `sent` exists for the message."""
        clauses = [{"term": {"message_id": message_id}}, {"term": {"status": "sent"}}]
        body = {"size": 1, "query": {"bool": {"filter": clauses}}, "_source": False, "track_total_hits": False}
        self._cluster.refresh(self._index)
        return bool(self._cluster.search(self._index, body)["hits"]["hits"])

    def deliveries(self, incident_id: str) -> tuple[Delivery, ...]:
        """The incident's ledger by time, then message id."""
        query = {"term": {"incident_id": incident_id}}
        self._cluster.refresh(self._index)
        hits = self._cluster.hits(
            self._index, {"size": PAGE, "query": query, "sort": _BY_TIME, "track_total_hits": False}
        )
        return tuple(read_back(hit["_source"], Delivery) for hit in hits)

    def prune(self, incidents: Sequence[str], before: datetime, is_there: Callable[[str], bool]) -> None:
        """Delete the lines of these incidents, which are gone, and what a killed pruning left of others.

        What it left: lines from before that moment of an incident that is not there.
        """
        left = [name for name in self._named(before) if not is_there(name)]
        names = sorted({*incidents, *left})
        for start in range(0, len(names), PAGE):
            delete_where(self._cluster, self._index, {"terms": {"incident_id": names[start : start + PAGE]}})

    def _named(self, before: datetime) -> Iterator[str]:
        """Every incident that a line from before that moment names."""
        self._cluster.refresh(self._index)
        pages = self._cluster.buckets(self._index, lambda after: told_of(before, after))
        return (page["key"]["incident"] for page in pages)

    @property
    def _index(self) -> str:
        return self._indices.name("deliveries")
