"""Kibana's saved objects opened up: panels, layers and columns, with the fields that each data view has."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tocsin.index import schema
from tocsin.kibana.compile import compile_objects, to_ndjson

Json = dict[str, Any]
LAYER = "indexpattern-datasource-layer-"


@dataclass(frozen=True)
class Shown:
    """One panel of a dashboard, as both hold it."""

    dashboard: str
    body: Json
    references: list[Json]
    """Those of the dashboard."""

    @property
    def id(self) -> str:
        return self.body.get("panelIndex", "?")

    @property
    def at(self) -> str:
        return f"{self.dashboard}/{self.id}"

    @property
    def lens(self) -> Json:
        return self.body["embeddableConfig"]["attributes"] if self.body["type"] == "lens" else {}

    @property
    def layers(self) -> Json:
        return self.lens["state"]["datasourceStates"]["formBased"]["layers"] if self.lens else {}

    def drawn(self) -> list[Json]:
        """The visualization, layer by layer: only XY charts have several."""
        shown = self.lens["state"]["visualization"]
        return shown["layers"] if self.lens["visualizationType"] == "lnsXY" else [shown]

    def view(self, layer: str) -> str:
        """Id of the layer's data view; empty when nothing says."""
        named = (each["id"] for each in self.lens["references"] if each["name"] == f"{LAYER}{layer}")
        return next(named, "")


@dataclass(frozen=True)
class Sets:
    """The objects of one language, opened up; `fields` are those of each kind of index, with their types."""

    objects: list[Json]
    fields: Mapping[str, Mapping[str, str]]

    def of(self, kind: str) -> list[Json]:
        return [each for each in self.objects if each["type"] == kind]

    def panels(self) -> Iterator[Shown]:
        for each in self.of("dashboard"):
            yield from panels_of(each)

    def charts(self) -> Iterator[Shown]:
        return (panel for panel in self.panels() if panel.lens)

    def columns(self) -> Iterator[tuple[Shown, str, str, Json]]:
        for panel in self.charts():
            for layer, state in panel.layers.items():
                for name, column in state["columns"].items():
                    yield panel, layer, name, column

    def known(self, view: str) -> Mapping[str, str]:
        """Fields with their types that the data view with this id has."""
        for each in self.of("index-pattern"):
            if each["id"] == view:
                return self.fields[each["attributes"]["title"].split("-", 1)[1]]
        return {}

    def search_view(self, panel: Shown) -> str:
        """Id of the data view behind a panel that is a saved search."""
        target = next(
            (each["id"] for each in panel.references if each["name"].endswith(panel.body["panelRefName"])), ""
        )
        found = (each for each in self.of("search") if each["id"] == target)
        return next((each["references"][0]["id"] for each in found if each["references"]), "")


def panels_of(dashboard: Json) -> list[Shown]:
    bodies = json.loads(dashboard["attributes"]["panelsJSON"])
    return [Shown(dashboard["id"], body, dashboard["references"]) for body in bodies]


def mapped_fields() -> dict[str, dict[str, str]]:
    """Fields of each kind of index with their types; those that cannot be found or counted are left out."""
    return {kind: dict(_flat(schema.shape(kind)["mappings"]["properties"])) for kind in schema.KINDS}


def _flat(properties: Json, at: str = "") -> Iterator[tuple[str, str]]:
    for name, field in properties.items():
        if "properties" in field:
            yield from _flat(field["properties"], f"{at}{name}.")
        elif field.get("index", True) and field.get("doc_values", True):
            yield f"{at}{name}", field["type"]
            for sub, twin in field.get("fields", {}).items():
                yield f"{at}{name}.{sub}", twin["type"]


def controls_of(dashboard: Json) -> Json:
    row = dashboard["attributes"].get("controlGroupInput")
    return json.loads(row["panelsJSON"]) if row else {}


def asked_fields(kql: str) -> set[str]:
    """Fields that a query in Kibana's language names."""
    return set(re.findall(r"([\w.@]+)\s*:", re.sub(r'"(\\.|[^"\\])*"', '""', kql)))


def shipped(language: str = "en") -> list[Json]:
    """A language's objects as they are in its file; the caller's own to break."""
    return [json.loads(line) for line in to_ndjson(compile_objects(language)).splitlines()]
