"""What stands on a dashboard: charts, lists of posts, text and links, laid out in rows of 48 columns."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from tocsin.kibana.columns import Json, kuery
from tocsin.kibana.lens import Chart
from tocsin.kibana.texts import Texts

GRID = 48
"""Columns of a dashboard."""

DRILLDOWN = "DASHBOARD_TO_DASHBOARD_DRILLDOWN"


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel with what it refers to; `id` is unique on its dashboard."""

    id: str
    body: Json
    references: tuple[Json, ...] = ()

    def at(self, x: int, y: int, w: int, h: int) -> Self:
        """The same panel at its place in the grid."""
        place = {"x": x, "y": y, "w": w, "h": h, "i": self.id}
        return replace(self, body=self.body | {"panelIndex": self.id, "gridData": place})

    def outer_references(self) -> list[Json]:
        """What the dashboard must say on the panel's behalf."""
        return [{**reference, "name": f"{self.id}:{reference['name']}"} for reference in self.references]


def lay_out(*rows: tuple[int, Sequence[tuple[int, Panel]]]) -> tuple[Panel, ...]:
    """Place rows of (height, [(width, panel), ...]) below each other, each from the left."""
    placed, y = list[Panel](), 0
    for height, row in rows:
        x = 0
        for width, panel in row:
            placed.append(panel.at(x, y, width, height))
            x += width
        y += height
    return tuple(placed)


def chart(t: Texts, name: str, title: str, what: Chart, *, since: str = "", drill: str = "") -> Panel:
    """A Lens chart. `since` gives it a time of its own, up to now; a click leads to the dashboard `drill`.

    The dashboard that is led to gets what was clicked and the time, but no other filter: it may not know the field.
    """
    attributes = what.attributes(t.views)
    inside: Json = {"attributes": attributes, "enhancements": _drilldown(t, drill) if drill else {}}
    # A tile says its name itself; its title is then there for those who hear the page.
    inside |= {"hidePanelTitles": True} if what.kind == "lnsMetric" else {}
    if since:
        inside["timeRange"] = {"from": since, "to": "now"}
    references = list(attributes["references"])
    if drill:
        target = f"drilldown:{DRILLDOWN}:{drill}:dashboardId"
        references.append({"name": target, "type": "dashboard", "id": t.id(drill)})
    return Panel(name, {"type": "lens", "title": t(title), "embeddableConfig": inside}, tuple(references))


def _drilldown(t: Texts, target: str) -> Json:
    config = {"openInNewTab": False, "useCurrentFilters": False, "useCurrentDateRange": True}
    action = {"factoryId": DRILLDOWN, "name": t(f"drill_{target}"), "config": config}
    event = {"eventId": target, "triggers": ["FILTER_TRIGGER"], "action": action}
    return {"dynamicActions": {"events": [event]}}


def posts(t: Texts, name: str, title: str, search: str) -> Panel:
    """A saved search as a list."""
    panel = f"panel_{name}"
    body = {"type": "search", "title": t(title), "panelRefName": panel, "embeddableConfig": {"enhancements": {}}}
    return Panel(name, body, ({"name": panel, "type": "search", "id": t.id(f"search-{search}")},))


def markdown(t: Texts, name: str, title: str, text: str) -> Panel:
    """A text in Markdown; Kibana shows any HTML in it as text."""
    return Panel(name, {"type": "visualization", "title": t(title), "embeddableConfig": told(t(text))})


def told(text: str) -> Json:
    """What a panel that shows a Markdown text consists of."""
    source = {"query": kuery(), "filter": []}
    saved = {
        "id": "",
        "title": "",
        "description": "",
        "type": "markdown",
        "params": {"fontSize": 12, "openLinksInNewTab": False, "markdown": text},
        "uiState": {},
        "data": {"aggs": [], "searchSource": source},
    }
    return {"savedVis": saved, "enhancements": {}, "hidePanelTitles": True}


def links(t: Texts, name: str, targets: Sequence[tuple[str, bool]]) -> Panel:
    """Links to other dashboards; the time goes along, and filters where the target's flag says so."""
    listed, references = list[Json](), list[Json]()
    for order, (target, carries) in enumerate(targets):
        reference = f"link_{target}_dashboard"
        options = {"openInNewTab": False, "useCurrentFilters": carries, "useCurrentDateRange": True}
        listed.append(
            {
                "id": target,
                "type": "dashboardLink",
                "order": order,
                "label": t(target),
                "destinationRefName": reference,
                "options": options,
            }
        )
        references.append({"name": reference, "type": "dashboard", "id": t.id(target)})
    attributes = {"title": "", "layout": "horizontal", "links": listed}
    inside = {"attributes": attributes, "enhancements": {}, "hidePanelTitles": True}
    return Panel(name, {"type": "links", "title": t("links"), "embeddableConfig": inside}, tuple(references))
