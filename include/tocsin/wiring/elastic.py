"""What only the team's Elasticsearch has: mappings that change, snapshots that are taken."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tocsin.config import load_config, read_settings
from tocsin.errors import ConfigError
from tocsin.wiring.stores import open_stores

if TYPE_CHECKING:  # The client costs a third of a second to import; only its users pay it.
    from tocsin.adapters.elastic import ElasticStores


@contextmanager
def open_team_store(environ: Mapping[str, str] | None = None) -> Iterator["ElasticStores"]:
    """Open the Elasticsearch that TOCSIN_STORE names and close it afterwards. ConfigError: it names none."""
    settings = read_settings(os.environ if environ is None else environ)
    if settings.store.startswith("sqlite:"):
        raise ConfigError("TOCSIN_STORE is a SQLite file; this is for an Elasticsearch, such as https://host:9200")
    from tocsin.adapters.elastic import ElasticStores

    # What is written again in a reindex shows the names of today.
    brands = load_config(settings.config, need_sources=False).brands
    with open_stores(settings, brands) as stores:
        if not isinstance(stores, ElasticStores):
            raise ConfigError(f"TOCSIN_STORE is no Elasticsearch: {settings.store}")
        yield stores
