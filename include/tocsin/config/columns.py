"""Column maps: how an archive's columns become the words of the model, checked like every other file."""

from collections.abc import Collection
from pathlib import Path

from tocsin.collect.read_file import ColumnMap
from tocsin.config.checking import find_unknown, fit, settled
from tocsin.config.places import Document, read_document
from tocsin.config.problems import Problem, refuse
from tocsin.config.shapes import ColumnsFile

_EXAMPLE = "include/config/examples/us_airlines"


def load_columns(path: Path, brands: Collection[str] | None = None) -> ColumnMap:
    """Read a column map; with `brands` (ids), the brands that it names must be among them.

    ConfigError: one line for each problem, `file:line:column: what is wrong; remedy`.
    """
    document = read_document(path, _EXAMPLE)
    columns = fit(document, ColumnsFile)
    refuse(_problems(document, brands))
    return ColumnMap(**settled(columns).model_dump())


def column_problems(path: Path, brands: Collection[str]) -> list[Problem]:
    """Say what is wrong with a column map, without raising."""
    document = read_document(path, _EXAMPLE)
    fit(document, ColumnsFile)
    return _problems(document, brands)


def _problems(document: Document, brands: Collection[str] | None) -> list[Problem]:
    """A misspelt brand would be dropped row by row without a word, so it is told here."""
    named = document.data.get("brand_names") if isinstance(document.data, dict) else None
    if not brands or not isinstance(named, dict):
        return document.problems
    spots = [spot for key in named for spot in document.glean("brand_names", key)]
    return [*document.problems, *find_unknown(spots, brands, "brand")]
