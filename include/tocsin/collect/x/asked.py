"""A brand's query in the words of X: as much of it as X understands, in pieces that it takes."""

from collections.abc import Iterator, Sequence
from types import MappingProxyType

from tocsin.collect.x.terms import length, spellings, ways_to_ask
from tocsin.query import Abilities, Bound, Either, Every, Field, Node, Not, Term, parse_query, widened

ABILITIES = Abilities(fields=frozenset({"lang"}), known=MappingProxyType({"network": "x", "site": "x.com"}))
"""X tells languages in its own way; its posts are all of one network and one site."""


def bound_of(query: str) -> Bound:
    """Give as much of a query as X understands, and what is checked afterwards."""
    return widened(parse_query(query), ABILITIES)


def pieces(query: str, room: int, *, accents: bool = False) -> Iterator[str]:
    """Write a query as searches of at most `room` characters that together find what it does; none for "".

    An OR that is too long is split. Words that are excluded give way where there is no room for them.
    """
    node = bound_of(query).node if query else False
    if not isinstance(node, bool):
        yield from _split(node, room, accents)


def _split(node: Node, room: int, accents: bool) -> Iterator[str]:
    written = _written(node, accents)
    if written is None or length(written) <= room:
        yield from [written] if written else []
    elif isinstance(node, Either):
        yield from _packed(node.parts, room, accents)
    elif isinstance(node, Every) and (smaller := _halves(node, accents)):
        for part in smaller:
            yield from _split(part, room, accents)
    elif isinstance(node, Term):
        yield from (way for way in ways_to_ask([node.text], accents=accents) if length(way) <= room)


def _packed(parts: Sequence[Node], room: int, accents: bool) -> Iterator[str]:
    """Fill each search with as many parts as it takes."""
    group: list[Node] = []
    for part in parts:
        if group and length(_written(Either((*group, part)), accents) or "") > room:
            yield from _split(group[0] if len(group) == 1 else Either(tuple(group)), room, accents)
            group = []
        group.append(part)
    yield from _split(group[0] if len(group) == 1 else Either(tuple(group)), room, accents)


def _halves(node: Every, accents: bool) -> tuple[Node, ...]:
    """Split the longest OR of an AND in two; without one, leave out a part, what is excluded first; none are left."""

    def size(part: Node) -> int:
        return len(_written(part, accents) or "")

    longest = max((part for part in node.parts if isinstance(part, Either)), key=size, default=None)
    if longest is not None:
        middle = len(longest.parts) // 2
        sides = (longest.parts[:middle], longest.parts[middle:])
        return tuple(_instead(node, longest, side[0] if len(side) == 1 else Either(side)) for side in sides)
    leaving: list[Node] = [part for part in node.parts if isinstance(part, Not)]
    leaving = leaving or [part for part in node.parts if isinstance(part, Term)]
    kept = tuple(part for part in node.parts if part != max(leaving, key=size, default=None))
    return (kept[0] if len(kept) == 1 else Every(kept),) if kept and kept != node.parts else ()


def _instead(node: Every, old: Node, new: Node) -> Every:
    return Every(tuple(new if part == old else part for part in node.parts))


def _written(node: Node, accents: bool) -> str | None:
    """Write a part; None: X has no words for it, so that it says nothing."""
    match node:
        case Term(text):
            ways = ways_to_ask([text], accents=accents)
            return None if not ways else ways[0] if len(ways) == 1 else f"({' OR '.join(ways)})"
        case Not(Term(text)):
            return f"-{ways[0]}" if (ways := spellings(text)) else None
        case Not(Field() as part):
            return f"-{part}"
        case Every(parts):
            told = {part: written for part in parts if (written := _written(part, accents))}
            # X wants something to look for: exclusions and a language alone are refused.
            return None if all(isinstance(part, Not | Field) for part in told) else " ".join(told.values())
        case Either(parts):
            found = [_written(part, accents) for part in parts]
            return None if None in found else f"({' OR '.join(filter(None, found))})"
        case Field():
            return str(node)
    return None
