"""A month moved into a new index behind its name, while others write and read: how a mapping comes to change.

A new index is filled beside the old one, in passes that each take what was written since the one before. Then writing
to the old one is closed for the last, short pass (a writer waits, as for a busy node), and one request gives the old
one's names to the new one and deletes the old one. Readers see the one or the other, whole; nothing is written to an
index that is on its way out. Killed at any point and run again, it begins anew or finds nothing left to do.

Only months are moved. What is changed under a revision (incidents, source states) only ever gets more fields, in
place: in a new index the revisions that writers hold would mean something else.
"""

import logging
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any

from elasticsearch import Elasticsearch

from tocsin.adapters.elastic.bulk import Bulk, Put
from tocsin.adapters.elastic.connection import Cluster
from tocsin.adapters.elastic.indices import Indices
from tocsin.adapters.elastic.troubles import AbsentError
from tocsin.errors import PermanentError, TocsinError, TransientError
from tocsin.index import schema
from tocsin.index.queries import PAGE

_log = logging.getLogger(__name__)

Rewrite = Callable[[dict[str, Any]], bytes]
"""Makes a document of today's shape from one of any earlier shape."""

_NEARLY = 2 * PAGE
"""So few documents in a pass, and the last one may begin."""
_MOST_PASSES = 20
"""Writers that are quicker than the copying are closed out after so many."""
_EACH: list[dict[str, str]] = [{"_shard_doc": "asc"}]


@dataclass(frozen=True, slots=True)
class Moved:
    """A month that was moved: how many documents it has now, and in how many passes they came."""

    month: str
    documents: int
    passes: int


@dataclass(frozen=True, slots=True)
class _Draft:
    """The new index while nobody knows it; by the node's own id for it we know that it is still the one we made.

    Somebody who deletes it is not all: our next write would make one of that name anew, with a mapping of nobody's.
    """

    name: str
    born: str


class Reindexing:
    """The moving of one kind's months; one process at a time, another one makes it stop with an error."""

    def __init__(self, cluster: Cluster, indices: Indices, kind: str, rewrite: Rewrite) -> None:
        self._cluster = cluster
        self._indices = indices
        self._bulk = Bulk(cluster)
        self._kind = kind
        self._rewrite = rewrite

    def months(self) -> dict[str, str]:
        """Each month's name and the index behind it, oldest first."""
        return self._indices.months(self._kind)

    def outdated(self) -> tuple[str, ...]:
        """Months whose mapping is older than ours. PermanentError: one is newer, written by a newer Tocsin."""
        ours = schema.version(self._kind)
        told = self._indices.versions(self._kind)
        versions = {month: told[index] for month, index in self.months().items() if index in told}
        if newer := [month for month, version in versions.items() if version > ours]:
            raise PermanentError(
                f"{newer[0]} was written by a newer Tocsin (schema {versions[newer[0]]}, ours {ours})"
            )
        return tuple(month for month, version in versions.items() if version < ours)

    def move(self, month: str) -> Moved:
        """Move one month. TransientError: another move came between; PermanentError: a document does not fit."""
        self._indices.install(self._kind)
        try:
            old = self._clear(month)
            draft = self._make(month)
        except AbsentError as exc:
            raise _disturbed(month) from exc
        try:
            return self._fill(month, old, draft)
        except TocsinError as exc:
            if isinstance(exc, AbsentError) or not self._is_ours(draft):
                raise _disturbed(month) from exc
            raise
        finally:
            with suppress(TocsinError):
                self._discard(f"{draft.name}*")

    def _fill(self, month: str, old: str, draft: _Draft) -> Moved:
        marker, passes = -1, 0
        while True:
            checkpoint = self._checkpoint(old)
            copied = self._copy(old, draft.name, marker)
            marker, passes = checkpoint, passes + 1
            if copied <= _NEARLY or passes >= _MOST_PASSES:
                return self._finish(month, old, draft, marker, passes)

    def _finish(self, month: str, old: str, draft: _Draft, marker: int, passes: int) -> Moved:
        """Close the old index for writing, take the rest, and give its names away."""
        new = draft.name
        self._cluster.ask(lambda es: es.indices.add_block(index=old, block="write"))
        try:
            self._copy(old, new, marker)
            self._settle(new)
            documents = self._drop_deleted(old, new)
            self._swap(month, old, draft)
        except BaseException:
            # Who deleted our draft moves the month now: the door is theirs to open.
            with suppress(TocsinError):
                if self._is_ours(draft):
                    self._unblock(old)
            raise
        _log.info("%s: %d documents moved to %s in %d passes", month, documents, new, passes + 1)
        return Moved(month, documents, passes + 1)

    def _swap(self, month: str, old: str, draft: _Draft) -> None:
        if not self._is_ours(draft):
            raise _disturbed(month)
        new = draft.name
        actions = [
            {"add": {"index": new, "alias": self._indices.name(self._kind)}},
            {"add": {"index": new, "alias": month}},
            {"remove_index": {"index": old}},
        ]
        # Once: the answer to a swap that was done may get lost, and then its old index is gone.
        try:
            self._cluster.ask(lambda es: es.indices.update_aliases(actions=actions), again=False)
        except TocsinError:
            if self.months().get(month) != new:
                raise

    def _copy(self, old: str, new: str, marker: int) -> int:
        """Copy what was written to `old` after the operation `marker`, and say how many."""
        self._cluster.refresh(old)
        body = {
            "size": PAGE,
            "query": {"range": {"_seq_no": {"gt": marker}}},
            "sort": _EACH,
            "track_total_hits": False,
        }
        hits, copied = self._cluster.hits(old, body), 0
        while lot := list(islice(hits, PAGE)):
            puts = [Put(new, hit["_id"], self._rewrite(hit["_source"]), "index") for hit in lot]
            for put, answer in zip(puts, self._bulk.send(puts), strict=True):
                if answer.refused:
                    raise PermanentError(
                        f"{old}: the document {put.id} does not fit, nothing moved: {answer.refused}"
                    )
            copied += len(lot)
        return copied

    def _drop_deleted(self, old: str, new: str) -> int:
        """Delete in `new` what was deleted in `old` after it was copied; say how many documents there are."""
        there, here = self._count(old), self._count(new)
        if here > there:
            gone = self._absent(old, (hit["_id"] for hit in self._ids(new)))
            for ids in iter(lambda: list(islice(gone, PAGE)), []):
                self._delete(new, ids)
            self._cluster.refresh(new)
            here = self._count(new)
        if here != there:
            raise TransientError(f"{old} holds {there} documents and its copy {here}; nothing was moved, try again")
        return here

    def _absent(self, old: str, ids: Iterable[str]) -> Iterator[str]:
        rest = iter(ids)
        while lot := list(islice(rest, PAGE)):
            query = {"ids": {"values": lot}}
            body = {"size": PAGE, "query": query, "_source": False, "track_total_hits": False}
            held = {hit["_id"] for hit in self._cluster.search(old, body)["hits"]["hits"]}
            yield from (name for name in lot if name not in held)

    def _ids(self, index: str) -> Iterator[dict[str, Any]]:
        return self._cluster.hits(index, {"size": PAGE, "_source": False, "sort": _EACH, "track_total_hits": False})

    def _delete(self, index: str, ids: list[str]) -> None:
        query = {"ids": {"values": ids}}
        self._cluster.ask(lambda es: es.delete_by_query(index=index, query=query))

    def _count(self, index: str) -> int:
        return int(self._cluster.ask(lambda es: es.count(index=index))["count"])

    def _make(self, month: str) -> _Draft:
        # A name that our own template does not match: it would be read at once, and all would be counted twice.
        token = secrets.token_hex(3)
        new = f"{self._drafts(month)}-v{schema.version(self._kind)}-{token}"
        shape = schema.shape(self._kind)
        shape["settings"]["index"]["refresh_interval"] = "-1"
        self._cluster.ask(lambda es: es.indices.create(index=new, **shape), again=False)
        return _Draft(new, self._born(new))

    def _settle(self, new: str) -> None:
        self._cluster.ask(lambda es: es.indices.put_settings(index=new, settings={"index.refresh_interval": None}))
        self._cluster.refresh(new)

    def _clear(self, month: str) -> str:
        """Undo what a killed move of this month left: drafts without a name, then a door; give the month's index."""
        self._discard(f"{self._drafts(month)}-*")
        old = self.months().get(month)
        if old is None:
            raise _disturbed(month)
        self._unblock(old)
        return old

    def _discard(self, drafts: str) -> None:
        """Delete drafts by pattern, while they have no name: one that a swap gave a name may be all that there is."""
        found = self._cluster.ask(lambda es: es.indices.get(index=drafts, filter_path="*.aliases"))
        for draft, told in found.items():
            if not told.get("aliases"):
                self._cluster.ask(partial(_delete_index, draft))

    def _is_ours(self, draft: _Draft) -> bool:
        try:
            return self._born(draft.name) == draft.born
        except AbsentError:
            return False

    def _unblock(self, index: str) -> None:
        with suppress(AbsentError):
            self._cluster.ask(lambda es: es.indices.put_settings(index=index, settings={"index.blocks.write": None}))

    def _drafts(self, month: str) -> str:
        return f"{self._indices.prefix}-{schema.MOVED}-{month.removeprefix(self._indices.prefix + '-')}"

    def _born(self, index: str) -> str:
        told = self._cluster.ask(lambda es: es.indices.get_settings(index=index, name="index.uuid"))
        return str(next(iter(told.values()))["settings"]["index"]["uuid"])

    def _checkpoint(self, index: str) -> int:
        """The last operation up to which every one is in the index; what comes later is for the next pass."""
        told = self._cluster.ask(lambda es: es.indices.stats(index=index, level="shards", metric="docs"))
        copies = [copy for shard in told["indices"][index]["shards"].values() for copy in shard]
        return min(int(copy["seq_no"]["local_checkpoint"]) for copy in copies if copy["routing"]["primary"])


def _disturbed(month: str) -> TransientError:
    return TransientError(
        f"{month}: somebody else moves it or dropped it meanwhile; nothing was lost, let one finish"
    )


def _delete_index(index: str, es: Elasticsearch) -> None:
    es.options(ignore_status=404).indices.delete(index=index)
