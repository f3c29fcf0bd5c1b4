"""What a person may ask of X: listen, look at rules and budget, read the archive, let go of what is gone."""

import asyncio
import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property, partial
from threading import Event
from time import monotonic
from typing import TYPE_CHECKING

from tocsin.adapters.files import LocalArchive
from tocsin.collect.identity import Authors, pseudonym
from tocsin.collect.networks.asking import Access, XAccess
from tocsin.collect.networks.read_x import LINK
from tocsin.collect.poll import Round, Visit
from tocsin.collect.x.archive import read_archive
from tocsin.collect.x.counting import Outlook, outlook, pace
from tocsin.collect.x.rules import LIMITS, Changes, changes, rules_of
from tocsin.collect.x.stream import Listener, follow
from tocsin.collect.x.visit import door_of
from tocsin.errors import ConfigError
from tocsin.index.gone import erase_posts, stored_posts
from tocsin.model import Source, SourceKind
from tocsin.wiring.networks import network_access
from tocsin.wiring.outside import pseudonym_key

if TYPE_CHECKING:
    from tocsin.wiring.app import App

_NAME = re.compile(re.escape(LINK) + r"(\d{1,19})")


def app_access(app: "App") -> Access:
    """Find what reading the networks of the app's sources needs, the way to X among it."""
    access = network_access(app.settings, app.config, app.find_connection)
    token = access.credentials.get("x", {}).get("bearer_token")
    if not token:
        return access
    from tocsin.adapters.x import TweepyX  # tweepy costs a fifth of a second to import

    url = access.credentials["x"].get("url") or app.settings.x_url

    def forget(ids: Collection[str], since: datetime) -> None:
        erase_posts(ids, batches=app.batches, mentions=app.stores.mentions, since=since)

    return replace(access, x=XAccess(TweepyX(url, token), app.config.brands, app.settings.x_access, forget))


def name_of(url: str) -> str:
    """Read a post's id off the address that we give it; "" where it is another."""
    found = _NAME.fullmatch(url)
    return found[1] if found else ""


def waiting_for(span: timedelta | None = None, stop: Event | None = None) -> Callable[[float], bool]:
    """Give a wait of so many seconds that says True, at once, when the span is over or `stop` is set."""
    stop = stop or Event()
    until = monotonic() + span.total_seconds() if span is not None else None

    def wait(seconds: float) -> bool:
        left = seconds if until is None else min(seconds, until - monotonic())
        return stop.wait(max(0.0, left)) or (until is not None and monotonic() >= until)

    return wait


@dataclass(frozen=True)
class Desk:
    """X over the stores of one app."""

    app: "App"

    @property
    def is_read(self) -> bool:
        """Whether there is a source of kind x at all."""
        return any(source.kind is SourceKind.X for source in self.app.config.sources)

    @property
    def sources(self) -> tuple[Source, ...]:
        """The sources of kind x. ConfigError: there is none."""
        found = tuple(source for source in self.app.config.sources if source.kind is SourceKind.X)
        if not found:
            raise ConfigError("sources.yaml has no source of kind x; add `- {id: x, kind: x}`")
        return found

    def one(self, name: str | None) -> Source:
        """The source of that id, else the only one. ConfigError: none, or several and none named."""
        known = {source.id: source for source in self.sources}
        if name is None and len(known) > 1:
            raise ConfigError(f"say which with --source: {', '.join(known)}")
        if name is not None and name not in known:
            raise ConfigError(f"no source of kind x is called {name!r}; there is {', '.join(known)}")
        return known[name] if name else self.sources[0]

    def rules(self, *, dry_run: bool = False) -> Changes:
        """Make the rules of the stream what the brands want; nothing of others is touched. `dry_run` only looks."""
        source = self.sources[0]
        x = door_of(source, self._access)
        limits = LIMITS[x.level]
        wanted = rules_of(x.brands, limits, reposts=source.reposts)
        needed = changes(wanted, x.door.rules(), limits)
        if not dry_run:
            # First out, then in: X refuses one that reads like one it has. What is missed meanwhile is searched for.
            x.door.delete_rules(needed.delete)
            x.door.add_rules(needed.add)
        return needed

    def stream(self, name: str | None, wait: Callable[[float], bool]) -> Counter[str]:
        """Set the rules, then listen until `wait` says that somebody wants the end."""
        source = self.one(name)
        x = door_of(source, self._access)
        if source.query:
            raise ConfigError(f"{source.id}: the stream is asked for brands; take `query` out, or poll it")
        self.rules()
        return follow(source, x, self._round(x), Listener(self.app.clock, wait))

    def budget(self, *, count: bool = True) -> Outlook:
        """Say what is left of the month; with `count` also for how long, for which X is asked once per query."""
        x = door_of(self.sources[0], self._access)
        return outlook(self._round(x), asyncio.run(pace(self.sources, x)) if count else None)

    def archive(self, name: str | None, start: datetime, end: datetime) -> Visit:
        """Read the posts of a span of time as raw batches."""
        source = self.one(name)
        x = door_of(source, self._access)
        return asyncio.run(read_archive(source, start, end, x, self._round(x)))

    def recheck(self) -> Mapping[str, int]:
        """Ask X which of the posts that we keep are gone, and erase those; give what went, by place, and `asked`."""
        x = door_of(self.sources[0], self._access)
        names = [source.id for source in self.sources]
        stores, batches = self.app.stores, self.app.batches
        kept = stored_posts(name_of, names, batches=batches, mentions=stores.mentions)
        gone = x.door.gone(sorted(kept))
        ids = [kept[name] for name in gone if name in kept]
        erased = erase_posts(ids, batches=batches, mentions=stores.mentions, quarantine=stores.quarantine)
        return {"asked": len(kept), "gone": len(ids), **erased}

    @cached_property
    def _access(self) -> Access:
        return app_access(self.app)

    def _round(self, x: XAccess) -> Round:
        app = self.app
        return Round(
            states=app.stores.sources,
            fetcher=x.door,
            archive=LocalArchive(),
            batches=app.batches,
            quarantine=app.stores.quarantine,
            reports=app.stores.reports,
            authors=Authors(partial(pseudonym, key=pseudonym_key(app.settings)), app.stores.erasures.all),
            now=app.clock.now(),
            access=self._access,
        )
