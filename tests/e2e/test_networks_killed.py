"""Reading a social network is killed without warning between page, batch and cursor; nothing is lost or doubled."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from network_server import CREDENTIALS, Said, running
from tocsin.adapters.batches import FsspecBatches
from tocsin.adapters.sqlite import open_sqlite
from tocsin.model import RawItem, Stage

pytestmark = pytest.mark.e2e

START = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
POSTS = 330

CHILD = """
import asyncio, json, os, signal, sys
from datetime import datetime, timedelta
from ipaddress import ip_network
from tocsin.adapters.batches import FsspecBatches
from tocsin.adapters.files import LocalArchive
from tocsin.adapters.http import GuardedFetcher
from tocsin.adapters.sqlite import open_sqlite
from tocsin.collect.identity import Authors
from tocsin.collect.networks.asking import Access
from tocsin.collect.step import collect_due
from tocsin.model import Source, SourceKind

folder, url, known, now, place, number = sys.argv[1:]
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
        states, batches = stores.sources, FsspecBatches(folder + "/b")
        if place == "cursor": states = Deadly(states, "save")
        if place == "batch": batches = Deadly(batches, "write")
        async with GuardedFetcher([ip_network("127.0.0.0/8")]) as fetcher:
            await collect_due(
                [
                    Source("hn", SourceKind.HACKERNEWS, url, "hackernews", query="Bulla"),
                    Source("bsky", SourceKind.BLUESKY, url, "bluesky", query="Bulla"),
                ],
                states=states, fetcher=fetcher, archive=LocalArchive(), batches=batches,
                quarantine=stores.quarantine, reports=stores.reports, authors=Authors(lambda author, network: author),
                now=datetime.fromisoformat(now), access=Access((), json.loads(known)),
            )

asyncio.run(main())
"""


def run(folder: Path, url: str, place: str = "nowhere", nth: int = 1) -> int:
    arguments = [str(folder), url, json.dumps(CREDENTIALS), START.isoformat(), place, str(nth)]
    return subprocess.run([sys.executable, "-c", CHILD, *arguments], check=False, timeout=60).returncode


def kept(folder: Path) -> list[str]:
    batches = FsspecBatches(str(folder / "b"))
    return [item.id for batch in batches.pending(Stage.RAW) for item in batches.read(Stage.RAW, batch, RawItem)]


def remembered(folder: Path) -> set[str]:
    with open_sqlite(str(folder / "t.db")) as stores:
        return {item for state in stores.sources.all() for item in state.recent_ids}


def test_kill_9_between_page_batch_and_cursor_loses_nothing(tmp_path: Path) -> None:
    now = int(START.timestamp())
    with running() as web:
        web.posts = [Said(n, now - n * 60, f"Bulla {n}") for n in range(1, POSTS + 1)]
        for place, nth in [("batch", 1), ("batch", 3), ("cursor", 1), ("batch", 6), ("cursor", 1)]:
            assert run(tmp_path, web.url, place, nth) == -9
            assert remembered(tmp_path) <= set(kept(tmp_path)), "a cursor moved before its batch was durable"
        assert run(tmp_path, web.url) == 0
    ids = kept(tmp_path)
    assert len(set(ids)) == 2 * POSTS
    assert remembered(tmp_path) == set(ids)
    with open_sqlite(str(tmp_path / "t.db")) as stores:
        assert [state.failures for state in stores.sources.all()] == [0, 0]
