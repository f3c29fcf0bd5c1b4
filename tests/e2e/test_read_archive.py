"""Archives read back by a real site, real stores and a real disk: every page once, every post at its own time."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from site_server import Page, Site, article, serve_site
from tocsin.adapters.articles import ArticleProcess
from tocsin.adapters.batches import FsspecBatches
from tocsin.adapters.files import LocalArchive
from tocsin.adapters.http import GuardedFetcher
from tocsin.adapters.polite import PoliteFetcher
from tocsin.adapters.sqlite import SqliteStores, open_sqlite
from tocsin.collect.identity import Authors
from tocsin.collect.page_way import PageWay
from tocsin.collect.poll import Round, Visit
from tocsin.collect.step import collect_due
from tocsin.collect.visit_archive import read_back
from tocsin.model import RawItem, Source, SourceKind, SourceState, Stage

NOW = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
LOOPBACK = (ip_network("127.0.0.0/8"),)
LONG = "Une histoire racontée longuement, avec tout ce qu'il faut savoir de cette affaire. " * 5


@dataclass
class Place:
    """Where a test reads back: a site, stores and a disk."""

    site: Site
    stores: SqliteStores
    batches: FsspecBatches

    def back(self, source: Source) -> list[Visit]:
        """What the command does."""
        moments = iter(NOW + timedelta(seconds=number) for number in range(1_000))

        async def run() -> list[Visit]:
            async with GuardedFetcher(allow=LOOPBACK) as fetcher, ArticleProcess() as reader:
                way = PageWay(PoliteFetcher(fetcher, spacing=0.0), reader, ZoneInfo("Europe/Paris"))

                def around() -> Round:
                    return Round(
                        self.stores.sources, fetcher, LocalArchive(), self.batches, self.stores.quarantine,
                        self.stores.reports, Authors(lambda author, _: author), next(moments), way=way,
                    )  # fmt: skip

                return [visit async for visit, _ in read_back(source, around)]

        return asyncio.run(run())

    def collect(self, source: Source, now: datetime) -> None:
        """What ordinary collection does."""

        async def run() -> None:
            async with GuardedFetcher(allow=LOOPBACK) as fetcher, ArticleProcess() as reader:
                await collect_due(
                    [source], states=self.stores.sources, fetcher=fetcher, archive=LocalArchive(),
                    batches=self.batches, quarantine=self.stores.quarantine, reports=self.stores.reports,
                    authors=Authors(lambda author, _: author), now=now,
                    way=PageWay(PoliteFetcher(fetcher, spacing=0.0), reader, ZoneInfo("Europe/Paris")),
                )  # fmt: skip

        asyncio.run(run())

    def items(self) -> list[RawItem]:
        return [
            item for batch in self.batches.pending(Stage.RAW) for item in self.batches.read(Stage.RAW, batch, RawItem)
        ]

    def state(self, source: Source) -> SourceState:
        return self.stores.sources.get(source.id) or SourceState(source.id)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with serve_site() as site, open_sqlite(":memory:") as stores:
        yield Place(site, stores, FsspecBatches(str(tmp_path / "b")))


def wordpress(pages: int, posts: int = 3) -> Callable[[str], Page]:
    """WordPress's REST interface with so many pages, newest first, a day between two posts."""

    def answer(path: str) -> Page:
        number = int(path.rpartition("&page=")[2])
        if number > pages:
            return 400, {}, b'{"code": "rest_post_invalid_page_number"}'
        listed = range((number - 1) * posts, number * posts)
        told = [
            {
                "date_gmt": f"{datetime(2020, 6, 1, 8, tzinfo=UTC) - timedelta(days=at):%Y-%m-%dT%H:%M:%S}",
                "link": f"http://blog.example/{at}",
                "title": {"rendered": f"Post {at}"},
                "content": {"rendered": "<p>Text</p>"},
            }
            for at in listed
        ]
        return 200, {"Content-Type": "application/json"}, json.dumps(told).encode()

    return answer


def source(site: Site, path: str = "/wp-json/wp/v2/posts?search=bulla", **told: object) -> Source:
    return Source("old", SourceKind.ARCHIVE, site.url + path, **told)


def test_an_archive_is_read_to_its_end_with_original_times(place: Place) -> None:
    place.site.pages["/wp-json/wp/v2/posts"] = wordpress(4)
    visits = place.back(source(place.site))
    assert [visit.counts.get("new", 0) for visit in visits] == [3, 3, 3, 3, 0]
    assert {item.title: item.published_at for item in place.items()} == {
        f"Post {at}": datetime(2020, 6, 1, 8, tzinfo=UTC) - timedelta(days=at) for at in range(12)
    }
    note = place.state(source(place.site)).note
    assert note == "read to its end, back to 2020-05-21: page 5 is not there"
    before = len(place.site.asked)
    assert place.back(source(place.site)) == []
    assert len(place.site.asked) == before, "an archive that is read to its end is asked no more"


def test_limits_stop_it_and_wider_ones_go_on(place: Place) -> None:
    place.site.pages["/wp-json/wp/v2/posts"] = wordpress(9)
    assert len(place.back(source(place.site, pages=2))) == 2
    assert "2 pages are read" in place.state(source(place.site)).note
    until = datetime(2020, 5, 21, tzinfo=UTC)
    assert len(place.back(source(place.site, until=until))) == 3
    assert len(place.items()) == 15
    assert place.state(source(place.site)).note.endswith("all of page 5 is older than 2020-05-21")
    assert len(place.back(source(place.site))) == 5
    assert len(place.items()) == 27


def test_ordinary_collection_reads_a_page_at_a_time(place: Place) -> None:
    place.site.pages["/wp-json/wp/v2/posts"] = wordpress(2)
    for hour in range(5):
        place.collect(source(place.site), NOW + timedelta(hours=hour))
        if hour < 2:
            assert len(place.items()) == 3 * (hour + 1)
    assert len([path for path in place.site.asked if "page=" in path]) == 3
    assert place.state(source(place.site)).failures == 0
    assert place.stores.reports.totals()["sources"]["unchanged"] == 2


def test_a_list_without_times_takes_them_from_the_posts_and_none_is_made_up(place: Place) -> None:
    site = place.site
    listed = "".join(
        f"<article><h2><a href='/{name}'>{name}</a></h2></article>" for name in ("dated", "bare", "gone")
    )
    site.put("/tag/bulla/", f"<html><body>{listed}</body></html>")
    site.put("/dated", article("dated", LONG, before="<time>le 12 mars 2011 à 9h05</time>"))
    site.put("/bare", article("bare", LONG))
    (first, _) = place.back(source(site, "/tag/bulla/"))
    assert first.counts == {"new": 1, "quarantined": 2}
    (item,) = place.items()
    assert (item.title, item.published_at) == ("dated", datetime(2011, 3, 12, 8, 5, tzinfo=UTC))
    assert item.page == "full"
    assert item.text.count("affaire") == 5
    assert {bad.reason for bad in place.stores.quarantine.all()} == {"an old post that states no time"}
    assert site.asked_for("/tag/bulla/page/2/") == 1


def test_a_site_that_gives_one_page_for_all_numbers_ends(place: Place) -> None:
    listed = "<article><h2><a href='/a'>A</a></h2><time>12 mars 2011</time></article>"
    for path in ("/tag/x/", "/tag/x/page/2/", "/tag/x/page/3/"):
        place.site.put(path, f"<html><body>{listed}</body></html>")
    visits = place.back(source(place.site, "/tag/x/"))
    assert [{name: many for name, many in visit.counts.items() if many} for visit in visits] == [
        {"new": 1}, {"known": 1},
    ]  # fmt: skip


def test_a_failure_keeps_the_page_and_a_post_that_fails_for_ever_holds_nobody_up(place: Place) -> None:
    site = place.site
    site.put("/tag/x/", "<html><body><article><h2><a href='/a'>A</a></h2></article></body></html>")
    site.pages["/a"] = (500, {}, b"")
    for failures in (1, 2):
        (visit,) = place.back(source(site, "/tag/x/"))
        assert visit.status == "failed"
        assert place.state(source(site)).failures == failures
        assert "page" not in place.state(source(site)).cursor
    first, *_ = place.back(source(site, "/tag/x/"))
    assert {name: many for name, many in first.counts.items() if many} == {"quarantined": 1}


@pytest.mark.parametrize("answer", [(404, {}, b""), (200, {}, b"words"), (503, {}, b"")])
def test_an_archive_that_is_none_is_a_failure_of_the_source(place: Place, answer: Page) -> None:
    place.site.pages["/tag/x/"] = answer
    (visit,) = place.back(source(place.site, "/tag/x/"))
    assert visit.status == "failed"
    assert place.state(source(place.site)).note


def test_robots_txt_is_kept(place: Place) -> None:
    place.site.put("/robots.txt", "User-agent: *\nDisallow: /tag/")
    place.site.put("/tag/x/", "<html></html>")
    (visit,) = place.back(source(place.site, "/tag/x/"))
    assert visit.status == "failed"
    assert place.site.asked == ["/robots.txt"]
    assert "robots.txt" in place.state(source(place.site)).note


CHILD = """
import asyncio, os, signal, sys
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from zoneinfo import ZoneInfo
from tocsin.adapters.articles import ArticleProcess
from tocsin.adapters.batches import FsspecBatches
from tocsin.adapters.files import LocalArchive
from tocsin.adapters.http import GuardedFetcher
from tocsin.adapters.polite import PoliteFetcher
from tocsin.adapters.sqlite import open_sqlite
from tocsin.collect.identity import Authors
from tocsin.collect.poll import Round
from tocsin.collect.page_way import PageWay
from tocsin.collect.visit_archive import read_back
from tocsin.model import Source, SourceKind

folder, url, number, place, nth = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4], int(sys.argv[5])
calls = {"batch": 0, "cursor": 0}

def strike(where):
    calls[where] += 1
    if (where, calls[where]) == (place, nth):
        os.kill(os.getpid(), signal.SIGKILL)

class Batches(FsspecBatches):
    def write(self, *given):
        done = super().write(*given)
        strike("batch")
        return done

async def main():
    with open_sqlite(f"{folder}/t.db") as stores:
        save = type(stores.sources).save
        class States(type(stores.sources)):
            def save(self, state):
                super().save(state)
                strike("cursor")
        states = States.__new__(States)
        states.__dict__.update(getattr(stores.sources, "__dict__", {}))
        for name in getattr(type(stores.sources), "__slots__", ()):
            setattr(states, name, getattr(stores.sources, name))
        moments = iter(datetime(2026, 3, 3, 12, number, tzinfo=UTC) + timedelta(seconds=n) for n in range(60))
        async with GuardedFetcher(allow=(ip_network("127.0.0.0/8"),)) as fetcher, ArticleProcess() as reader:
            way = PageWay(PoliteFetcher(fetcher, spacing=0.0), reader, ZoneInfo("UTC"))
            around = lambda: Round(states, fetcher, LocalArchive(), Batches(f"{folder}/b"), stores.quarantine,
                                   stores.reports, Authors(lambda author, _: author), next(moments), way=way)
            source = Source("old", SourceKind.ARCHIVE, url)
            async for _ in read_back(source, around):
                pass

asyncio.run(main())
"""


def test_kill_9_goes_on_where_it_was_and_loses_nothing(tmp_path: Path) -> None:
    kills = [("batch", 1), ("cursor", 2), ("batch", 3), ("cursor", 1)]
    with serve_site() as site:
        site.pages["/wp-json/wp/v2/posts"] = wordpress(8)
        url = site.url + "/wp-json/wp/v2/posts"
        for number, (where, nth) in enumerate([*kills, ("nowhere", 1)]):
            given = [sys.executable, "-c", CHILD, str(tmp_path), url, str(number), where, str(nth)]
            code = subprocess.run(given, check=False, timeout=60).returncode
            assert code == (0 if where == "nowhere" else -9)
        asked = [int(path.rpartition("&page=")[2]) for path in site.asked if "&page=" in path]
    batches = FsspecBatches(str(tmp_path / "b"))
    ids = [item.id for batch in batches.pending(Stage.RAW) for item in batches.read(Stage.RAW, batch, RawItem)]
    assert len(set(ids)) == 24
    assert asked == sorted(asked), "it never begins anew"
    assert len(asked) == 9 + 2, "only a page whose batch was written before its number is asked for again"
