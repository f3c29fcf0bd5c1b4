"""What each step did, in Elasticsearch."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import groupby, islice
from typing import Any

from tocsin.adapters.elastic.bulk import Bulk, Put
from tocsin.adapters.elastic.connection import Cluster
from tocsin.adapters.elastic.indices import Indices
from tocsin.adapters.elastic.records import joint_id, read_back, revision_of
from tocsin.adapters.elastic.revisions import Revised
from tocsin.adapters.elastic.where import count_where
from tocsin.index.document import micros, to_record
from tocsin.index.queries import PAGE
from tocsin.model import Report, sum_of

_IN_IT = "folded"
"""In a day's sum: the reports that it holds already and that may still be there, each with its revision."""
_SUMS = {"prefix": {"key": "+"}}
# By key, so that within a step the sums come first: they say which of the others count no more.
_BY_KEY = [{"step": "asc"}, {"key": "asc"}, "_shard_doc"]
_ALL = {"size": PAGE, "sort": _BY_KEY, "seq_no_primary_term": True, "track_total_hits": False}

Hit = dict[str, Any]


class ElasticReports:
    """The reports of one prefix."""

    def __init__(self, cluster: Cluster, indices: Indices) -> None:
        self._cluster = cluster
        self._indices = indices
        self._bulk = Bulk(cluster)
        self._sums = Revised(cluster, indices, "reports")

    def save(self, report: Report) -> None:
        """Keep the report; the same (step, key) again replaces."""
        index, key = self._indices.make("reports"), _id(report)
        record = to_record(report, report.at)
        self._cluster.ask(lambda es: es.index(index=index, id=key, document=record))

    def stream(self) -> Iterator[Report]:
        """All reports by step, then key, all from one moment; what a sum holds already is left out."""
        self._cluster.refresh(self._index)
        summed: dict[str, str] = {}
        for hit in self._cluster.hits(self._index, _ALL):
            summed.update(hit["_source"].get(_IN_IT, {}))
            if summed.get(hit["_id"]) != revision_of(hit):
                yield read_back(hit["_source"], Report)

    def totals(self) -> Mapping[str, Mapping[str, int]]:
        """Per step: each status and its count over all reports, and `came_in`."""
        totals: dict[str, dict[str, int]] = {}
        # Added up here: a status may be one that the mapping does not know.
        for report in self.stream():
            step = totals.setdefault(report.step, defaultdict(int))
            step["came_in"] += report.came_in
            for status, count in report.counts.items():
                step[status] += count
        return {step: dict(counts) for step, counts in totals.items()}

    def fold(self, before: datetime, *, dry_run: bool = False) -> int:
        """Add the reports from before that moment up per step and day; `dry_run` only counts.

        One write puts some of them into their day's sum and names them there, so that from then on they count no
        more; only after it they are deleted. Killed in between, the next call first deletes what a sum names.
        """
        old = {"bool": {"filter": {"range": {"micros": {"lt": micros(before)}}}, "must_not": _SUMS}}
        if dry_run:
            return count_where(self._cluster, self._index, old)
        self._cluster.refresh(self._index)
        for hit in self._hits(_SUMS):
            if hit["_source"].get(_IN_IT):
                self._finish(hit["_id"])
        self._cluster.refresh(self._index)
        days = groupby(self._hits(old), key=_day)
        return sum(self._fold_day(parts) for _, parts in days)

    def _fold_day(self, parts: Iterator[Hit]) -> int:
        gone = 0
        while lot := list(islice(parts, PAGE)):
            gone += self._fold_lot(lot)
        return gone

    def _fold_lot(self, lot: list[Hit]) -> int:
        """Put these reports of one step and day into its sum."""
        first = read_back(lot[0]["_source"], Report)
        name = _id_of(first.step, first.sum_key)
        self._finish(name)
        held = self._sums.read(name)
        # Looked for after the sum was read: what another process folds from now on changes it, and ours is refused.
        left = self._left(lot)
        reports = [read_back(hit["_source"], Report) for hit in left]
        if not left:
            return 0
        whole = sum_of([*([read_back(held.source, Report)] if held else []), *reports])
        record = {**to_record(whole, whole.at), _IN_IT: {hit["_id"]: revision_of(hit) for hit in left}}
        self._sums.write(name, record, held.revision if held else "")
        self._finish(name)
        return len(left)

    def _left(self, lot: list[Hit]) -> list[Hit]:
        """Those that are still there as they were found."""
        docs = [{"_index": self._index, "_id": hit["_id"], "_source": False} for hit in lot]
        found = self._cluster.ask(lambda es: es.mget(docs=docs))["docs"]
        there = {doc["_id"]: revision_of(doc) for doc in found if doc.get("found")}
        return [hit for hit in lot if there.get(hit["_id"]) == revision_of(hit)]

    def _finish(self, name: str) -> None:
        """Delete what the sum names, as it was when it was added up; then let the sum name nothing."""
        held = self._sums.read(name)
        if held is None or not held.source.get(_IN_IT):
            return
        named = held.source.pop(_IN_IT)
        self._bulk.send([Put(self._index, part, action="delete", revision=seen) for part, seen in named.items()])
        self._sums.write(name, held.source, held.revision)

    def _hits(self, query: dict[str, Any]) -> Iterator[Hit]:
        by_day = [{"step": "asc"}, {"micros": "asc"}, "_shard_doc"]
        return self._cluster.hits(self._index, {**_ALL, "query": query, "sort": by_day})

    @property
    def _index(self) -> str:
        return self._indices.name("reports")


def _day(hit: Hit) -> str:
    report = read_back(hit["_source"], Report)
    return f"{report.step} {report.sum_key}"


def _id(report: Report) -> str:
    return _id_of(report.step, report.key)


def _id_of(step: str, key: str) -> str:
    return joint_id([step, key])
