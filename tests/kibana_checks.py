"""What Kibana's importer does not look at: each check says in words what would be empty or broken on the screen."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from kibana_sets import LAYER, Json, Sets, asked_fields, controls_of, panels_of

GRID = 48
NUMBERS = {"long", "double", "integer", "float"}
COUNTABLE = NUMBERS | {"keyword", "boolean", "date", "ip"}
TAKES = {
    "terms": NUMBERS | {"keyword", "boolean", "ip"},
    "sum": NUMBERS,
    "average": NUMBERS,
    "min": NUMBERS | {"date"},
    "max": NUMBERS | {"date"},
    "unique_count": COUNTABLE,
    "last_value": COUNTABLE,
    "date_histogram": {"date"},
}
WITHOUT_FIELD = {"formula", "math", "overall_sum", "static_value"}
TONES = {"negative": "#d55e00", "neutral": "#98a2b3", "positive": "#0072b2", "unknown": "#e0e5ee"}
VERSIONS = {"index-pattern": "8.0.0", "search": "8.0.0", "dashboard": "8.9.0"}


def both_references(s: Sets) -> Iterator[str]:
    for panel in s.charts():
        outer = {(each["name"], each["id"]) for each in panel.references}
        for layer in panel.layers:
            view = panel.view(layer)
            if not view:
                yield f"{panel.at}: layer {layer} has no reference of its own"
            if (f"{panel.id}:{LAYER}{layer}", view) not in outer:
                yield f"{panel.at}: the dashboard does not refer to the view of layer {layer}"


def other_references(s: Sets) -> Iterator[str]:
    for dashboard in s.of("dashboard"):
        wanted = [f"controlGroup_{name}:optionsListDataView" for name in controls_of(dashboard)]
        for panel in panels_of(dashboard):
            inside = panel.body["embeddableConfig"]
            wanted += [f"{panel.id}:{panel.body['panelRefName']}"] if "panelRefName" in panel.body else []
            links = inside.get("attributes", {}).get("links", [])
            wanted += [f"{panel.id}:{link['destinationRefName']}" for link in links]
            for event in inside.get("enhancements", {}).get("dynamicActions", {}).get("events", []):
                factory = event["action"]["factoryId"]
                wanted.append(f"{panel.id}:drilldown:{factory}:{event['eventId']}:dashboardId")
        names = [each["name"] for each in dashboard["references"]]
        yield from (f"{dashboard['id']}: no reference {name}" for name in wanted if name not in names)
        yield from (f"{dashboard['id']}: reference {name} twice" for name in set(names) if names.count(name) > 1)


def targets_exist(s: Sets) -> Iterator[str]:
    there = {(each["type"], each["id"]) for each in s.objects}
    if len(there) < len(s.objects):
        yield "an id comes twice"
    for each in s.objects:
        for reference in each["references"]:
            if (reference["type"], reference["id"]) not in there:
                yield f"{each['id']}: refers to {reference['type']} {reference['id']}, which is not in the file"


def accessors_exist(s: Sets) -> Iterator[str]:
    for panel in s.charts():
        if len(panel.drawn()) != len(panel.layers):
            yield f"{panel.at}: not every layer is drawn"
        for shown in panel.drawn():
            columns = panel.layers.get(shown["layerId"], {}).get("columns", {})
            missing = [name for name in _accessors(shown) if name not in columns]
            yield from (f"{panel.at}: {name} is drawn and is no column" for name in missing)
        for layer, state in panel.layers.items():
            for name, column in state["columns"].items():
                missing = [each for each in _needed(column) if each not in state["columns"]]
                yield from (f"{panel.at}: {layer}.{name} needs {each}, which is no column" for each in missing)


def _accessors(shown: Json) -> Iterator[str]:
    for key, value in shown.items():
        if key.endswith("ccessor") and isinstance(value, str):
            yield value
        elif key == "accessors":
            yield from value
    yield from (each["forAccessor"] for each in shown.get("yConfig", []))
    yield from (each["columnId"] for each in shown.get("columns", []))
    if "sorting" in shown:
        yield shown["sorting"]["columnId"]


def _needed(column: Json) -> Iterator[str]:
    yield from column.get("references", [])
    order = column.get("params", {}).get("orderBy", {})
    if order.get("type") == "column":
        yield order["columnId"]
    yield from _leaves(column.get("params", {}).get("tinymathAst", {}))


def _leaves(ast: Any) -> Iterator[str]:
    if isinstance(ast, str):
        yield ast
    elif isinstance(ast, dict):
        for each in ast.get("args", []):
            yield from _leaves(each)


def buckets_first(s: Sets) -> Iterator[str]:
    for panel in s.charts():
        for layer, state in panel.layers.items():
            order, columns = state["columnOrder"], state["columns"]
            if sorted(order) != sorted(columns):
                yield f"{panel.at}: columnOrder of {layer} is not its columns"
            else:
                buckets = [columns[name]["isBucketed"] for name in order]
                if buckets != sorted(buckets, reverse=True):
                    yield f"{panel.at}: {layer} has a metric before a bucket"


def state_is_whole(s: Sets) -> Iterator[str]:
    for panel in s.charts():
        for key in ("query", "filters", "visualization", "datasourceStates"):
            if key not in panel.lens["state"]:
                yield f"{panel.at}: state has no {key}"


def formulas_have_parts(s: Sets) -> Iterator[str]:
    for panel, layer, name, column in s.columns():
        columns = panel.layers[layer]["columns"]
        if column["operationType"] == "formula":
            parts = column.get("references", [])
            if len(parts) != 1:
                yield f"{panel.at}: formula {name} has no part to show"
            signs = re.search(r"\) [-+*/] |[0-9] [-+*/] ", column["params"]["formula"])
            if signs and any(columns.get(part, {}).get("operationType") != "math" for part in parts):
                yield f"{panel.at}: formula {name} has no math column"
        if column["operationType"] == "math":
            leaves = set(_leaves(column["params"]["tinymathAst"]))
            if leaves != set(column["references"]) or not leaves:
                yield f"{panel.at}: math {name} does not refer to what it computes with"


def one_shift(s: Sets) -> Iterator[str]:
    for panel in s.charts():
        for layer, state in panel.layers.items():
            columns = state["columns"]
            inner = {name for column in columns.values() for name in column.get("references", [])}
            shown = [column for name, column in columns.items() if not column["isBucketed"] and name not in inner]
            plain = {column.get("timeShift", "") for column in shown if column["operationType"] != "formula"}
            shifted = {columns[name]["timeShift"] for name in inner if "timeShift" in columns.get(name, {})}
            terms = any(column["operationType"] == "terms" for column in columns.values())
            if terms and plain and len(plain | shifted) > 1:
                yield f"{panel.at}: {layer} has terms beside plain columns of different shifts"


def fields_exist(s: Sets) -> Iterator[str]:
    for panel, layer, name, column in s.columns():
        if column["operationType"] not in WITHOUT_FIELD:
            said = _wrong_field(name, column, s.known(panel.view(layer)))
            yield from [f"{panel.at}: {said}"] if said else []


def _wrong_field(name: str, column: Json, known: Mapping[str, str]) -> str:
    """What is wrong with the field that a column reads; empty when nothing is."""
    operation, field = column["operationType"], column["sourceField"]
    kind = known.get(field, "not mapped")
    if operation == "count":
        return "" if field == "___records___" else f"{name} counts {field} and not documents"
    if kind not in TAKES.get(operation, set()):
        return f"{operation} takes no {field} ({kind})"
    if operation in {"min", "max"} and (kind == "date") != (column["dataType"] == "date"):
        return f"{name} shows {field} as {column['dataType']}"
    return ""


def latest_by_time(s: Sets) -> Iterator[str]:
    for panel, layer, name, column in s.columns():
        if column["operationType"] == "last_value":
            by = column["params"]["sortField"]
            if s.known(panel.view(layer)).get(by) != "date":
                yield f"{panel.at}: {name} is ordered by {by}, no date"
            if not column["params"].get("showArrayValues"):
                yield f"{panel.at}: {name} needs top_metrics, which not every node has"


def queries_name_fields(s: Sets) -> Iterator[str]:
    for panel, layer, name, column in s.columns():
        strange = asked_fields(column.get("filter", {}).get("query", "")) - set(s.known(panel.view(layer)))
        yield from (f"{panel.at}: {name} asks for {field}, not mapped" for field in strange)
    for panel in s.charts():
        kql = panel.lens["state"].get("query", {}).get("query", "")
        for layer, state in panel.layers.items():
            strange = asked_fields(kql) - set(s.known(panel.view(layer)))
            yield from (f"{panel.at}: its query asks for {field}, not mapped" for field in strange)
            if kql and state["ignoreGlobalFilters"]:
                yield f"{panel.at}: {layer} ignores filters, and so its own query too"


def searches_name_fields(s: Sets) -> Iterator[str]:
    for each in s.of("search"):
        attributes = each["attributes"]
        source = json.loads(attributes["kibanaSavedObjectMeta"]["searchSourceJSON"])
        names = {reference["name"] for reference in each["references"]}
        if source["indexRefName"] not in names:
            yield f"{each['id']}: no reference {source['indexRefName']}"
        asked = {*attributes["columns"], *asked_fields(source["query"]["query"])} | {f for f, _ in attributes["sort"]}
        known = s.known(each["references"][0]["id"]) if each["references"] else {}
        yield from (f"{each['id']}: {field} is not mapped" for field in asked - set(known))


def views_name_fields(s: Sets) -> Iterator[str]:
    for each in s.of("index-pattern"):
        attributes, known = each["attributes"], s.known(each["id"])
        formats = json.loads(attributes["fieldFormatMap"])
        strange = {*json.loads(attributes["fieldAttrs"]), *formats} - set(known)
        yield from (f"{each['id']}: {field} is not mapped" for field in strange)
        time = attributes.get("timeFieldName")
        if time and known.get(time) != "date":
            yield f"{each['id']}: its time {time} is no date"
        if json.loads(attributes["runtimeFieldMap"]):
            yield f"{each['id']}: one faulty runtime field breaks every panel"
        for field, form in formats.items():
            if "urlTemplate" in form.get("params", {}):
                yield f"{each['id']}: {field} goes into a template, where a quote breaks the link"


def colours_are_fixed(s: Sets) -> Iterator[str]:
    for panel in s.charts():
        yield from _palettes(panel.at, panel.lens["state"]["visualization"])
        if panel.lens["visualizationType"] != "lnsXY":
            continue
        for shown in panel.drawn():
            painted = {each["forAccessor"]: each.get("color") for each in shown.get("yConfig", [])}
            columns = panel.layers[shown["layerId"]]["columns"]
            if "splitAccessor" not in shown and set(painted) != set(shown["accessors"]):
                yield f"{panel.at}: a series has no colour of its own"
            for name, colour in painted.items():
                tone = re.fullmatch(r'tone : "(\w+)"', columns.get(name, {}).get("filter", {}).get("query", ""))
                if tone and TONES[tone[1]] != colour:
                    yield f"{panel.at}: {tone[1]} is painted {colour}"


def _palettes(at: str, value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for each in value:
            yield from _palettes(at, each)
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _palette(at, key, each)
            yield from _palettes(at, each)


def _palette(at: str, key: str, value: Any) -> Iterator[str]:
    if key == "palette" and value:
        stops = value.get("params", {})
        if value["name"] != "custom" or not stops.get("stops") or len(stops["stops"]) != len(stops["colorStops"]):
            yield f"{at}: palette {value['name']} does not go by value"
    if key == "colorMapping":
        if value.get("assignmentMode") == "auto":
            yield f"{at}: colour mapping auto ignores its colours"
        if any("rules" in each or "rule" not in each for each in value["assignments"]):
            yield f"{at}: colour mapping in the later form breaks older versions"


def grid_holds(s: Sets) -> Iterator[str]:
    for dashboard in s.of("dashboard"):
        taken = dict[tuple[int, int], str]()
        panels = panels_of(dashboard)
        ids = [panel.id for panel in panels]
        yield from (f"{dashboard['id']}: panel {name} twice" for name in set(ids) if ids.count(name) > 1)
        for panel in panels:
            x, y, w, h = (panel.body["gridData"][key] for key in "xywh")
            if panel.body["gridData"]["i"] != panel.id:
                yield f"{panel.at}: gridData says {panel.body['gridData']['i']}"
            if min(x, y) < 0 or min(w, h) < 1 or x + w > GRID:
                yield f"{panel.at}: outside the grid"
            cells = [(column, row) for column in range(x, x + w) for row in range(y, y + h)]
            over = {taken[cell] for cell in cells if cell in taken}
            yield from (f"{panel.at}: lies over {other}" for other in over)
            taken |= dict.fromkeys(cells, panel.id)


def filters_are_known(s: Sets) -> Iterator[str]:
    knows = {each["id"]: _understood(s, each) for each in s.of("dashboard")}
    for dashboard in s.of("dashboard"):
        name = dashboard["id"]
        held = {"brand_name"} | {each["explicitInput"]["fieldName"] for each in controls_of(dashboard).values()}
        yield from (f"{name}: a panel has no {field} to filter by" for field in held - knows[name])
        saved = json.loads(dashboard["attributes"]["kibanaSavedObjectMeta"]["searchSourceJSON"])["filter"]
        for meta in (each["meta"] for each in saved):
            if meta["key"] not in knows[name] and not meta["negate"]:
                yield f"{name}: a filter on {meta['key']} empties a panel"
        for target, carries in _ways_out(dashboard):
            if carries and held - knows.get(target, set()):
                yield f"{name}: carries filters to {target} that empty its panels"


def _understood(s: Sets, dashboard: Json) -> set[str]:
    """Fields that every panel of the dashboard knows, but those that ignore filters."""
    views = set[str]()
    for panel in panels_of(dashboard):
        if panel.body["type"] == "search":
            views.add(s.search_view(panel))
        for layer, state in panel.layers.items():
            views |= set() if state["ignoreGlobalFilters"] else {panel.view(layer)}
    every = [set(s.known(view)) for view in views]
    return set.intersection(*every) if every else set()


def _ways_out(dashboard: Json) -> Iterator[tuple[str, bool]]:
    ids = {each["name"]: each["id"] for each in dashboard["references"]}
    for panel in panels_of(dashboard):
        inside = panel.body["embeddableConfig"]
        for link in inside.get("attributes", {}).get("links", []):
            yield ids.get(f"{panel.id}:{link['destinationRefName']}", ""), link["options"]["useCurrentFilters"]
        for event in inside.get("enhancements", {}).get("dynamicActions", {}).get("events", []):
            name = f"{panel.id}:drilldown:{event['action']['factoryId']}:{event['eventId']}:dashboardId"
            yield ids.get(name, ""), event["action"]["config"]["useCurrentFilters"]


def drilldowns_are_free(s: Sets) -> Iterator[str]:
    for panel in s.panels():
        enhancements = panel.body["embeddableConfig"].get("enhancements", {})
        for event in enhancements.get("dynamicActions", {}).get("events", []):
            if event["action"]["factoryId"] != "DASHBOARD_TO_DASHBOARD_DRILLDOWN":
                yield f"{panel.at}: {event['action']['factoryId']} does nothing on the basic licence"


def everything_is_named(s: Sets) -> Iterator[str]:
    titles = [(each["type"], each["attributes"].get("title")) for each in s.objects]
    yield from (
        f"{kind} {title!r} twice or empty" for kind, title in titles if not title or titles.count((kind, title)) > 1
    )
    yield from (f"{panel.at}: no title" for panel in s.panels() if not panel.body.get("title"))
    yield from (
        f"{panel.at}: {name} has no label" for panel, _, name, column in s.columns() if not column.get("label")
    )
    for dashboard in s.of("dashboard"):
        named = (each["explicitInput"].get("title") for each in controls_of(dashboard).values())
        yield from (f"{dashboard['id']}: a control without a title" for title in named if not title)


def objects_are_ours(s: Sets) -> Iterator[str]:
    for each in s.objects:
        if (each.get("coreMigrationVersion"), each.get("typeMigrationVersion")) != (
            "8.8.0",
            VERSIONS.get(each["type"]),
        ):
            yield f"{each['id']}: not in the versions that every Kibana takes"
        if each.get("managed") is not True:
            yield f"{each['id']}: not managed"


CHECKS: tuple[Callable[[Sets], Iterator[str]], ...] = (
    both_references,
    other_references,
    targets_exist,
    accessors_exist,
    buckets_first,
    state_is_whole,
    formulas_have_parts,
    one_shift,
    fields_exist,
    latest_by_time,
    queries_name_fields,
    searches_name_fields,
    views_name_fields,
    colours_are_fixed,
    grid_holds,
    filters_are_known,
    drilldowns_are_free,
    everything_is_named,
    objects_are_ours,
)


def complaints(objects: list[Json], fields: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Everything that is wrong with a language's objects, each as a sentence that names the panel."""
    opened = Sets(objects, fields)
    return [said for check in CHECKS for said in check(opened)]
