"""What charts show of each brand, bucket by bucket, in Elasticsearch: an index per month behind one alias."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice

from tocsin.adapters.elastic.bulk import Bulk, Put
from tocsin.adapters.elastic.connection import Cluster
from tocsin.adapters.elastic.indices import Indices
from tocsin.adapters.elastic.records import read_point
from tocsin.adapters.elastic.where import count_where, delete_where
from tocsin.errors import BadItemError, PermanentError
from tocsin.index import queries
from tocsin.index.document import document_id, from_micros, micros, month_end, to_point
from tocsin.index.labels import Labels
from tocsin.index.outdated import outdated_points
from tocsin.model import Drawn, Limits, SeriesPoint, Window
from tocsin.records import to_line

LOT = 2000
"""Points per bulk request: about half a megabyte."""


class ElasticSeries:
    """The points of one prefix."""

    def __init__(self, cluster: Cluster, indices: Indices, labels: Labels) -> None:
        self._cluster = cluster
        self._indices = indices
        self._labels = labels
        self._bulk = Bulk(cluster)

    def save(self, points: Iterable[SeriesPoint]) -> None:
        """Keep the points; the same brand and bucket again replaces."""
        coming, touched = iter(points), set[str]()
        while lot := list(islice(coming, LOT)):
            puts = [self._put(point) for point in lot]
            refused = [answer.refused for answer in self._bulk.send(puts) if answer.refused]
            touched.update(put.index for put in puts)
            if refused:
                raise PermanentError(f"series refuses {len(refused)} of {len(puts)} points: {refused[0]}")
        if touched:
            self._cluster.refresh(",".join(sorted(touched)))

    def latest(self) -> datetime | None:
        """Start of the newest bucket that is held of any brand; None when empty."""
        found = self._cluster.search(self._alias, queries.newest_point())["hits"]["hits"]
        return from_micros(found[0]["sort"][0]) if found else None

    def stream(self) -> Iterator[SeriesPoint]:
        """All points by time, then brand, all from one moment; read in pages."""
        return (read_point(hit["_source"]) for hit in self._cluster.hits(self._alias, queries.all_points()))

    def read(self, brand: str, window: Window) -> tuple[SeriesPoint, ...]:
        """The brand's points whose buckets start inside the window, by time."""
        hits = self._cluster.hits(self._alias, queries.points(brand, window))
        return tuple(read_point(hit["_source"]) for hit in hits)

    def drawn(self, window: Window, brands: Sequence[str]) -> Mapping[datetime, Drawn]:
        """What is held of these brands together, for each bucket that starts inside the window."""
        found: dict[datetime, Drawn] = {}
        pages = self._cluster.buckets(self._alias, lambda after: queries.drawn(window, brands, after))
        for page in pages:
            at = from_micros(page["key"]["at"])
            found[at] = Drawn(round(page["counted"]["value"]), page["coverage"]["value"])
        return found

    def prune(self, limits: Limits, *, dry_run: bool = False) -> int:
        """Delete the points that have had their time, whole months where it can; `dry_run` only counts."""
        return sum(
            self._prune_month(name, index, limits, dry_run=dry_run)
            for name, index in self._indices.months("series").items()
        )

    def _prune_month(self, name: str, index: str, limits: Limits, *, dry_run: bool) -> int:
        old = outdated_points(limits)
        gone = count_where(self._cluster, name, old)
        if dry_run or gone == 0:
            return gone
        over = month_end(name[-7:]) <= limits.latest
        if over and gone == count_where(self._cluster, name, {"match_all": {}}):
            self._indices.drop(name, index)
            return gone
        return delete_where(self._cluster, name, old)

    @property
    def _alias(self) -> str:
        return self._indices.name("series")

    def _put(self, point: SeriesPoint) -> Put:
        at = micros(point.at)
        index = self._indices.month(f"{point.at.astimezone(UTC):%Y.%m}", "series")
        try:
            source = to_line(to_point(point, self._labels))
        except UnicodeEncodeError as exc:
            raise BadItemError(f"cannot be written: {exc}") from exc
        return Put(index, document_id(f"{point.brand} {at}"), source, "index")
