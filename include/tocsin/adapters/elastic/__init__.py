"""The team's store: every store port in one Elasticsearch, 8.19 or newer, so that many can browse what we hold."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from tocsin.adapters.elastic.care import ElasticCare
from tocsin.adapters.elastic.connection import Cluster
from tocsin.adapters.elastic.erasures import ElasticErasures
from tocsin.adapters.elastic.incidents import ElasticIncidents
from tocsin.adapters.elastic.indices import Indices
from tocsin.adapters.elastic.mentions import ElasticMentions
from tocsin.adapters.elastic.quarantine import ElasticQuarantine
from tocsin.adapters.elastic.records import rewrite_mention, rewrite_point
from tocsin.adapters.elastic.reindexing import Reindexing
from tocsin.adapters.elastic.reports import ElasticReports
from tocsin.adapters.elastic.series import ElasticSeries
from tocsin.adapters.elastic.snapshots import Snapshots
from tocsin.adapters.elastic.sources import ElasticSourceStates
from tocsin.adapters.elastic.subscriptions import ElasticSubscriptions
from tocsin.index import schema
from tocsin.index.document import NO_LABELS
from tocsin.index.labels import Labels
from tocsin.ports import (
    Caretaker,
    Erasures,
    IncidentStore,
    MentionStore,
    Quarantine,
    ReportLog,
    SeriesStore,
    SourceStates,
    Subscriptions,
)

__all__ = ["ElasticStores", "open_elastic"]


@dataclass(frozen=True, slots=True)
class ElasticStores:
    """All stores of one prefix; closing them closes the connections, and closing twice does no harm."""

    mentions: MentionStore
    sources: SourceStates
    incidents: IncidentStore
    quarantine: Quarantine
    reports: ReportLog
    series: SeriesStore
    caretaker: Caretaker
    erasures: Erasures
    subscriptions: Subscriptions
    cluster: Cluster
    indices: Indices
    labels: Labels

    @property
    def monthly(self) -> tuple[str, ...]:
        """Kinds with an index per month."""
        return schema.MONTHLY

    def reindexing(self, kind: str = "mentions") -> Reindexing:
        """The moving of a kind's months into indices of today's mapping."""
        rewrite = {"mentions": rewrite_mention, "series": rewrite_point}[kind]
        return Reindexing(self.cluster, self.indices, kind, partial(rewrite, labels=self.labels))

    def snapshots(self, repository: str) -> Snapshots:
        """The snapshots of this prefix in a repository of the cluster."""
        return Snapshots(self.cluster, self.indices, repository)

    def close(self) -> None:
        """Let go of the connections."""
        self.cluster.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_elastic(
    url: str,
    *,
    api_key: str | None = None,
    login: tuple[str, str] | None = None,
    ca: Path | None = None,
    prefix: str = "tocsin",
    labels: Labels = NO_LABELS,
) -> ElasticStores:
    """Open the stores under `prefix` on the Elasticsearch at `url`; nothing is asked of it before the first use.

    We log in by `api_key`, or by `login` (name and password); `ca` is the authority that signed its certificate.
    `labels` are the names and the clock that documents written from here on show to people.

    Templates and indices are made just before something is first written to them. Any number of processes may use one
    prefix, and any thread of one process these stores. A process that was forked must open its own.
    Every use may raise TransientError (busy, away) or PermanentError (refused, not ours), with the remedy.
    ConfigError: the file `ca` cannot be used.
    """
    cluster = Cluster(url, api_key, login=login, ca=ca)
    indices = Indices(cluster, prefix)
    return ElasticStores(
        mentions=ElasticMentions(cluster, indices, labels),
        sources=ElasticSourceStates(cluster, indices, labels),
        incidents=ElasticIncidents(cluster, indices, labels),
        quarantine=ElasticQuarantine(cluster, indices),
        reports=ElasticReports(cluster, indices),
        series=ElasticSeries(cluster, indices, labels),
        caretaker=ElasticCare(cluster, indices),
        erasures=ElasticErasures(cluster, indices),
        subscriptions=ElasticSubscriptions(cluster, indices),
        cluster=cluster,
        indices=indices,
        labels=labels,
    )
