"""What a parsed query is made of. `str` of a part is a query that parses to the same part again."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

OPERATORS = frozenset({"and", "or", "not", "near", "et", "ou", "sauf", "non", "près", "pres"})
"""Words of the language in English and French: written in capitals; as words to look for they need quotes."""

_BARE = re.compile(r"[#@]?[^\W_]+(?:['’.&-]?[^\W_]+)*")

SHOWN = 60
"""Characters of a part that people are told."""

Span = tuple[int, int]
"""Half-open characters of the query as it was written."""


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase: `orange`, `"Orange Bank"`, `#orange`, `@orange_fr`, `=Orange`, `télécom*`."""

    text: str
    exact: bool = False
    """Whether the case counts, too."""
    prefix: bool = False
    """Whether the last word may go on."""
    at: Span = field(default=(0, 0), compare=False)

    def __str__(self) -> str:
        star = "*" if self.prefix else ""
        bare = _BARE.fullmatch(self.text) and self.text.casefold() not in OPERATORS
        return ("=" if self.exact else "") + (self.text + star if bare else f'"{self.text}{star}"')


@dataclass(frozen=True, slots=True)
class Field:
    """What is known of the post besides its text, such as `lang:fr`."""

    name: str
    value: str
    at: Span = field(default=(0, 0), compare=False)

    def __str__(self) -> str:
        return f"{self.name}:{self.value}"


@dataclass(frozen=True, slots=True)
class Near:
    """The left part's places that have one of the right part within so many words; `apart`: that have none."""

    left: "Node"
    right: "Node"
    within: int
    apart: bool = False
    at: Span = field(default=(0, 0), compare=False)

    def __str__(self) -> str:
        left = str(self.left) if isinstance(self.left, Near) else _grouped(self.left)
        return f"{left} {'NOT ' if self.apart else ''}NEAR/{self.within} {_grouped(self.right)}"


@dataclass(frozen=True, slots=True)
class Not:
    """True where its part is not."""

    part: "Node"
    at: Span = field(default=(0, 0), compare=False)

    def __str__(self) -> str:
        return f"-{_prefixed(self.part)}"


@dataclass(frozen=True, slots=True)
class Context:
    """Has to be there, but does not name the brand: `+forfait`."""

    part: "Node"
    at: Span = field(default=(0, 0), compare=False)

    def __str__(self) -> str:
        return f"+{_prefixed(self.part)}"


@dataclass(frozen=True, slots=True)
class Every:
    """All of its parts."""

    parts: "tuple[Node, ...]"
    at: Span = field(default=(0, 0), compare=False)

    def __str__(self) -> str:
        loose = (Either, Every)
        return " ".join(f"({part})" if isinstance(part, loose) else str(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Either:
    """At least one of its parts."""

    parts: "tuple[Node, ...]"
    at: Span = field(default=(0, 0), compare=False)

    def __str__(self) -> str:
        return " OR ".join(f"({part})" if isinstance(part, Either) else str(part) for part in self.parts)


Node = Term | Field | Near | Not | Context | Every | Either


def parts_of(node: Node) -> tuple[Node, ...]:
    """Give the parts right below a node."""
    match node:
        case Every(parts) | Either(parts):
            return parts
        case Not(part) | Context(part):
            return (part,)
        case Near(left, right):
            return (left, right)
        case _:
            return ()


def terms_in(node: Node) -> Iterator[Term]:
    """Give the words and phrases of a query as they stand, repeated ones too."""
    if isinstance(node, Term):
        yield node
    for part in parts_of(node):
        yield from terms_in(part)


def fields_in(node: Node) -> Iterator[Field]:
    """Give the fields of a query as they stand."""
    if isinstance(node, Field):
        yield node
    for part in parts_of(node):
        yield from fields_in(part)


def shortened(node: Node) -> str:
    """Write a part as people are told it: a long one is cut."""
    text = str(node)
    return text if len(text) <= SHOWN else f"{text[:SHOWN].rsplit(' ', 1)[0]} …"


def _grouped(node: Node) -> str:
    return str(node) if isinstance(node, Term | Field) else f"({node})"


def _prefixed(node: Node) -> str:
    return f"({node})" if isinstance(node, Either | Every) else str(node)
