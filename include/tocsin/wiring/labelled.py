"""Labelled files of other people, row by row: in whatever form, with what cannot be used counted and told."""

import codecs
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tocsin.adapters.files import LocalArchive
from tocsin.config import nearest, shown
from tocsin.errors import ConfigError, PermanentError
from tocsin.ports import FileForm

TOLD = 3
"""So many rows that could not be read are told with their reason; all are counted."""
_FORMATS = {".json": "jsonl", ".txt": "csv", ".tab": "csv"}


@dataclass
class Labelled:
    """A file of labelled texts; `columns` maps what is wanted (`--text`) to the column that holds it.

    Read as often as one likes: `counts` and `problems` are those of the last time.
    """

    path: Path
    columns: Mapping[str, str]
    encoding: str = ""
    counts: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)

    def rows(self) -> Iterator[dict[str, str]]:
        """Stream the rows, each with what is wanted by its option's name; broken ones are counted.

        ConfigError: a column is not there; it names those that are. PermanentError: no such file, not a table, or
        no row of it can be read.
        """
        self.counts, self.problems = Counter(), []
        named: dict[str, str] | None = None
        for row in LocalArchive().rows(str(self.path), self._form()):
            self.counts["read"] += 1
            if row.problem:
                self.counts["broken"] += 1
                if len(self.problems) < TOLD:
                    self.problems.append(f"{row.where}: {row.problem}")
                continue
            named = named or self._find_columns(list(row.values))
            yield {option: row.values[column] for option, column in named.items()}
        if named is None:
            said = f"none of its {self.counts['read']} rows can be read; {self.problems[0]}" if self.problems else ""
            raise PermanentError(f"{self.path}: {said or 'no rows'}")

    def _form(self) -> FileForm:
        if self.encoding:
            try:
                codecs.lookup(self.encoding)
            except LookupError as exc:
                raise ConfigError(
                    f"--encoding: unknown encoding {shown(self.encoding)}; write one such as utf-8, cp1252, utf-16"
                ) from exc
        bare = self.path.with_suffix("") if self.path.suffix in {".gz", ".zst", ".bz2", ".xz"} else self.path
        return FileForm(
            format=_FORMATS.get(bare.suffix.lower(), ""),
            encoding=self.encoding,
            columns=tuple(self.columns.values()),
        )

    def _find_columns(self, present: list[str]) -> dict[str, str]:
        """Find each column as it is written, else without regard to case."""
        alike = {name.strip().casefold(): name for name in reversed(present)}
        found: dict[str, str] = {}
        for option, column in self.columns.items():
            name = column if column in present else alike.get(column.strip().casefold())
            if name is None:
                listed = ", ".join(map(shown, present[:50]))
                hint = nearest(column, present)
                hint = f"{hint} It" if "did you mean" in hint else ". It"
                raise ConfigError(f"{self.path}: no column {shown(column)} for {option}{hint} has: {listed}")
            found[option] = name
        return found
