"""New sources are written into sources.yaml as a person would: below the others, and nothing else is touched."""

import os
import re
import tempfile
import unicodedata
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from tocsin.config.files import BRANDS, PEOPLE, SOURCES, parse_config
from tocsin.errors import ConfigError

_UNFIT = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class NewSource:
    """An entry to be; what is empty is left out. `about` stands above it as a comment."""

    id: str
    kind: str
    url: str
    network: str = ""
    language: str = ""
    about: str = ""


def new_id(url: str, taken: Collection[str], what: str = "") -> str:
    """Make an id of an address's host, and of `what` it is of it: in the form that ids have, and not taken."""
    host = (urlsplit(url).hostname or "source").removeprefix("www.")
    plain = unicodedata.normalize("NFKD", f"{host} {what}").encode("ascii", "ignore").decode().lower()
    name = _UNFIT.sub("-", plain).strip("-")[:56].strip("-") or "source"
    return next(
        each for each in (name, *(f"{name}-{number}" for number in range(2, len(taken) + 3))) if each not in taken
    )


def add_sources(folder: Path, sources: Sequence[NewSource]) -> None:
    """Write the sources at the end of the folder's sources.yaml; its comments, order and style stay.

    The new file is read and checked before it takes the old one's place at once, so that there is never a broken one.
    ConfigError: the files are wrong already, the list is written in a way that we do not add to, the result would be
    wrong, or somebody else wrote the file meanwhile; nothing is changed then.
    """
    path = folder / SOURCES
    try:
        others = {name: (folder / name).read_bytes() for name in (BRANDS, PEOPLE)}
        before = path.read_bytes() if path.exists() else b"sources: []\n"
        old = parse_config({**others, SOURCES: before}, folder)
        after = _with(before.decode("utf-8"), sources, path).encode()
        new = parse_config({**others, SOURCES: after}, folder)
        if new.sources[: len(old.sources)] != old.sources or len(new.sources) != len(old.sources) + len(sources):
            raise ConfigError(f"{path}: is written in a way that we cannot add to; add the entries by hand")
        _replace(path.resolve(), before, after)
    except OSError as exc:
        raise ConfigError(f"{path}: cannot be written ({exc.strerror}); check its rights") from exc


def _with(text: str, sources: Sequence[NewSource], path: Path) -> str:
    """Give the file's text with the entries in the list's own indent."""
    value = _list_in(text)
    end = "\r\n" if "\r\n" in text else "\n"
    if isinstance(value, SequenceNode) and value.value and not value.flow_style:
        lines = _written(sources, value.start_mark.column, spaced="\n\n" in text.replace("\r", ""))
        return text.rstrip() + end + end.join(lines) + end
    is_empty = isinstance(value, SequenceNode) and not value.value
    if not is_empty and not (isinstance(value, ScalarNode) and value.tag.endswith(":null")):
        raise ConfigError(
            f"{path}: `sources` is not a list with a line for each; write each after `- ` on its own line"
        )
    kept = text[: value.start_mark.index].rstrip() + text[value.end_mark.index :]
    line_end = kept.find("\n", len(text[: value.start_mark.index].rstrip()))
    head, tail = (kept, "") if line_end < 0 else (kept[:line_end].rstrip("\r"), kept[line_end + 1 :])
    return head + end + end.join(_written(sources, 2, spaced=False)) + end + tail


def _list_in(text: str) -> Node:
    """The node of `sources`, which the file was already found to have."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    if not isinstance(root, MappingNode):
        raise TypeError("a file that was found right is no mapping")
    value: Node = next(value for key, value in root.value if key.value == "sources")
    return value


def _written(sources: Sequence[NewSource], indent: int, *, spaced: bool) -> list[str]:
    lines = []
    margin = " " * indent
    for source in sources:
        told = {"kind": source.kind, "url": source.url, "network": source.network, "language": source.language}
        lines += [""] if spaced else []
        lines += [f"{margin}# {_line(source.about)}"] if _line(source.about) else []
        lines.append(f"{margin}- id: {source.id}")
        lines += [f"{margin}  {key}: {_scalar(value)}" for key, value in told.items() if value]
    return lines


def _line(text: str) -> str:
    """A comment holds what a stranger's site says of itself: one line of what can be seen."""
    return "".join(sign if sign.isprintable() else " " for sign in text)[:100].strip()


def _scalar(value: str) -> str:
    """A value as YAML wants it, in quotes where it needs them."""
    return yaml.safe_dump([value], default_flow_style=True, width=10_000, allow_unicode=True).strip()[1:-1]


def _replace(path: Path, before: bytes, after: bytes) -> None:
    """Put the new text in the old one's place at once, with its rights."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(after)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            Path(name).chmod(path.stat().st_mode & 0o777)
            if path.read_bytes() != before:
                raise ConfigError(f"{path}: was written by somebody else meanwhile; run it again")
        else:
            Path(name).chmod(0o644)
        Path(name).replace(path)
    finally:
        with suppress(FileNotFoundError):
            Path(name).unlink()
