"""Items that could not be taken, in Elasticsearch."""

from collections.abc import Iterable
from dataclasses import fields
from datetime import datetime
from typing import Any

from tocsin.adapters.elastic.bulk import Bulk, Put
from tocsin.adapters.elastic.connection import Cluster
from tocsin.adapters.elastic.indices import Indices
from tocsin.adapters.elastic.records import read_back
from tocsin.adapters.elastic.where import count_where, delete_where
from tocsin.errors import PermanentError
from tocsin.index.document import document_id, micros, to_record
from tocsin.index.queries import PAGE
from tocsin.model import BadItem
from tocsin.records import to_line

_ALL = {"size": PAGE, "sort": [{"micros": "asc"}, {"id": "asc"}], "track_total_hits": False}


class ElasticQuarantine:
    """The bad items of one prefix."""

    def __init__(self, cluster: Cluster, indices: Indices) -> None:
        self._cluster = cluster
        self._indices = indices
        self._bulk = Bulk(cluster)

    def put(self, items: Iterable[BadItem]) -> None:
        """Keep the items; what is not Unicode in them becomes `?`, since broken text is why they are here."""
        clean = list(map(_as_unicode, items))
        if not clean:
            return
        index = self._indices.make("quarantine")
        puts = [Put(index, document_id(item.id), to_line(to_record(item, item.at)), "index") for item in clean]
        refused = [answer.refused for answer in self._bulk.send(puts) if answer.refused]
        if refused:
            raise PermanentError(f"quarantine refuses {len(refused)} of {len(puts)} items: {refused[0]}")

    def all(self) -> tuple[BadItem, ...]:
        """Everything in quarantine by time, then id."""
        index = self._indices.name("quarantine")
        self._cluster.refresh(index)
        return tuple(read_back(hit["_source"], BadItem) for hit in self._cluster.hits(index, _ALL))

    def prune(self, before: datetime, *, dry_run: bool = False) -> int:
        """Delete the items from before that moment; `dry_run` only counts."""
        old = {"range": {"micros": {"lt": micros(before)}}}
        return (count_where if dry_run else delete_where)(self._cluster, self._indices.name("quarantine"), old)


def _as_unicode(item: BadItem) -> BadItem:
    values: dict[str, Any] = {field.name: getattr(item, field.name) for field in fields(item)}
    texts = {name: value.encode("utf-8", "replace").decode() for name, value in values.items() if name != "at"}
    return BadItem(**{**values, **texts})
