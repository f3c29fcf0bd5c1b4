"""A dashboard as Kibana's saved object: its panels, controls, time and the filters that may reach it."""

from collections.abc import Sequence
from dataclasses import dataclass

from tocsin.kibana.columns import Json, kuery
from tocsin.kibana.objects import compact, saved_object
from tocsin.kibana.panels import Panel, links
from tocsin.kibana.texts import Texts

BRAND = ("brand_name",)
OF_MENTIONS = ("brand_name", "harmed_name", "language", "network", "tone")
"""What mentions can be filtered by, in the order in which people think; a later control offers what is left."""

CONTROLS = {"now": BRAND, "monday": OF_MENTIONS, "incident": BRAND, "every": OF_MENTIONS, "sources": ()}
"""Each dashboard in the order of the links, with its controls. Series and incidents know only their brand, and a
filter on a field that a panel's view lacks would empty that panel without a word."""


@dataclass(frozen=True, slots=True)
class Times:
    """The time a dashboard opens with, in Kibana's words, and every how many seconds it looks again (0: never)."""

    start: str
    end: str = "now"
    every: int = 0


def dashboard(t: Texts, name: str, times: Times, panels: Sequence[Panel]) -> Json:
    """One dashboard, marked as managed: people clone it rather than change what the next push would overwrite."""
    controls, references = _controls(t, CONTROLS[name])
    attributes: Json = {
        "title": t(f"title_{name}"),
        "description": t(f"about_{name}"),
        "panelsJSON": compact([panel.body for panel in panels]),
        "optionsJSON": compact({"useMargins": True, "syncColors": False, "syncCursor": True, "syncTooltips": False}),
        "timeRestore": True,
        "timeFrom": times.start,
        "timeTo": times.end,
        "refreshInterval": {"pause": not times.every, "value": times.every * 1000},
        "kibanaSavedObjectMeta": {"searchSourceJSON": compact({"query": kuery(), "filter": []})},
    }
    attributes |= {"controlGroupInput": controls} if controls else {}
    references += [reference for panel in panels for reference in panel.outer_references()]
    return saved_object("dashboard", t.id(name), attributes, references)


def ways(t: Texts, name: str) -> Panel:
    """Links from a dashboard to all others; filters go along where the other knows every field they may be on."""
    others = [other for other in CONTROLS if other != name]
    return links(t, "ways", [(other, _held(name) <= _held(other)) for other in others])


def _held(name: str) -> set[str]:
    """Fields that filters on a dashboard may be on: at least the brand, which comes with links from elsewhere."""
    return {*BRAND, *CONTROLS[name]}


def _controls(t: Texts, fields: Sequence[str]) -> tuple[Json, list[Json]]:
    """The row of controls, empty for no fields, and its references."""
    panels, references = dict[str, Json](), list[Json]()
    for order, field in enumerate(fields):
        name = f"c-{field}"
        what = {"id": name, "fieldName": field, "title": t(field), "enhancements": {}}
        looks = {"order": order, "width": "medium", "grow": True}
        panels[name] = looks | {"type": "optionsListControl", "explicitInput": what}
        view = t.views["mentions"]
        references.append({"name": f"controlGroup_{name}:optionsListDataView", "type": "index-pattern", "id": view})
    ignoring = dict.fromkeys(("ignoreFilters", "ignoreQuery", "ignoreTimerange", "ignoreValidations"), False)
    row = {
        "controlStyle": "oneLine",
        "chainingSystem": "HIERARCHICAL",
        "ignoreParentSettingsJSON": compact(ignoring),
        "panelsJSON": compact(panels),
    }
    return (row if panels else {}), references
