"""What others can be asked of a query: as much of it as they understand, and what is left to check afterwards.

What is asked is wider than the query: a text that fits is found, and our own matcher drops the rest. One exception:
a word that may go on, where others know no such words, is asked as it stands and with an s.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from tocsin.query.syntax import Context, Either, Every, Field, Near, Node, Not, Term, shortened


@dataclass(frozen=True, slots=True)
class Abilities:
    """What somebody understands besides words, phrases, AND, OR and words that are excluded."""

    prefix: bool = False
    """Words that may go on."""
    near: bool = False
    fields: frozenset[str] = frozenset()
    known: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Fields that are the same for all that they have, with their value: such a part is decided now."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A query that is at least as wide; True: everything, False: nothing fits."""

    node: Node | bool
    left: tuple[str, ...]
    """Parts that were not carried over as they stand, each once."""


def widened(node: Node, can: Abilities) -> Bound:
    """Give the narrowest query within these abilities that every fitting text fits, but for words that may go on."""
    left: dict[str, None] = {}
    return Bound(_wide(node, can, left), tuple(left))


def _wide(node: Node, can: Abilities, left: dict[str, None]) -> Node | bool:
    match node:
        case Term():
            return _term(node, can, left)
        case Field():
            return _field(node, can, left)
        case Context(part):
            return _wide(part, can, left)
        case Not():
            return _without(node, can, left)
        case Near():
            return _near(node, can, left)
        case Every(parts):
            return every(_wide(part, can, left) for part in parts)
        case Either(parts):
            return either(_wide(part, can, left) for part in parts)


def _term(term: Term, can: Abilities, left: dict[str, None]) -> Node:
    if term.exact:
        left[str(term)] = None
        term = replace(term, exact=False)
    if not term.prefix or can.prefix:
        return term
    left[str(term)] = None
    stem = replace(term, prefix=False)
    return stem if stem.text.endswith("s") else Either((stem, replace(stem, text=f"{stem.text}s")))


def _field(node: Field, can: Abilities, left: dict[str, None]) -> Node | bool:
    if node.name in can.known:
        actual = can.known[node.name]
        return actual == node.value or (node.name == "site" and actual.endswith(f".{node.value}"))
    if node.name in can.fields:
        return node
    left[str(node)] = None
    return True


def _near(node: Near, can: Abilities, left: dict[str, None]) -> Node | bool:
    here = _wide(node.left, can, left)
    if node.apart or not can.near:
        left[shortened(node)] = None
        return here if node.apart else every((here, _wide(node.right, can, left)))
    there = _wide(node.right, can, left)
    return (
        replace(node, left=here, right=there) if not isinstance(here, bool) and not isinstance(there, bool) else here
    )


def _without(node: Not, can: Abilities, left: dict[str, None]) -> Node | bool:
    """To exclude no more than the query does, only that is excluded which others find where we do."""
    if isinstance(node.part, Field):
        inner = _field(node.part, can, left)
        return not inner if isinstance(inner, bool) and node.part.name in can.known else _excluded(node, can)
    terms = [part for part in alternatives(node.part) if isinstance(part, Term) and not part.exact]
    kept = [replace(term, prefix=term.prefix and can.prefix) for term in terms]
    if kept != list(alternatives(node.part)):
        left[shortened(node)] = None
    return every(Not(term) for term in kept)


def _excluded(node: Not, can: Abilities) -> Node | bool:
    return node if isinstance(node.part, Field) and node.part.name in can.fields else True


def alternatives(node: Node) -> tuple[Node, ...]:
    """Give the parts of an OR, whatever the brackets; any other part alone."""
    if isinstance(node, Context):
        return alternatives(node.part)
    return tuple(one for part in node.parts for one in alternatives(part)) if isinstance(node, Either) else (node,)


def every(parts: Iterable[Node | bool]) -> Node | bool:
    """Join by AND; what is always true adds nothing."""
    found: dict[Node, None] = {}
    for part in parts:
        if part is False:
            return False
        if not isinstance(part, bool):
            found.update(dict.fromkeys(part.parts if isinstance(part, Every) else (part,)))
    return (next(iter(found)) if len(found) == 1 else Every(tuple(found))) if found else True


def either(parts: Iterable[Node | bool]) -> Node | bool:
    """Join by OR; what never is adds nothing."""
    found: dict[Node, None] = {}
    for part in parts:
        if part is True:
            return True
        if not isinstance(part, bool):
            found.update(dict.fromkeys(part.parts if isinstance(part, Either) else (part,)))
    return (next(iter(found)) if len(found) == 1 else Either(tuple(found))) if found else False
