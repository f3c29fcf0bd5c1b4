"""Collecting is killed without warning, in the worst places; the next run makes every item whole, once."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tocsin.adapters.batches import FsspecBatches
from tocsin.adapters.sqlite import open_sqlite
from tocsin.model import RawItem, Stage

pytestmark = pytest.mark.e2e

FEEDS, ITEMS = 12, 20

CHILD = """
import asyncio, os, signal, sys
from datetime import UTC, datetime
from ipaddress import ip_network
from tocsin.adapters.batches import FsspecBatches
from tocsin.adapters.files import LocalArchive
from tocsin.adapters.http import GuardedFetcher
from tocsin.adapters.sqlite import open_sqlite
from tocsin.collect.identity import Authors
from tocsin.collect.step import collect_due
from tocsin.model import Source, SourceKind

folder, port, feeds, run, place, number = sys.argv[1:]
now = datetime(2026, 3, 3, 12, 0, int(run), tzinfo=UTC)
left = int(number)

class Deadly:
    def __init__(self, port, name):
        self.port, self.name = port, name
    def __getattr__(self, name):
        return self.die if name == self.name else getattr(self.port, name)
    def die(self, *args):
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return getattr(self.port, self.name)(*args)

async def main():
    with open_sqlite(folder + "/t.db") as stores:
        states, batches, quarantine = stores.sources, FsspecBatches(folder + "/b"), stores.quarantine
        if place == "cursor": states = Deadly(states, "save")
        if place == "batch": batches = Deadly(batches, "write")
        if place == "quarantine": quarantine = Deadly(quarantine, "put")
        async with GuardedFetcher([ip_network("127.0.0.0/8")]) as fetcher:
            await collect_due(
                [
                    Source(f"s{n}", SourceKind.FEED, f"http://127.0.0.{n + 1}:{port}/f{n}.xml")
                    for n in range(int(feeds))
                ],
                states=states, fetcher=fetcher, archive=LocalArchive(), batches=batches, quarantine=quarantine,
                reports=stores.reports, authors=Authors(lambda author, network: author), now=now,
            )

asyncio.run(main())
"""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    pages = tmp_path / "pages"
    pages.mkdir()
    for feed in range(FEEDS):
        items = "".join(f"<item><title>{feed}-{n}</title><guid>{feed}-{n}</guid></item>" for n in range(ITEMS))
        text = f"<rss version='2.0'><channel><title>t</title>{items}<item><guid>empty</guid></item></channel></rss>"
        (pages / f"f{feed}.xml").write_text(text)
    with ThreadingHTTPServer(("", 0), partial(Quiet, directory=str(pages))) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def run(folder: Path, port: int, number: int, place: str = "nowhere", nth: int = 1) -> int:
    arguments = [str(folder), str(port), str(FEEDS), str(number), place, str(nth)]
    return subprocess.run([sys.executable, "-c", CHILD, *arguments], check=False, timeout=60).returncode


def kept(folder: Path) -> list[str]:
    batches = FsspecBatches(str(folder / "b"))
    return [item.id for batch in batches.pending(Stage.RAW) for item in batches.read(Stage.RAW, batch, RawItem)]


def test_kill_9_in_the_worst_places_loses_nothing(tmp_path: Path, port: int) -> None:
    kills = [("cursor", 1), ("batch", 2), ("quarantine", 3), ("cursor", 4), ("cursor", 2)]
    for number, (place, nth) in enumerate(kills):
        assert run(tmp_path, port, number, place, nth) == -9
        with open_sqlite(str(tmp_path / "t.db")) as stores:
            remembered = {item for state in stores.sources.all() for item in state.recent_ids}
        assert remembered <= set(kept(tmp_path)), "a cursor moved before its batch was durable"
    assert run(tmp_path, port, len(kills)) == 0

    ids = kept(tmp_path)
    assert len(set(ids)) == FEEDS * ITEMS
    assert len(ids) > len(set(ids)), "no kill came between batch and cursor: the test tests nothing"
    with open_sqlite(str(tmp_path / "t.db")) as stores:
        assert len(stores.sources.all()) == FEEDS
        assert len(stores.quarantine.all()) == FEEDS
