"""Each check of the dashboards can fail: a good set is broken in one way at a time, and the check says so."""

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from kibana_checks import CHECKS, complaints
from kibana_sets import Json, Sets, mapped_fields, shipped

FIELDS = mapped_fields()


@dataclass
class Broken:
    """A copy of the objects to break, with handles for what is broken most."""

    objects: list[Json]

    def named(self, name: str) -> Json:
        return next(each for each in self.objects if each["id"] == name)

    def edit(self, board: str, change: Callable[[list[Json]], None]) -> None:
        attributes = self.named(f"tocsin-{board}-en")["attributes"]
        panels = json.loads(attributes["panelsJSON"])
        change(panels)
        attributes["panelsJSON"] = json.dumps(panels)

    def panel(self, board: str, name: str, change: Callable[[Json], None]) -> None:
        self.edit(board, lambda panels: change(next(each for each in panels if each["panelIndex"] == name)))

    def lens(self, board: str, name: str, change: Callable[[Json], None]) -> None:
        self.panel(board, name, lambda panel: change(panel["embeddableConfig"]["attributes"]))

    def layer(self, board: str, name: str, change: Callable[[Json], None], layer: str = "l") -> None:
        self.lens(board, name, lambda lens: change(lens["state"]["datasourceStates"]["formBased"]["layers"][layer]))

    def column(self, board: str, name: str, column: str, layer: str = "l", **values: Any) -> None:
        self.layer(board, name, lambda state: state["columns"][column].update(values), layer)

    def shown(self, board: str, name: str, change: Callable[[Json], None]) -> None:
        self.lens(board, name, lambda lens: change(lens["state"]["visualization"]))

    def forget(self, board: str, reference: str) -> None:
        named = self.named(f"tocsin-{board}-en")
        named["references"] = [each for each in named["references"] if each["name"] != reference]

    def view(self, kind: str, key: str, **values: Any) -> None:
        attributes = self.named(f"tocsin-{kind}-en")["attributes"]
        attributes[key] = json.dumps({**json.loads(attributes[key]), **values})

    def controls(self, board: str, change: Callable[[Json], None]) -> None:
        row = self.named(f"tocsin-{board}-en")["attributes"]["controlGroupInput"]
        panels = json.loads(row["panelsJSON"])
        change(panels)
        row["panelsJSON"] = json.dumps(panels)


def _filter_on_copies(b: Broken, *, negate: bool) -> None:
    attributes = b.named("tocsin-now-en")["attributes"]["kibanaSavedObjectMeta"]
    one = {"meta": {"key": "story.is_copy", "negate": negate}}
    attributes["searchSourceJSON"] = json.dumps({"query": {}, "filter": [one]})


def _plain_shift(b: Broken) -> None:
    b.column("monday", "voice", "stories", operationType="count", sourceField="___records___", references=[])
    b.column(
        "monday", "voice", "copies", operationType="count", sourceField="___records___", references=[], timeShift="1w"
    )


def _mapping(assignments: list[Json], mode: str = "manual") -> Callable[[Json], None]:
    return lambda shown: shown["layers"][0].update(colorMapping={"assignmentMode": mode, "assignments": assignments})


BREAKS: dict[str, tuple[Callable[[Broken], Any], str]] = {
    "1 layer without its own reference": (
        lambda b: b.lens("now", "brands", lambda lens: lens.update(references=[])),
        "now-en/brands: layer l has no reference of its own",
    ),
    "1 layer without the dashboard's reference": (
        lambda b: b.forget("now", "brands:indexpattern-datasource-layer-l"),
        "now-en/brands: the dashboard does not refer to the view of layer l",
    ),
    "1 link without reference": (
        lambda b: b.forget("now", "ways:link_monday_dashboard"),
        "no reference ways:link_monday",
    ),
    "1 drilldown without reference": (
        lambda b: b.forget("now", "bars:drilldown:DASHBOARD_TO_DASHBOARD_DRILLDOWN:incident:dashboardId"),
        "no reference bars:drilldown",
    ),
    "1 control without reference": (
        lambda b: b.forget("now", "controlGroup_c-brand_name:optionsListDataView"),
        "no reference controlGroup_c-brand_name",
    ),
    "1 saved search without reference": (
        lambda b: b.forget("now", "newest:panel_newest"),
        "no reference newest:panel_newest",
    ),
    "1 search without its view": (
        lambda b: b.named("tocsin-search-posts-en").update(references=[]),
        "no reference kibana",
    ),
    "1 reference twice": (
        lambda b: b.named("tocsin-now-en")["references"].append(b.named("tocsin-now-en")["references"][0]),
        "twice",
    ),
    "1 target not in the file": (
        lambda b: b.objects.remove(b.named("tocsin-series-en")),
        "refers to index-pattern tocsin-series-en, which is not in the file",
    ),
    "1 the same id twice": (lambda b: b.objects.append(copy.deepcopy(b.objects[0])), "an id comes twice"),
    "2 accessor that is no column": (
        lambda b: b.shown("now", "counted", lambda shown: shown.update(metricAccessor="gone")),
        "now-en/counted: gone is drawn and is no column",
    ),
    "2 x that is no column": (
        lambda b: b.shown("monday", "days", lambda shown: shown["layers"][0].update(xAccessor="gone")),
        "monday-en/days: gone is drawn",
    ),
    "2 split that is no column": (
        lambda b: b.shown("monday", "days", lambda shown: shown["layers"][0].update(splitAccessor="gone")),
        "monday-en/days: gone is drawn",
    ),
    "2 colour of no column": (
        lambda b: b.shown(
            "monday", "days", lambda shown: shown["layers"][0]["yConfig"].append({"forAccessor": "gone"})
        ),
        "monday-en/days: gone is drawn",
    ),
    "2 table column that is no column": (
        lambda b: b.shown("now", "brands", lambda shown: shown["columns"].append({"columnId": "gone"})),
        "now-en/brands: gone is drawn",
    ),
    "2 sorting by no column": (
        lambda b: b.shown("now", "brands", lambda shown: shown.update(sorting={"columnId": "gone"})),
        "now-en/brands: gone is drawn",
    ),
    "2 order by no column": (
        lambda b: b.column("now", "bars", "brand", params={"orderBy": {"type": "column", "columnId": "gone"}}),
        "now-en/bars: l.brand needs gone",
    ),
    "2 formula of no column": (
        lambda b: b.column("monday", "share", "m", references=["gone"]),
        "monday-en/share: l.m needs gone",
    ),
    "2 layer that is not drawn": (
        lambda b: b.shown("now", "curve", lambda shown: shown["layers"].pop()),
        "now-en/curve: not every layer is drawn",
    ),
    "3 order misses a column": (
        lambda b: b.layer("now", "brands", lambda state: state["columnOrder"].pop()),
        "now-en/brands: columnOrder of l is not its columns",
    ),
    "3 metric before bucket": (
        lambda b: b.layer("now", "brands", lambda state: state["columnOrder"].reverse()),
        "now-en/brands: l has a metric before a bucket",
    ),
    "4 no filters": (
        lambda b: b.lens("now", "brands", lambda lens: lens["state"].pop("filters")),
        "state has no filters",
    ),
    "4 no query": (lambda b: b.lens("now", "brands", lambda lens: lens["state"].pop("query")), "state has no query"),
    "5 formula without part": (
        lambda b: b.column("monday", "share", "m", references=[]),
        "monday-en/share: formula m has no part to show",
    ),
    "5 formula without maths": (
        lambda b: b.column("monday", "share", "m", references=["mX0"]),
        "monday-en/share: formula m has no math column",
    ),
    "5 maths of other columns": (
        lambda b: b.column("monday", "share", "mX2", references=["mX0"]),
        "monday-en/share: math mX2 does not refer to what it computes with",
    ),
    "6 plain columns of two shifts beside terms": (_plain_shift, "monday-en/voice: l has terms beside plain columns"),
    "7 field that is not mapped": (
        lambda b: b.column("now", "brands", "score", sourceField="scor"),
        "now-en/brands: max takes no scor (not mapped)",
    ),
    "7 terms of a text": (
        lambda b: b.column("monday", "networks", "by", sourceField="message"),
        "monday-en/networks: terms takes no message (text)",
    ),
    "7 sum of a keyword": (
        lambda b: b.column("now", "counted", "counted", sourceField="brand_name"),
        "sum takes no brand_name (keyword)",
    ),
    "7 average of a date": (
        lambda b: b.column("now", "seen", "coverage", sourceField="@timestamp"),
        "average takes no @timestamp (date)",
    ),
    "7 histogram of a number": (
        lambda b: b.column("now", "seen", "t", sourceField="score"),
        "date_histogram takes no score",
    ),
    "7 date shown as a number": (
        lambda b: b.column("now", "open", "opened", dataType="number"),
        "now-en/open: opened shows opened_at as number",
    ),
    "7 count of a field": (
        lambda b: b.column("monday", "days", "negative", sourceField="tone"),
        "negative counts tone",
    ),
    "7 latest by no date": (
        lambda b: b.column("now", "open", "level", params={"sortField": "id", "showArrayValues": True}),
        "now-en/open: level is ordered by id, no date",
    ),
    "7 latest by top_metrics": (
        lambda b: b.column("now", "open", "level", params={"sortField": "@timestamp", "showArrayValues": False}),
        "now-en/open: level needs top_metrics",
    ),
    "7 column filter on no field": (
        lambda b: b.column("monday", "days", "negative", filter={"query": 'mood : "bad"', "language": "kuery"}),
        "monday-en/days: negative asks for mood, not mapped",
    ),
    "7 query on no field": (
        lambda b: b.lens("now", "open", lambda lens: lens["state"]["query"].update(query="statee : open")),
        "now-en/open: its query asks for statee, not mapped",
    ),
    "7 own query where filters are ignored": (
        lambda b: b.lens("now", "blind", lambda lens: lens["state"]["query"].update(query="health : never")),
        "now-en/blind: l ignores filters, and so its own query too",
    ),
    "7 search column that is not mapped": (
        lambda b: b.named("tocsin-search-posts-en")["attributes"]["columns"].append("source.name"),
        "tocsin-search-posts-en: source.name is not mapped",
    ),
    "7 label of no field": (
        lambda b: b.view("mentions", "fieldAttrs", gone={"customLabel": "x"}),
        "mentions-en: gone is not",
    ),
    "7 time that is no date": (
        lambda b: b.named("tocsin-series-en")["attributes"].update(timeFieldName="micros"),
        "tocsin-series-en: its time micros is no date",
    ),
    "7 runtime field": (lambda b: b.view("mentions", "runtimeFieldMap", heure={}), "one faulty runtime field breaks"),
    "8 colour mapping auto": (lambda b: b.shown("monday", "days", _mapping([], "auto")), "colour mapping auto"),
    "8 colour mapping of later versions": (
        lambda b: b.shown("monday", "days", _mapping([{"rules": [{"type": "raw", "value": "negative"}]}])),
        "colour mapping in the later form",
    ),
    "8 palette by order": (
        lambda b: b.shown(
            "monday", "days", lambda s: s["layers"][0].update(palette={"type": "palette", "name": "status"})
        ),
        "monday-en/days: palette status does not go by value",
    ),
    "8 custom palette without stops": (
        lambda b: b.shown("now", "scores", lambda shown: shown["palette"]["params"].pop("stops")),
        "now-en/scores: palette custom does not go by value",
    ),
    "8 neutral painted red": (
        lambda b: b.shown("monday", "days", lambda shown: shown["layers"][0]["yConfig"][1].update(color="#d55e00")),
        "monday-en/days: neutral is painted #d55e00",
    ),
    "8 series without colour": (
        lambda b: b.shown("now", "curve", lambda shown: shown["layers"][1]["yConfig"].pop()),
        "now-en/curve: a series has no colour of its own",
    ),
    "9 name in a template": (
        lambda b: b.view(
            "mentions", "fieldFormatMap", brand_name={"id": "url", "params": {"urlTemplate": "/x?{{value}}"}}
        ),
        "mentions-en: brand_name goes into a template",
    ),
    "10 panel twice": (
        lambda b: b.edit(
            "now",
            lambda panels: panels.append({**panels[0], "gridData": {"x": 0, "y": 90, "w": 1, "h": 1, "i": "ways"}}),
        ),
        "tocsin-now-en: panel ways twice",
    ),
    "10 panel outside the grid": (
        lambda b: b.panel("now", "bars", lambda panel: panel["gridData"].update(w=17)),
        "now-en/bars: outside the grid",
    ),
    "10 panels over each other": (
        lambda b: b.panel("now", "bars", lambda panel: panel["gridData"].update(x=31)),
        "now-en/bars: lies over curve",
    ),
    "10 grid names another panel": (
        lambda b: b.panel("now", "bars", lambda panel: panel["gridData"].update(i="x")),
        "now-en/bars: gridData says x",
    ),
    "12 control on a field that a panel lacks": (
        lambda b: b.controls("now", lambda row: row["c-brand_name"]["explicitInput"].update(fieldName="tone")),
        "tocsin-now-en: a panel has no tone to filter by",
    ),
    "12 filter on a field that a panel lacks": (
        lambda b: _filter_on_copies(b, negate=False),
        "tocsin-now-en: a filter on story.is_copy empties a panel",
    ),
    "12 link that carries filters too far": (
        lambda b: b.panel(
            "monday",
            "ways",
            lambda p: p["embeddableConfig"]["attributes"]["links"][0]["options"].update(useCurrentFilters=True),
        ),
        "tocsin-monday-en: carries filters to tocsin-now-en that empty its panels",
    ),
    "12 panel that ignores filters no longer": (
        lambda b: b.layer("monday", "outcomes", lambda state: state.update(ignoreGlobalFilters=False)),
        "tocsin-monday-en: a panel has no tone to filter by",
    ),
    "drilldown that costs": (
        lambda b: b.panel(
            "now",
            "bars",
            lambda p: p["embeddableConfig"]["enhancements"]["dynamicActions"]["events"][0]["action"].update(
                factoryId="URL_DRILLDOWN"
            ),
        ),
        "URL_DRILLDOWN does nothing on the basic licence",
    ),
    "panel without title": (
        lambda b: b.panel("now", "bars", lambda panel: panel.pop("title")),
        "now-en/bars: no title",
    ),
    "object without title": (
        lambda b: b.named("tocsin-now-en")["attributes"].pop("title"),
        "dashboard None twice or empty",
    ),
    "column without label": (
        lambda b: b.column("now", "bars", "counted", label=""),
        "now-en/bars: counted has no label",
    ),
    "control without title": (
        lambda b: b.controls("now", lambda row: row["c-brand_name"]["explicitInput"].pop("title")),
        "tocsin-now-en: a control without a title",
    ),
    "version that old ones refuse": (
        lambda b: b.named("tocsin-now-en").update(typeMigrationVersion="10.2.0"),
        "tocsin-now-en: not in the versions",
    ),
    "object that people would edit": (
        lambda b: b.named("tocsin-now-en").update(managed=False),
        "tocsin-now-en: not managed",
    ),
}


@pytest.mark.parametrize("name", BREAKS)
def test_each_check_speaks_when_its_thing_breaks(name: str) -> None:
    change, said = BREAKS[name]
    broken = Broken(shipped())
    change(broken)
    found = complaints(broken.objects, FIELDS)
    assert any(said in complaint for complaint in found), found


def test_a_filter_that_is_negated_lets_other_documents_through() -> None:
    broken = Broken(shipped())
    _filter_on_copies(broken, negate=True)
    assert complaints(broken.objects, FIELDS) == []


def test_every_check_has_been_seen_to_speak() -> None:
    silent = set(CHECKS)
    for change, _ in BREAKS.values():
        broken = Broken(shipped())
        change(broken)
        silent -= {check for check in silent if complaints_of(check, broken.objects)}
    assert silent == set()


def complaints_of(check: Callable[..., Any], broken: list[Json]) -> list[str]:
    return list(check(Sets(broken, FIELDS)))
