"""Certain mentions, or an author's, leave Elasticsearch in every month, their claims too (`leaving.py`)."""

from collections.abc import Collection
from itertools import islice

from tocsin.adapters.elastic.connection import Cluster
from tocsin.adapters.elastic.indices import Indices
from tocsin.adapters.elastic.leaving import Leaving
from tocsin.adapters.elastic.where import count_where, delete_where
from tocsin.index import queries, schema


class Erasing:
    """The mentions of one prefix by author; nobody's, with the empty pseudonym, are left alone."""

    def __init__(self, cluster: Cluster, indices: Indices) -> None:
        self._cluster = cluster
        self._indices = indices

    def count(self, author: str) -> int:
        """Count the author's mentions."""
        return count_where(self._cluster, self._indices.mentions, queries.is_by(author)) if author else 0

    def erase(self, author: str) -> int:
        """Delete the author's mentions, findable no more when this returns, and give how many."""
        if not author:
            return 0
        self._cluster.refresh(self._indices.mentions)
        gone = sum(self._erase_month(name, queries.by_author(author)) for name in self._indices.months("mentions"))
        # Also what a killed move of a month left: it has no name to be asked by, and is not counted.
        drafts = f"{self._indices.prefix}-{schema.MOVED}-mentions-*"
        delete_where(self._cluster, drafts, queries.is_by(author))
        self._cluster.refresh(self._indices.mentions)
        return gone

    def erase_posts(self, ids: Collection[str]) -> int:
        """Delete these mentions, findable no more when this returns, and give how many there were."""
        wanted, gone = list(dict.fromkeys(ids)), 0
        self._cluster.refresh(self._indices.mentions)
        for at in range(0, len(wanted), queries.PAGE):
            lot = wanted[at : at + queries.PAGE]
            gone += sum(
                self._erase_month(name, queries.posts_to_erase(lot)) for name in self._indices.months("mentions")
            )
            delete_where(self._cluster, f"{self._indices.prefix}-moved-mentions-*", queries.are(lot))
        self._cluster.refresh(self._indices.mentions)
        return gone

    def _erase_month(self, name: str, body: queries.Body) -> int:
        leaving, gone = Leaving(self._cluster, self._indices), 0
        hits = self._cluster.hits(name, body)
        while lot := list(islice(hits, queries.PAGE)):
            gone += leaving.delete(name, lot)
        return gone
