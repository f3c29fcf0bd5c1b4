"""Streams as the live product hears them: which sources, with which words, until somebody wants the end."""

import asyncio
import signal
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from random import SystemRandom
from typing import TYPE_CHECKING

from tocsin.adapters.files import LocalArchive
from tocsin.adapters.http import GuardedFetcher
from tocsin.adapters.listening import SILENCE, GuardedListener
from tocsin.collect.poll import Round
from tocsin.collect.streams.hearing import Hearing
from tocsin.collect.streams.step import listen_to
from tocsin.collect.streams.table import STREAMS
from tocsin.config import nearest, shown
from tocsin.errors import ConfigError
from tocsin.model import RawItem, Source, SourceKind, full_text
from tocsin.wiring.networks import network_access
from tocsin.wiring.pages import authors_of

if TYPE_CHECKING:
    from tocsin.wiring.app import App

ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def listen(
    app: "App",
    names: Sequence[str] = (),
    *,
    span: timedelta | None = None,
    wait: float = 15.0,
    silence: float = SILENCE,
) -> Mapping[str, Counter[str]]:
    """Listen to these sources, else to all that have a stream, until a signal to end or for `span`.

    Gives what came, by source and status. ConfigError: a source is unknown or has no stream. `wait` and
    `silence` are in seconds.
    """
    sources = streamed(app.config.sources, names)

    async def hear() -> Mapping[str, Counter[str]]:
        stop = asyncio.Event()
        allow = app.settings.allow_networks
        with _ending(stop, span):
            async with GuardedFetcher(allow=allow) as fetcher, GuardedListener(allow, silence=silence) as listener:
                hearing = Hearing(
                    listener=listener,
                    clock=app.clock,
                    concerns=_concerns(app, sources),
                    stop=stop,
                    chance=SystemRandom().random,
                    servers=app.settings.bluesky_jetstreams,
                    wait=wait,
                )
                return await listen_to(sources, _round(app, fetcher), hearing)

    return asyncio.run(hear())


def streamed(sources: Sequence[Source], names: Sequence[str]) -> tuple[Source, ...]:
    """Give the sources of these ids, else all that have a stream. ConfigError: there is none."""
    known = {source.id: source for source in sources}
    for name in names:
        if name not in known:
            raise ConfigError(f"sources.yaml has no source {shown(name)}{nearest(name, list(known))}")
        if known[name].kind not in STREAMS:
            kind = known[name].kind
            if kind is SourceKind.X:
                raise ConfigError(f"{name} is of kind x, which has a command of its own: tocsin x stream")
            raise ConfigError(f"{name} is of kind {kind}, which has no stream; {_kinds()} have")
    wanted = dict.fromkeys(names) or known
    found = tuple(known[name] for name in wanted if known[name].kind in STREAMS)
    if not found:
        raise ConfigError(f"sources.yaml has no source that has a stream: add one of kind {_kinds()}")
    return found


def _kinds() -> str:
    return " or ".join(STREAMS)


def _round(app: "App", fetcher: GuardedFetcher) -> Round:
    return Round(
        states=app.stores.sources,
        fetcher=fetcher,
        archive=LocalArchive(),
        batches=app.batches,
        quarantine=app.stores.quarantine,
        reports=app.stores.reports,
        authors=authors_of(app),
        now=app.clock.now(),
        access=network_access(app.settings, app.config, app.find_connection),
    )


class _Concerns:
    """Whether a post holds a brand's words, as enrichment will look for them; what its source says does not count."""

    def __init__(self, app: "App") -> None:
        from tocsin.enrich.glance import Glance
        from tocsin.enrich.language import LanguageReader
        from tocsin.enrich.matching import BrandMatcher

        self._glance = Glance(app.config.brands)
        self._matcher = BrandMatcher(app.config.brands)
        self._languages = LanguageReader(app.config.languages)

    def __call__(self, item: RawItem) -> bool:
        from tocsin.enrich.asking import about

        text = full_text(item.title, item.text)
        return self._glance(text) and bool(self._matcher.find_all([text], [about(item, self._languages.read)])[0])


def _concerns(app: "App", sources: Sequence[Source]) -> _Concerns:
    if not app.config.brands and not all(source.query for source in sources):
        raise ConfigError("brands.yaml names no brand: there is nothing to listen for")
    return _Concerns(app)


@contextmanager
def _ending(stop: asyncio.Event, span: timedelta | None) -> Iterator[None]:
    """Set the event when a signal asks for the end, or when the time is over."""
    loop = asyncio.get_running_loop()
    for name in ENDS:
        loop.add_signal_handler(name, stop.set)
    timer = loop.call_later(span.total_seconds(), stop.set) if span else None
    try:
        yield
    finally:
        if timer:
            timer.cancel()
        for name in ENDS:
            loop.remove_signal_handler(name)
