"""Questions for what has had its time, each as the body of a search request or as the query in one."""

from datetime import datetime
from itertools import groupby

from tocsin.index.document import micros
from tocsin.index.queries import BY_TIME, PAGE, Body
from tocsin.model import Limits


def not_before(moment: datetime) -> Body:
    """How many mentions there are from that moment on."""
    return {"size": 0, "track_total_hits": True, "query": {"range": {"event.micros": {"gte": micros(moment)}}}}


def outdated(limits: Limits) -> Body:
    """Mentions that may have had their time, oldest first; to be paged, and each to be asked by `Limits.passed`.

    A few too many: that a mention concerns a brand without a limit of its own cannot be asked for.
    """
    field = "event.micros"
    own = [_both(named, before(field, moment)) for named, moment in _groups(limits)]
    kept = [_both(named, {"range": {field: {"gte": micros(moment)}}}) for named, moment in _groups(limits)]
    old = {"bool": {"should": [before(field, limits.default), *own]}}
    return {
        "size": PAGE,
        "track_total_hits": False,
        "query": {"bool": {"filter": old, "must_not": kept}},
        "sort": BY_TIME,
        "_source": ["brand", "event.micros"],
        "seq_no_primary_term": True,
    }


def outdated_points(limits: Limits) -> Body:
    """The query for points of the series that have had their time."""
    others = {"bool": {"must_not": [{"terms": {"brand": list(limits.brands)}}]}}
    own = [_both(named, before("micros", moment)) for named, moment in _groups(limits)]
    return {"bool": {"should": [_both(others, before("micros", limits.default)), *own]}}


def told_of(moment: datetime, after: Body | None = None) -> Body:
    """A page of the incidents that ledger lines from before that moment name."""
    page: Body = {"size": PAGE, "sources": [{"incident": {"terms": {"field": "incident_id"}}}]}
    if after is not None:
        page["after"] = after
    aggs = {"page": {"composite": page}}
    return {"size": 0, "track_total_hits": False, "query": before("micros", moment), "aggs": aggs}


def before(field: str, moment: datetime) -> Body:
    """The query for what happened before that moment, by a field of microseconds."""
    return {"range": {field: {"lt": micros(moment)}}}


def _groups(limits: Limits) -> list[tuple[Body, datetime]]:
    """Brands with a limit of their own, those with the same one together."""
    by_moment = groupby(sorted(limits.brands, key=limits.of), limits.of)
    return [({"terms": {"brand": list(brands)}}, moment) for moment, brands in by_moment]


def _both(one: Body, other: Body) -> Body:
    return {"bool": {"filter": [one, other]}}
