"""Documents against their shapes: pydantic's findings become problems with a line and a remedy."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from tocsin.config.places import Document, Path_
from tocsin.config.problems import Place, Problem, nearest, shown

S = TypeVar("S", bound=BaseModel)


def fit(document: Document, shape: type[S]) -> S | None:
    """Read the document as `shape`; None when it does not fit, and `document.problems` says why."""
    if document.data is None and document.problems:
        return None
    try:
        return shape.model_validate(document.data)
    except ValidationError as exc:
        found = exc.errors(include_url=False)
        document.problems.extend(_problem(error, document, shape) for error in found)
        return None


def settled(fitted: S | None) -> S:
    """Give back what fits; to be asked only after `refuse`, which does not return when something did not."""
    if fitted is None:
        raise AssertionError("a file that does not fit left no problem")
    return fitted


def find_repeats(names: Iterable[tuple[str, Place]], what: str, remedy: str) -> list[Problem]:
    """One problem for each name that appears again, case folded, naming where it was first."""
    first: dict[str, Place] = {}
    problems = []
    for name, place in names:
        known = first.setdefault(name.casefold(), place)
        if known != place:
            problems.append(Problem(place, f"{what} {shown(name)} is already in line {known.line}; {remedy}"))
    return problems


def find_unknown(names: Iterable[tuple[str, Place]], known: Iterable[str], what: str) -> list[Problem]:
    """One problem for each name that is not known, with the nearest one that is."""
    words = set(known)
    return [
        Problem(place, f"unknown {what} {shown(name)}{nearest(name, sorted(words))}")
        for name, place in names
        if name not in words
    ]


def _problem(error: ErrorDetails, document: Document, shape: type[BaseModel]) -> Problem:
    """Say in our words what pydantic found at a place."""
    path: Path_ = tuple(error["loc"])
    kind = error["type"]
    if kind == "extra_forbidden":
        known = _keys_at(shape, path[:-1])
        place = document.keys.get(path, document.place(path))
        return Problem(place, f"unknown key {shown(path[-1])}{nearest(str(path[-1]), known)}")
    if kind == "missing":
        return Problem(document.place(path), f"key '{path[-1]}' is missing; add `{path[-1]}: ...`")
    name = next((f"{step}: " for step in reversed(path) if isinstance(step, str)), "")
    if kind == "string_type" and document.raw.get(path):
        return Problem(document.place(path), f"{name}{_unquoted(document, path)}")
    return Problem(document.place(path), name + _sentence(error, document.raw.get(path)))


def _unquoted(document: Document, path: Path_) -> str:
    """The Norway problem: to YAML a bare `no` is false and a bare 1664 a number."""
    written = document.raw[path]
    value: Any = document.data
    for step in path:
        value = value[step]
    meant = {bool: str(value).lower(), type(None): "nothing"}.get(type(value), "a number")
    return f'YAML reads {shown(written)} without quotes as {meant}; write it in quotes: "{written[:60]}"'


def _sentence(error: ErrorDetails, written: str | None) -> str:
    context: Mapping[str, Any] = error.get("ctx", {})
    write = _SENTENCES.get(error["type"])
    given = error["input"] if written is None else written
    told = _KINDS.get(type(given)) or (shown(given) if given else "nothing")
    return (
        write(context, told)
        if write
        else f"{told} does not fit: {error['msg'].lower()}; see include/docs/configuration.md"
    )


_KINDS: dict[type, str] = {list: "a list", dict: "keys with values"}
_SENTENCES: dict[str, Callable[[Mapping[str, Any], str], str]] = {
    "value_error": lambda context, _: str(context["error"]),
    "literal_error": lambda context, told: f"{told} is not known; write {context['expected']}",
    "string_type": lambda _, told: f"takes text, not {told}; write one text, in quotes if need be",
    "string_too_short": lambda *_: "is empty; write something or delete the line",
    "string_too_long": lambda context, _: f"is too long; at most {context['max_length']} characters",
    "list_type": lambda _, told: f"takes a list, not {told}; write [one, two], or each on its own line after `- `",
    "too_short": lambda context, _: f"is empty; write at least {context['min_length']}",
    "model_type": lambda _, told: f"takes keys with values, not {told}; write `key: value` lines",
    "dict_type": lambda _, told: f"takes keys with values, not {told}; write `key: value` lines",
    "bool_type": lambda _, told: f"takes true or false, not {told}; write one of them, without quotes",
    "int_type": lambda _, told: f"takes a whole number, not {told}; write it in digits, without quotes",
    "float_type": lambda _, told: f"takes a number, not {told}; write it in digits, without quotes",
    "finite_number": lambda _, told: f"{told} is no number to compare with; write it in digits",
    "greater_than_equal": lambda context, told: f"{told} is too small; write {context['ge']} or more",
    "greater_than": lambda context, told: f"{told} is too small; write more than {context['gt']}",
    "less_than_equal": lambda context, told: f"{told} is too large; write {context['le']} or less",
}


def _keys_at(shape: type[BaseModel], path: Path_) -> list[str]:
    """The keys that may stand at a path, read off the shapes."""
    for step in path:
        if isinstance(step, str):
            inner = _shape_in(shape.model_fields[step].annotation)
            if inner is None:
                return []
            shape = inner
    return list(shape.model_fields)


def _shape_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _shape_in(part))), None)
