"""The shape of each index, as the composable template that Elasticsearch gets."""

import json
from functools import cache
from importlib.resources import files
from typing import Any

KINDS = (
    "mentions",
    "series",
    "ids",
    "incidents",
    "locks",
    "deliveries",
    "sources",
    "quarantine",
    "reports",
    "erasures",
    "subscriptions",
)
MONTHLY = ("mentions", "series")
"""Kinds that lie in one index per month, behind an alias."""
MOVED = "moved"
"""Stands before the kind in the name of a month that was moved: no template's pattern matches it."""
PRIORITY = 500
"""Over Elasticsearch's own templates (100 to 200), so that a pattern of theirs never shapes our indices."""


def prefix_problem(prefix: str) -> str | None:
    """Say why names must not begin with this prefix; None where they may.

    `tocsin-moved` or `tocsin-mentions-b` would lie in what the team with the prefix `tocsin` calls its own: its
    templates would shape the other's indices, and each would delete from the other's.
    """
    ours = {*KINDS, MOVED}.intersection(prefix.split("-")[1:])
    if not ours:
        return None
    return f"{prefix!r} holds -{min(ours)}, which names an index of another prefix; write another word there"


def is_under(index: str, prefix: str) -> bool:
    """Say whether an index stands under this very prefix: `tocsin-b-mentions` is not one of `tocsin`."""
    rest = index.removeprefix(f"{prefix}-")
    return rest != index and rest.split("-")[0] in {*KINDS, MOVED}


@cache
def _shape(kind: str) -> str:
    return files(__package__).joinpath(f"{kind}.json").read_text(encoding="utf-8")


def shape(kind: str) -> dict[str, Any]:
    """Settings and mappings of a kind of index; the caller's own to change."""
    loaded: dict[str, Any] = json.loads(_shape(kind))
    return loaded


def version(kind: str) -> int:
    """Version of the kind's mapping; a change that needs a reindex makes it larger."""
    return int(shape(kind)["mappings"]["_meta"]["tocsin"]["version"])


def alias(kind: str, prefix: str) -> str:
    """Name under which a kind is asked: an alias over months, or the index itself."""
    return f"{prefix}-{kind}"


def month_index(prefix: str, month: str, kind: str = "mentions") -> str:
    """Name of the index that holds a month such as `2026.11` of a monthly kind."""
    return f"{alias(kind, prefix)}-{month}"


def template(kind: str, prefix: str) -> dict[str, Any]:
    """The composable template of a kind; months join their alias as soon as their index is made."""
    name, body = alias(kind, prefix), shape(kind)
    if kind in MONTHLY:
        patterns = [f"{name}-*"]
        body["aliases"] = {name: {}}
    else:
        patterns = [name, f"{name}-v*"]
    return {
        "index_patterns": patterns,
        "priority": PRIORITY,
        "version": version(kind),
        "template": body,
        "_meta": {"managed_by": "tocsin"},
    }


def policy() -> dict[str, Any]:
    """The ILM policy of months, where a cluster has ILM: old ones come after new ones, and move to warm nodes if any.

    No deletion: how long a mention is kept hangs on its brands, and its claimed id goes with it. Nothing that closes
    a month for writing (`readonly`; `forcemerge` and `shrink` on some versions): late posts go into old months, and
    what has had its time goes out of them.
    """
    return {
        "_meta": {"managed_by": "tocsin", "version": 1},
        "phases": {
            "hot": {"min_age": "0ms", "actions": {"set_priority": {"priority": 100}}},
            # Counted from the making of the index, which is a week before its month begins.
            "warm": {"min_age": "70d", "actions": {"set_priority": {"priority": 50}}},
        },
    }
