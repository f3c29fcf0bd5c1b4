"""Where the demo keeps what it finds: a file in its home, a node of its own, or the team's Elasticsearch."""

import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

from tocsin.config import read_settings
from tocsin.node import Node

Kind = Literal["sqlite", "elasticsearch"]


@dataclass(frozen=True, slots=True)
class Keeping:
    """The settings that lead to the store, and what people are told of it."""

    settings: Mapping[str, str] = field(default_factory=dict, repr=False)
    told: str = ""
    """Empty for the SQLite file in the demo's home."""


@contextmanager
def take_store(kind: Kind, environ: Mapping[str, str], say: Callable[[str], None]) -> Iterator[Keeping]:
    """Give an empty store: for `elasticsearch` the one of TOCSIN_STORE where that is an address, else a node of ours.

    At TOCSIN_STORE the demo takes a prefix of its own and leaves it there to be looked at. ToolsMissingError: a node
    needs Maven and Java.
    """
    if kind == "sqlite":
        yield Keeping()
        return
    theirs = read_settings(environ)
    if theirs.store.startswith(("http://", "https://")):
        prefix, key = f"tocsin-demo-{secrets.token_hex(3)}", theirs.elasticsearch_api_key
        settings = {
            "TOCSIN_STORE": theirs.store,
            "TOCSIN_ELASTICSEARCH_PREFIX": prefix,
            "TOCSIN_ELASTICSEARCH_API_KEY": key.get_secret_value() if key else "",
            "TOCSIN_ELASTICSEARCH_CA": str(theirs.elasticsearch_ca or ""),
        }
        yield Keeping(settings, f"{theirs.store}   indices {prefix}-*")
        say(f"what the demo stored is left in {theirs.store}: delete the indices and templates {prefix}-*")
        return
    say("starting a real Elasticsearch; the first time it is fetched")
    with Node() as node:
        yield Keeping({"TOCSIN_STORE": node.address.url}, f"{node.address.url}   (Elasticsearch {node.version})")
    say("the Elasticsearch node has ended, and its data are deleted")
