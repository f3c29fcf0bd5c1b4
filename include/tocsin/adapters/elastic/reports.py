"""What each step did, in Elasticsearch."""

from collections import defaultdict
from collections.abc import Mapping

from tocsin.adapters.elastic.connection import Cluster
from tocsin.adapters.elastic.indices import Indices
from tocsin.adapters.elastic.records import joint_id, read_back
from tocsin.index.document import to_record
from tocsin.index.queries import PAGE
from tocsin.model import Report

_ALL = {"size": PAGE, "sort": [{"step": "asc"}, "_shard_doc"], "track_total_hits": False}


class ElasticReports:
    """The reports of one prefix."""

    def __init__(self, cluster: Cluster, indices: Indices) -> None:
        self._cluster = cluster
        self._indices = indices

    def save(self, report: Report) -> None:
        """Keep the report; the same (step, key) again replaces."""
        index, key = self._indices.make("reports"), joint_id([report.step, report.key])
        record = to_record(report, report.at)
        self._cluster.ask(lambda es: es.index(index=index, id=key, document=record))

    def totals(self) -> Mapping[str, Mapping[str, int]]:
        """Per step: each status and its count over all reports, and `came_in`."""
        index = self._indices.name("reports")
        self._cluster.refresh(index)
        totals: dict[str, dict[str, int]] = {}
        # Added up here: a status may be one that the mapping does not know.
        for hit in self._cluster.hits(index, _ALL):
            report = read_back(hit["_source"], Report)
            step = totals.setdefault(report.step, defaultdict(int))
            step["came_in"] += report.came_in
            for status, count in report.counts.items():
                step[status] += count
        return {step: dict(counts) for step, counts in totals.items()}
