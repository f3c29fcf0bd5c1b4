"""Pages of the web as the live product reads them: through the guard, with manners, in a process of their own."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tocsin.adapters.articles import ArticleProcess
from tocsin.adapters.http import GuardedFetcher
from tocsin.adapters.polite import SPACING, PoliteFetcher
from tocsin.collect.article import PAGE_CAP
from tocsin.collect.articles import Reading, read_articles
from tocsin.collect.identity import Authors, pseudonym
from tocsin.collect.page_way import PageWay
from tocsin.config import Settings
from tocsin.model import RawItem, Report
from tocsin.ports import Fetcher
from tocsin.wiring.outside import pseudonym_key

if TYPE_CHECKING:  # spaCy and the language models cost seconds; only enriching pays them
    from tocsin.enrich.tagger import Tagger
    from tocsin.wiring.app import App


def read_pages(app: "App", batch_ids: Sequence[str], *, spacing: float = SPACING) -> tuple[Report, ...]:
    """Read the pages that these raw batches want; see `collect.articles.read_articles`."""

    async def read() -> tuple[Report, ...]:
        async with polite_web(app.settings, spacing=spacing) as fetcher, ArticleProcess() as reader:
            reading = Reading(
                fetcher=fetcher,
                reader=reader,
                mentions=app.stores.mentions,
                authors=authors_of(app),
                concerns=partial(concerns, app.tagger),
                zone=ZoneInfo(app.settings.time_zone),
            )
            return await read_articles(
                batch_ids,
                app.config.sources,
                batches=app.batches,
                reports=app.stores.reports,
                reading=reading,
                now=app.clock.now(),
            )

    return asyncio.run(read())


@asynccontextmanager
async def page_way(settings: Settings, fetcher: Fetcher, *, spacing: float = SPACING) -> AsyncIterator[PageWay]:
    """Open what archives are read by; manners last as long as it is open."""
    async with ArticleProcess() as reader:
        yield PageWay(PoliteFetcher(fetcher, spacing=spacing), reader, ZoneInfo(settings.time_zone))


@asynccontextmanager
async def polite_web(settings: Settings, *, spacing: float = SPACING) -> AsyncIterator[PoliteFetcher]:
    """Open the way to pages: guarded, capped at what a page may have, with manners for as long as it is open."""
    async with GuardedFetcher(allow=settings.allow_networks, max_bytes=PAGE_CAP) as fetcher:
        yield PoliteFetcher(fetcher, spacing=spacing)


def authors_of(app: "App") -> Authors:
    """How a name becomes a pseudonym here, and of whom nothing may be kept."""
    return Authors(partial(pseudonym, key=pseudonym_key(app.settings)), app.stores.erasures.all)


def concerns(tagger: "Tagger", items: Sequence[RawItem]) -> list[bool]:
    """Say of each item whether it concerns a brand, as enrichment will: what the source names wins over the text."""
    found = tagger.find(items)
    return [
        bool(hits) if item.brands is None else not tagger.watched.isdisjoint(item.brands)
        for item, hits in zip(items, found, strict=True)
    ]
