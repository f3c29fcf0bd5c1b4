"""Which of a query's words name the brand: where they stand is where tone and harm are read."""

from collections.abc import Iterator

from tocsin.query.syntax import Context, Either, Every, Near, Node, Term


def surely_names(node: Node) -> bool:
    """Say whether a text that fits has a word that names the brand, whichever way it fits."""
    match node:
        case Term():
            return True
        case Near(below) | Context(below):
            return surely_names(below)
        case Either(parts):
            return all(map(surely_names, parts))
        case Every(parts):
            return any(map(surely_names, parts))
        case _:
            return False


def naming_part(node: Every) -> Node | None:
    """Give the part that names the brand: the first that can and is not context (`+`), else the first that can."""
    naming = [part for part in node.parts if surely_names(part)]
    return next((part for part in naming if not isinstance(part, Context)), naming[0] if naming else None)


def finds_by(node: Node) -> Iterator[Term]:
    """Give the terms that name the brand: a text without any of them cannot fit."""
    match node:
        case Term():
            yield node
        case Near(below) | Context(below):
            yield from finds_by(below)
        case Either(parts):
            for part in parts:
                yield from finds_by(part)
        case Every():
            if (naming := naming_part(node)) is not None:
                yield from finds_by(naming)
        case _:
            return


def nameless(node: Node) -> Node | None:
    """Give the smallest part by which a text could fit without naming anything; None where there is none."""
    if surely_names(node):
        return None
    if isinstance(node, Either):
        return next((found for part in node.parts if (found := nameless(part)) is not None), None)
    if isinstance(node, Near | Context):
        return nameless(node.left if isinstance(node, Near) else node.part)
    return node
