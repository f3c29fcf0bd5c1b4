"""A worker killed in the middle of indexing loses nothing and stores nothing twice."""

import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tocsin.adapters.batches import FsspecBatches
from tocsin.adapters.sqlite import SqliteStores, open_sqlite
from tocsin.model import Mention, Stage, Tone, Window

pytestmark = pytest.mark.e2e

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
WEEK = Window(NOON, NOON + timedelta(days=7))
BRANDS = [f"brand-{n}" for n in range(10)]
MENTIONS = 20_000

WORKER = """
import sys
from datetime import UTC, datetime
from tocsin.adapters.batches import FsspecBatches
from tocsin.adapters.sqlite import open_sqlite
from tocsin.index.step import index_batches
from tocsin.model import Stage
batches = FsspecBatches(sys.argv[1])
with open_sqlite(sys.argv[2]) as stores:
    index_batches(
        batches.pending(Stage.ENRICHED), batches=batches, mentions=stores.mentions, quarantine=stores.quarantine,
        reports=stores.reports, erasures=stores.erasures, now=datetime(2026, 11, 22, 13, tzinfo=UTC),
    )
"""


def generated() -> Iterator[Mention]:
    for n in range(MENTIONS):
        at = NOON + timedelta(seconds=n)
        yield Mention(
            id=f"m{n}",
            source_id="news",
            network="web",
            url=f"https://example.org/{n}",
            title="",
            text=f"mention {n} of a storm in word{n % 97}",
            author=f"author-{n % 500}",
            published_at=at,
            discovered_at=at,
            language="en",
            brands=(BRANDS[n % 10],),
            tone=Tone.NEGATIVE if n % 3 else Tone.NEUTRAL,
            compound=-0.5 if n % 3 else 0.0,
            story_id=f"m{n - n % 7}",
        )


def write_batches(folder: Path) -> FsspecBatches:
    batches = FsspecBatches(str(folder))
    mentions = list(generated())
    for number, size in enumerate([15_000, 5_000]):
        batch_id = f"20261122T12000{number}Z-news-x"
        batches.write(Stage.RAW, batch_id, [])
        batches.write(Stage.ENRICHED, batch_id, mentions[number * 15_000 :][:size])
    return batches


def start(folder: Path) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-c", WORKER, str(folder / "batches"), str(folder / "tocsin.db")])


def kill_when_stored(folder: Path, at_least: int) -> int:
    """Run a worker, kill it once the store holds so many mentions, and give how many it left."""
    worker = start(folder)
    try:
        with open_sqlite(str(folder / "tocsin.db")) as stores:
            deadline = time.monotonic() + 60
            while stores.mentions.total() < at_least and time.monotonic() < deadline:
                time.sleep(0.002)
            worker.kill()
            worker.wait()
            return stores.mentions.total()
    finally:
        worker.kill()
        worker.wait()


def content(stores: SqliteStores) -> tuple[object, ...]:
    mentions = stores.mentions
    return (
        mentions.total(),
        list(mentions.story_starts(WEEK, BRANDS)),
        mentions.counts(WEEK, BRANDS),
        [mentions.top_stories(brand, WEEK, 20) for brand in BRANDS],
        list(mentions.story_origins(WEEK)),
        mentions.search("storm word5", limit=MENTIONS),
        [mentions.get(f"m{n}") for n in range(0, MENTIONS, 101)],
        stores.quarantine.all(),
        stores.reports.totals(),
        stores.database.rows("SELECT id, body FROM mentions ORDER BY id"),
    )


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[object, ...]:
    folder = tmp_path_factory.mktemp("undisturbed")
    write_batches(folder / "batches")
    assert start(folder).wait(timeout=120) == 0
    with open_sqlite(str(folder / "tocsin.db")) as stores:
        assert stores.reports.totals()["index"]["created"] == MENTIONS
        return content(stores)


@pytest.mark.parametrize("moments", [[1], [7_000], [15_001], [500, 4_000, 12_000, 17_000]], ids=str)
def test_a_killed_index_run_is_made_good_by_the_next(tmp_path, undisturbed, moments) -> None:
    batches = write_batches(tmp_path / "batches")
    for moment in moments:
        left = kill_when_stored(tmp_path, moment)
        assert moment <= left < MENTIONS, "it was not killed in the middle: nothing was tried"
        assert batches.pending(Stage.ENRICHED), "a batch was settled before it was stored"
    assert start(tmp_path).wait(timeout=120) == 0
    assert batches.pending(Stage.ENRICHED) == batches.pending(Stage.RAW) == ()
    with open_sqlite(str(tmp_path / "tocsin.db")) as stores:
        assert content(stores) == undisturbed
