"""Formulas of a Lens chart: Kibana draws nothing unless each part of one is there as a hidden column of its own."""

from dataclasses import dataclass

from tocsin.kibana.columns import RECORDS, Column, Json, kuery

SIGNS = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/"}


@dataclass(frozen=True, slots=True)
class Part:
    """One aggregation inside a formula; `shift` asks it of an earlier time, such as `1w`."""

    operation: str
    field: str = RECORDS
    kql: str = ""
    shift: str = ""


@dataclass(frozen=True, slots=True)
class Total:
    """The sum of a part over all rows that are shown."""

    of: Part


@dataclass(frozen=True, slots=True)
class Maths:
    """Two terms put together: add, subtract, multiply, divide."""

    name: str
    left: "Term"
    right: "Term"


Term = Part | Total | Maths | float


def documents(kql: str = "", shift: str = "") -> Part:
    """How many documents there are, all or those that `kql` finds."""
    return Part("count", kql=kql, shift=shift)


def ratio(above: Term, below: Term) -> Maths:
    """One term as a share of another; nothing where there is nothing to divide by."""
    return Maths("divide", above, below)


def change(what: Part, shift: str) -> Maths:
    """How much more (or less) than the same time earlier: 0.2 is a fifth more."""
    earlier = Part(what.operation, what.field, what.kql, shift)
    return Maths("subtract", ratio(what, earlier), 1)


def formula(name: str, label: str, term: Part | Maths, form: Json | None = None) -> Column:
    """A column computed from others, which come along as its hidden columns."""
    text, hidden = written(term), list[Column]()
    top = _lay(term, name, label, text, hidden)
    if isinstance(top, dict):
        leaves = [column.id for column in hidden if column.id not in _inner(hidden)]
        body = _plain("math", label) | {"params": {"tinymathAst": top}, "references": leaves}
        top = f"{name}X{len(hidden)}"
        hidden.append(Column(top, body))
    params: Json = {"formula": text, "isFormulaBroken": False} | ({"format": form} if form else {})
    body = _plain("formula", label) | {"params": params, "references": [top]}
    return Column(name, body, tuple(hidden))


def written(term: Term) -> str:
    """The formula as Kibana's editor shows it."""
    match term:
        case Part():
            field = "" if term.field == RECORDS else term.field
            named = [f"{key}='{value}'" for key, value in (("kql", term.kql), ("shift", term.shift)) if value]
            return f"{term.operation}({', '.join([field, *named] if field else named)})"
        case Total():
            return f"overall_sum({written(term.of)})"
        case Maths():
            return f"{_operand(term.left)} {SIGNS[term.name]} {_operand(term.right)}"
        case _:
            return f"{term:g}"


def _operand(term: Term) -> str:
    # Always in brackets: `a / b - 1` and `a / (b - 1)` must not be told apart by the reader's memory.
    return f"({written(term)})" if isinstance(term, Maths) else written(term)


def _lay(term: Term, name: str, label: str, text: str, hidden: list[Column]) -> Json | str | float:
    """Put the term's aggregations among the hidden columns; give what the maths above it calls it."""
    match term:
        case Part():
            hidden.append(Column(f"{name}X{len(hidden)}", _part(term, label)))
            return hidden[-1].id
        case Total():
            inner = _lay(term.of, name, label, text, hidden)
            body = _plain("overall_sum", label) | {"params": {}, "references": [inner]}
            hidden.append(Column(f"{name}X{len(hidden)}", body))
            return hidden[-1].id
        case Maths():
            args = [_lay(each, name, label, text, hidden) for each in (term.left, term.right)]
            where = {"min": 0, "max": len(text)}
            return {"type": "function", "name": term.name, "args": args, "location": where, "text": text}
        case _:
            return term


def _part(part: Part, label: str) -> Json:
    body = _plain(part.operation, label) | {"sourceField": part.field}
    body["params"] = {"emptyAsNull": False}
    body |= {"filter": kuery(part.kql)} if part.kql else {}
    return body | ({"timeShift": part.shift} if part.shift else {})


def _plain(operation: str, label: str) -> Json:
    return {
        "operationType": operation,
        "dataType": "number",
        "isBucketed": False,
        "scale": "ratio",
        "label": label,
        "customLabel": True,
    }


def _inner(hidden: list[Column]) -> set[str]:
    return {name for column in hidden for name in column.body.get("references", [])}
