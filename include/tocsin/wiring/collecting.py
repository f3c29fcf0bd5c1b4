"""One round of collecting in the live product: what hubs pushed, what is due, then what is due with the hubs."""

import asyncio
import time
from functools import partial
from typing import TYPE_CHECKING

from tocsin.adapters.files import LocalArchive
from tocsin.adapters.http import GuardedFetcher
from tocsin.collect.hubs import Offer
from tocsin.collect.identity import Authors, pseudonym
from tocsin.collect.pushed import Unpacking, unpack
from tocsin.collect.step import Collected, Manners, Scope, collect_due
from tocsin.enrich.glance import Glance
from tocsin.wiring.outside import pseudonym_key
from tocsin.wiring.pages import page_way
from tocsin.wiring.websub import tend_hubs
from tocsin.wiring.x import app_access

if TYPE_CHECKING:
    from tocsin.wiring.app import App


def collect(app: "App") -> list[str]:
    """Take in what was pushed, fetch what is due, ask hubs; return the ids of the batches written."""
    stores, settings = app.stores, app.settings
    authors = Authors(partial(pseudonym, key=pseudonym_key(settings)), stores.erasures.all)
    glance = Glance(app.config.brands)
    # First: what was pushed is known when its feed is looked at.
    pushed = unpack(
        app.config.sources,
        Unpacking(stores.sources, app.batches, stores.quarantine, stores.reports, authors, glance),
    )
    began = time.monotonic()
    collected = asyncio.run(_fetch(app, authors, glance))
    if settings.metrics_file:
        from tocsin.wiring.metrics import write_metrics

        write_metrics(app, settings.metrics_file, collected.reports[-1], time.monotonic() - began)
    return [*pushed, *collected.batch_ids]


async def _fetch(app: "App", authors: Authors, glance: Glance) -> Collected:
    stores, settings = app.stores, app.settings
    offers: dict[str, Offer] | None = {} if settings.websub_callback else None
    async with GuardedFetcher(allow=settings.allow_networks) as fetcher, page_way(settings, fetcher) as way:
        collected = await collect_due(
            app.config.sources,
            states=stores.sources,
            fetcher=fetcher,
            archive=LocalArchive(),
            batches=app.batches,
            quarantine=stores.quarantine,
            reports=stores.reports,
            authors=authors,
            now=app.clock.now(),
            access=app_access(app),
            concerns=glance,
            manners=Manners(settings.fetches_at_once, settings.host_spacing, Scope(settings.retry_after_scope)),
            way=way,
            offers=offers,
        )
        await tend_hubs(app, offers or {}, fetcher)
        return collected
