"""What is remembered of each source, in Elasticsearch."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import islice
from typing import Literal

from tocsin.adapters.elastic.bulk import Bulk, Put
from tocsin.adapters.elastic.connection import Cluster
from tocsin.adapters.elastic.indices import Indices
from tocsin.adapters.elastic.records import read_back, revision_of
from tocsin.adapters.elastic.revisions import Revised, is_token
from tocsin.errors import BadItemError, PermanentError
from tocsin.index.document import document_id, to_record
from tocsin.index.labels import Labels
from tocsin.index.queries import PAGE
from tocsin.model import SourceState
from tocsin.records import to_line

LOT = 500
"""States per bulk request: about two megabytes."""
_BY_ID = {"size": PAGE, "sort": [{"source_id": "asc"}], "seq_no_primary_term": True, "track_total_hits": False}


class ElasticSourceStates:
    """The states of all sources, one document each."""

    def __init__(self, cluster: Cluster, indices: Indices, labels: Labels) -> None:
        self._cluster = cluster
        self._indices = indices
        self._labels = labels
        self._bulk = Bulk(cluster)
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

    def save_all(self, states: Iterable[SourceState]) -> tuple[str, ...]:
        """Store them in bulk; give the ids that somebody else saved since they were read."""
        given = list(states)
        late = [state.source_id for state in given if not is_token(state.revision)]
        coming = iter([state for state in given if is_token(state.revision)])
        while lot := list(islice(coming, LOT)):
            answers = self._bulk.send([self._put(state) for state in lot])
            if refused := [answer.refused for answer in answers if answer.refused]:
                raise PermanentError(f"sources refuses {len(refused)} of {len(lot)} states: {refused[0]}")
            # `absent`: a state that was read and is there no more.
            late += [state.source_id for state, told in zip(lot, answers, strict=True) if told.taken or told.absent]
        return tuple(late)

    def _put(self, state: SourceState) -> Put:
        try:
            source = to_line({**to_record(state), **self._labels.of_source(state)})
        except UnicodeEncodeError as exc:
            raise BadItemError(f"cannot be written: {exc}") from exc
        index = self._indices.make("sources")
        action: Literal["create", "index"] = "index" if state.revision else "create"
        return Put(index, document_id(state.source_id), source, action, state.revision)
