"""The store that the settings name: SQLite in a file, or the team's Elasticsearch."""

from typing import TYPE_CHECKING, TypeAlias

from tocsin.adapters.sqlite import SqliteStores, open_sqlite
from tocsin.config import Settings

if TYPE_CHECKING:  # The client costs a third of a second to import; only its users pay it.
    from tocsin.adapters.elastic import ElasticStores

Stores: TypeAlias = "SqliteStores | ElasticStores"


def open_stores(settings: Settings) -> Stores:
    """Open the stores that TOCSIN_STORE names, by its scheme. Errors: those of the adapter."""
    if settings.store.startswith("sqlite:"):
        return open_sqlite(settings.database)
    from tocsin.adapters.elastic import open_elastic

    key = settings.elasticsearch_api_key
    return open_elastic(
        settings.store, api_key=key.get_secret_value() if key else None, prefix=settings.elasticsearch_prefix
    )
