"""A query as searches for one name each: what networks take that know nothing of OR."""

from collections.abc import Iterator
from dataclasses import dataclass

from tocsin.query.names import naming_part
from tocsin.query.syntax import Context, Either, Every, Near, Node, Term


@dataclass(frozen=True, slots=True)
class Search:
    """A name and the words that stand beside it in every text that fits; the rest is checked afterwards."""

    name: str
    company: tuple[str, ...] = ()


def searches(node: Node) -> tuple[Search, ...]:
    """Give the searches that together find every text that fits; a name that may go on is asked as it stands."""
    return tuple(dict.fromkeys(_searches(node, ())))


def _searches(node: Node, company: tuple[str, ...]) -> Iterator[Search]:
    match node:
        case Term(text):
            yield Search(text, tuple(word for word in dict.fromkeys(company) if word != text))
        case Near(left, right, _, apart):
            yield from _searches(left, company if apart else company + _certain(right))
        case Context(part):
            yield from _searches(part, company)
        case Either(parts):
            for part in parts:
                yield from _searches(part, company)
        case Every(parts):
            naming = naming_part(node)
            beside = tuple(word for part in parts if part is not naming for word in _certain(part))
            if naming is not None:
                yield from _searches(naming, company + beside)
        case _:
            return


def _certain(node: Node) -> tuple[str, ...]:
    """Words that stand in every text that fits this part, as they stand here."""
    match node:
        case Term(text, _, prefix):
            return () if prefix else (text,)
        case Context(part):
            return _certain(part)
        case Near(left, right, _, apart):
            return _certain(left) + (() if apart else _certain(right))
        case Every(parts):
            return tuple(word for part in parts for word in _certain(part))
        case _:
            return ()
