"""Our dashboards without Kibana: every panel, saved search and control asked of Elasticsearch as Kibana asks it."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote, urlsplit

import prison

from kibana_kql import to_query
from kibana_layers import Row, Span, rows_of

Json = dict[str, Any]
Search = Callable[[str, Json], Json]
"""Asks an index with a body."""

QUIET = {"links", "visualization"}
"""Panels that ask nothing: links to other dashboards, and text."""
UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
INDEX = "kibanaSavedObjectMeta.searchSourceJSON.index"


@dataclass(frozen=True)
class Drawing:
    """What one layer, search or annotation of a panel shows: its rows, and the columns that readers see."""

    panel: str
    title: str
    rows: list[Row]
    shown: tuple[str, ...]
    counts: frozenset[str] = frozenset()
    """Those of `shown` that are counts: nothing but zeros is nothing."""

    def empty(self) -> list[str]:
        """The columns that say nothing in any row; every one where there is no row."""
        return [name for name in self.shown if not any(self._says(row, name) for row in self.rows)]

    def _says(self, row: Row, name: str) -> bool:
        return bool(row.get(name)) if name in self.counts else row.get(name) not in (None, "")


@dataclass(frozen=True)
class View:
    """What a dashboard is opened with: filters and, where the address says one, a time."""

    filters: Sequence[Json] = ()
    times: tuple[str, str] | None = None


@dataclass(frozen=True)
class Dashboards:
    """The saved objects of one import file, at one moment, over one Elasticsearch."""

    objects: Mapping[tuple[str, str], Json]
    search: Search
    now: datetime
    as_made: View = field(default_factory=View)

    @property
    def ids(self) -> list[str]:
        return [name for kind, name in self.objects if kind == "dashboard"]

    def panels(self, name: str) -> list[Json]:
        """Those panels of a dashboard that ask something."""
        panels = json.loads(self.objects["dashboard", name]["attributes"]["panelsJSON"])
        return [panel for panel in panels if panel["type"] not in QUIET]

    def draw(self, name: str, view: View | None = None) -> Iterator[Drawing]:
        """Everything that a dashboard shows."""
        for panel in self.panels(name):
            yield from self.draw_panel(name, panel, view or self.as_made)

    def draw_panel(self, name: str, panel: Json, view: View) -> Iterator[Drawing]:
        """What one panel shows, layer by layer. ValueError: a form that we do not write."""
        board = self.objects["dashboard", name]
        attributes = board["attributes"]
        own = panel["embeddableConfig"].get("timeRange") or panel.get("timeRange")
        times = (own["from"], own["to"]) if own else view.times or (attributes["timeFrom"], attributes["timeTo"])
        span = Span(moment(times[0], self.now), moment(times[1], self.now, end=True))
        filters = [*_source_filters(attributes), *(_filter(each) for each in view.filters)]
        if panel["type"] == "search":
            saved = self._referenced(board, panel, "search")
            yield self._search_panel(panel, saved, filters, span)
        elif panel["type"] == "lens":
            yield from self._lens(panel, filters, span)
        else:
            raise ValueError(f"a panel that we do not write: {panel['type']}")

    def offered(self, name: str) -> dict[str, list[str]]:
        """The values that each control of a dashboard offers, by its field."""
        board = self.objects["dashboard", name]
        row = board["attributes"].get("controlGroupInput")
        attributes, offered = board["attributes"], dict[str, list[str]]()
        for key, control in json.loads(row["panelsJSON"]).items() if row else ():
            if control["type"] != "optionsListControl":
                raise ValueError(f"a control that we do not write: {control['type']}")
            data_view = self._view(board["references"], f"controlGroup_{key}:optionsListDataView")
            asked = control["explicitInput"]["fieldName"]
            span = Span(moment(attributes["timeFrom"], self.now), moment(attributes["timeTo"], self.now, end=True))
            body = {"size": 0, "query": _all([span.on(data_view["timeFieldName"])])}
            body["aggs"] = {"values": {"terms": {"field": asked, "size": 1000}}}
            buckets = self.search(data_view["title"], body)["aggregations"]["values"]["buckets"]
            offered[asked] = [bucket["key"] for bucket in buckets]
        return offered

    def _lens(self, panel: Json, filters: list[Json], span: Span) -> Iterator[Drawing]:
        lens = panel["embeddableConfig"]["attributes"]
        state = lens["state"]
        own = [to_query(state["query"]["query"]), *(_filter(each) for each in state["filters"])]
        for name, layer in state["datasourceStates"]["formBased"]["layers"].items():
            view = self._view(lens["references"], f"indexpattern-datasource-layer-{name}")
            reach = own if layer.get("ignoreGlobalFilters") else [*own, *filters]
            ask = _asking(self.search, view["title"])
            rows = rows_of(layer, ask, reach, view.get("timeFieldName", ""), span)
            yield Drawing(f"{panel['panelIndex']}/{name}", panel.get("title", ""), rows, *_shown(layer["columns"]))
        for layer in state["visualization"].get("layers", []):
            if layer.get("layerType") == "annotations":
                yield from self._annotations(
                    panel, lens, layer, span, [] if layer["ignoreGlobalFilters"] else filters
                )

    def _annotations(
        self, panel: Json, lens: Json, layer: Json, span: Span, filters: list[Json]
    ) -> Iterator[Drawing]:
        view = self._view(lens["references"], f"xy-visualization-layer-{layer['layerId']}")
        for each in layer["annotations"]:
            if each["type"] != "query":
                continue
            within = [to_query(each["filter"]["query"]), span.on(each["timeField"]), *filters]
            columns = [each["timeField"], *([each["textField"]] if each.get("textField") else [])]
            yield self._hits(f"{panel['panelIndex']}/{each['id']}", panel, view, within, columns)

    def _search_panel(self, panel: Json, saved: Json, filters: list[Json], span: Span) -> Drawing:
        view = self._view(saved["references"], INDEX)
        within = [*_source_filters(saved["attributes"]), *filters, span.on(view["timeFieldName"])]
        columns = panel["embeddableConfig"].get("columns") or saved["attributes"]["columns"]
        return self._hits(panel["panelIndex"], panel, view, within, columns)

    def _hits(self, name: str, panel: Json, view: Json, within: list[Json], columns: list[str]) -> Drawing:
        newest = [{view["timeFieldName"]: {"order": "desc"}}]
        body = {"size": 500, "query": _all(within), "sort": newest, "fields": columns, "_source": False}
        hits = self.search(view["title"], body)["hits"]["hits"]
        rows = [{column: _listed(values) for column, values in hit.get("fields", {}).items()} for hit in hits]
        return Drawing(name, panel.get("title", ""), rows, tuple(columns))

    def _view(self, references: Sequence[Json], name: str) -> Json:
        (found,) = (each["id"] for each in references if each["name"] == name)
        attributes: Json = self.objects["index-pattern", found]["attributes"]
        return attributes

    def _referenced(self, board: Json, panel: Json, kind: str) -> Json:
        name = f"{panel['panelIndex']}:{panel['panelRefName']}"
        (found,) = (each["id"] for each in board["references"] if each["name"] == name)
        return self.objects[kind, found]


def _listed(values: list[Any]) -> Any:
    """What a cell shows of a field: its value, or all of them."""
    return values[0] if len(values) == 1 else ", ".join(map(str, values))


def by_key(objects: Sequence[Json]) -> dict[tuple[str, str], Json]:
    """The objects of a file by type and id."""
    return {(each["type"], each["id"]): each for each in objects}


def opened(address: str) -> tuple[str, View]:
    """The dashboard that an address opens, and how."""
    path, _, query = urlsplit(address).fragment.partition("?")
    states = dict(part.split("=", 1) for part in query.split("&"))
    time = prison.loads(unquote(states["_g"]))["time"]
    return path.removeprefix("/view/"), View(
        prison.loads(unquote(states["_a"]))["filters"], (time["from"], time["to"])
    )


def moment(said: str, now: datetime, *, end: bool = False) -> datetime:
    """The moment that Kibana means by `now-7d/d` or an ISO time; a rounded end is the end of that day."""
    found = re.fullmatch(r"now(?:([+-]\d+)([mhdw]))?(/d)?", said)
    if found is None:
        return datetime.fromisoformat(said)
    amount, unit, rounded = found.groups()
    at = now + (timedelta(**{UNITS[unit]: int(amount)}) if amount else timedelta(0))
    if not rounded:
        return at
    day = at.replace(hour=0, minute=0, second=0, microsecond=0)
    return day + timedelta(days=1, milliseconds=-1) if end else day


def _asking(search: Search, index: str) -> Callable[[Json], Json]:
    return lambda body: search(index, body)


def _all(filters: list[Json]) -> Json:
    return {"bool": {"filter": filters}}


def _source_filters(attributes: Json) -> list[Json]:
    source = json.loads(attributes["kibanaSavedObjectMeta"]["searchSourceJSON"])
    return [to_query(source["query"]["query"]), *(_filter(each) for each in source["filter"])]


def _filter(pill: Json) -> Json:
    if set(pill["query"]) - {"match_phrase", "exists"}:
        raise ValueError(f"a filter that we do not write: {pill['query']}")
    if pill["meta"].get("disabled"):
        return {"match_all": {}}
    return {"bool": {"must_not": [pill["query"]]}} if pill["meta"].get("negate") else dict(pill["query"])


def _shown(columns: Mapping[str, Json]) -> tuple[tuple[str, ...], frozenset[str]]:
    """Columns that no other one is computed from, and those of them that count."""
    parts = {each for column in columns.values() for each in column.get("references", ())}
    shown = tuple(name for name in columns if name not in parts)
    counts = {name for name in shown if columns[name]["operationType"] in {"count", "sum", "unique_count"}}
    return shown, frozenset(counts)
