"""Labelled files of other people, row by row: in whatever form, with what cannot be used counted and told."""

import codecs
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import msgspec

from tocsin.adapters.files import LocalArchive
from tocsin.config import nearest, shown
from tocsin.errors import ConfigError, PermanentError
from tocsin.ports import FileForm
from tocsin.wiring.results import check_target

Progress = Callable[[int, int], None]
"""Is told how many rows of how many are done."""

TOLD = 3
"""So many rows that could not be read are told with their reason; all are counted."""
AT_ONCE = 500
_FORMATS = {".json": "jsonl", ".txt": "csv", ".tab": "csv"}
_PACKED = frozenset((".gz", ".zst", ".bz2", ".xz"))


@dataclass
class Labelled:
    """A file of labelled texts; `columns` maps what is wanted (`--text`) to the names its column may have, in turn.

    Read as often as one likes: `counts` and `problems` are those of the last time.
    """

    path: Path
    columns: Mapping[str, tuple[str, ...]]
    encoding: str = ""
    only: tuple[str, str] = ("", "")
    """A column and the value that it must have: rows of another part of the file are counted as `other_part`."""
    counts: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)

    def rows(self) -> Iterator[dict[str, str]]:
        """Stream the rows: what is wanted by its option's name, and `where` it stands; broken ones are counted.

        ConfigError: a column is not there; it names those that are. PermanentError: no such file, not a table, or
        no row of it can be read.
        """
        self.counts, self.problems = Counter({"read": 0, "broken": 0}), []
        named: dict[str, str] | None = None
        for row in LocalArchive().rows(str(self.path), self._form()):
            self.counts["read"] += 1
            if row.problem:
                self.counts["broken"] += 1
                if len(self.problems) < TOLD:
                    self.problems.append(f"{row.where}: {row.problem}")
                continue
            named = named or self._find_columns(list(row.values))
            if self.only[0] and row.values[named["--only"]].strip() != self.only[1]:
                self.counts["other_part"] += 1
                continue
            yield {"where": row.where} | {option: row.values[column] for option, column in named.items()}
        if named is None:
            said = f"none of its {self.counts['read']} rows can be read; {self.problems[0]}" if self.problems else ""
            raise PermanentError(f"{self.path}: {said or 'no rows'}")

    def chunks(self) -> Iterator[list[dict[str, str]]]:
        """Stream the rows AT_ONCE at a time."""
        rows = self.rows()
        while chunk := list(islice(rows, AT_ONCE)):
            yield chunk

    def _form(self) -> FileForm:
        if self.encoding:
            try:
                codecs.lookup(self.encoding)
            except LookupError as exc:
                raise ConfigError(
                    f"--encoding: unknown encoding {shown(self.encoding)}; write one such as utf-8, cp1252, utf-16"
                ) from exc
        bare = self.path.with_suffix("") if self.path.suffix.lower() in _PACKED else self.path
        return FileForm(
            format=_FORMATS.get(bare.suffix.lower(), ""),
            encoding=self.encoding,
            columns=tuple(filter(None, [self.only[0], *(name for names in self.columns.values() for name in names)])),
        )

    def _find_columns(self, present: list[str]) -> dict[str, str]:
        """Find each column as it is written, else without regard to case."""
        alike = {name.strip().casefold(): name for name in reversed(present)}
        asked = {**self.columns, "--only": (self.only[0],)} if self.only[0] else self.columns
        return {option: self._find(option, names, present, alike) for option, names in asked.items()}

    def _find(self, option: str, names: tuple[str, ...], present: list[str], alike: Mapping[str, str]) -> str:
        for name in names:
            if name in present:
                return name
            if found := alike.get(name.strip().casefold()):
                return found
        hint = nearest(names[0], present)
        hint = f"{hint} It" if "did you mean" in hint else ". It"
        tried = " or ".join(map(shown, names))
        listed = ", ".join(map(shown, present[:50]))
        raise ConfigError(f"{self.path}: no column {tried} for {option}{hint} has: {listed}")


def write_result(result: object, path: Path) -> str:
    """Write any result as JSON and return the path. ConfigError: it cannot be written there."""
    check_target(path)
    text = json.dumps(msgspec.to_builtins(result), ensure_ascii=False, indent=2)
    path.write_text(text + "\n", encoding="utf-8")
    return str(path)
