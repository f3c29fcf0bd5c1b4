"""Lens charts as Kibana stores them: layers of columns, and how each kind of chart shows them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tocsin.kibana.columns import Column, Json, kuery

SOURCE = "indexpattern-datasource-layer-"
"""How Lens names the reference from a layer to its data view."""


@dataclass(frozen=True, slots=True)
class Layer:
    """Columns over one data view (`mentions`, `series`, ...).

    `exempt` layers ignore the dashboard's filters, query and controls, but not its time: for views that lack the
    fields that are filtered by.
    """

    id: str
    view: str
    columns: tuple[Column, ...]
    exempt: bool = False

    def state(self) -> Json:
        """As Lens holds it: buckets before metrics, hidden columns among the others."""
        buckets = [column for column in self.columns if column.is_bucket]
        metrics = [column for column in self.columns if not column.is_bucket]
        flat = buckets + [each for column in metrics for each in (column, *column.hidden)]
        return {
            "columns": {column.id: column.body for column in flat},
            "columnOrder": [column.id for column in flat],
            "incompleteColumns": {},
            "sampling": 1,
            "ignoreGlobalFilters": self.exempt,
        }


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart: its kind, how it shows its layers, and a query of its own."""

    kind: str
    visualization: Json
    layers: tuple[Layer, ...]
    kql: str = ""

    def attributes(self, view_ids: Mapping[str, str]) -> Json:
        """What Kibana keeps of it; `view_ids` gives each data view its id."""
        return {
            "title": "",
            "description": "",
            "visualizationType": self.kind,
            "type": "lens",
            "references": [
                {"name": f"{SOURCE}{layer.id}", "type": "index-pattern", "id": view_ids[layer.view]}
                for layer in self.layers
            ],
            "state": {
                "visualization": self.visualization,
                "query": kuery(self.kql),
                "filters": [],
                "datasourceStates": {"formBased": {"layers": {layer.id: layer.state() for layer in self.layers}}},
                "internalReferences": [],
                "adHocDataViews": {},
            },
        }


@dataclass(frozen=True, slots=True)
class Drawn:
    """One layer on an XY chart: which column lies along x, and which are drawn, in which colours, on which axis."""

    layer: Layer
    shape: str
    x: str
    colours: Mapping[str, str]
    axis: str = "left"

    def state(self) -> Json:
        """As Lens holds it."""
        drawn = [
            {"forAccessor": name, "color": colour, "axisMode": self.axis} for name, colour in self.colours.items()
        ]
        return {
            "layerId": self.layer.id,
            "layerType": "data",
            "seriesType": self.shape,
            "xAccessor": self.x,
            "accessors": list(self.colours),
            "yConfig": drawn,
        }


def xy(*layers: Drawn, kql: str = "", legend: str = "bottom", extra: Json | None = None) -> Chart:
    """Lines, areas and bars; the first layer lies below the others."""
    shown = {"isVisible": bool(legend), "position": legend or "bottom", "showSingleSeries": True}
    looks: Json = {
        "preferredSeriesType": layers[0].shape,
        "legend": shown | {"shouldTruncate": False},
        "valueLabels": "hide",
        "fittingFunction": "None",
        "axisTitlesVisibilitySettings": {"x": False, "yLeft": False, "yRight": False},
        "layers": [layer.state() for layer in layers],
    }
    return Chart("lnsXY", looks | (extra or {}), tuple(layer.layer for layer in layers), kql)


@dataclass(frozen=True, slots=True)
class Looks:
    """How a table shows one column."""

    width: int = 0
    hidden: bool = False
    palette: Json = field(default_factory=dict)


def table(layer: Layer, looks: Mapping[str, Looks], *, sort: str = "", rows: int = 10, kql: str = "") -> Chart:
    """A table of the columns that are not parts of others, the largest `sort` first."""
    plain = Looks()
    shown = [_shown(column.id, looks.get(column.id, plain)) for column in layer.columns]
    visualization: Json = {
        "layerId": layer.id,
        "layerType": "data",
        "columns": shown,
        "rowHeight": "single",
        "headerRowHeight": "auto",
        "paging": {"size": rows, "enabled": True},
    }
    visualization |= {"sorting": {"columnId": sort, "direction": "desc"}} if sort else {}
    return Chart("lnsDatatable", visualization, (layer,), kql)


def _shown(name: str, looks: Looks) -> Json:
    column: Json = {"columnId": name}
    column |= {"width": looks.width} if looks.width else {}
    column |= {"hidden": True} if looks.hidden else {}
    return column | ({"colorMode": "cell", "palette": looks.palette} if looks.palette else {})


def metric(layer: Layer, *, second: str = "", colour: str = "", kql: str = "", palette: Json | None = None) -> Chart:
    """The layer's first column as one large number; its second below it after the words `second`."""
    visualization: Json = {"layerId": layer.id, "layerType": "data", "metricAccessor": layer.columns[0].id}
    if second:
        visualization |= {"secondaryMetricAccessor": layer.columns[1].id, "secondaryPrefix": second}
    visualization |= {"color": colour} if colour else {}
    visualization |= {"palette": palette} if palette else {}
    return Chart("lnsMetric", visualization, (layer,), kql)


def heatmap(layer: Layer, palette: Json, kql: str = "") -> Chart:
    """A grid coloured by the layer's third column: its first along x, its second along y."""
    x, y, value = (column.id for column in layer.columns)
    grid = {
        "type": "heatmap_grid",
        "isCellLabelVisible": False,
        "isYAxisLabelVisible": True,
        "isXAxisLabelVisible": True,
        "isYAxisTitleVisible": False,
        "isXAxisTitleVisible": False,
    }
    visualization = {
        "shape": "heatmap",
        "layerId": layer.id,
        "layerType": "data",
        "xAccessor": x,
        "yAccessor": y,
        "valueAccessor": value,
        "legend": {"isVisible": True, "position": "right", "type": "heatmap_legend"},
        "gridConfig": grid,
        "palette": palette,
    }
    return Chart("lnsHeatmap", visualization, (layer,), kql)
