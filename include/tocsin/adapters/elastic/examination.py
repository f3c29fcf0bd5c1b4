"""What an Elasticsearch says of itself and of us, for a check-up: asked once, without patience, changing nothing."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from elasticsearch import Elasticsearch

from tocsin.adapters.elastic.connection import Cluster
from tocsin.adapters.elastic.indices import Indices
from tocsin.adapters.elastic.troubles import AbsentError, DeniedError
from tocsin.index import schema

CLUSTER = ("manage_index_templates",)
INDEX = ("read", "write", "create_index", "delete_index", "maintenance", "monitor", "view_index_metadata")
"""Privileges that Tocsin cannot do without, on the cluster and on our indices."""

_JSON = {"accept": "application/json", "content-type": "application/json"}
_FEATURES = {
    "lifecycle policies (ILM)": ("GET", "/_ilm/policy"),
    "snapshot policies (SLM)": ("GET", "/_slm/policy"),
    "data streams": ("GET", "/_data_stream"),
    "async search": ("GET", "/_async_search/none"),
    "ES|QL": ("POST", "/_query"),
    "SQL": ("POST", "/_sql"),
    "transforms": ("GET", "/_transform"),
}
_BLOCKS = ("write", "read_only", "read_only_allow_delete")
"""What an index may be closed for writing by; the last is what a node does when a disk is nearly full."""
_NO_HANDLER = ("no handler found", "invalid_index_name_exception", "failed to find action", "Incorrect HTTP method")
"""What a node says that never heard of it: as an address it is no handler, or the name of an index, or half there."""


class Examination:
    """One look at a node, for the indices of one prefix."""

    def __init__(self, cluster: Cluster, indices: Indices) -> None:
        self._cluster = cluster
        self._indices = indices
        self._ours = f"{indices.prefix}-*"

    def version(self) -> str | None:
        """Number of its version; None where the key may not ask. TransientError, PermanentError: no answer."""
        told = self._allowed(lambda es: es.info().body)
        return None if told is None else str(told["version"]["number"])

    def clock(self) -> datetime | None:
        """Its own clock; None where the key may not ask."""
        told = self._allowed(
            lambda es: es.nodes.stats(node_id="_local", metric="os", filter_path="nodes.*.timestamp").body
        )
        stamps = [node["timestamp"] for node in (told or {}).get("nodes", {}).values()]
        return datetime.fromtimestamp(stamps[0] / 1000, UTC) if stamps else None

    def missing_privileges(self) -> tuple[str, ...] | None:
        """What the key lacks of the least rights; None where the node has no security."""
        body = {"cluster": list(CLUSTER), "index": [{"names": [self._ours], "privileges": list(INDEX)}]}
        told = self._raw("POST", "/_security/user/_has_privileges", body)
        if "has_all_requested" not in told:
            return None
        lacks = [name for name, held in told["cluster"].items() if not held]
        on_ours = told["index"].get(self._ours, {})
        return (*lacks, *(f"{name} on {self._ours}" for name, held in on_ours.items() if not held))

    def lacking(self) -> tuple[str, ...]:
        """Features that the node does not know; one that only refuses us is there."""
        return tuple(name for name, (method, path) in _FEATURES.items() if not self._knows(method, path))

    def newer_templates(self) -> tuple[str, ...]:
        """Our templates that a newer Tocsin wrote."""
        found = self._allowed(
            lambda es: es.options(ignore_status=404).indices.get_index_template(name=self._ours).body
        )
        held = {
            one["name"]: one["index_template"].get("version", 0) for one in (found or {}).get("index_templates", ())
        }
        ours = {self._indices.name(kind): schema.version(kind) for kind in schema.KINDS}
        return tuple(sorted(name for name, version in held.items() if version > ours.get(name, version)))

    def health(self) -> tuple[str | None, int]:
        """Green, yellow or red, and how many copies have no place; None where the key may not ask."""
        ours = self._indices.expression()
        if not ours:
            return "green", 0
        told = self._allowed(lambda es: es.cluster.health(index=ours, expand_wildcards="all", timeout="1s").body)
        return (None, 0) if told is None else (str(told["status"]), int(told["unassigned_shards"]))

    def blocks(self) -> Mapping[str, str]:
        """Our indices that nobody may write to now, each with the name of its block."""
        ours = self._indices.expression()
        told = self._allowed(lambda es: es.indices.get_settings(index=ours, name="index.blocks.*")) if ours else {}
        held = {index: dict(one["settings"]["index"]["blocks"]) for index, one in dict(told or {}).items()}
        return {index: name for index, all_ in sorted(held.items()) for name in _BLOCKS if all_.get(name) == "true"}

    def sizes(self) -> tuple[tuple[str, int, int], ...]:
        """Each month of mentions and series with its documents and bytes; without bytes where the key may not ask."""
        found = []
        for kind in schema.MONTHLY:
            for month, index in self._indices.months(kind).items():
                found.append((month, *self._size(index)))
        return tuple(found)

    def _size(self, index: str) -> tuple[int, int]:
        told = self._allowed(lambda es: es.indices.stats(index=index, metric="docs,store").body)
        if told is None:
            return int(self._cluster.once(lambda es: es.count(index=index))["count"]), 0
        held = told["_all"]["primaries"]
        return int(held["docs"]["count"]), int(held["store"]["size_in_bytes"])

    def _knows(self, method: str, path: str) -> bool:
        said = str(self._raw(method, path, {} if method == "POST" else None).get("error", ""))
        return not any(sign in said for sign in _NO_HANDLER)

    def _raw(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """What a node answers, also to what it does not know or refuses."""

        def ask(es: Elasticsearch) -> Any:
            patient = es.options(ignore_status=(400, 403, 404, 405, 500))
            return patient.perform_request(method, path, headers=_JSON, body=body).body

        told = self._cluster.once(ask)
        return told if isinstance(told, dict) else {}

    def _allowed(self, request: Callable[[Elasticsearch], Any]) -> Any:
        """The answer, or None where our key has not the right to ask, or there is nothing yet."""
        try:
            return self._cluster.once(request)
        except (DeniedError, AbsentError):
            return None
