"""A first column map for a table that has none, from what its columns are called and what stands in them."""

import json
from collections.abc import Mapping, Sequence

from tocsin.collect.read_file import ColumnMap, read_time
from tocsin.errors import BadItemError

_NAMES: Mapping[str, tuple[str, ...]] = {
    "time": (
        "time",
        "date",
        "timestamp",
        "created",
        "published",
        "posted",
        "when",
        "quand",
        "heure",
        "jour",
        "publi",
    ),
    "text": ("text", "body", "message", "content", "comment", "review", "tweet", "texte", "avis", "contenu", "said"),
    "title": ("title", "subject", "headline", "titre", "sujet", "objet"),
    "id": ("id", "guid", "uuid", "no", "number", "numero"),
    "author": ("author", "user", "username", "name", "who", "sender", "auteur", "nom", "pseudo", "from"),
    "url": ("url", "link", "permalink", "href", "lien", "address", "adresse"),
    "language": ("language", "lang", "langue"),
    "brand": ("brand", "marque", "company", "airline"),
    "audience": ("audience", "followers", "abonnes", "abonnés"),
}
"""What columns of each word are called, whole or in part, the likeliest first."""


def propose_map(rows: Sequence[Mapping[str, str]]) -> str:
    """Give a column map as YAML from the first rows; what cannot be guessed is a line to fill in.

    The time is a column whose cells are times; the text, where no name tells it, is the longest column.
    """
    columns = [column for column in rows[0] if column] if rows else []
    found: dict[str, str] = {}
    time, words = _time_column(columns, rows)
    if time:
        found["time"] = time
    for word in _NAMES:
        free = [column for column in columns if column not in found.values()]
        if word != "time" and (column := _called(word, free)):
            found[word] = column
    if "text" not in found and "title" not in found and (free := [c for c in columns if c not in found.values()]):
        found["text"] = max(free, key=lambda column: sum(len(row[column]) for row in rows))
    lines = [f"{word}: {json.dumps(found[word], ensure_ascii=False)}" for word in _NAMES if word in found]
    if "time" not in found:
        lines.insert(0, "time: ...  # which column tells the time? Say how it is written by time_format")
    if words:
        lines.insert(1, "time_words: true")
    return "\n".join(lines) + "\n"


def _time_column(columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> tuple[str, bool]:
    """The column of times, those with a fitting name first, and whether they are written in words."""
    named = sorted(columns, key=lambda column: not _called("time", [column]))
    for words in (False, True):
        for column in named:
            cells = [row[column] for row in rows if row[column].strip()]
            form = ColumnMap(time=column, text=column, time_words=words)
            if cells and sum(_is_time(cell, form) for cell in cells) * 2 > len(cells):
                return column, words
    return "", False


def _is_time(cell: str, form: ColumnMap) -> bool:
    try:
        read_time(cell, form)
    except BadItemError:
        return False
    return True


def _called(word: str, columns: Sequence[str]) -> str:
    """The column that is called so: by the whole name, else by a part of it."""
    for name in _NAMES[word]:
        for column in columns:
            if column.casefold() == name:
                return column
    for name in _NAMES[word]:
        for column in columns:
            if len(name) > 2 and name in column.casefold():
                return column
    return ""
