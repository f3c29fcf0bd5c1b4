"""CSV and JSON Lines, row by row, whatever state the file is in."""

import csv
import json
from collections.abc import Iterator
from itertools import chain, islice

from tocsin.adapters.files.lines import Lines, open_lines, read_spot
from tocsin.adapters.files.rows import EXCERPT, broken_off, cell, whole
from tocsin.ports import ArchiveRow, FileForm

KEYS_FROM = 100
"""JSON Lines have no header: their columns are the keys of the first rows."""
_SEPARATORS = ",;\t|"


def csv_rows(path: str, form: FileForm, after: str) -> Iterator[ArchiveRow]:
    """Read a CSV that begins with its header; the separator is told, or the one that the header has most of."""
    with open_lines(path, form.encoding) as lines:
        first = next(lines, "")
        parting = form.separator or max(_SEPARATORS, key=first.count)
        try:
            header = [name.strip() for name in next(csv.reader(chain([first], lines), delimiter=parting), [])]
        except csv.Error as exc:
            yield ArchiveRow(1, {}, f"the header is not CSV: {exc}", first[:EXCERPT])
            return
        if not any(header):
            header = []
        lines.go_to(read_spot(after))
        yield from _csv_rows(lines, header, parting, repair=not form.encoding)


def _csv_rows(lines: Lines, header: list[str], parting: str, *, repair: bool) -> Iterator[ArchiveRow]:
    reader = csv.reader(lines, delimiter=parting)
    place = str(lines.spot)
    while True:
        start = lines.line + 1
        try:
            values = next(reader)
        except StopIteration:
            break
        except csv.Error as exc:
            yield ArchiveRow(start, {}, f"not CSV: {exc}", place=str(lines.spot))
            continue
        # A last line without an end may still be growing: it is read now, and once more when it has.
        place = f"{lines.offset}:{lines.line}" if lines.is_ended else place
        if not header:
            header = [name.strip() for name in values]
        elif values:
            yield _csv_row(start, header, list(map(_repaired, values)) if repair else values, parting, place)
    if lines.damage:
        yield broken_off(lines.line + 1, lines.damage)


def _csv_row(line: int, header: list[str], values: list[str], parting: str, place: str) -> ArchiveRow:
    if len(values) != len(header):
        problem = f"{len(values)} values for {len(header)} columns; a value with {parting!r} in it wants quotes"
        return ArchiveRow(line, {}, problem, "; ".join(values)[:EXCERPT], place)
    return whole(line, dict(zip(header, values, strict=True)), place)


def json_rows(path: str, form: FileForm, after: str) -> Iterator[ArchiveRow]:
    """Read one object from each line; the columns are the keys of the first KEYS_FROM rows."""
    spot = read_spot(after)
    with open_lines(path, form.encoding) as lines:
        first = list(islice(_json_rows(lines, repair=not form.encoding), KEYS_FROM))
        keys = dict.fromkeys(key for row in first for key in row.values)
        if spot.offset > lines.offset:
            first = []
            lines.go_to(spot)
        for row in chain(first, _json_rows(lines, repair=not form.encoding)):
            if row.line > spot.line:
                values = row.values if row.problem else {key: row.values.get(key, "") for key in keys}
                yield ArchiveRow(row.line, values, row.problem, row.excerpt, row.place)
        if lines.damage:
            yield broken_off(lines.line + 1, lines.damage)


def _json_rows(lines: Lines, *, repair: bool) -> Iterator[ArchiveRow]:
    place = str(lines.spot)
    for text in lines:
        place = f"{lines.offset}:{lines.line}" if lines.is_ended else place
        if not text.isspace():
            yield _json_row(lines.line, _repaired(text) if repair else text, place)


def _json_row(line: int, text: str, place: str) -> ArchiveRow:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as exc:
        return ArchiveRow(
            line, {}, f"not JSON, of which each line holds one whole object: {exc}", text[:EXCERPT], place
        )
    if not isinstance(found, dict):
        return ArchiveRow(line, {}, "not a JSON object", text[:EXCERPT], place)
    return whole(line, {key: cell(value) for key, value in found.items()}, place)


def _repaired(value: str) -> str:
    """Bytes that are no UTF-8 came in as lone surrogates: the whole value is then Windows-1252."""
    if value.isascii() or value.isprintable():
        return value
    try:
        return value.encode("utf-8", "surrogateescape").decode("utf-8")
    except UnicodeEncodeError:
        return value
    except UnicodeDecodeError:
        return value.encode("utf-8", "surrogateescape").decode("cp1252", "replace")
