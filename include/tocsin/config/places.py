"""YAML as plain data that remembers where each value stood, so that an error can point at its line."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from yaml.constructor import ConstructorError, SafeConstructor
from yaml.events import AliasEvent
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from tocsin.config.problems import Place, Problem, read_capped, shown

CAP = 1_000_000
"""Largest configuration file, in bytes."""
DEEPEST = 12
"""Levels of nesting; our deepest file needs five."""
LONGEST_NUMBER = 100
"""Characters of a number; YAML also reads 1:1:1:... as one, slowly."""

Path_ = tuple[str | int, ...]
"""Way to a value: keys and list positions, as pydantic gives it."""


@dataclass(slots=True)
class Document:
    """One YAML file: its data, where everything stood, and what is wrong with it as YAML."""

    file: str
    data: Any = None
    values: dict[Path_, Place] = field(default_factory=dict)
    keys: dict[Path_, Place] = field(default_factory=dict)
    raw: dict[Path_, str] = field(default_factory=dict)
    """Scalars that YAML does not take for text, as they were written."""
    problems: list[Problem] = field(default_factory=list)

    def place(self, path: Path_) -> Place:
        """Where the value stands, or the nearest thing around it."""
        while path and path not in self.values:
            path = path[:-1]
        return self.values.get(path, Place(self.file))

    def glean(self, *steps: str | int) -> Iterator[tuple[str, Place]]:
        """Every text at `steps`, stepping into lists on the way; what has another shape is passed over."""
        yield from self._glean(self.data, (), steps)

    def _glean(self, data: Any, path: Path_, steps: Path_) -> Iterator[tuple[str, Place]]:
        if isinstance(data, list) and not (steps and isinstance(steps[0], int)):
            for index, item in enumerate(data):
                yield from self._glean(item, (*path, index), steps)
        elif steps and isinstance(data, list | dict):
            inner: Any = dict(enumerate(data)) if isinstance(data, list) else data
            yield from self._glean(inner.get(steps[0]), (*path, steps[0]), steps[1:])
        elif not steps and isinstance(data, str):
            yield data, self.place(path)


class _PlainLoader(yaml.SafeLoader):
    """YAML without anchors, aliases and deep nests: a page of aliases can unfold to gigabytes."""

    depth = 0

    def compose_node(self, parent: Node | None, index: Any) -> Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]  # its stubs leave the parser out
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
            raise ConstructorError(None, None, "anchors (&) and aliases (*) are not taken here", event.start_mark)
        if self.depth >= DEEPEST:
            raise ConstructorError(None, None, "lists and mappings are nested too deeply", event.start_mark)
        self.depth += 1
        try:
            return super().compose_node(parent, index)
        finally:
            self.depth -= 1


def read_document(path: Path, example: str = "include/config") -> Document:
    """Read a YAML file; whatever is wrong with it is in `problems`, nothing is raised.

    `example` is where the project has a file of this kind: whoever lacks one is sent there.
    """
    content = read_capped(path, CAP, example)
    if isinstance(content, Problem):
        return Document(str(path), problems=[content])
    return parse_document(content, str(path))


def parse_document(content: bytes, file: str) -> Document:
    """Parse YAML bytes; whatever is wrong with them is in `problems`, nothing is raised."""
    document = Document(file)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        before = content[: exc.start]
        place = Place(file, before.count(b"\n") + 1, exc.start - before.rfind(b"\n"))
        document.problems.append(Problem(place, "is not UTF-8; save the file as UTF-8"))
        return document
    node = _compose(text, document)
    if node is not None:
        document.data = _plain(node, (), document)
    return document


def _compose(text: str, document: Document) -> Node | None:
    """Parse to nodes, which carry their places; a broken text gives a problem and None."""
    loader: _PlainLoader | None = None
    try:
        loader = _PlainLoader(text)
        node: Node | None = loader.get_single_node()
    except yaml.MarkedYAMLError as exc:
        place = _place(exc.problem_mark or exc.context_mark, document.file)
        words = ", ".join(part for part in (exc.context, exc.problem) if part)
        document.problems.append(Problem(place, f"is not YAML that we can read: {words}"))
        return None
    except yaml.reader.ReaderError as exc:
        before = text[: exc.position]
        place = Place(document.file, before.count("\n") + 1, exc.position - before.rfind("\n"))
        document.problems.append(Problem(place, "holds a control character; delete it"))
        return None
    except (ValueError, OverflowError, RecursionError):
        # PyYAML lets these out for "\UFFFFFFFF" and for a version number of 5,000 digits.
        place = _place(loader.get_mark() if loader else None, document.file)
        document.problems.append(Problem(place, "holds a character code or number that YAML does not have"))
        return None
    if node is None:
        document.problems.append(
            Problem(Place(document.file), "is empty; write its list, see include/docs/configuration.md")
        )
    return node


def _place(mark: Any, file: str) -> Place:
    return Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)


def _plain(node: Node, path: Path_, document: Document) -> Any:
    """Turn a node into dicts, lists and scalars, noting each place on the way."""
    document.values[path] = _place(node.start_mark, document.file)
    if isinstance(node, MappingNode):
        return dict(_pairs(node, path, document))
    if isinstance(node, SequenceNode):
        return [_plain(item, (*path, index), document) for index, item in enumerate(node.value)]
    return _scalar(node, path, document)


def _pairs(node: MappingNode, path: Path_, document: Document) -> Iterator[tuple[str, Any]]:
    for key_node, value_node in node.value:
        place = _place(key_node.start_mark, document.file)
        if not isinstance(key_node, ScalarNode):
            document.problems.append(Problem(place, "a key must be a word; remove the brackets"))
            continue
        # The key as it was written: `no:` and `7:` are the words "no" and "7" here.
        key = str(key_node.value)
        first = document.keys.setdefault((*path, key), place)
        if first != place:
            text = f"key {shown(key)} is written twice, first in line {first.line}; keep one"
            document.problems.append(Problem(place, text))
            continue
        yield key, _plain(value_node, (*path, key), document)


def _scalar(node: Node, path: Path_, document: Document) -> Any:
    value = str(node.value)
    kind = node.tag.removeprefix("tag:yaml.org,2002:")
    if kind in {"str", "timestamp"}:
        if any("\ud800" <= char <= "\udfff" for char in value):
            document.problems.append(Problem(document.values[path], "holds half a character; write the character"))
        return value
    document.raw[path] = value
    reader = _READERS.get(kind)
    if reader and len(value) <= LONGEST_NUMBER and isinstance(node, ScalarNode):
        with suppress(ValueError, OverflowError, KeyError, IndexError, yaml.YAMLError):
            return reader(_constructor, node)
    text = f"{shown(value)} is no {kind if reader else 'plain value'}; write it in quotes if it is text"
    document.problems.append(Problem(document.values[path], text))
    return value


_constructor = SafeConstructor()
_READERS = {
    "null": SafeConstructor.construct_yaml_null,
    "bool": SafeConstructor.construct_yaml_bool,
    "int": SafeConstructor.construct_yaml_int,
    "float": SafeConstructor.construct_yaml_float,
}
