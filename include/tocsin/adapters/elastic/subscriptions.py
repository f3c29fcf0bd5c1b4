"""What hubs promised us, in Elasticsearch."""

from dataclasses import replace

from tocsin.adapters.elastic.connection import Cluster
from tocsin.adapters.elastic.indices import Indices
from tocsin.adapters.elastic.records import read_back, revision_of
from tocsin.adapters.elastic.revisions import Revised
from tocsin.index.document import to_record
from tocsin.index.queries import PAGE
from tocsin.model import Subscription

_BY_ID = {"size": PAGE, "sort": [{"id": "asc"}], "seq_no_primary_term": True, "track_total_hits": False}


class ElasticSubscriptions:
    """The subscriptions of one prefix, one document each."""

    def __init__(self, cluster: Cluster, indices: Indices) -> None:
        self._cluster = cluster
        self._held = Revised(cluster, indices, "subscriptions")

    def get(self, subscription_id: str) -> Subscription | None:
        """Read one; None when there is none."""
        held = self._held.read(subscription_id)
        return None if held is None else read_back(held.source, Subscription, held.revision)

    def all(self) -> tuple[Subscription, ...]:
        """All of them, by id."""
        self._cluster.refresh(self._held.index)
        hits = self._cluster.hits(self._held.index, _BY_ID)
        return tuple(read_back(hit["_source"], Subscription, revision_of(hit)) for hit in hits)

    def save(self, subscription: Subscription) -> Subscription:
        """Store and return it with its new revision. ConflictError: somebody else saved it since it was read."""
        revision = self._held.write(subscription.id, to_record(subscription), subscription.revision)
        return replace(subscription, revision=revision)

    def drop(self, subscription: Subscription) -> bool:
        """Forget it; False when it changed since it was read, or is not there."""
        return bool(subscription.revision) and self._held.delete(subscription.id, subscription.revision)
