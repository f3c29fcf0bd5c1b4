"""A layer of a Lens chart as Elasticsearch is asked for it, and the rows that the chart would draw of the answer.

It does what Kibana does with the operations that our dashboards use, and refuses the others. Where Kibana chooses a
step of time for the width of the screen, it takes the window's fiftieth.
"""

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from kibana_kql import to_query

Json = dict[str, Any]
Row = dict[str, Any]

WEEK = timedelta(days=7)
STEPS = ("1m", "5m", "10m", "30m", "1h", "3h", "12h", "1d", "7d")
SECONDS = (60, 300, 600, 1800, 3600, 10800, 43200, 86400, 604800)
PLAIN = {"sum": "sum", "average": "avg", "max": "max", "min": "min", "unique_count": "cardinality"}
COMPUTED = {"formula", "math", "overall_sum", "static_value"}
SHIFTS = {"": timedelta(0), "1d": timedelta(days=1), "1w": WEEK}
SIGNS: Mapping[str, Callable[[float, float], float]] = {
    "add": operator.add,
    "subtract": operator.sub,
    "multiply": operator.mul,
    "divide": operator.truediv,
}


@dataclass(frozen=True)
class Span:
    """A window of time, as a search on a field asks for it."""

    start: datetime
    end: datetime

    def earlier(self, by: timedelta) -> "Span":
        return Span(self.start - by, self.end - by)

    def on(self, field: str) -> Json:
        return {"range": {field: {"gte": self.start.isoformat(), "lte": self.end.isoformat()}}}


Ask = Callable[[Json], Json]
"""Asks the layer's index with this body."""


def rows_of(layer: Json, ask: Ask, filters: list[Json], time_field: str, span: Span) -> list[Row]:
    """The rows of a layer, each with a value for every column that is not empty there."""
    columns = {name: layer["columns"][name] for name in layer["columnOrder"]}
    rows: dict[tuple[Any, ...], Row] = {}
    for shift in _shifts(columns):
        asked = span.earlier(SHIFTS[shift])
        within = [asked.on(time_field)] if time_field else []
        body = to_body(columns, [*filters, *within], asked, shift)
        found = dict(_read(ask(body)["aggregations"], columns, shift))
        for key, row in found.items():
            if not shift or key in rows:
                rows.setdefault(key, {}).update(row)
    return _with_computed(list(rows.values()), columns)


def to_body(columns: Mapping[str, Json], filters: list[Json], span: Span, shift: str = "") -> Json:
    """The search of a layer's columns that have this shift of time, nested bucket in bucket."""
    metrics = {name: _metric(column) for name, column in columns.items() if _is_asked(column, shift)}
    aggregations: Json = {name: body for name, body in metrics.items() if body}
    # The last bucket may be counted by nothing but itself.
    for name in reversed([name for name, column in columns.items() if column["isBucketed"]]):
        split = _bucket(columns[name], columns, span, shift)
        # What a split is ordered by must lie in it, also where more splits lie between.
        first = split.get("terms", {}).get("order", {})
        ordered_by = {each: metrics[each] for each in (path.partition(">")[0] for path in first) if each in metrics}
        aggregations = {name: {**split, "aggs": {**aggregations, **ordered_by}}}
    if not any(column["isBucketed"] for column in columns.values()):
        aggregations = {"all": {"filter": {"match_all": {}}, "aggs": aggregations}}
    return {"size": 0, "query": {"bool": {"filter": filters}}, "aggs": aggregations}


def _shifts(columns: Mapping[str, Json]) -> list[str]:
    found = {column.get("timeShift") or "" for column in columns.values() if column["operationType"] not in COMPUTED}
    unknown = found - set(SHIFTS)
    if unknown:
        raise ValueError(f"shifts that we do not write: {unknown}")
    return ["", *sorted(found - {""})]


def _is_asked(column: Json, shift: str) -> bool:
    if column["isBucketed"] or column["operationType"] in COMPUTED:
        return False
    return (column.get("timeShift") or "") == shift


def _metric(column: Json) -> Json:
    operation, field = column["operationType"], column["sourceField"]
    found = to_query(column["filter"]["query"]) if "filter" in column else {"match_all": {}}
    if operation == "count" and field == "___records___":
        return {"filter": found}
    if operation == "last_value":
        newest = [{column["params"]["sortField"]: {"order": "desc"}}]
        hit = {"size": 1, "sort": newest, "_source": False, "docvalue_fields": [field]}
        there = {"bool": {"filter": [found, {"exists": {"field": field}}]}}
        return {"filter": there, "aggs": {"value": {"top_hits": hit}}}
    if operation not in PLAIN:
        raise ValueError(f"an operation that we do not write: {operation} of {field}")
    return {"filter": found, "aggs": {"value": {PLAIN[operation]: {"field": field}}}}


def _bucket(column: Json, columns: Mapping[str, Json], span: Span, shift: str) -> Json:
    operation, params = column["operationType"], column["params"]
    if operation == "date_histogram":
        step = _step(params["interval"], span)
        least = 0 if params.get("includeEmptyRows") else 1
        return {
            "date_histogram": {"field": column["sourceField"], "fixed_interval": step, "min_doc_count": least},
        }
    if operation == "filters":
        named = {
            each["label"] or each["input"]["query"]: to_query(each["input"]["query"]) for each in params["filters"]
        }
        return {"filters": {"filters": named}}
    if operation != "terms" or params.get("otherBucket"):
        raise ValueError(f"a split that we do not write: {operation}")
    terms: Json = {"field": column["sourceField"], "size": 10_000 if shift else params["size"]}
    if not shift:
        terms["order"] = _order(params, columns)
    if params.get("missingBucket"):
        terms["missing"] = "(missing)"
    if params.get("exclude") or params.get("includeIsRegex"):
        raise ValueError(f"a choice that we do not write: {params}")
    if params.get("include"):
        terms["include"] = params["include"]
    return {"terms": terms}


def _order(params: Json, columns: Mapping[str, Json]) -> Json:
    by, direction = params["orderBy"], params["orderDirection"]
    if by["type"] == "alphabetical":
        return {"_key": direction}
    column = columns[by["columnId"]] if by["type"] == "column" else None
    if column is None or column["operationType"] in COMPUTED or column["operationType"] == "last_value":
        raise ValueError(f"an order that Kibana cannot keep: {by}")
    path = by["columnId"] if column["operationType"] == "count" else f"{by['columnId']}>value"
    return {path: direction}


def _step(interval: str, span: Span) -> str:
    if interval != "auto":
        return {"d": "1d", "h": "1h", "m": "1m"}.get(interval, interval)
    wanted = (span.end - span.start).total_seconds() / 50
    return next((step for step, seconds in zip(STEPS, SECONDS, strict=True) if seconds >= wanted), STEPS[-1])


def _read(found: Json, columns: Mapping[str, Json], shift: str) -> Iterator[tuple[tuple[Any, ...], Row]]:
    """Each innermost bucket: its keys, outermost first, and its values by column."""
    buckets = [name for name, column in columns.items() if column["isBucketed"]]
    if not buckets:
        yield (), _values(found["all"], columns, shift)
        return
    yield from _dive(found, buckets, columns, shift, ())


def _dive(
    found: Json, buckets: list[str], columns: Mapping[str, Json], shift: str, above: tuple[Any, ...]
) -> Iterator[tuple[tuple[Any, ...], Row]]:
    name, *below = buckets
    held = found[name]["buckets"]
    for label, bucket in held.items() if isinstance(held, dict) else ((None, each) for each in held):
        key = bucket["key"] if label is None else label
        if columns[name]["operationType"] == "date_histogram":
            key += SHIFTS[shift] // timedelta(milliseconds=1)
        if below:
            yield from (
                (keys, {name: key, **row}) for keys, row in _dive(bucket, below, columns, shift, (*above, key))
            )
        else:
            yield (*above, key), {name: key, **_values(bucket, columns, shift)}


def _values(bucket: Json, columns: Mapping[str, Json], shift: str) -> Row:
    values = {name: _value(bucket[name], column) for name, column in columns.items() if _is_asked(column, shift)}
    return {name: value for name, value in values.items() if value is not None}


def _value(found: Json, column: Json) -> Any:
    if column["operationType"] == "count":
        empty = column.get("params", {}).get("emptyAsNull") and not found["doc_count"]
        return None if empty else found["doc_count"]
    if column["operationType"] == "last_value":
        hits = found["value"]["hits"]["hits"]
        return hits[0]["fields"][column["sourceField"]] if hits else None
    value = found["value"]["value"]
    empty = column["operationType"] in {"sum", "unique_count"} and not found["doc_count"]
    return None if empty else value


def _with_computed(rows: list[Row], columns: Mapping[str, Json]) -> list[Row]:
    formulas = _Formulas(columns, rows)
    filled = [{name: formulas.value(row, name) for name in columns} for row in rows]
    return [{name: value for name, value in row.items() if value is not None} for row in filled]


@dataclass(frozen=True)
class _Formulas:
    """What a row's columns come to, those computed from others included; None where there is nothing."""

    columns: Mapping[str, Json]
    rows: list[Row]

    def value(self, row: Row, name: Any) -> Any:
        if isinstance(name, dict):
            return self._applied(row, name)
        if isinstance(name, int | float):
            return name
        column = self.columns[name]
        computed = {
            "formula": self._first,
            "math": self._math,
            "overall_sum": self._total,
            "static_value": self._fixed,
        }
        compute = computed.get(column["operationType"])
        return compute(row, column) if compute else row.get(name)

    def _applied(self, row: Row, function: Json) -> Any:
        values = [self.value(row, each) for each in function["args"]]
        if None in values or (function["name"] == "divide" and values[1] == 0):
            return None
        return SIGNS[function["name"]](*values)

    def _first(self, row: Row, column: Json) -> Any:
        return self.value(row, column["references"][0])

    def _math(self, row: Row, column: Json) -> Any:
        return self.value(row, column["params"]["tinymathAst"])

    def _total(self, _: Row, column: Json) -> Any:
        return sum(self._first(row, column) or 0 for row in self.rows)

    def _fixed(self, _: Row, column: Json) -> Any:
        return float(column["params"]["value"])
