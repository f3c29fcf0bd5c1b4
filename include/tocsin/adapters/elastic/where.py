"""All documents of an index that a query finds: counted, or deleted in lots that a request has time for."""

from typing import Any

from tocsin.adapters.elastic.connection import Cluster
from tocsin.adapters.elastic.troubles import AbsentError

LOT = 20_000
"""Documents deleted by one request: some seconds on a small node."""

Query = dict[str, Any]


def count_where(cluster: Cluster, index: str, query: Query) -> int:
    """Count them as they are this moment; none where the index was never made."""
    cluster.refresh(index)
    found = cluster.search(index, {"size": 0, "track_total_hits": True, "query": query})
    return int(found["hits"]["total"]["value"])


def delete_where(cluster: Cluster, index: str, query: Query) -> int:
    """Delete them and count them; one that somebody changes meanwhile stays."""
    gone = 0
    cluster.refresh(index)
    while deleted := _delete(cluster, index, query):
        gone += deleted
    return gone


def _delete(cluster: Cluster, index: str, query: Query) -> int:
    try:
        told = cluster.ask(
            lambda es: es.delete_by_query(
                index=index, query=query, max_docs=LOT, conflicts="proceed", refresh=True, wait_for_completion=True
            )
        )
    except AbsentError:
        return 0
    return int(told["deleted"])
