"""Files as sources: what grew gives its new rows, what was cut short goes on where the last durable batch ended."""

import asyncio
import gzip
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tocsin.adapters.batches import FsspecBatches
from tocsin.adapters.files import LocalArchive
from tocsin.adapters.http import GuardedFetcher
from tocsin.adapters.sqlite import SqliteStores, open_sqlite
from tocsin.collect.identity import Authors
from tocsin.collect.networks.asking import Access
from tocsin.collect.step import Collected, collect_due
from tocsin.model import RawItem, Source, SourceKind, Stage
from tocsin.ports import ArchiveRow

NOW = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
LATER = timedelta(minutes=30)
MAP = "{id: id, time: when, text: said}"
Collect = Callable[..., dict[str, int]]


class CountingArchive(LocalArchive):
    """Counts the rows that were read."""

    taken = 0

    def rows(self, *told: object) -> Iterator[ArchiveRow]:
        for row in super().rows(*told):
            self.taken += 1
            yield row


@pytest.fixture
def stores() -> Iterator[SqliteStores]:
    with open_sqlite(":memory:") as opened:
        yield opened


@pytest.fixture
def batches(tmp_path: Path) -> FsspecBatches:
    return FsspecBatches(str(tmp_path / "batches"))


@pytest.fixture
def collect(stores: SqliteStores, batches: FsspecBatches) -> Collect:
    def run(source: Source, at: datetime, patience: float = 120, archive: LocalArchive | None = None):
        found = asyncio.run(one_round(source, stores, batches, at, patience, archive or LocalArchive()))
        return {status: number for status, number in found.reports[0].counts.items() if number}

    return run


async def one_round(source, stores, batches, at, patience, archive) -> Collected:
    async with GuardedFetcher() as fetcher:
        return await collect_due(
            [source],
            states=stores.sources,
            fetcher=fetcher,
            archive=archive,
            batches=batches,
            quarantine=stores.quarantine,
            reports=stores.reports,
            authors=Authors(lambda author, _: author),
            now=at,
            access=Access(patience=timedelta(seconds=patience)),
        )


def lines(start: int, stop: int) -> bytes:
    rows = ({"id": n, "when": "2026-03-01", "said": f"post {n}"} for n in range(start, stop))
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def source_in(folder: Path, name: str = "posts.jsonl") -> Source:
    (folder / "map.yaml").write_text(MAP)
    return Source("past", SourceKind.FILE, str(folder / name), columns=str(folder / "map.yaml"))


def texts(batches: FsspecBatches) -> list[str]:
    ids = batches.pending(Stage.RAW)
    return [item.text for batch in ids for item in batches.read(Stage.RAW, batch, RawItem)]


@pytest.mark.parametrize("name", ["posts.jsonl", "posts.jsonl.gz", "posts.csv"])
def test_a_file_that_grew_gives_its_new_rows_only(tmp_path: Path, collect: Collect, name: str) -> None:
    def put(start: int, stop: int) -> None:
        body = lines(start, stop)
        if name.endswith(".csv"):
            body = b"".join(b"%d,2026-03-01,post %d\n" % (n, n) for n in range(start, stop))
            body = body if start else b"id,when,said\n" + body
        with (tmp_path / name).open("ab") as file:
            file.write(gzip.compress(body) if name.endswith(".gz") else body)

    source = source_in(tmp_path, name)
    put(0, 6_000)
    assert collect(source, NOW) == {"new": 6_000}
    put(6_000, 6_007)
    assert collect(source, NOW + LATER) == {"new": 7}
    assert collect(source, NOW + 2 * LATER) == {}
    put(6_007, 6_009)
    assert collect(source, NOW + 3 * LATER) == {"new": 2}


def test_a_file_that_was_replaced_or_has_a_new_map_is_read_as_a_whole(tmp_path: Path, collect: Collect) -> None:
    source = source_in(tmp_path)
    path = tmp_path / "posts.jsonl"
    path.write_bytes(lines(0, 50))
    assert collect(source, NOW) == {"new": 50}
    path.write_bytes(lines(1, 60))
    assert collect(source, NOW + LATER) == {"new": 59}
    (tmp_path / "map.yaml").write_text("{id: id, time: when, text: said, author: who}")
    collect(source, NOW + 2 * LATER)
    (tmp_path / "map.yaml").write_text(MAP.replace("id: id, ", ""))
    assert collect(source, NOW + 3 * LATER) == {"new": 59}


def test_a_long_file_is_read_in_several_visits_one_after_the_other(
    tmp_path: Path, collect: Collect, stores: SqliteStores, batches: FsspecBatches
) -> None:
    source = source_in(tmp_path)
    (tmp_path / "posts.jsonl").write_bytes(lines(0, 12_000))
    found, taken = [], []
    for minute in range(4):
        archive = CountingArchive()
        found.append(collect(source, NOW + timedelta(minutes=minute), patience=0, archive=archive))
        taken.append(archive.taken)
    assert found == [{"new": 5_000}, {"new": 5_000}, {"new": 2_000}, {"resting": 1}]
    assert taken == [5_000, 5_000, 2_000, 0]
    assert len(set(texts(batches))) == len(texts(batches)) == 12_000
    state = stores.sources.get("past")
    assert (state.failures, state.note) == (0, "")


def test_mail_and_kept_feeds_need_no_map_and_tables_say_that_they_do(
    tmp_path: Path, collect: Collect, stores: SqliteStores, batches: FsspecBatches
) -> None:
    letter = "From a@e.org Tue Mar  3 08:00:00 2015\nDate: Tue, 3 Mar 2015 09:00:00\nSubject: Panne\n\nRien\n"
    (tmp_path / "a.mbox").write_text(letter)
    source = Source("mail", SourceKind.FILE, str(tmp_path / "a.mbox"), time_zone="Europe/Paris")
    assert collect(source, NOW) == {"new": 1}
    (batch,) = batches.pending(Stage.RAW)
    (item,) = batches.read(Stage.RAW, batch, RawItem)
    assert (item.title, item.published_at) == ("Panne", datetime(2015, 3, 3, 8, tzinfo=UTC))
    (tmp_path / "a.csv").write_text("id,text\n1,a\n")
    assert collect(Source("table", SourceKind.FILE, str(tmp_path / "a.csv")), NOW) == {}
    assert "needs a column map" in stores.sources.get("table").note


CHILD = """
import asyncio, os, signal, sys
from datetime import UTC, datetime
from tocsin.adapters.batches import FsspecBatches
from tocsin.adapters.files import LocalArchive
from tocsin.adapters.http import GuardedFetcher
from tocsin.adapters.sqlite import open_sqlite
from tocsin.collect.identity import Authors
from tocsin.collect.step import collect_due
from tocsin.model import Source, SourceKind

folder, run, rows = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])

class DeadlyArchive(LocalArchive):
    def rows(self, *told):
        for number, row in enumerate(super().rows(*told), start=1):
            if number == rows:
                os.kill(os.getpid(), signal.SIGKILL)
            yield row

async def main():
    with open_sqlite(folder + "/t.db") as stores:
        async with GuardedFetcher() as fetcher:
            found = await collect_due(
                [Source("past", SourceKind.FILE, folder + "/posts.jsonl", columns=folder + "/map.yaml")],
                states=stores.sources, fetcher=fetcher, archive=DeadlyArchive(), batches=FsspecBatches(folder + "/b"),
                quarantine=stores.quarantine, reports=stores.reports, authors=Authors(lambda author, network: author),
                now=datetime(2026, 3, 3, 12, 0, run, tzinfo=UTC),
            )
            print(found.reports[0].came_in)

asyncio.run(main())
"""


@pytest.mark.e2e
def test_killed_in_the_middle_it_goes_on_behind_the_last_durable_batch(tmp_path: Path) -> None:
    source_in(tmp_path)
    (tmp_path / "posts.jsonl").write_bytes(lines(0, 31_000))
    batches, durable = FsspecBatches(str(tmp_path / "b")), []
    for run, rows in enumerate([12_345, 5_001, 4_999, 10_001, 0]):
        command = [sys.executable, "-c", CHILD, str(tmp_path), str(run), str(rows)]
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
        assert done.returncode == (-9 if rows else 0), done.stderr
        durable.append(len(texts(batches)))
    # 10,000 before the first death, 5,000 before the second, none before the third, 10,000 before the fourth.
    assert durable == [10_000, 15_000, 15_000, 25_000, 31_000]
    assert done.stdout == "6000\n"
    assert len(set(texts(batches))) == 31_000
