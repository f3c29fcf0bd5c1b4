"""Items that could not be taken, in Elasticsearch."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import fields
from datetime import datetime
from typing import Any

from tocsin.adapters.elastic.bulk import Bulk, Put
from tocsin.adapters.elastic.connection import Cluster
from tocsin.adapters.elastic.indices import Indices
from tocsin.adapters.elastic.records import read_back
from tocsin.adapters.elastic.revisions import Revised
from tocsin.adapters.elastic.where import count_where, delete_where
from tocsin.errors import PermanentError
from tocsin.index import outdated
from tocsin.index.document import document_id, to_record
from tocsin.index.queries import PAGE
from tocsin.model import BadItem
from tocsin.records import to_line

_ALL = {"size": PAGE, "sort": [{"micros": "asc"}, {"id": "asc"}], "track_total_hits": False}
_PAGE = 20
"""Few at a time: an item may hold a record of a megabyte."""


class ElasticQuarantine:
    """The bad items of one prefix."""

    def __init__(self, cluster: Cluster, indices: Indices) -> None:
        self._cluster = cluster
        self._indices = indices
        self._bulk = Bulk(cluster)
        self._items = Revised(cluster, indices, "quarantine")

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
        old = outdated.before("micros", before)
        return (count_where if dry_run else delete_where)(self._cluster, self._indices.name("quarantine"), old)

    def stream(self) -> Iterator[BadItem]:
        """Everything by time, then id, a page at a time, all from one moment."""
        index = self._indices.name("quarantine")
        self._cluster.refresh(index)
        return (read_back(hit["_source"], BadItem) for hit in self._cluster.hits(index, {**_ALL, "size": _PAGE}))

    def get(self, item_id: str) -> BadItem | None:
        """Read one item as it is this very moment; None when it is not there."""
        held = self._items.read(_unicode(item_id))
        return None if held is None else read_back(held.source, BadItem)

    def drop(self, ids: Collection[str]) -> int:
        """Take these items out for good, and give how many were there."""
        if not ids:
            return 0
        index = self._indices.make("quarantine")
        names = dict.fromkeys(document_id(_unicode(item_id)) for item_id in ids)
        answers = self._bulk.send([Put(index, name, action="delete") for name in names])
        return sum(not answer.absent for answer in answers)


def _as_unicode(item: BadItem) -> BadItem:
    values: dict[str, Any] = {field.name: getattr(item, field.name) for field in fields(item)}
    texts = {name: _unicode(value) for name, value in values.items() if name != "at"}
    return BadItem(**{**values, **texts})


def _unicode(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
