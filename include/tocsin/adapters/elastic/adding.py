"""How mentions go into their month, each id once, whatever month a second one claims.

An id says nothing about its month, and a feed may change the date of a post. So each id is first claimed in one small
index (`ids`), with its month and for as long as it is kept; whoever comes second learns the month there and meets the
twin in it by id, without a search. Both steps are creations, which Elasticsearch grants once: no order of two writers
stores an id twice, and a crash between the steps leaves a claim that the next try fulfils. A claim that a pruning
takes away meanwhile is put back (`leaving.py`).
"""

import secrets
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import msgspec

from tocsin.adapters.elastic.bulk import Answer, Bulk, Put
from tocsin.adapters.elastic.connection import Cluster
from tocsin.adapters.elastic.indices import Indices
from tocsin.adapters.elastic.records import read_mention
from tocsin.errors import BadItemError, TransientError
from tocsin.index.document import checked_document, document_id, month_at, month_of
from tocsin.index.labels import Labels
from tocsin.model import Added, Mention, Rejection

LOT = 1000
"""Mentions per bulk request, unless their bytes say less."""
LOT_BYTES = 4 * 2**20
LANES = 4
"""Lots on their way at once: one is stored while the next is written out; more only fills the node's queue."""

_FEW = 30
"""Indices whose names fit into one request line; beyond, all are refreshed."""


@dataclass(frozen=True, slots=True)
class _Item:
    """A mention ready to go."""

    mention: Mention
    id: str
    month: str
    mark: str
    """Names this call and the place in it: so our own earlier try and a repeat in one call are told from a twin."""
    source: bytes


@dataclass(slots=True)
class _Outcome:
    became: Counter[str] = field(default_factory=Counter)
    rejected: list[Rejection] = field(default_factory=list)

    def count(self, other: "_Outcome") -> None:
        self.became.update(other.became)
        self.rejected += other.rejected


class Adding:
    """One call of `add`: mentions stream in, lots of them go out side by side, memory stays flat."""

    def __init__(self, cluster: Cluster, indices: Indices, labels: Labels) -> None:
        self._cluster = cluster
        self._indices = indices
        self._labels = labels
        self._bulk = Bulk(cluster)
        self._call = secrets.token_hex(8)
        self._touched: set[str] = set()
        self._met: set[int] = set()
        """Hashes of ids that were held before: one that comes again in this call is a repeat, not an earlier try."""
        self._outcome = _Outcome()

    def add(self, mentions: Iterable[Mention]) -> Added:
        """Store what is new, durably and findable before returning."""
        flying: deque[tuple[Future[_Outcome], set[str]]] = deque()
        with ThreadPoolExecutor(LANES, "tocsin-add") as pool:
            for lot in self._lots(mentions):
                ids = {item.id for item in lot}
                # Of two with one id the first must be stored: the second waits until it is.
                while len(flying) >= LANES or any(not ids.isdisjoint(others) for _, others in flying):
                    self._outcome.count(flying.popleft()[0].result())
                flying.append((pool.submit(self._store, lot), ids))
            for future, _ in flying:
                self._outcome.count(future.result())
        if self._touched:
            few = len(self._touched) <= _FEW
            self._cluster.refresh(",".join(sorted(self._touched)) if few else self._indices.mentions)
        return Added(**self._outcome.became, rejected=tuple(self._outcome.rejected))

    def _lots(self, mentions: Iterable[Mention]) -> Iterator[list[_Item]]:
        lot: list[_Item] = []
        size = 0
        for number, mention in enumerate(mentions):
            try:
                item = self._item(mention, f"{self._call}.{number}")
            except BadItemError as exc:
                self._outcome.rejected.append(Rejection(mention, str(exc)))
                continue
            if lot and (len(lot) >= LOT or size + len(item.source) > LOT_BYTES):
                yield lot
                lot, size = [], 0
            lot.append(item)
            size += len(item.source)
        if lot:
            yield lot

    def _item(self, mention: Mention, mark: str) -> _Item:
        source = checked_document(mention, mark, self._labels)
        return _Item(mention, document_id(mention.id), month_of(mention), mark, source)

    def _store(self, lot: list[_Item]) -> _Outcome:
        outcome = _Outcome()
        months = self._claim(lot)
        indices = [self._indices.month(month) for month in months]
        self._touched.update(indices)
        puts = [Put(index, item.id, item.source) for index, item in zip(indices, lot, strict=True)]
        answers = self._bulk.send(puts)
        taken, late = [], []
        for put, item, month, answer in zip(puts, lot, months, answers, strict=True):
            if answer.taken:
                taken.append((put, item))
            elif answer.refused:
                outcome.rejected.append(Rejection(item.mention, answer.refused))
            else:
                outcome.became["created"] += 1
                if month != month_at(item.mention.discovered_at):
                    late.append((put, month))
        twins = self._keep_claims(late) if late else 0
        outcome.became.update(created=-twins, duplicate=twins)
        held = self._read([put for put, _ in taken])
        outcome.became.update(self._name(item, twin) for (_, item), twin in zip(taken, held, strict=True))
        return outcome

    def _keep_claims(self, late: list[tuple[Put, str]]) -> int:
        """Put back the claims that a pruning took while we stored these; count those stored elsewhere meanwhile.

        Only what goes into an earlier month than its own discovery can meet a pruning (`leaving.py`).
        """
        claims = self._indices.name("ids")
        docs = [{"_index": claims, "_id": put.id} for put, _ in late]
        found = self._cluster.ask(lambda es: es.mget(docs=docs))["docs"]
        lost = [one for one, doc in zip(late, found, strict=True) if not doc.get("found")]
        again = self._bulk.send([Put(claims, put.id, _claim_on(month)) for put, month in lost])
        taken = [put for (put, _), answer in zip(lost, again, strict=True) if answer.taken]
        held = {doc["_id"]: doc["_source"]["month"] for doc in found if doc.get("found")}
        theirs = self._read([Put(claims, put.id) for put in taken])
        held |= {put.id: claim["month"] for put, claim in zip(taken, theirs, strict=True)}
        twins = [put for put, month in late if held.get(put.id, month) != month]
        self._bulk.send([Put(put.index, put.id, action="delete") for put in twins])
        return len(twins)

    def _claim(self, lot: list[_Item]) -> list[str]:
        """The month that each id belongs to: that of the first mention which ever came with it."""
        index = self._indices.make("ids")
        puts = [Put(index, item.id, _claim_on(item.month)) for item in lot]
        answers = self._bulk.send(puts)
        claimed = self._read([put for put, answer in zip(puts, answers, strict=True) if answer.taken])
        months = iter(claimed)
        return [_month(item, answer, months) for item, answer in zip(lot, answers, strict=True)]

    def _read(self, puts: list[Put]) -> list[dict[str, Any]]:
        """What is held under these ids this very moment."""
        if not puts:
            return []
        docs = [{"_index": put.index, "_id": put.id} for put in puts]
        found = self._cluster.ask(lambda es: es.mget(docs=docs))["docs"]
        missing = [doc["_id"] for doc in found if not doc.get("found")]
        if missing:
            raise TransientError(f"{len(missing)} mentions were erased while they came again, such as {missing[0]}")
        return [doc["_source"] for doc in found]

    def _name(self, item: _Item, held: dict[str, Any]) -> str:
        """What a mention is in `Added` whose id is held."""
        mark = held["event"]["mark"]
        if mark == item.mark:  # An earlier try of this very request stored it, and its answer was lost.
            return "created"
        if mark.startswith(f"{self._call}."):
            return "duplicate"
        if hash(item.id) in self._met or read_mention(held) != item.mention:
            return "duplicate"
        self._met.add(hash(item.id))
        return "unchanged"


def _claim_on(month: str) -> bytes:
    return msgspec.json.encode({"month": month})


def _month(item: _Item, answer: Answer, claimed: Iterator[dict[str, Any]]) -> str:
    if answer.refused:
        raise TransientError(f"{item.id} cannot be claimed: {answer.refused}")
    return next(claimed)["month"] if answer.taken else item.month
