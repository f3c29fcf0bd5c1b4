"""How mentions leave: whole months at once where all of one had its time, else one by one, each with its claim.

The claim goes first. Whoever brings the same id at that moment either claims it anew, and it is theirs, or meets the
old mention, which goes a moment later; and whoever read the claim before it went puts it back (`adding.py`). Each
deletion names the revision that was seen, so that nothing that came meanwhile is taken away. Killed anywhere and run
again, the rest goes.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from tocsin.adapters.elastic.bulk import Bulk, Put
from tocsin.adapters.elastic.connection import Cluster
from tocsin.adapters.elastic.indices import Indices
from tocsin.adapters.elastic.records import revision_of
from tocsin.adapters.elastic.where import delete_where
from tocsin.index import queries
from tocsin.index.document import from_micros, month_end
from tocsin.index.outdated import not_before, outdated
from tocsin.model import Limits

Hit = dict[str, Any]


class Leaving:
    """One leaving of mentions of one prefix; other processes may add meanwhile."""

    def __init__(self, cluster: Cluster, indices: Indices) -> None:
        self._cluster = cluster
        self._indices = indices
        self._bulk = Bulk(cluster)
        self._claims = indices.name("ids")

    def prune(self, limits: Limits, *, dry_run: bool = False) -> int:
        """Delete what has had its time, oldest month first; `dry_run` only counts."""
        self._cluster.refresh(self._indices.mentions)
        months = self._indices.months("mentions").items()
        gone = sum(self._prune_month(name, index, limits, dry_run=dry_run) for name, index in months)
        self._cluster.refresh(self._indices.mentions)
        return gone

    def _prune_month(self, name: str, index: str, limits: Limits, *, dry_run: bool) -> int:
        over = month_end(month_in(name))
        if over <= limits.earliest and not self._count(name, not_before(limits.earliest)):
            gone = self._count(name, queries.count_all())
            if not dry_run:
                self._drop(name, index)
            return gone
        gone = 0
        old = self._outdated(name, limits)
        while page := list(islice(old, queries.PAGE)):
            gone += len(page) if dry_run else self.delete(name, page)
        if over <= limits.latest and not dry_run:
            self._cluster.refresh(name)
            if not self._count(name, queries.count_all()):
                self._drop(name, index)
        return gone

    def _drop(self, name: str, index: str) -> None:
        """Delete the index of a month that has had its time, and before it the claims that name the month."""
        delete_where(self._cluster, self._claims, {"term": {"month": month_in(name)}})
        self._indices.drop(name, index)

    def _outdated(self, name: str, limits: Limits) -> Iterator[Hit]:
        for hit in self._cluster.hits(name, outdated(limits)):
            source = hit["_source"]
            if limits.passed(from_micros(source["event"]["micros"]), source["brand"]):
                yield hit

    def delete(self, name: str, hits: list[Hit]) -> int:
        """Delete these mentions of the month under `name`, as they were seen, and count them."""
        self._bulk.send(list(self._claims_on(month_in(name), hits)))
        puts = [Put(hit["_index"], hit["_id"], action="delete", revision=revision_of(hit)) for hit in hits]
        return sum(not answer.taken for answer in self._bulk.send(puts))

    def _claims_on(self, month: str, hits: list[Hit]) -> Iterator[Put]:
        """The deletions of these mentions' claims; an id that was claimed for another month meanwhile is not ours."""
        docs = [{"_index": self._claims, "_id": hit["_id"]} for hit in hits]
        for claim in self._cluster.ask(lambda es: es.mget(docs=docs))["docs"]:
            if claim.get("found") and claim["_source"]["month"] == month:
                yield Put(self._claims, claim["_id"], action="delete", revision=revision_of(claim))

    def _count(self, name: str, body: dict[str, Any]) -> int:
        return int(self._cluster.search(name, body)["hits"]["total"]["value"])


def month_in(name: str) -> str:
    """The month at the end of an index's name, `2026.11`."""
    return name[-7:]
