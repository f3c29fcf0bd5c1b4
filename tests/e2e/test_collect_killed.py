"""Collecting is killed without warning, in the worst places and at any moment; the next run makes all whole, once."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random

import pytest

from tocsin.adapters.batches import FsspecBatches
from tocsin.adapters.sqlite import SqliteStores, open_sqlite
from tocsin.index.step import index_batches
from tocsin.model import Mention, RawItem, Stage, Tone

pytestmark = pytest.mark.e2e

FEEDS, ITEMS, KILLS = 12, 20, 20

CHILD = """
import asyncio, os, signal, sys, threading, time
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from tocsin.adapters.batches import FsspecBatches
from tocsin.adapters.files import LocalArchive
from tocsin.adapters.http import GuardedFetcher
from tocsin.adapters.sqlite import open_sqlite
from tocsin.collect import feeds as room
from tocsin.collect.identity import Authors
from tocsin.collect.step import collect_due
from tocsin.model import Source, SourceKind

folder, port, feeds, minutes, place, number = sys.argv[1:]
now = datetime(2026, 3, 3, 12, tzinfo=UTC) + timedelta(minutes=float(minutes))
left = float(number)
room.GROUP = 2  # So that a round of a dozen feeds becomes durable in many parts.

def die():
    os.kill(os.getpid(), signal.SIGKILL)

class Deadly:
    def __init__(self, port, name):
        self.port, self.name = port, name
    def __getattr__(self, name):
        return self.count if name == self.name else getattr(self.port, name)
    def count(self, *args):
        global left
        left -= 1
        if left == 0 and not place.startswith("after "):
            die()
        done = getattr(self.port, self.name)(*args)
        if left == 0:
            die()
        return done

async def main():
    with open_sqlite(folder + "/t.db") as stores:
        ports = {"cursor": stores.sources, "batch": FsspecBatches(folder + "/b"), "quarantine": stores.quarantine}
        ports["report"] = stores.reports
        names = {"cursor": "save_all", "batch": "write", "quarantine": "put", "report": "save"}
        what = place.removeprefix("after ")
        if what in ports:
            ports[what] = Deadly(ports[what], names[what])
        async with GuardedFetcher([ip_network("127.0.0.0/8")]) as fetcher:
            if place == "moment":
                threading.Thread(target=lambda: (time.sleep(left), die()), daemon=True).start()
            began = time.monotonic()
            await collect_due(
                [
                    Source(f"s{n}", SourceKind.FEED, f"http://127.0.0.{n + 1}:{port}/f{n}.xml")
                    for n in range(int(feeds))
                ],
                states=ports["cursor"], fetcher=fetcher, archive=LocalArchive(), batches=ports["batch"],
                quarantine=ports["quarantine"], reports=ports["report"],
                authors=Authors(lambda author, network: author), now=now,
            )
            print(time.monotonic() - began)

asyncio.run(main())
"""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@dataclass(frozen=True)
class Farm:
    """A server of feeds that grow: `items` says how many each holds."""

    port: int
    pages: Path

    def serve(self, items: int) -> None:
        for feed in range(FEEDS):
            held = "".join(f"<item><title>{feed}-{n}</title><guid>{feed}-{n}</guid></item>" for n in range(items))
            text = (
                f"<rss version='2.0'><channel><title>t</title>{held}<item><guid>empty</guid></item></channel></rss>"
            )
            (self.pages / f"f{feed}.xml").write_text(text)


@pytest.fixture
def farm(tmp_path: Path) -> Iterator[Farm]:
    pages = tmp_path / "pages"
    pages.mkdir()
    with ThreadingHTTPServer(("", 0), partial(Quiet, directory=str(pages))) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        farm = Farm(server.server_port, pages)
        farm.serve(ITEMS)
        yield farm
        server.shutdown()
        thread.join()


def run(folder: Path, farm: Farm, minutes: float, place: str = "nowhere", nth: float = 1) -> tuple[int, str]:
    arguments = [str(folder), str(farm.port), str(FEEDS), str(minutes), place, str(nth)]
    done = subprocess.run(
        [sys.executable, "-c", CHILD, *arguments], check=False, timeout=60, stdout=subprocess.PIPE, text=True
    )
    return done.returncode, done.stdout


def kept(folder: Path) -> list[str]:
    batches = FsspecBatches(str(folder / "b"))
    return [item.id for batch in batches.pending(Stage.RAW) for item in batches.read(Stage.RAW, batch, RawItem)]


def no_cursor_is_ahead(folder: Path) -> None:
    with open_sqlite(str(folder / "t.db")) as stores:
        remembered = {item for state in stores.sources.all() for item in state.recent_ids}
    assert remembered <= set(kept(folder)), "a cursor moved before its batch was durable"


def test_kill_9_in_the_worst_places_loses_nothing(tmp_path: Path, farm: Farm) -> None:
    kills = [("cursor", 1), ("batch", 2), ("quarantine", 3), ("cursor", 3), ("cursor", 1)]
    for number, (place, nth) in enumerate(kills):
        assert run(tmp_path, farm, number / 60, place, nth)[0] == -9
        no_cursor_is_ahead(tmp_path)
    assert run(tmp_path, farm, len(kills) / 60)[0] == 0

    ids = kept(tmp_path)
    assert len(set(ids)) == FEEDS * ITEMS
    assert len(ids) > len(set(ids)), "no kill came between batch and cursor: the test tests nothing"
    with open_sqlite(str(tmp_path / "t.db")) as stores:
        assert len(stores.sources.all()) == FEEDS
        assert len(stores.quarantine.all()) == FEEDS


def test_killed_at_twenty_moments_every_item_is_in_the_store_once(tmp_path: Path, farm: Farm) -> None:
    """Half of the kills come at a call of a port, half at a time; both by chance that is the same in each run."""
    chance = Random("tocsin")
    took = float(run(tmp_path, farm, 0)[1])
    killed = rounds = 0
    while killed < KILLS:
        rounds += 1
        assert rounds < 4 * KILLS, "it is hardly ever killed: the test tests nothing"
        farm.serve(ITEMS + rounds)
        place, nth = "moment", chance.uniform(0, took)
        if chance.random() < 0.5:
            place = chance.choice(["", "after "]) + chance.choice(["cursor", "batch", "quarantine", "report"])
            nth = chance.randint(1, FEEDS // 2)
        killed += run(tmp_path, farm, 180 * rounds, place, nth)[0] == -9
        no_cursor_is_ahead(tmp_path)
    # Long after: on a busy machine a feed may have failed once, and rests for it.
    assert run(tmp_path, farm, 180 * rounds + 40 * 24 * 60)[0] == 0

    expected = FEEDS * (ITEMS + rounds)
    with open_sqlite(str(tmp_path / "t.db")) as stores:
        created = into_the_store(tmp_path, stores)
        assert (created, stores.mentions.total()) == (expected, expected)
        titles = [mention.title for mention in stores.mentions.stream()]
    assert sorted(titles) == sorted(f"{feed}-{n}" for feed in range(FEEDS) for n in range(ITEMS + rounds))


def into_the_store(folder: Path, stores: SqliteStores) -> int:
    """Index all raw batches, and give how many mentions were new to the store."""
    batches = FsspecBatches(str(folder / "b"))
    for batch in batches.pending(Stage.RAW):
        batches.write(Stage.ENRICHED, batch, map(mention_of, batches.read(Stage.RAW, batch, RawItem)))
    index_batches(
        batches.pending(Stage.ENRICHED),
        batches=batches,
        mentions=stores.mentions,
        quarantine=stores.quarantine,
        reports=stores.reports,
        erasures=stores.erasures,
        now=max(state.checked_at for state in stores.sources.all()),
    )
    return stores.reports.totals()["index"]["created"]


def mention_of(item: RawItem) -> Mention:
    return Mention(
        id=item.id,
        source_id=item.source_id,
        network=item.network,
        url=item.url,
        title=item.title,
        text=item.text,
        author=item.author,
        published_at=item.published_at,
        discovered_at=item.discovered_at,
        language="en",
        brands=("tonic",),
        tone=Tone.NEUTRAL,
        compound=0.0,
        story_id=item.id,
    )
