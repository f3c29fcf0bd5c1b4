"""A query's text as parts, by a grammar in Lark; an error shows the line and points at the character."""

import difflib
import re
from functools import cache, lru_cache
from typing import cast

from lark import Lark, Token, Transformer, UnexpectedCharacters, UnexpectedToken

from tocsin.query.mistakes import (
    FIELDS,
    WILDCARD,
    Mistake,
    QueryError,
    early_end,
    misplaced_operator,
    stray_sign,
    stray_token,
)
from tocsin.query.names import nameless
from tocsin.query.syntax import OPERATORS, Context, Either, Every, Field, Near, Node, Not, Span, Term, parts_of

LONGEST = 4_000
"""Characters of a query."""
DEEPEST = 20
"""Levels of nesting."""
FARTHEST = 99
"""Words of NEAR."""

_FRENCH = {"langue": "lang", "réseau": "network", "reseau": "network"}
_VALUES = {
    "lang": (re.compile(r"[a-z]{2}|und"), "a language is two letters such as fr, or und"),
    "network": (re.compile(r"[a-z0-9][a-z0-9_-]{0,63}"), "a network is a word such as mastodon, news or web"),
    "site": (re.compile(r"(?:[\w-]+\.)+[\w-]+"), "a site is a host such as example.org"),
    "source": (re.compile(r"[a-z0-9][a-z0-9_-]{0,63}"), "a source is an id of sources.yaml"),
}

# After an operator stands a space, a bracket or a quote: ANDROID is a word.
_GRAMMAR = r"""
    start: either
    either: every (_OR every)*
    every: part (_AND? part)*
    ?part: NOT part     -> negated
         | MINUS part   -> negated
         | PLUS part    -> context
         | near
    ?near: atom
         | near NEAR atom -> nearby
         | near FAR atom  -> nearby
    ?atom: WORD         -> word
         | PHRASE       -> phrase
         | FIELD value  -> field
         | FIELD "(" value (_OR value)* ")" -> field
         | "(" either ")"
    ?value: WORD | PHRASE

    _AND.5: /(AND|ET|&&)(?=[\s()"“«]|$)/
    _OR.5: /(OR|OU|\|\|)(?=[\s()"“«]|$)/
    NOT.5: /(NOT|SAUF|NON)(?=[\s()"“«]|$)/
    NEAR.5: /(NEAR|PRÈS|PRES)\/\d{1,9}(?=[\s()"“«]|$)/
    FAR.6: /(NOT|SAUF|NON)\s+(NEAR|PRÈS|PRES)\/\d{1,9}(?=[\s()"“«]|$)/
    MINUS: "-"
    PLUS: "+"
    FIELD.4: /[^\W\d_][^\W_]*:(?=[^\s:)])/
    PHRASE: /=?("[^"]*"|“[^”]*”|«[^»]*»)/
    WORD: /=?[^\s()"“”«»~^{}\[\]?+=:!|&*\/-][^\s()"“”«»~^{}\[\]?]*/
    %ignore /\s+/
"""


@lru_cache(maxsize=4096)
def parse_query(text: str) -> Node:
    """Read a query. QueryError: it cannot be read, or could be true of a text that names nothing."""
    if len(text) > LONGEST:
        raise QueryError(f"the query is longer than {LONGEST:,} characters", text, (LONGEST, LONGEST + 1))
    if not text.strip():
        raise QueryError("the query is empty; write the words that name the brand", text, (0, 1))
    parsed = _parse(text)
    if (part := nameless(parsed)) is not None:
        reason = "true of texts that name nothing; put a word beside it that names the brand"
        raise QueryError(reason, text, part.at)
    return parsed


def _parse(text: str) -> Node:
    try:
        return cast("Node", _parser().parse(text))
    except UnexpectedCharacters as exc:
        raise stray_sign(text, exc.pos_in_stream or 0) from None
    except UnexpectedToken as exc:
        if exc.token.type == "$END":
            raise early_end(text) from None
        raise stray_token(text, exc.token, _span(exc.token)) from None
    except Mistake as exc:
        raise QueryError(str(exc), text, exc.at) from None


class _Builder(Transformer[Token, Node]):
    """Makes parts of what the grammar finds."""

    def start(self, found: list[Node]) -> Node:
        return found[0]

    def either(self, found: list[Node]) -> Node:
        return found[0] if len(found) == 1 else _checked(Either(tuple(found), _around(found)))

    def every(self, found: list[Node]) -> Node:
        return found[0] if len(found) == 1 else _checked(Every(tuple(found), _around(found)))

    def negated(self, found: tuple[Token, Node]) -> Node:
        return _checked(Not(found[1], (_span(found[0])[0], found[1].at[1])))

    def context(self, found: tuple[Token, Node]) -> Node:
        return _checked(Context(found[1], (_span(found[0])[0], found[1].at[1])))

    def nearby(self, found: tuple[Node, Token, Node]) -> Node:
        left, sign, right = found
        within = int(sign.rpartition("/")[2])
        if not 1 <= within <= FARTHEST:
            raise Mistake(f"NEAR counts words, 1 to {FARTHEST}", _span(sign))
        for side in (left, right):
            _check_places(side)
        return _checked(Near(left, right, within, sign.type == "FAR", (left.at[0], right.at[1])))

    def word(self, found: list[Token]) -> Node:
        token = found[0]
        if token.partition("/")[0].casefold() in OPERATORS:
            raise Mistake(misplaced_operator(token), _span(token))
        return _term(str(token), _span(token))

    def phrase(self, found: list[Token]) -> Node:
        token = found[0]
        exact = "=" if token.startswith("=") else ""
        inside = token.removeprefix("=")[1:-1].replace('"', " ")
        return _term(exact + " ".join(inside.split()), _span(token))

    def field(self, found: list[Token]) -> Node:
        name, values = found[0], found[1:]
        fields = tuple(_field(name, value) for value in values)
        return fields[0] if len(fields) == 1 else _checked(Either(fields, _around(list(fields))))


@cache
def _parser() -> Lark:
    return Lark(_GRAMMAR, parser="lalr", lexer="basic", transformer=_Builder())


def _term(text: str, at: Span) -> Term:
    exact, wanted = text.startswith("="), text.removeprefix("=")
    stem = wanted.rstrip("*")
    prefix = stem != wanted
    last = re.search(r"\w*$", stem)
    if prefix and len(last[0] if last else "") < 3:
        raise Mistake(WILDCARD, at)
    if "*" in stem:
        raise Mistake(WILDCARD, (at[0] + text.index("*"), at[0] + text.index("*") + 1))
    if not re.search(r"\w|[^\w\s\x00-\x1f]", stem) or stem in {"#", "@"}:
        raise Mistake("there is nothing to look for here", at)
    return Term(stem, exact, prefix, at)


def _field(token: Token, given: Token) -> Field:
    written = token.removesuffix(":").casefold()
    name = _FRENCH.get(written, written)
    if name == "author":
        raise Mistake("authors are kept as pseudonyms, so they cannot be asked for", _span(token))
    if name not in FIELDS:
        remedy = "put a text with a colon in quotes"
        raise Mistake(f"unknown field '{written}'{_nearest(written)}; {remedy}", _span(token))
    value = given.strip('"“”«»').strip().casefold()
    value = value.removeprefix("www.") if name == "site" else value
    shape, remedy = _VALUES[name]
    if not shape.fullmatch(value):
        raise Mistake(f"{name}: {remedy}", _span(given))
    return Field(name, value, (_span(token)[0], _span(given)[1]))


def _nearest(name: str) -> str:
    near = difflib.get_close_matches(name[:40], [*FIELDS, *_FRENCH], n=1, cutoff=0.5)
    return f"; did you mean '{near[0]}:'?" if near else f"; known are {', '.join(FIELDS)}"


def _check_places(node: Node) -> None:
    """Only words have a place in the text."""
    if isinstance(node, Every | Not | Context | Field):
        raise Mistake(
            "beside NEAR stand words, or words joined by OR in brackets; what belongs together stands in quotes",
            node.at,
        )
    for part in parts_of(node):
        _check_places(part)


def _checked(node: Node) -> Node:
    if _depth(node) > DEEPEST:
        raise Mistake(f"nested more than {DEEPEST} levels deep", node.at)
    return node


def _depth(node: Node) -> int:
    """Each part was checked when it was made, so this goes down one level more than allowed at most."""
    return 1 + max(map(_depth, parts_of(node)), default=0)


def _around(parts: list[Node]) -> Span:
    return parts[0].at[0], parts[-1].at[1]


def _span(token: Token) -> Span:
    start = token.start_pos or 0
    return start, start + len(token)
