"""What is wrong with a configuration, and where: one line per problem, all of them at once."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tocsin.errors import ConfigError

SHOWN = 60
"""Longest piece of a value that a problem repeats, in characters."""


@dataclass(frozen=True, slots=True)
class Place:
    """A spot in a file; line and column count from 1, and 0 means the file as a whole."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, with its remedy, in words fit for the person who wrote the file."""

    place: Place
    text: str

    def __str__(self) -> str:
        return f"{self.place}: {self.text}"


def refuse(problems: Iterable[Problem]) -> None:
    """Raise one ConfigError with a line for each problem, by file, line and column; do nothing without problems."""
    found = list(dict.fromkeys(problems))
    if found:
        found.sort(key=lambda problem: (problem.place.file, problem.place.line, problem.place.column))
        raise ConfigError("\n".join(str(problem) for problem in found))


def nearest(word: str, known: Iterable[str]) -> str:
    """Say `; did you mean 'x'?` or, when nothing is near, which words are known."""
    words = {candidate.lower(): candidate for candidate in known}
    # The cost grows with the square of a word's length, and nobody means a word as long as that.
    near = difflib.get_close_matches(word.lower()[:SHOWN], words, n=1, cutoff=0.6)
    if near:
        return f"; did you mean '{words[near[0]]}'?"
    return f"; known here: {', '.join(words.values())}" if len(words) <= 20 else ""


def shown(value: object) -> str:
    """Give a value as it may be repeated to people: quoted, capped, without control characters or half characters."""
    text = value if isinstance(value, str) else str(value)
    cut = text if len(text) <= SHOWN else text[:SHOWN] + "…"
    return "'" + "".join(char if char.isprintable() else "�" for char in cut) + "'"


def read_capped(path: Path, cap: int, example: str = "include/config") -> bytes | Problem:
    """Read a small file whole, or say why it cannot be; `cap` is in bytes, `example` the folder to copy one from."""
    place = Place(str(path))
    try:
        with path.open("rb") as file:
            content = file.read(cap + 1)
    except FileNotFoundError:
        return Problem(place, f"no such file; copy the one of {example}, see include/docs/configuration.md")
    except OSError as exc:
        return Problem(place, f"cannot be read ({exc.strerror or type(exc).__name__}); check its rights")
    if len(content) > cap:
        return Problem(place, f"is larger than {cap // 1_000_000} MB; a configuration file is small, check the name")
    return content
