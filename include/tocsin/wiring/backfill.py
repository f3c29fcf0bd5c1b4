"""Reading an archive back in one go, as the command does; ordinary collection does the same, a page at a time."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from tocsin.adapters.files import LocalArchive
from tocsin.adapters.http import GuardedFetcher
from tocsin.adapters.polite import SPACING
from tocsin.collect.poll import Round, Visit
from tocsin.collect.visit_archive import end_of, read_back, read_place
from tocsin.config import nearest, shown
from tocsin.errors import ConfigError
from tocsin.model import Source, SourceKind, SourceState
from tocsin.wiring.app import App
from tocsin.wiring.pages import authors_of, page_way


def find_archive(app: App, name: str, *, until: datetime | None = None, pages: int | None = None) -> Source:
    """Give the enabled archive of that id, with other limits where they are said. ConfigError: there is none."""
    found = next((source for source in app.config.sources if source.id == name), None)
    if found is None or found.kind is not SourceKind.ARCHIVE:
        archives = [source.id for source in app.config.sources if source.kind is SourceKind.ARCHIVE]
        what = "is no archive" if found else "is no enabled source"
        near = nearest(name, archives) if archives else "; sources.yaml has none: write one of kind archive"
        raise ConfigError(f"{shown(name)} {what}{near}")
    return replace(found, until=until or found.until, pages=pages or found.pages)


def read_archive(
    app: App, source: Source, tell: Callable[[Visit, SourceState], None], *, spacing: float = SPACING
) -> str:
    """Read the archive to its end, telling of each page once it is durable; give why it ended, "" for a failure."""

    async def run() -> None:
        async with (
            GuardedFetcher(allow=app.settings.allow_networks) as fetcher,
            page_way(app.settings, fetcher, spacing=spacing) as way,
        ):
            stores = app.stores

            def around() -> Round:
                return Round(
                    stores.sources,
                    fetcher,
                    LocalArchive(),
                    app.batches,
                    stores.quarantine,
                    stores.reports,
                    authors_of(app),
                    app.clock.now(),
                    way=way,
                )

            async for visit, state in read_back(source, around):
                tell(visit, state)

    asyncio.run(run())
    return end_of(read_place(_state(app, source).cursor, source.url), source)


def forget_place(app: App, source: Source) -> None:
    """Begin the archive anew at its first page."""
    app.stores.sources.save(replace(_state(app, source), cursor="", recent_ids=()))


def _state(app: App, source: Source) -> SourceState:
    return app.stores.sources.get(source.id) or SourceState(source.id)
