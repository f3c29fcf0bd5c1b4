"""The columns of a Lens chart as Kibana stores them: what is counted or measured, and by what it is split."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

RECORDS = "___records___"
"""Kibana's name for "the documents themselves" as the field of a count."""

PERCENT: Json = {"id": "percent", "params": {"decimals": 0}}
WHOLE: Json = {"id": "number", "params": {"decimals": 0}}
ONE_DECIMAL: Json = {"id": "number", "params": {"decimals": 1}}
TIMES: Json = {"id": "number", "params": {"decimals": 1, "suffix": " ×"}}
MINUTES: Json = {"id": "number", "params": {"decimals": 0, "suffix": " min"}}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a layer; `hidden` are the columns that it is computed from and that nobody sees."""

    id: str
    body: Json
    hidden: tuple["Column", ...] = ()

    @property
    def is_bucket(self) -> bool:
        """Whether it splits the documents rather than counting them."""
        return bool(self.body["isBucketed"])


def over_time(name: str, label: str, field: str = "@timestamp", *, empty: bool = True) -> Column:
    """Split by time, as finely as the time shown allows; `empty` keeps the steps in which nothing came."""
    params: Json = {"interval": "auto", "includeEmptyRows": empty, "dropPartials": False}
    return Column(
        name, _bucket("date_histogram", "date", "interval", label) | {"sourceField": field, "params": params}
    )


def by(name: str, label: str, field: str, *, size: int = 20, most: str = "", only: Sequence[str] = ()) -> Column:
    """Split by the field's values, or by those in `only`.

    The `size` that have the most of the column `most` are taken, or else the first by name. Documents without the
    field are left out. Each further split takes documents away from the counts beside it: what is only to be shown
    of a document is a `latest`.
    """
    order = {"type": "column", "columnId": most} if most else {"type": "alphabetical", "fallback": False}
    params: Json = {
        "size": size,
        "orderBy": order,
        "orderDirection": "desc" if most else "asc",
        "otherBucket": False,
        "missingBucket": False,
        "parentFormat": {"id": "terms"},
        "include": list(only),
        "exclude": [],
        "includeIsRegex": False,
        "excludeIsRegex": False,
    }
    return Column(name, _bucket("terms", "string", "ordinal", label) | {"sourceField": field, "params": params})


def count(name: str, label: str, kql: str = "", form: Json = WHOLE) -> Column:
    """Count documents, all or those that `kql` finds."""
    return measure(name, label, "count", RECORDS, kql=kql, form=form)


def measure(
    name: str,
    label: str,
    operation: str,
    field: str,
    *,
    kql: str = "",
    form: Json | None = None,
    kind: str = "number",
) -> Column:
    """Measure a field: sum, average, min, max, unique_count. `kind` is `date` for the latest or first time."""
    # Nothing counted is a zero; whether it is blindness says the coverage beside it.
    params: Json = {"emptyAsNull": False}
    if form:
        params["format"] = form
    body = _metric(operation, label) | {"dataType": kind, "sourceField": field, "params": params}
    return Column(name, body | ({"filter": kuery(kql)} if kql else {}))


def latest(name: str, label: str, field: str, *, by: str = "@timestamp", kql: str = "") -> Column:
    """The field's value in the latest document by the time field `by`; nothing where that has none.

    Kept as a list of values, which makes Kibana ask for it by `top_hits`: that every node knows.
    """
    params = {"sortField": by, "showArrayValues": True}
    body = _metric("last_value", label) | {"dataType": "string", "scale": "ordinal"}
    body |= {"sourceField": field, "params": params}
    return Column(name, body | ({"filter": kuery(kql)} if kql else {}))


def kuery(kql: str = "") -> Json:
    """A query in Kibana's query language; empty finds everything."""
    return {"query": kql, "language": "kuery"}


def _bucket(operation: str, kind: str, scale: str, label: str) -> Json:
    return {
        "operationType": operation,
        "isBucketed": True,
        "dataType": kind,
        "scale": scale,
        "label": label,
        "customLabel": True,
    }


def _metric(operation: str, label: str) -> Json:
    return {
        "operationType": operation,
        "isBucketed": False,
        "dataType": "number",
        "scale": "ratio",
        "label": label,
        "customLabel": True,
    }
