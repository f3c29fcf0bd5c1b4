"""Killed in the middle of a retry or an erasure and run again: the end of an undisturbed run; nobody comes back."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tocsin.adapters.batches import FsspecBatches
from tocsin.adapters.sqlite import open_sqlite
from tocsin.index.quarantined import refused_item
from tocsin.model import Mention, RawItem, Rejection, Stage, Tone

pytestmark = pytest.mark.e2e

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
ITEMS = 3_000

OPEN = """
import sys
from datetime import UTC, datetime
from tocsin.adapters.batches import FsspecBatches
from tocsin.adapters.sqlite import open_sqlite
from tocsin.index.erasing import Author, erase_author
from tocsin.index.retrying import retry_items
from tocsin.index.step import index_batches
from tocsin.model import Stage
now = datetime(2026, 11, 22, 13, tzinfo=UTC)
batches = FsspecBatches(sys.argv[1] + "/batches")
stores = open_sqlite(sys.argv[1] + "/tocsin.db")
ports = dict(mentions=stores.mentions, quarantine=stores.quarantine, erasures=stores.erasures, now=now)
"""
RETRY = OPEN + "retry_items(stores.quarantine.stream(), reports=stores.reports, **ports)"
ERASE = OPEN + "erase_author(Author('ann'), batches=batches, **ports)"
INDEX = OPEN + "index_batches(batches.pending(Stage.ENRICHED), batches=batches, reports=stores.reports, **ports)"


def mention(n: int) -> Mention:
    at = NOON + timedelta(seconds=n)
    author = "ann" if n % 3 == 0 else f"bob{n}"
    rest = ("en", ("tonic",), Tone.NEGATIVE, -0.5, f"m{n}")
    return Mention(f"m{n}", "news", "web", "", "", f"text {n}", author, at, at, *rest)


def raw(n: int) -> RawItem:
    one = mention(n)
    return RawItem(one.id, "news", "web", "", "", one.text, one.author, one.published_at, one.discovered_at)


def start(code: str, folder: Path) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-c", code, str(folder)])


def kill_when(code: str, folder: Path, reached: Callable[[], bool]) -> None:
    """Run the worker and kill it as soon as it came so far."""
    worker = start(code, folder)
    deadline = time.monotonic() + 60
    while not reached() and worker.poll() is None and time.monotonic() < deadline:
        time.sleep(0.001)
    worker.kill()
    assert worker.wait() == -signal.SIGKILL, "it was done before it could be killed: nothing was tried"


def test_a_killed_retry_loses_and_doubles_nothing(tmp_path: Path) -> None:
    with open_sqlite(str(tmp_path / "tocsin.db")) as stores:
        stores.quarantine.put(refused_item(Rejection(mention(n), "the disk was full"), NOON) for n in range(ITEMS))
        for at_least in (1, 700, 1_800):
            kill_when(RETRY, tmp_path, lambda enough=at_least: stores.mentions.total() >= enough)
            held = {one.record.split('"')[3] for one in stores.quarantine.stream()}
            missing = [n for n in range(ITEMS) if f"m{n}" not in held and stores.mentions.get(f"m{n}") is None]
            assert missing == [], "out of quarantine and not in the store"
            assert held
        assert start(RETRY, tmp_path).wait(timeout=60) == 0
        assert (stores.mentions.total(), stores.quarantine.all()) == (ITEMS, ())
        assert all(stores.mentions.get(f"m{n}") == mention(n) for n in range(0, ITEMS, 97))


def fill(folder: Path) -> FsspecBatches:
    batches = FsspecBatches(str(folder / "batches"))
    for number in range(20):
        numbers = range(number * 150, (number + 1) * 150)
        stage = (Stage.ARCHIVE, Stage.RAW)[number % 2]
        batches.write(stage, f"20261122T12{number:02}00Z-news-x", map(raw, numbers))
        if stage is Stage.RAW:
            batches.write(Stage.ENRICHED, f"20261122T12{number:02}00Z-news-x", map(mention, numbers))
    with open_sqlite(str(folder / "tocsin.db")) as stores:
        stores.mentions.add(mention(n) for n in range(ITEMS) if n // 150 % 2 == 0)
        stores.quarantine.put(refused_item(Rejection(mention(n), "odd"), NOON) for n in range(5_000, 5_400))
    return batches


def left(folder: Path) -> list[str]:
    """Every author of whom something is kept, wherever it lies."""
    batches = FsspecBatches(str(folder / "batches"))
    stages = (Stage.RAW, Stage.ENRICHED, Stage.ARCHIVE)
    batch_ids = {(stage, i) for stage in stages for i in (*batches.pending(stage), *batches.pending(Stage.ENRICHED))}
    authors = []
    for stage, batch_id in batch_ids:
        if stage is not Stage.ARCHIVE or batch_id in batches.pending(stage):
            authors += [one["author"] for one in batches.read(stage, batch_id, dict)]
    with open_sqlite(str(folder / "tocsin.db")) as stores:
        authors += [one.author for one in stores.mentions.search("text", limit=99_999)]
        authors += ["ann" for one in stores.quarantine.all() if '"author": "ann"' in one.record]
    return authors


def test_a_killed_erasure_is_made_good_by_the_next(tmp_path: Path) -> None:
    fill(tmp_path)
    with open_sqlite(str(tmp_path / "tocsin.db")) as stores:
        before = [author for author in left(tmp_path) if author != "ann"]
        all_of_hers = stores.mentions.by_author("ann")
        for reached in (
            lambda: bool(stores.erasures.all()),
            lambda: stores.mentions.by_author("ann") < all_of_hers,
        ):
            kill_when(ERASE, tmp_path, reached)
        assert "ann" in left(tmp_path), "killed too late to prove anything"
        assert start(ERASE, tmp_path).wait(timeout=60) == 0
    assert sorted(left(tmp_path)) == sorted(before)


def test_steps_that_run_meanwhile_bring_nobody_back(tmp_path: Path) -> None:
    batches = fill(tmp_path)
    workers = [start(code, tmp_path) for code in (INDEX, ERASE, INDEX)]
    assert [worker.wait(timeout=60) for worker in workers] == [0, 0, 0]
    assert start(INDEX, tmp_path).wait(timeout=60) == 0
    assert batches.pending(Stage.ENRICHED) == ()
    assert "ann" not in left(tmp_path)
    with open_sqlite(str(tmp_path / "tocsin.db")) as stores:
        assert stores.mentions.total() == ITEMS * 2 // 3
