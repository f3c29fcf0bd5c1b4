"""Each question to mentions and series as a search request's body; windows are half-open, in exact microseconds."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from tocsin.index.document import cut, micros
from tocsin.index.words import words_as_typed
from tocsin.model import Tier, Tone, Window

Body = dict[str, Any]

PAGE = 1000
BUCKETS = 50_000
"""Buckets per page of an aggregation: each page reads all matches again, and a node allows 65,536."""
SKETCHED = 10_000
"""The same where each bucket carries sketches, which take the node's memory."""
MOST_WORDS = 200
"""Words that one search asks the store for; a node refuses some thousand clauses, so the rest is compared here."""

BY_TIME: list[Body] = [{"event.micros": "asc"}, {"event.id": "asc"}]
_NEWEST: list[Body] = [{"event.micros": "desc"}, {"event.id": "asc"}]
_STEMMED = ("title.fr", "title.en", "message.fr", "message.en")
_TOLD = ["title", "message", "url.full", "network", "@timestamp", "story.id"]
_SKETCHES = 2_000_000
"""Distinct values that the sketches of one request hold exactly, shared by its buckets: some 50 MB on the node."""
_LEAST, _MOST = 200, 40_000
"""Fewest and most that a sketch may hold exactly; the most is Elasticsearch's own limit."""
_MAY_HARM: Body = {
    "bool": {
        "should": [{"exists": {"field": "towards"}}, {"term": {"tone": Tone.NEGATIVE.value}}],
        "minimum_should_match": 1,
    }
}
_HARMED_EVER = """
boolean judged = doc.containsKey('harm.brand') && doc['harm.brand'].size() > 0;
if (doc.containsKey('towards') && doc['towards'].size() > 0) {
  for (told in doc['towards']) { emit(told.substring(0, told.lastIndexOf('\t'))); }
} else if (!judged && doc['tone'].size() > 0 && doc['tone'].value == 'negative') {
  for (brand in doc['brand']) { emit(brand); }
}
"""


def within(window: Window) -> Body:
    """Event time inside the window."""
    return {"range": {"event.micros": {"gte": micros(window.start), "lt": micros(window.end)}}}


def harming(window: Window, brands: Sequence[str]) -> Body:
    """Mentions inside the window that harm one of these brands: its negatives."""
    return _all_of({"terms": {"harmed": list(brands)}}, within(window))


def for_older_months(body: Body) -> Body:
    """The question as it is asked where some month's mapping does not know `harmed` yet.

    There a brand is harmed by each mention of a negative tone, as before. The script reads what is left when the
    filter, by fields that every month knows, has narrowed it down.
    """
    asked = {**body, "runtime_mappings": {"harmed": {"type": "keyword", "script": {"source": _HARMED_EVER}}}}
    if any("harmed" in clause.get("terms", {}) for clause in body["query"]["bool"]["filter"]):
        asked["query"] = _all_of(body["query"], _MAY_HARM)
    return asked


def count_all() -> Body:
    """How many mentions there are."""
    return {"size": 0, "track_total_hits": True}


def earliest() -> Body:
    """Microseconds of the earliest mention, as its sort value."""
    return {"size": 1, "track_total_hits": False, "_source": False, "sort": [{"event.micros": "asc"}]}


def everything() -> Body:
    """All mentions by time, then id; to be paged."""
    return {"size": PAGE, "track_total_hits": False, "sort": BY_TIME}


def by_ids(ids: Sequence[str]) -> Body:
    """The mentions with these document ids."""
    return {"size": len(ids), "track_total_hits": False, "query": {"ids": {"values": list(ids)}}}


def is_by(author: str) -> Body:
    """The query for the mentions of a pseudonym."""
    return {"term": {"user.hash": author}}


def are(ids: Sequence[str]) -> Body:
    """The query for the mentions of these ids."""
    return {"ids": {"values": list(ids)}}


def by_author(author: str) -> Body:
    """The mentions of a pseudonym, by time, then id, without what they hold; to be paged."""
    return _to_delete(is_by(author))


def posts_to_erase(ids: Sequence[str]) -> Body:
    """The mentions of these ids, as `by_author` gives its own."""
    return _to_delete(are(ids))


def _to_delete(query: Body) -> Body:
    return {
        "size": PAGE,
        "track_total_hits": False,
        "query": query,
        "sort": BY_TIME,
        "_source": False,
        "seq_no_primary_term": True,
    }


def counts(window: Window, brands: Sequence[str]) -> Body:
    """Per brand: mentions, negatives, and the negatives' distinct stories and authors; for up to 1,000 brands."""
    return {
        "size": 0,
        "track_total_hits": False,
        "query": _all_of({"terms": {"brand": list(brands)}}, within(window)),
        # `include` as long as `size`: every shard answers for every brand, so nothing is estimated.
        "aggs": {
            "brands": {"terms": _each("brand", brands)},
            "harmed": {"terms": _each("harmed", brands), "aggs": _voices(len(brands))},
        },
    }


def story_starts(window: Window, brands: Sequence[str], after: Body | None = None) -> Body:
    """A page of (brand, story) pairs with the first moment of harm of each; brands also harmed there come along."""
    sources = [{"brand": {"terms": {"field": "harmed"}}}, {"story": {"terms": {"field": "story.id"}}}]
    return _paged(harming(window, brands), sources, {"first": {"min": {"field": "event.micros"}}}, after)


def story_sizes(brand: str, window: Window, after: Body | None = None) -> Body:
    """A page of the stories that harm the brand: copies by valence towards which brand; that of other brands too.

    Where a mapping does not know it, the lowest valence of the texts stands for it.
    """
    towards = {"terms": {"field": "towards", "missing_bucket": True}}
    sources: list[Body] = [{"story": {"terms": {"field": "story.id"}}}, {"towards": towards}]
    return _paged(harming(window, [brand]), sources, {"lowest": {"min": {"field": "valence"}}}, after)


def story_details(brand: str, window: Window, stories: Sequence[str]) -> Body:
    """Of each of these stories: distinct authors and hosts, who told it, and the earliest copy in the window."""
    has_host = {"bool": {"must_not": {"term": {"url.domain": ""}}}}
    told = {
        "authors": _distinct("user.hash", len(stories)),
        "sites": {"filter": has_host, "aggs": {"outlets": _distinct("url.domain", len(stories))}},
        "tiers": {"terms": {"field": "user.tier", "size": len(Tier)}},
        "audience": {"max": {"field": "user.audience"}},
    }
    earliest_copy = {"top_hits": {"size": 1, "sort": BY_TIME, "_source": [*_TOLD, "harm"]}}
    query = harming(window, [brand])
    query["bool"]["filter"].append({"terms": {"story.id": list(stories)}})
    return {
        "size": 0,
        "track_total_hits": False,
        "query": query,
        "aggs": {
            "stories": {
                "terms": _each("story.id", stories),
                "aggs": {**told, "earliest": earliest_copy},
            }
        },
    }


def bucket_counts(window: Window, brands: Sequence[str], step: timedelta, after: Body | None = None) -> Body:
    """A page of (brand, bucket) pairs: negatives, their distinct stories and authors; empty buckets are left out.

    `step` is whole seconds.
    """
    interval = f"{step // timedelta(seconds=1)}s"
    sources = [
        {"brand": {"terms": {"field": "harmed"}}},
        {"at": {"date_histogram": {"field": "@timestamp", "fixed_interval": interval}}},
    ]
    return _paged(harming(window, brands), sources, _voices(SKETCHED), after, SKETCHED)


def driving_words(brand: str, window: Window, limit: int) -> Body:
    """Words that the brand's negatives in the window use more than its mentions at other times: what drove it."""
    significant = {
        "field": "message",
        "size": limit,
        "filter_duplicate_text": True,
        "background_filter": {"term": {"brand": brand}},
    }
    # Sampled: the texts are read again, and the loudest hundreds tell as much as all.
    return {
        "size": 0,
        "track_total_hits": False,
        "query": harming(window, [brand]),
        "aggs": {
            "sample": {"sampler": {"shard_size": 500}, "aggs": {"words": {"significant_text": significant}}},
        },
    }


def origins(window: Window) -> Body:
    """Mentions in the window that are their story's own origin, by time, then id; to be paged."""
    return {
        "size": PAGE,
        "track_total_hits": False,
        "query": _all_of({"term": {"story.is_copy": False}}, within(window)),
        "sort": BY_TIME,
        "_source": _TOLD,
    }


def newest_point() -> Body:
    """Microseconds of the newest bucket of the series, as its sort value."""
    return {"size": 1, "track_total_hits": False, "_source": False, "sort": [{"micros": "desc"}]}


def all_points() -> Body:
    """All points of the series by time, then brand; to be paged."""
    return {"size": PAGE, "track_total_hits": False, "sort": [{"micros": "asc"}, {"brand": "asc"}]}


def points(brand: str, window: Window) -> Body:
    """The brand's points of the series in the window by time; to be paged."""
    span = {"range": {"micros": {"gte": micros(window.start), "lt": micros(window.end)}}}
    query = _all_of({"term": {"brand": brand}}, span)
    return {"size": PAGE, "track_total_hits": False, "query": query, "sort": [{"micros": "asc"}]}


def drawn(window: Window, brands: Sequence[str], after: Body | None = None) -> Body:
    """A page of the series' buckets in the window: what these brands have together, and the lowest coverage."""
    span = {"range": {"micros": {"gte": micros(window.start), "lt": micros(window.end)}}}
    aggs = {"counted": {"sum": {"field": "counted"}}, "coverage": {"min": {"field": "coverage"}}}
    sources: list[Body] = [{"at": {"terms": {"field": "micros"}}}]
    return _paged(_all_of({"terms": {"brand": list(brands)}}, span), sources, aggs, after)


def search(words: str, brand: str | None, size: int) -> Body | None:
    """Mentions with all the words, newest first; None when there is no word in `words`.

    Each word is looked for as it is written (accents, case, apostrophes folded) and by its French and English stem.
    """
    asked = words_as_typed(words)
    if not asked:
        return None
    clauses = [_word(word) for word in asked[:MOST_WORDS]]
    if brand is not None:
        clauses.append({"term": {"brand": brand}})
    return {"size": size, "track_total_hits": False, "query": _all_of(*clauses), "sort": _NEWEST}


def words_left(words: str) -> frozenset[str]:
    """Words of a long question that `search` did not ask for."""
    return frozenset(cut(word.replace("'", "")) for word in words_as_typed(words)[MOST_WORDS:])


def _word(word: str) -> Body:
    exact: Body = {"term": {"words": cut(word.replace("'", ""))}}
    stem = {"multi_match": {"query": cut(word), "fields": list(_STEMMED), "operator": "and"}}
    return {"bool": {"should": [exact, stem], "minimum_should_match": 1}}


def _all_of(*clauses: Body) -> Body:
    return {"bool": {"filter": list(clauses)}}


def _voices(buckets: int) -> Body:
    return {"stories": _distinct("story.id", buckets), "authors": _distinct("user.hash", buckets)}


def _distinct(field: str, buckets: int) -> Body:
    """Count distinct values in each of so many buckets: exactly up to the threshold, within some percent beyond."""
    exact = min(max(_SKETCHES // max(buckets, 1), _LEAST), _MOST)
    return {"cardinality": {"field": field, "precision_threshold": exact}}


def _each(field: str, values: Sequence[str]) -> Body:
    return {"field": field, "include": list(values), "size": len(values)}


def _paged(query: Body, sources: list[Body], aggs: Body, after: Body | None, size: int | None = None) -> Body:
    composite: Body = {"size": size or BUCKETS, "sources": sources}
    if after is not None:
        composite["after"] = after
    return {
        "size": 0,
        "track_total_hits": False,
        "query": query,
        "aggs": {"page": {"composite": composite, "aggs": aggs}},
    }
