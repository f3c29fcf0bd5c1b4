"""A brand's query as a search of Elasticsearch: it finds what fits and somewhat more, which the matcher drops.

More, since Elasticsearch counts no case and no # or @ here. Less in three cases: an excluded word that stands in a
web address excludes there, a phrase that begins in the title and ends in the text is not seen, and neither is the `s`
of `s'excuse` as a word.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tocsin.index.words import words_as_typed
from tocsin.query import (
    Abilities,
    Bound,
    Context,
    Either,
    Every,
    Field,
    Near,
    Node,
    Not,
    Term,
    parts_of,
    shortened,
    terms_in,
    widened,
)

Body = dict[str, Any]

ABILITIES = Abilities(prefix=True, near=True, fields=frozenset({"lang", "network", "site", "source"}))
TEXTS = ("title", "message")
_KEYWORDS = {"lang": "language", "network": "network", "source": "source_id"}
_JOINERS = re.compile(r"['’‘ʼ`´‐‑-]")


def matching(node: Node) -> tuple[Body, Bound]:
    """Give the search for mentions that fit a query, and what of it is left to check."""
    bound = widened(node, ABILITIES)
    forms = [str(term) for term in terms_in(node) if term.text.startswith(("#", "@"))]
    loose = [shortened(near) for near in _nears(node) if not near.apart and _is_loose(near)]
    bound = replace(bound, left=tuple(dict.fromkeys((*bound.left, *loose, *forms))))
    if isinstance(bound.node, bool):
        return {"match_all" if bound.node else "match_none": {}}, bound
    return _clause(bound.node, TEXTS), bound


def _clause(node: Node, texts: Sequence[str]) -> Body:
    match node:
        case Term():
            return _any_of(_term(node, texts))
        case Field(name, value):
            return _field(name, value)
        case Context(part):
            return _clause(part, texts)
        case Not(part):
            return {"bool": {"must_not": [_clause(part, texts)]}}
        case Near():
            return _near(node, texts)
        case Every(parts):
            return _every(parts, texts)
        case Either(parts):
            return _any_of([_clause(part, texts) for part in parts])


def _every(parts: Sequence[Node], texts: Sequence[str]) -> Body:
    """What is excluded stands in one list, as people write it."""
    excluded = [_clause(part.part, texts) for part in parts if isinstance(part, Not)]
    told: Body = {"filter": [_clause(part, texts) for part in parts if not isinstance(part, Not)]}
    return {"bool": {**told, **({"must_not": excluded} if excluded else {})}}


def _field(name: str, value: str) -> Body:
    if name == "site":
        below = {"wildcard": {"url.domain": {"value": f"*.{value}"}}}
        return _any_of([{"term": {"url.domain": value}}, below])
    return {"term": {_KEYWORDS[name]: value}}


def _term(term: Term, texts: Sequence[str]) -> list[Body]:
    """As it is written, with its joints apart, and run together: `l'oréal`, `l oréal`, `loréal`."""
    words = words_as_typed(term.text)
    if term.prefix and words:
        return [_going_on(words, texts)]
    spelled = dict.fromkeys((term.text, _JOINERS.sub(" ", term.text)))
    found: list[Body] = [{"match_phrase": {text: one}} for text in texts for one in spelled]
    # `words` holds title and text together: it would not tell which of them has it.
    if words and tuple(texts) == TEXTS:
        found.append({"term": {"words": "".join(words).replace("'", "")}})
    return found


def _going_on(words: Sequence[str], texts: Sequence[str]) -> Body:
    begins: Body = {"prefix": {"words": words[-1].replace("'", "")}}
    if len(words) == 1:
        return begins
    before = " ".join(words[:-1])
    return {"bool": {"filter": [_any_of([{"match_phrase": {text: before}} for text in texts]), begins]}}


def _near(node: Near, texts: Sequence[str]) -> Body:
    """Within one of the texts, or one side in the title and the other in the text, which follow each other."""
    both: Body = {"bool": {"filter": [_clause(node.left, texts), _clause(node.right, texts)]}}
    if node.apart:
        return _clause(node.left, texts)
    if _is_loose(node):
        return both
    sides = [_interval(node.left), _interval(node.right)]
    near = {"all_of": {"intervals": sides, "max_gaps": node.within - 1, "ordered": False}}
    found: list[Body] = [{"intervals": {text: near}} for text in texts]
    for one, other in (TEXTS, TEXTS[::-1]) if tuple(texts) == TEXTS else ():
        found.append({"bool": {"filter": [_clause(node.left, (one,)), _clause(node.right, (other,))]}})
    return _any_of(found)


def _is_loose(node: Near) -> bool:
    """Whether it is asked as AND: an interval refuses more than 128 words that begin alike, and a chain may cross."""
    return any(term.prefix for term in terms_in(node)) or any(_nears(part) for part in (node.left, node.right))


def _nears(node: Node) -> list[Near]:
    below = [found for part in parts_of(node) for found in _nears(part)]
    return [node, *below] if isinstance(node, Near) else below


def _interval(node: Node) -> Body:
    match node:
        case Either(parts):
            return {"any_of": {"intervals": [_interval(part) for part in parts]}}
        case Term(text):
            joined = "".join(words_as_typed(text)).replace("'", "")
            spelled = dict.fromkeys((text, _JOINERS.sub(" ", text), joined))
            ways: list[Body] = [{"match": {"query": one, "max_gaps": 0, "ordered": True}} for one in spelled if one]
            return ways[0] if len(ways) == 1 else {"any_of": {"intervals": ways}}
        case _:
            raise AssertionError(f"beside NEAR stand words: {node}")


def _any_of(clauses: Sequence[Body]) -> Body:
    if len(clauses) == 1:
        return clauses[0]
    return {"bool": {"should": list(clauses), "minimum_should_match": 1}}
