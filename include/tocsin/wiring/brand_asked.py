"""What X, Elasticsearch and the other networks are asked for a brand, and what is checked afterwards."""

import json
from dataclasses import dataclass
from typing import Any

from tocsin.collect.networks.asking import alone
from tocsin.collect.networks.read_mastodon import hashtag
from tocsin.collect.x.asked import bound_of
from tocsin.collect.x.rules import LIMITS, queries_of, rules_of
from tocsin.index.asked import matching
from tocsin.model import Brand
from tocsin.query import parse_query, shortened
from tocsin.wiring.networks import names_of


@dataclass(frozen=True, slots=True)
class Asked:
    """The questions to one place, and which parts of the query it cannot be asked as they stand."""

    place: str
    questions: tuple[str, ...]
    left: tuple[str, ...] = ()


def asked_for(brand: Brand, level: str = "self_serve") -> tuple[Asked, ...]:
    """Give the questions by place: X's searches and rules, Elasticsearch, Bluesky, Mastodon, the others."""
    names = names_of([brand])
    searched = (_all_but_company(brand),) if brand.query else ()
    left_on_x = bound_of(brand.query).left if brand.query else ()
    body, left = _elastic(brand)
    return (
        Asked("x search", queries_of([brand], LIMITS[level].query), left_on_x),
        Asked("x stream", tuple(rule.value for rule in rules_of([brand], LIMITS[level])), left_on_x),
        Asked("elasticsearch", (json.dumps(body, ensure_ascii=False),), left),
        Asked("bluesky", names, searched),
        Asked("mastodon search", names, searched),
        Asked("mastodon hashtags", tuple(dict.fromkeys(hashtag(alone(name)) for name in names)), searched),
        Asked("others", tuple(dict.fromkeys(map(alone, names))), searched),
    )


def _all_but_company(brand: Brand) -> str:
    return f"all but names and the words beside them, of {shortened(parse_query(brand.query))}"


def _elastic(brand: Brand) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Aliases and query each suffice; patterns and `never` are left to the matcher."""
    texts = [f'"{name.replace(chr(34), " ")}"' for name in brand.looked_for]
    node = parse_query(" OR ".join([*texts, *([f"({brand.query})"] if brand.query else [])]) or f'"{brand.name}"')
    query, bound = matching(node)
    return {"query": query}, bound.left
