"""Parquet, some thousand rows at a time: read by pyarrow, which only who has such files installs."""

import math
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tocsin.adapters.files.rows import cell, whole
from tocsin.errors import PermanentError
from tocsin.ports import ArchiveRow, FileForm

_AT_ONCE = 2_000
_REMEDY = "Parquet needs pyarrow, 50 MB that not everybody wants: pip install pyarrow"


def parquet_rows(path: str, form: FileForm, after: str) -> Iterator[ArchiveRow]:
    """Read a Parquet file, of its columns only those that are wanted; row groups that were read are not touched."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as exc:
        raise PermanentError(f"{path}: {_REMEDY}") from exc
    start = int(after) if after.isdecimal() else 0
    try:
        with pq.ParquetFile(path, buffer_size=1024 * 1024) as file:
            yield from _rows(file, form, start)
    except pa.ArrowException as exc:
        raise PermanentError(f"{path}: not Parquet, or damaged: {exc}") from exc


def _rows(file: Any, form: FileForm, start: int) -> Iterator[ArchiveRow]:
    names = file.schema_arrow.names
    wanted = [name for name in names if name in form.columns]
    # A column that is not there is told by whoever asked for it, who then wants to see those that are.
    columns = wanted if set(form.columns) <= set(names) and wanted else names
    number = 0
    for group in range(file.num_row_groups):
        size = file.metadata.row_group(group).num_rows
        if number + size <= start:
            number += size
            continue
        # One group at a time and without threads: that is half the memory.
        for batch in file.iter_batches(_AT_ONCE, row_groups=[group], columns=columns, use_threads=False):
            if number + batch.num_rows > start:
                yield from _batch_rows(batch, number, max(0, start - number))
            number += batch.num_rows


def _batch_rows(batch: Any, number: int, behind: int) -> Iterator[ArchiveRow]:
    """The rows of one batch behind its first `behind`; `number` rows of the file lie before it."""
    cells = [[_cell(value) for value in column.slice(behind).to_pylist()] for column in batch.columns]
    for row, values in enumerate(zip(*cells, strict=True), start=number + behind + 1):
        yield whole(row, dict(zip(batch.schema.names, values, strict=True)), str(row), f"row {row}")


def _cell(value: object) -> str:
    """Times as ISO 8601, numbers in digits."""
    if isinstance(value, str):
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return ""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value) if isinstance(value, Decimal) else cell(value)
