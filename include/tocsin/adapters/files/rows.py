"""What the readers of all kinds of files share: a row that is whole, or says why it is not."""

import json
from collections.abc import Mapping

from tocsin.ports import ArchiveRow

FIELD_CAP = 131_072  # Python's own for CSV; it also ends a quote that nobody closed.
EXCERPT = 300
_CUT = 100_000
"""Characters of a text that was written for people and is kept: more is a mistake, and costs the rest of the row."""


def whole(line: int, values: Mapping[str, str], place: str = "", name: str = "") -> ArchiveRow:
    """Give the row, or the problem that it has: a NUL byte, a cell over FIELD_CAP."""
    for column, value in values.items():
        if "\0" in value:
            return ArchiveRow(line, {}, f"column {column!r}: a NUL byte", value[:EXCERPT], place, name)
        if len(value) > FIELD_CAP:
            return ArchiveRow(
                line, {}, f"column {column!r}: over {FIELD_CAP} characters", value[:EXCERPT], place, name
            )
    return ArchiveRow(line, values, place=place, name=name)


def cut(text: str) -> str:
    """Give a text that people wrote without NUL bytes, cut where no person reads on."""
    return text[:_CUT].replace("\0", "")


def cell(value: object) -> str:
    """Write a value as the cell of a table; what is not there is empty."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def broken_off(line: int, damage: str, name: str = "") -> ArchiveRow:
    """Say that the file ends before its end."""
    return ArchiveRow(line, {}, f"the file breaks off: {damage}", name=name)
