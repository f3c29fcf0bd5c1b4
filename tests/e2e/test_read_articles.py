"""Full texts by a real site, a real process and real stores: each page once, and no failure costs the summary."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from site_server import Site, article, feed, serve_site
from tocsin.adapters.articles import ArticleProcess
from tocsin.adapters.batches import FsspecBatches
from tocsin.adapters.files import LocalArchive
from tocsin.adapters.http import GuardedFetcher
from tocsin.adapters.polite import PoliteFetcher
from tocsin.adapters.sqlite import SqliteStores, open_sqlite
from tocsin.collect.articles import Reading, read_articles
from tocsin.collect.identity import Authors
from tocsin.collect.step import collect_due
from tocsin.model import FullText, Mention, RawItem, Report, Source, SourceKind, Stage, Tone

NOW = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
LOOPBACK = (ip_network("127.0.0.0/8"),)
LONG = "Les yaourts Bulla ont été rappelés dans toute la France ce matin, dit la préfecture. " * 5
DATED = "<p class='date'>Publié le 1er mars 2026 à 9h05</p>"


@dataclass
class Place:
    """Where a test collects: a site, stores and a disk."""

    site: Site
    stores: SqliteStores
    batches: FsspecBatches
    erased: set[str]

    def collect(self, source: Source) -> None:
        async def run() -> None:
            async with GuardedFetcher(allow=LOOPBACK) as fetcher:
                await collect_due(
                    [source], states=self.stores.sources, fetcher=fetcher, archive=LocalArchive(),
                    batches=self.batches, quarantine=self.stores.quarantine, reports=self.stores.reports,
                    authors=self.authors, now=NOW,
                )  # fmt: skip

        asyncio.run(run())

    def read(self, *sources: Source, longest: float = 60.0, spacing: float = 0.0) -> tuple[Report, ...]:
        async def run() -> tuple[Report, ...]:
            async with GuardedFetcher(allow=LOOPBACK) as fetcher, ArticleProcess() as reader:
                reading = Reading(
                    PoliteFetcher(fetcher, spacing=spacing), reader, self.stores.mentions, self.authors,
                    concerns=lambda items: ["bulla" in f"{item.title} {item.text}".lower() for item in items],
                    zone=ZoneInfo("Europe/Paris"), longest=longest,
                )  # fmt: skip
                return await read_articles(
                    self.batches.pending(Stage.RAW), sources, batches=self.batches, reports=self.stores.reports,
                    reading=reading, now=NOW,
                )  # fmt: skip

        return asyncio.run(run())

    @property
    def authors(self) -> Authors:
        return Authors(lambda author, _: author, lambda: frozenset(self.erased))

    def items(self) -> dict[str, RawItem]:
        found: Sequence[RawItem] = [
            item for batch in self.batches.pending(Stage.RAW) for item in self.batches.read(Stage.RAW, batch, RawItem)
        ]
        return {item.title: item for item in found}


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with serve_site() as site, open_sqlite(":memory:") as stores:
        yield Place(site, stores, FsspecBatches(str(tmp_path / "b")), set())


def source(site: Site, path: str = "/feed.xml", **told: object) -> Source:
    return Source(f"s{path.strip('/').replace('.', '-')}", SourceKind.FEED, site.url + path, **told)


def test_pages_of_what_concerns_a_brand_are_read_and_no_others(place: Place) -> None:
    site = place.site
    site.put("/feed.xml", feed(("Rappel Bulla", "/a", "Un rappel."), ("Le sport", "/b", "Un match.")))
    site.put("/a", article("Rappel Bulla", LONG, before=DATED, head="<meta name='author' content='Ana Belle'>"))
    place.collect(source(site))
    (report,) = place.read(source(site))
    assert report.counts == {"full": 1}
    got = place.items()
    assert got["Rappel Bulla"].text.count("préfecture") == 5
    assert got["Rappel Bulla"].author == "Ana Belle"
    assert got["Rappel Bulla"].published_at == datetime(2026, 3, 1, 8, 5, tzinfo=UTC)
    assert got["Le sport"].text == "Un match."
    assert site.asked == ["/feed.xml", "/robots.txt", "/a"]


def test_each_page_is_asked_for_once_whatever_came_of_it(place: Place) -> None:
    site = place.site
    site.put("/robots.txt", "User-agent: *\nDisallow: /closed")
    entries = [(f"Bulla {name}", f"/{name}", "Court.") for name in ("good", "gone", "closed", "menu")]
    site.put("/feed.xml", feed(*entries))
    site.put("/other.xml", feed(("Bulla good", "/good", "Le même, ailleurs.")))
    site.put("/good", article("Bulla", LONG))
    site.put("/menu", "<html><body><nav><a href='/'>x</a></nav></body></html>")
    both = (source(site), source(site, "/other.xml"))
    for each in both:
        place.collect(each)
    reports = place.read(*both)
    assert sum(report.counts.get("full", 0) for report in reports) == 2
    assert {item.title: item.page for item in place.items().values()} == {
        "Bulla good": "full", "Bulla gone": "failed", "Bulla closed": "refused", "Bulla menu": "short",
    }  # fmt: skip
    assert [item.text for item in place.items().values() if item.page != "full"] == ["Court."] * 3
    before = list(site.asked)
    assert place.read(*both) == ()
    assert site.asked == before
    assert {path: site.asked_for(path) for path in ("/good", "/gone", "/closed", "/menu", "/robots.txt")} == {
        "/good": 1, "/gone": 1, "/closed": 0, "/menu": 1, "/robots.txt": 1,
    }  # fmt: skip


def test_the_feed_s_own_time_and_author_stay(place: Place) -> None:
    site = place.site
    item = (
        f"<item><title>Bulla</title><link>{site.url}/a</link><author>eve@e.org</author>"
        "<pubDate>Mon, 02 Mar 2026 10:00:00 GMT</pubDate></item>"
    )
    site.put("/feed.xml", f"<rss version='2.0'><channel><title>t</title>{item}</channel></rss>")
    site.put("/a", article("Bulla", LONG, before=DATED, head="<meta name='author' content='Ana Belle'>"))
    place.collect(source(site))
    place.read(source(site))
    got = place.items()["Bulla"]
    assert (got.published_at, got.author, got.page) == (datetime(2026, 3, 2, 10, tzinfo=UTC), "eve@e.org", "full")


def test_a_brand_that_only_the_summary_names_is_not_lost(place: Place) -> None:
    place.site.put("/feed.xml", feed(("Un rappel", "/a", "Chez Bulla.")))
    place.site.put("/a", article("Un rappel", "Les produits de la marque sont concernés par cette mesure. " * 9))
    place.collect(source(place.site))
    place.read(source(place.site))
    assert place.items()["Un rappel"].text.startswith("Chez Bulla.\n")


def test_a_post_that_is_stored_is_not_asked_for_again(place: Place) -> None:
    place.site.put("/feed.xml", feed(("Bulla", "/a", "Court.")))
    place.site.put("/a", article("Bulla", LONG))
    place.collect(source(place.site))
    item = place.items()["Bulla"]
    words = {name: getattr(item, name) for name in ("id", "source_id", "network", "url", "title", "text", "author")}
    place.stores.mentions.add(
        [Mention(**words, published_at=NOW, discovered_at=NOW, language="fr", brands=("bulla",), tone=Tone.NEUTRAL,
                 compound=0.0, story_id=item.id)]
    )  # fmt: skip
    (report,) = place.read(source(place.site))
    assert report.counts == {"known": 1}
    assert place.site.asked_for("/a") == 0


def test_what_is_not_read_in_time_stays_a_summary(place: Place) -> None:
    names = [f"Bulla {number}" for number in range(3)]
    place.site.put("/feed.xml", feed(*((name, f"/{name[-1]}", "Court.") for name in names)))
    for name in names:
        place.site.put(f"/{name[-1]}", article(name, LONG))
    place.collect(source(place.site))
    (report,) = place.read(source(place.site), longest=3.0, spacing=20.0)
    assert report.came_in == report.counts["late"] == 3
    assert {item.text for item in place.items().values()} == {"Court."}


def test_whom_we_are_to_forget_is_not_read_about_and_not_written_again(place: Place) -> None:
    place.site.put("/feed.xml", feed(("Bulla", "/a", "Court."), ("Bulla bis", "/b", "Court.")))
    place.site.put("/a", article("Bulla", LONG, head="<meta name='author' content='Ana Belle'>"))
    place.site.put("/b", article("Bulla bis", LONG))
    place.collect(source(place.site))
    place.erased.add("Ana Belle")
    place.read(source(place.site))
    assert list(place.items()) == ["Bulla bis"]


@pytest.mark.parametrize("told", [{"full_text": FullText.NEVER}, {"network": "forum"}])
def test_who_wants_no_pages_asks_for_none(place: Place, told: dict) -> None:
    place.site.put("/feed.xml", feed(("Bulla", "/a", "Court.")))
    place.collect(source(place.site, **told))
    assert place.read(source(place.site, **told)) == ()
    assert place.site.asked == ["/feed.xml"]


def test_times_are_read_on_the_clock_of_the_site(place: Place) -> None:
    place.site.put("/feed.xml", feed(("Bulla", "/a", "Court.")))
    place.site.put("/a", article("Bulla", LONG, before=DATED))
    place.collect(source(place.site))
    place.read(source(place.site, time_zone="America/Montreal"))
    assert place.items()["Bulla"].published_at == datetime(2026, 3, 1, 14, 5, tzinfo=UTC)


def test_a_batch_that_was_enriched_meanwhile_does_not_come_back(place: Place) -> None:
    place.site.put("/feed.xml", feed(("Bulla", "/a", "Court.")))
    place.collect(source(place.site))
    (batch,) = place.batches.pending(Stage.RAW)

    def enrich_first(path: str) -> tuple[int, dict[str, str], bytes]:
        place.batches.write(Stage.ENRICHED, batch, ())
        place.batches.settle(batch)
        return 200, {}, article("Bulla", LONG).encode()

    place.site.pages["/a"] = enrich_first
    assert place.read(source(place.site)) == ()
    assert place.batches.pending(Stage.RAW) == ()


def test_two_hours_old(place: Place) -> None:
    """A page that says "il y a 2 heures" was published two hours ago."""
    place.site.put("/feed.xml", feed(("Bulla", "/a", "Court.")))
    place.site.put("/a", article("Bulla", LONG, before="<time>il y a 2 heures</time>"))
    place.collect(source(place.site))
    place.read(source(place.site))
    assert place.items()["Bulla"].published_at == NOW - timedelta(hours=2)
