"""What is remembered of each source, in Elasticsearch."""

from dataclasses import replace

from tocsin.adapters.elastic.connection import Cluster
from tocsin.adapters.elastic.indices import Indices
from tocsin.adapters.elastic.records import read_back, revision_of
from tocsin.adapters.elastic.revisions import Revised
from tocsin.index.document import to_record
from tocsin.index.labels import Labels
from tocsin.index.queries import PAGE
from tocsin.model import SourceState

_BY_ID = {"size": PAGE, "sort": [{"source_id": "asc"}], "seq_no_primary_term": True, "track_total_hits": False}


class ElasticSourceStates:
    """The states of all sources, one document each."""

    def __init__(self, cluster: Cluster, indices: Indices, labels: Labels) -> None:
        self._cluster = cluster
        self._labels = labels
        self._states = Revised(cluster, indices, "sources")

    def get(self, source_id: str) -> SourceState | None:
        """Read one state; None when the source was never fetched."""
        held = self._states.read(source_id)
        return None if held is None else read_back(held.source, SourceState, held.revision)

    def all(self) -> tuple[SourceState, ...]:
        """All states, by source id."""
        self._cluster.refresh(self._states.index)
        hits = self._cluster.hits(self._states.index, _BY_ID)
        return tuple(read_back(hit["_source"], SourceState, revision_of(hit)) for hit in hits)

    def save(self, state: SourceState) -> SourceState:
        """Store and return it with its new revision. ConflictError: somebody else saved it since it was read."""
        record = {**to_record(state), **self._labels.of_source(state)}
        return replace(state, revision=self._states.write(state.source_id, record, state.revision))
