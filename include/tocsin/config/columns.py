"""Column maps: how an archive's columns become the words of the model, checked like every other file."""

from pathlib import Path
from typing import Any

from tocsin.config.checking import fit, settled
from tocsin.config.places import Document, read_document
from tocsin.config.problems import Problem, refuse
from tocsin.config.shapes import ColumnsFile


def load_columns(path: Path) -> Any:
    """Read a column map; ConfigError has one line for each problem, `file:line:column: what is wrong; remedy`."""
    from tocsin.collect.read_file import ColumnMap

    document = read_document(path)
    columns = fit(document, ColumnsFile)
    refuse(document.problems)
    return ColumnMap(**settled(columns).model_dump())


def column_problems(path: Path) -> list[Problem]:
    """What is wrong with a column map, without raising."""
    document: Document = read_document(path)
    fit(document, ColumnsFile)
    return document.problems
