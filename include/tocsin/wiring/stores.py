"""The store that the settings name: SQLite in a file, or the team's Elasticsearch."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias
from zoneinfo import ZoneInfo

from tocsin.adapters.sqlite import SqliteStores, open_sqlite
from tocsin.config import Settings
from tocsin.model import Brand
from tocsin.wiring.access import elastic_access
from tocsin.wiring.outside import FindConnection

if TYPE_CHECKING:  # The client costs a third of a second to import; only its users pay it.
    from tocsin.adapters.elastic import ElasticStores

Stores: TypeAlias = "SqliteStores | ElasticStores"


def open_stores(
    settings: Settings, brands: Sequence[Brand] = (), find_connection: FindConnection | None = None
) -> Stores:
    """Open the stores that TOCSIN_STORE names, by its scheme; what they write shows the names of these brands.

    Errors: those of the adapter.
    """
    if settings.store.startswith("sqlite:"):
        return open_sqlite(settings.database)
    from tocsin.adapters.elastic import open_elastic
    from tocsin.index.labels import Labels

    access = elastic_access(settings, find_connection)
    return open_elastic(
        access.url,
        api_key=access.api_key,
        login=access.login,
        ca=access.ca,
        prefix=settings.elasticsearch_prefix,
        labels=Labels({brand.id: brand.name for brand in brands}, ZoneInfo(settings.time_zone)),
    )
