"""Mentions in Elasticsearch: stored once in the index of their month, counted, compared and found by queries."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from heapq import nsmallest
from itertools import groupby, islice

from tocsin.adapters.elastic.adding import Adding
from tocsin.adapters.elastic.connection import Body, Cluster
from tocsin.adapters.elastic.erasing import Erasing
from tocsin.adapters.elastic.indices import Indices
from tocsin.adapters.elastic.leaving import Leaving
from tocsin.adapters.elastic.records import read_mention
from tocsin.index import queries
from tocsin.index.document import document_id, from_micros, read_towards
from tocsin.index.labels import Labels
from tocsin.model import (
    BUCKET,
    Added,
    BucketCounts,
    Counts,
    Limits,
    Mention,
    Reach,
    StoryOrigin,
    StoryStart,
    StorySummary,
    Tier,
    Window,
    reach_of,
)

SLICE = 1000
"""Brands or stories asked for in one request."""


class ElasticMentions:
    """All mentions of one prefix."""

    def __init__(self, cluster: Cluster, indices: Indices, labels: Labels) -> None:
        self._cluster = cluster
        self._indices = indices
        self._labels = labels
        self._alias = indices.mentions
        self._is_of_today = False
        """Whether every month knows what we ask for; one that does never unlearns it, and new ones are made so."""

    def add(self, mentions: Iterable[Mention]) -> Added:
        """Store what is new, some lots at once, findable when this returns; memory stays flat."""
        return Adding(self._cluster, self._indices, self._labels).add(mentions)

    def prune(self, limits: Limits, *, dry_run: bool = False) -> int:
        """Delete what has had its time for every brand: whole months where it can, with the ids that they claimed."""
        return Leaving(self._cluster, self._indices).prune(limits, dry_run=dry_run)

    def total(self) -> int:
        """Count the mentions stored."""
        return int(self._cluster.search(self._alias, queries.count_all())["hits"]["total"]["value"])

    def first_at(self) -> datetime | None:
        """Event time of the earliest mention; None when empty."""
        found = self._cluster.search(self._alias, queries.earliest())["hits"]["hits"]
        return from_micros(found[0]["sort"][0]) if found else None

    def get(self, mention_id: str) -> Mention | None:
        """Read one mention back, equal to what was stored."""
        found = self._cluster.search(self._alias, queries.by_ids([document_id(mention_id)]))["hits"]["hits"]
        return read_mention(found[0]["_source"]) if found else None

    def stream(self) -> Iterator[Mention]:
        """All mentions by event time, then id, all from one moment; read in pages."""
        self._cluster.refresh(self._alias)
        return (read_mention(hit["_source"]) for hit in self._cluster.hits(self._alias, queries.everything()))

    def story_starts(self, window: Window, brands: Sequence[str]) -> Iterator[StoryStart]:
        """First negative moment of each brand's stories in the window; one page is held in memory."""
        asked = sorted(set(brands))
        for start in range(0, len(asked), SLICE):
            yield from self._story_starts(window, asked[start : start + SLICE])

    def counts(self, window: Window, brands: Sequence[str]) -> Mapping[str, Counts]:
        """Counts per brand inside the window; a brand without mentions has Counts().

        Stories and authors are exact up to 2,000 per brand when 1,000 brands are asked, up to 40,000 when 50 or fewer
        are; beyond, they are right within one or two in a hundred.
        """
        counted = {brand: Counts() for brand in brands}
        asked = sorted(counted)
        for start in range(0, len(asked), SLICE):
            counted.update(_counts(self._search(queries.counts(window, asked[start : start + SLICE]))))
        return counted

    def buckets(self, window: Window, brands: Sequence[str], step: timedelta = BUCKET) -> Iterator[BucketCounts]:
        """Negatives per brand and bucket, a page at a time; stories and authors are exact up to 200 per bucket."""
        asked = sorted(set(brands))
        for start in range(0, len(asked), SLICE):
            yield from self._bucket_counts(window, asked[start : start + SLICE], step)

    def top_stories(self, brand: str, window: Window, limit: int) -> tuple[StorySummary, ...]:
        """Stories that harm the brand in the window; `compound` is that of the most negative copy towards it.

        All are compared, none is estimated: a terms aggregation over several months would guess the ranks.
        """
        rows = _sized(self._buckets(lambda after: queries.story_sizes(brand, window, after)), brand)
        top = nsmallest(max(limit, 0), rows) if limit > 0 else []
        details: dict[str, Body] = {}
        for start in range(0, len(top), SLICE):
            stories = [story for _, _, story in top[start : start + SLICE]]
            answer = self._search(queries.story_details(brand, window, stories))
            details.update({bucket["key"]: bucket for bucket in _buckets(answer, "stories")})
        return tuple(_summary(details[story], brand, lowest) for _, lowest, story in top if story in details)

    def story_origins(self, window: Window) -> Iterator[StoryOrigin]:
        """Origins in the window by time, then id; read in pages, so that memory stays flat."""
        for hit in self._cluster.hits(self._alias, queries.origins(window)):
            source = hit["_source"]
            yield StoryOrigin(source["story"]["id"], _at(source), source["title"], source["message"])

    def search(self, words: str, *, brand: str | None = None, limit: int = 20) -> tuple[Mention, ...]:
        """Mentions that hold all the words, newest first; a French or English stem is found too."""
        body = queries.search(words, brand, min(max(limit, 1), queries.PAGE))
        if body is None or limit <= 0:
            return ()
        left = queries.words_left(words)
        found = (hit["_source"] for hit in self._cluster.hits(self._alias, body))
        holding = (read_mention(source) for source in found if left.issubset(source["words"]))
        return tuple(islice(holding, min(limit, 2**31)))

    def by_author(self, author: str) -> int:
        """Count the mentions of this pseudonym."""
        return Erasing(self._cluster, self._indices).count(author)

    def erase(self, author: str) -> int:
        """Delete every mention of this pseudonym in every month, with the claim on its id."""
        return Erasing(self._cluster, self._indices).erase(author)

    def erase_posts(self, ids: Collection[str]) -> int:
        """Delete these mentions in every month, with the claims on their ids."""
        return Erasing(self._cluster, self._indices).erase_posts(ids)

    def driving_words(self, brand: str, window: Window, limit: int) -> tuple[str, ...]:
        """Words that set the brand's negatives in the window apart from its other mentions, strongest first."""
        if limit <= 0:
            return ()
        answer = self._search(queries.driving_words(brand, window, min(limit, queries.PAGE)))
        sample = answer.get("aggregations", {}).get("sample", {})
        return tuple(bucket["key"] for bucket in sample.get("words", {}).get("buckets", ()))

    def _bucket_counts(self, window: Window, brands: list[str], step: timedelta) -> Iterator[BucketCounts]:
        asked = set(brands)
        for page in self._buckets(lambda after: queries.bucket_counts(window, brands, step, after)):
            brand, at = page["key"]["brand"], from_micros(page["key"]["at"] * 1000)
            if brand in asked:  # A mention of several brands comes under each.
                stories, authors = page["stories"]["value"], page["authors"]["value"]
                yield BucketCounts(brand, at, page["doc_count"], stories, authors)

    def _story_starts(self, window: Window, brands: list[str]) -> Iterator[StoryStart]:
        asked = set(brands)
        for bucket in self._buckets(lambda after: queries.story_starts(window, brands, after)):
            key = bucket["key"]
            if key["brand"] in asked:
                yield StoryStart(key["brand"], key["story"], from_micros(int(bucket["first"]["value"])))

    def _search(self, body: Body) -> Body:
        """Ask about harm: months that do not know it yet are asked in their own way."""
        return self._cluster.search(self._alias, self._of_all_months()(body))

    def _buckets(self, page: Callable[[Body | None], Body]) -> Iterator[Body]:
        asked = self._of_all_months()
        return self._cluster.buckets(self._alias, lambda after: asked(page(after)))

    def _of_all_months(self) -> Callable[[Body], Body]:
        if not self._is_of_today:
            self._is_of_today = not self._indices.outdated("mentions")
        return _as_it_is if self._is_of_today else queries.for_older_months


def _as_it_is(body: Body) -> Body:
    return body


def _buckets(answer: Body, name: str) -> list[Body]:
    return list(answer.get("aggregations", {}).get(name, {}).get("buckets", ()))


def _counts(answer: Body) -> Iterator[tuple[str, Counts]]:
    harmed = {bucket["key"]: bucket for bucket in _buckets(answer, "harmed")}
    for bucket in _buckets(answer, "brands"):
        brand, mentions = bucket["key"], bucket["doc_count"]
        if (told := harmed.get(brand)) is None:
            yield brand, Counts(mentions)
        else:
            yield brand, Counts(mentions, told["doc_count"], told["stories"]["value"], told["authors"]["value"])


def _sized(pages: Iterable[Body], brand: str) -> Iterator[tuple[int, float, str]]:
    """Of each story what it is ranked by, smallest first: copies, the lowest valence towards the brand, its id."""
    for story, rows in groupby(pages, key=lambda page: str(page["key"]["story"])):
        told = [(page["doc_count"], *_valence(page)) for page in rows]
        ours = [(copies, valence) for copies, whose, valence in told if whose in (None, brand)]
        yield -sum(copies for copies, _ in ours), min((valence for _, valence in ours), default=0.0), story


def _valence(page: Body) -> tuple[str | None, float]:
    towards = page["key"]["towards"]
    return (None, page["lowest"]["value"]) if towards is None else read_towards(towards)


def _summary(bucket: Body, brand: str, lowest: float) -> StorySummary:
    first = bucket["earliest"]["hits"]["hits"][0]["_source"]
    return StorySummary(
        story_id=bucket["key"],
        title=first["title"],
        text=first["message"],
        url=first["url"]["full"],
        network=first["network"],
        first_at=_at(first),
        copies=bucket["doc_count"],
        authors=bucket["authors"]["value"],
        compound=lowest,
        words=next((tuple(told["words"]) for told in first.get("harm", ()) if told["brand"] == brand), ()),
        reach=_reach(bucket),
    )


def _reach(bucket: Body) -> Reach:
    audience = bucket["audience"]["value"]
    tiers = [Tier(one["key"]) for one in bucket["tiers"]["buckets"]]
    best = reach_of((), tiers, [None if audience is None else int(audience)])
    return replace(best, outlets=bucket["sites"]["outlets"]["value"])


def _at(source: Body) -> datetime:
    return datetime.fromisoformat(source["@timestamp"])
