"""The store that the settings name: SQLite in a file, or the team's Elasticsearch."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias
from zoneinfo import ZoneInfo

from tocsin.adapters.sqlite import SqliteStores, open_sqlite
from tocsin.config import Settings
from tocsin.model import Brand

if TYPE_CHECKING:  # The client costs a third of a second to import; only its users pay it.
    from tocsin.adapters.elastic import ElasticStores

Stores: TypeAlias = "SqliteStores | ElasticStores"


def open_stores(settings: Settings, brands: Sequence[Brand] = ()) -> Stores:
    """Open the stores that TOCSIN_STORE names, by its scheme; what they write shows the names of these brands.

    Errors: those of the adapter.
    """
    if settings.store.startswith("sqlite:"):
        return open_sqlite(settings.database)
    from tocsin.adapters.elastic import open_elastic
    from tocsin.index.labels import Labels

    key = settings.elasticsearch_api_key
    return open_elastic(
        settings.store,
        api_key=key.get_secret_value() if key else None,
        prefix=settings.elasticsearch_prefix,
        labels=Labels({brand.id: brand.name for brand in brands}, ZoneInfo(settings.time_zone)),
    )
