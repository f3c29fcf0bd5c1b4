"""Reads Kibana's query language as far as our dashboards write it, and refuses every other form.

either   := both ("or" both)*
both     := one ("and" one)*
one      := "not" one | "(" either ")" | field ":" ( "text in quotes" | word | * )
"""

import re
from typing import Any

Json = dict[str, Any]

_TOKEN = re.compile(r'\s*(?:(?P<quoted>"(?:[^"\\]|\\.)*")|(?P<sign>[():*])|(?P<word>[^\s():*"<>{}\\]+))')
_WORDS_OF_THE_LANGUAGE = {"and", "or", "not"}


def to_query(kql: str) -> Json:
    """The search that Kibana makes of it. ValueError: a form that we do not write."""
    if not kql.strip():
        return {"match_all": {}}
    tokens = _tokens(kql)
    query = _either(tokens)
    if tokens:
        raise ValueError(f"not understood from {tokens[0]!r} on: {kql}")
    return query


def _tokens(kql: str) -> list[str]:
    tokens, at = [], 0
    while at < len(kql.rstrip()):
        found = _TOKEN.match(kql, at)
        if found is None:
            raise ValueError(f"not understood at {at}: {kql}")
        tokens.append(found.group().strip())
        at = found.end()
    return tokens


def _either(tokens: list[str]) -> Json:
    parts = [_both(tokens)]
    while _takes(tokens, "or"):
        parts.append(_both(tokens))
    return parts[0] if len(parts) == 1 else {"bool": {"should": parts, "minimum_should_match": 1}}


def _both(tokens: list[str]) -> Json:
    parts = [_one(tokens)]
    while _takes(tokens, "and"):
        parts.append(_one(tokens))
    return parts[0] if len(parts) == 1 else {"bool": {"filter": parts}}


def _one(tokens: list[str]) -> Json:
    if _takes(tokens, "not"):
        return {"bool": {"must_not": [_one(tokens)]}}
    if _takes(tokens, "("):
        inner = _either(tokens)
        if not _takes(tokens, ")"):
            raise ValueError("a bracket is not closed")
        return inner
    field = tokens.pop(0) if tokens else ""
    if not re.fullmatch(r"[@\w.]+", field) or field.lower() in _WORDS_OF_THE_LANGUAGE or not _takes(tokens, ":"):
        raise ValueError(f"not `field : value`: {field!r}")
    return _value(field, tokens.pop(0) if tokens else "")


def _value(field: str, said: str) -> Json:
    if said == "*":
        return {"exists": {"field": field}}
    if said.startswith('"'):
        return {"match_phrase": {field: re.sub(r"\\(.)", r"\1", said[1:-1])}}
    if not re.fullmatch(r"\w+", said) or said.lower() in _WORDS_OF_THE_LANGUAGE:
        raise ValueError(f"not a value: {said!r}")
    return {"match": {field: said}}


def _takes(tokens: list[str], word: str) -> bool:
    if tokens and tokens[0].lower() == word:
        tokens.pop(0)
        return True
    return False
