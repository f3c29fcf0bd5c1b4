"""The `.env` file: the environment of a folder, for people who do not want to export."""

import io
from collections.abc import Mapping
from pathlib import Path

from dotenv.parser import parse_stream

from tocsin.config.problems import Place, Problem, read_capped

CAP = 1_000_000


def read_dotenv(path: Path) -> tuple[Mapping[str, str], Mapping[str, Place], list[Problem]]:
    """Read names and values, where each name stood, and what is wrong; no file is an empty one.

    `$` stands for itself, also in double quotes: passwords hold it.
    """
    if not path.exists():
        return {}, {}, []
    content = read_capped(path, CAP)
    if isinstance(content, Problem):
        return {}, {}, [content]
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return {}, {}, [Problem(Place(str(path)), "is not UTF-8; save the file as UTF-8")]
    values: dict[str, str] = {}
    places: dict[str, Place] = {}
    problems = []
    for binding in parse_stream(io.StringIO(text)):
        # A binding starts after the line before it, so blank lines above a name are counted to it.
        above = binding.original.string
        line = binding.original.line + above[: len(above) - len(above.lstrip())].count("\n")
        if binding.error:
            problems.append(Problem(Place(str(path), line, 1), "is no NAME=value line; put # before a comment"))
        elif binding.key:
            values[binding.key] = binding.value or ""
            places[binding.key] = Place(str(path), line, 1)
    return values, places, problems
