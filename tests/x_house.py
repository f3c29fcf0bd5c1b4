"""A place to collect into from a server that speaks X: stores, batches and the real tweepy, as wiring puts them."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from tocsin.adapters.batches import FsspecBatches
from tocsin.adapters.files import LocalArchive
from tocsin.adapters.http import GuardedFetcher
from tocsin.adapters.sqlite import SqliteStores, open_sqlite
from tocsin.adapters.x import TweepyX
from tocsin.collect.identity import Authors
from tocsin.collect.networks.asking import Access, XAccess
from tocsin.collect.networks.memory import Memory, read_memory
from tocsin.collect.poll import Round
from tocsin.collect.step import Collected, collect_due
from tocsin.index.gone import erase_posts
from tocsin.model import Brand, RawItem, Source, SourceKind, Stage
from x_server import TOKEN, XServer, x_server

BRANDS = (Brand("bulla", "Bulla"), Brand("orange", "Orange", never=("orange juice",)))
BULLA = '"Bulla" -is:retweet'


@dataclass
class House:
    """Everything that a visit to X needs."""

    web: XServer
    stores: SqliteStores
    batches: FsspecBatches
    budget: int = 10_000
    brands: tuple[Brand, ...] = BRANDS
    forgotten: list[str] = field(default_factory=list)

    def source(self, name: str = "mine", **told) -> Source:
        return Source(name, SourceKind.X, self.web.url, "x", **told)

    @property
    def access(self) -> Access:
        def forget(ids, since: datetime) -> None:
            self.forgotten += ids
            erase_posts(ids, batches=self.batches, mentions=self.stores.mentions, since=since)

        door = TweepyX(self.web.url, TOKEN, timeout=5, silence=2, pause=0.01, patience=5)
        known = {"x": {"bearer_token": TOKEN, "url": self.web.url}}
        return Access(
            credentials=known, budgets={"x_posts": self.budget}, x=XAccess(door, self.brands, forget=forget)
        )

    def around(self, access: Access | None = None) -> Round:
        access = access or self.access
        return Round(
            states=self.stores.sources,
            fetcher=access.x.door if access.x else GuardedFetcher(),
            archive=LocalArchive(),
            batches=self.batches,
            quarantine=self.stores.quarantine,
            reports=self.stores.reports,
            authors=Authors(lambda author, network: author and f"{network}:{author}", self.stores.erasures.all),
            now=self.web.clock.now(),
            access=access,
        )

    def collect(self, *sources: Source, access: Access | None = None) -> Collected:
        around = self.around(access or self.access)
        return asyncio.run(
            collect_due(
                sources or [self.source()],
                states=around.states,
                fetcher=around.fetcher,
                archive=around.archive,
                batches=around.batches,
                quarantine=around.quarantine,
                reports=around.reports,
                authors=around.authors,
                now=around.now,
                access=around.access,
            )
        )

    def kept(self) -> list[RawItem]:
        ids = self.batches.pending(Stage.RAW)
        return [item for one in ids for item in self.batches.read(Stage.RAW, one, RawItem)]

    def texts(self) -> Counter[str]:
        return Counter(item.text for item in self.kept())

    def state(self, name: str = "mine"):
        return self.stores.sources.get(name)

    def memory(self, name: str = "mine") -> Memory:
        return read_memory(self.state(name).cursor)

    def spent(self, name: str = "mine") -> int:
        return self.memory(name).cost("x_posts", f"{self.web.clock.now():%Y-%m}")

    def asked(self, path: str = "/2/tweets/search/recent") -> list[str]:
        return [one for one in self.web.asked if path + "?" in one]


@contextmanager
def house_of(folder: Path, store: str = ":memory:") -> Iterator[House]:
    with x_server() as web, open_sqlite(store) as stores:
        yield House(web, stores, FsspecBatches(str(folder / "batches")))
