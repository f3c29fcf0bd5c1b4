"""WebSub in the live product: where hubs reach us, what is due with them, and the server that they call."""

import logging
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from tocsin.collect.hubs import Offer
from tocsin.collect.receive import Receiver
from tocsin.collect.tend import tend
from tocsin.collect.websub import Place
from tocsin.config import Settings
from tocsin.errors import ConfigError, TocsinError
from tocsin.ports import Fetcher
from tocsin.wiring.outside import pseudonym_key

if TYPE_CHECKING:
    from fastapi import FastAPI

    from tocsin.wiring.app import App

log = logging.getLogger(__name__)

AT_ONCE = 32
"""Requests that the callback's server works on at once, each of at most four megabytes."""


def place_of(settings: Settings) -> Place | None:
    """Where hubs reach us; None while no callback is configured. The key is that of the pseudonyms, used apart."""
    if settings.websub_callback is None:
        return None
    return Place(settings.websub_callback, pseudonym_key(settings))


async def tend_hubs(app: "App", offers: Mapping[str, Offer], fetcher: Fetcher) -> None:
    """Ask hubs for what is due; when that fails it is logged, since polling goes on without them."""
    stores = app.stores
    try:
        await tend(
            app.config.sources,
            offers,
            subscriptions=stores.subscriptions,
            states=stores.sources,
            fetcher=fetcher,
            place=place_of(app.settings),
            now=app.clock.now(),
        )
    except Exception as exc:
        log.warning("hubs not asked, feeds are polled: %s", exc, exc_info=not isinstance(exc, TocsinError))


def callback_app(app: "App") -> "FastAPI":
    """The callback as an ASGI application, for `serve` or to be mounted. ConfigError: no callback is configured."""
    from tocsin.adapters.callback import create_callback

    place = place_of(app.settings)
    if place is None:
        raise ConfigError("TOCSIN_WEBSUB_CALLBACK is not set; write the https address under which hubs reach us")
    name = f"{app.clock.now():%Y%m%dT%H%M%S.%f}-{os.getpid()}"
    receiver = Receiver(app.stores.subscriptions, app.batches, app.stores.reports, place, name)
    return create_callback(receiver, app.clock)


def serve(app: "App", host: str, port: int) -> None:
    """Serve the callback until the process is told to end. No line of a log holds an address that hubs call."""
    import uvicorn

    uvicorn.run(
        callback_app(app),
        host=host,
        port=port,
        access_log=False,
        log_config=None,
        lifespan="off",
        ws="none",
        limit_concurrency=AT_ONCE,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=10,
    )
