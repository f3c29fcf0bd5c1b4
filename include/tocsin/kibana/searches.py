"""Saved searches: lists that open in Discover and stand on the dashboards, each post with its link."""

from tocsin.kibana.columns import Json, kuery
from tocsin.kibana.objects import compact, saved_object
from tocsin.kibana.stories import NEGATIVE
from tocsin.kibana.texts import Texts

INDEX = "kibanaSavedObjectMeta.searchSourceJSON.index"

POST = ["brand_name", "tone", "harmed_name", "harm.words", "network", "headline", "message", "url.full"]
HARMFUL_POST = ["harmed_name", "harm.words", "network", "headline", "message", "url.full"]
INCIDENT = ["brand_name", "level", "state", "since", "closed_at", "minutes", "peak_factor", "mentions", "link"]

WIDTHS = {
    "brand_name": 140,
    "harmed_name": 140,
    "harm.words": 170,
    "tone": 90,
    "network": 90,
    "headline": 420,
    "url.full": 90,
}
"""Pixels, so that the text gets the rest."""

SEARCHES = {
    "negative": ("mentions", HARMFUL_POST, NEGATIVE),
    "posts": ("mentions", POST, ""),
    "incidents": ("incidents", INCIDENT, ""),
}
"""Each search: the view it reads, its columns, and what it finds; the newest first."""


def searches(t: Texts) -> list[Json]:
    """Every saved search."""
    return [_search(t, name) for name in SEARCHES]


def _search(t: Texts, name: str) -> Json:
    view, columns, kql = SEARCHES[name]
    source = {"query": kuery(kql), "filter": [], "highlightAll": True, "indexRefName": INDEX}
    attributes = {
        "title": t(f"title_{name}"),
        "description": t(f"about_{name}"),
        "columns": columns,
        "sort": [["@timestamp", "desc"]],
        "grid": {"columns": {column: {"width": WIDTHS[column]} for column in columns if column in WIDTHS}},
        "hideChart": True,
        "isTextBasedQuery": False,
        "timeRestore": False,
        "rowHeight": 1,
        "rowsPerPage": 50,
        "kibanaSavedObjectMeta": {"searchSourceJSON": compact(source)},
    }
    reference = {"name": INDEX, "type": "index-pattern", "id": t.views[view]}
    return saved_object("search", t.id(f"search-{name}"), attributes, [reference])
