"""One document changed under `if_seq_no` and `if_primary_term`, so that a late writer hears that it was late."""

import re
from dataclasses import dataclass
from typing import Any

from elasticsearch import Elasticsearch

from tocsin.adapters.elastic.connection import Cluster
from tocsin.adapters.elastic.indices import Indices
from tocsin.errors import ConflictError
from tocsin.index.document import document_id

_TOKEN = re.compile(r"(\d{1,18})\.(\d{1,18})")


@dataclass(frozen=True, slots=True)
class Held:
    """A document as it was read, and the revision that a change must name."""

    source: dict[str, Any]
    revision: str


class Revised:
    """The documents of one kind, each changed only by who saw its present form."""

    def __init__(self, cluster: Cluster, indices: Indices, kind: str) -> None:
        self._cluster = cluster
        self._indices = indices
        self._kind = kind

    @property
    def index(self) -> str:
        """Name of the index."""
        return self._indices.name(self._kind)

    def read(self, name: str) -> Held | None:
        """Read one document as it is this very moment; None when there is none."""
        key = document_id(name)
        found = self._cluster.ask(lambda es: es.options(ignore_status=404).get(index=self.index, id=key))
        if not found.get("found"):
            return None
        return Held(found["_source"], f"{found['_seq_no']}.{found['_primary_term']}")

    def write(self, name: str, source: dict[str, Any], revision: str) -> str:
        """Write what was read under `revision` (empty: what was not there) and give the new revision.

        ConflictError: somebody else wrote first.
        """
        under = _under(name, revision)
        index, key = self._indices.make(self._kind), document_id(name)

        def put(es: Elasticsearch) -> dict[str, Any]:
            return dict(es.index(index=index, id=key, document=source, **under))

        # Not again: the answer to a write that was done may get lost, and the second one would meet the first.
        written = self._cluster.ask(put, again=False)
        return f"{written['_seq_no']}.{written['_primary_term']}"

    def delete(self, name: str, revision: str) -> bool:
        """Delete what was read under `revision`; False: somebody changed it, or deleted it, first."""
        key, under = document_id(name), _under(name, revision)
        try:
            told = self._cluster.ask(
                lambda es: es.options(ignore_status=404).delete(index=self.index, id=key, **under), again=False
            )
        except ConflictError:
            return False
        return bool(told.get("result") == "deleted")


def is_token(revision: str) -> bool:
    """Say whether a document can have been stored under this revision here; empty is one that was never stored."""
    return not revision or _TOKEN.fullmatch(revision) is not None


def _under(name: str, revision: str) -> dict[str, Any]:
    if not revision:
        return {"op_type": "create"}
    token = _TOKEN.fullmatch(revision)
    if token is None:
        raise ConflictError(f"{name} was never stored under the revision {revision!r}")
    return {"if_seq_no": int(token[1]), "if_primary_term": int(token[2])}
