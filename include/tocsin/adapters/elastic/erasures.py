"""Authors who asked to be forgotten, in Elasticsearch, and the broom behind them."""

from contextlib import suppress
from datetime import datetime
from threading import Event
from time import monotonic
from typing import Any

from tocsin.adapters.elastic.connection import Cluster
from tocsin.adapters.elastic.indices import Indices
from tocsin.adapters.elastic.troubles import AbsentError
from tocsin.index.document import document_id
from tocsin.index.queries import PAGE

SCRUB_SECONDS = 90.0
"""How long segments are merged again: a shard keeps what was deleted for its copies, and asks each 30 s how long."""
_REST = 3.0


class ElasticErasures:
    """The refused pseudonyms of one prefix."""

    def __init__(self, cluster: Cluster, indices: Indices) -> None:
        self._cluster = cluster
        self._indices = indices

    def add(self, author: str, at: datetime) -> None:
        """Refuse this author from now on; the first time told stays."""
        index, key, document = (
            self._indices.make("erasures"),
            document_id(author),
            {"@timestamp": at, "author": author},
        )
        self._cluster.ask(
            lambda es: es.options(ignore_status=409).index(
                index=index, id=key, document=document, op_type="create", refresh=True
            )
        )

    def all(self) -> frozenset[str]:
        """Every refused pseudonym, as of this moment; one short request while there are fewer than a thousand."""
        found: set[str] = set()
        body: dict[str, Any] = {"size": PAGE, "sort": [{"author": "asc"}], "track_total_hits": False}
        while hits := self._cluster.search(self._indices.name("erasures"), body)["hits"]["hits"]:
            found.update(hit["_source"]["author"] for hit in hits)
            if len(hits) < PAGE:
                break
            body["search_after"] = hits[-1]["sort"]
        return frozenset(found)

    def remove(self, author: str) -> bool:
        """Take the author's posts again; False when they were not refused."""
        index, key = self._indices.make("erasures"), document_id(author)
        gone = self._cluster.ask(lambda es: es.options(ignore_status=404).delete(index=index, id=key, refresh=True))
        return bool(gone["result"] == "deleted")

    def scrub(self) -> bool:
        """Merge what was deleted out of the segments of mentions and quarantine; False: some is still there.

        What stays goes when the node merges by itself, and snapshots that hold it are the team's to delete.
        """
        deadline = monotonic() + SCRUB_SECONDS
        while left := sum(self._deleted_after_merge(kind) for kind in ("mentions", "quarantine", "ids")):
            if monotonic() + _REST > deadline:
                break
            Event().wait(_REST)
        return not left

    def _deleted_after_merge(self, kind: str) -> int:
        """Merge, then count the deleted documents that lie in segments still."""
        index = self._indices.name(kind)
        with suppress(AbsentError):
            self._cluster.ask(lambda es: es.indices.flush(index=index, wait_if_ongoing=True))
            # Our templates let it merge a segment for a single deleted document (`expunge_deletes_allowed`).
            self._cluster.ask(lambda es: es.indices.forcemerge(index=index, only_expunge_deletes=True))
            self._cluster.ask(lambda es: es.indices.refresh(index=index))
            told = self._cluster.ask(lambda es: es.indices.stats(index=index, metric="docs"))
            return sum(one["total"]["docs"]["deleted"] for one in told["indices"].values())
        return 0
