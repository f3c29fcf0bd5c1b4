"""An author's records leave the batches that hold them; each batch stays whole, or goes when nothing is left."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
import zstandard

from tocsin.adapters.batches import FsspecBatches
from tocsin.errors import PermanentError
from tocsin.model import RawItem, Stage

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
ID = "20261122T204500Z-news-ab12"
PLACES = [Stage.RAW, Stage.ENRICHED, Stage.ARCHIVE]


def item(item_id: str, author: str, text: str = "text") -> RawItem:
    return RawItem(item_id, "news", "web", "", "", text, author, NOON, NOON)


MIXED = [item("1", "ann"), item("2", "bob", '"author":"ann"'), item("3", "ann", "secret"), item("4", "")]


@pytest.fixture(params=["folder", "memory"])
def batches(request: pytest.FixtureRequest, tmp_path: Path) -> FsspecBatches:
    return FsspecBatches({"folder": str(tmp_path), "memory": f"memory://{uuid4().hex}"}[request.param])


@pytest.fixture
def folder(tmp_path: Path) -> tuple[FsspecBatches, Path]:
    return FsspecBatches(str(tmp_path)), tmp_path


def left(batches: FsspecBatches, stage: Stage, batch_id: str = ID) -> list[str]:
    return [one.id for one in batches.read(stage, batch_id, RawItem)]


def files(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


@pytest.mark.parametrize("stage", PLACES)
def test_an_authors_records_go_and_the_others_stay_as_they_were(batches, stage) -> None:
    batches.write(stage, ID, MIXED)
    assert batches.strike(stage, ID, ["ann"], look_only=True) == 2
    assert left(batches, stage) == ["1", "2", "3", "4"]
    assert batches.strike(stage, ID, ["ann", "eve"]) == 2
    assert list(batches.read(stage, ID, RawItem)) == [MIXED[1], MIXED[3]]
    assert batches.strike(stage, ID, ["ann"]) == 0
    assert batches.pending(stage) == (ID,)


@pytest.mark.parametrize("authors", [[], [""], ["an"], ["ANN"], ["text"]])
def test_nobody_and_others_have_no_records(batches, authors) -> None:
    batches.write(Stage.RAW, ID, MIXED)
    assert batches.strike(Stage.RAW, ID, authors) == 0
    assert len(left(batches, Stage.RAW)) == 4


def test_a_batch_left_empty_goes_but_an_enriched_one_is_there_to_be_settled(batches) -> None:
    for stage in PLACES:
        batches.write(stage, ID, MIXED[:1])
        assert batches.strike(stage, ID, ["ann"]) == 1
    assert [batches.pending(stage) for stage in PLACES] == [(), (ID,), ()]
    assert left(batches, Stage.ENRICHED) == []


def test_an_empty_or_missing_batch_has_none(batches) -> None:
    batches.write(Stage.RAW, ID, [])
    assert batches.strike(Stage.RAW, ID, ["ann"]) == 0
    assert batches.strike(Stage.ARCHIVE, ID, ["ann"]) == 0
    assert batches.pending(Stage.RAW) == (ID,)


def test_records_that_do_not_decode_go_only_when_they_name_the_author(batches) -> None:
    batches.write(Stage.RAW, ID, [{"author": "ann", "odd": 1}, {"author": 7, "to": "ann"}, {"author": 7}, ["odd"]])
    assert batches.strike(Stage.RAW, ID, ["ann"]) == 2
    assert batches.strike(Stage.RAW, ID, ["ann"]) == 0
    kept = batches.read(Stage.RAW, ID, object)
    assert list(kept) == [{"author": 7}, ["odd"]]


def test_settled_batches_are_listed_read_and_dropped(batches) -> None:
    assert batches.pending(Stage.ARCHIVE) == ()
    for batch_id in ("odd", ID):
        batches.write(Stage.RAW, batch_id, MIXED)
        batches.settle(batch_id)
    assert batches.pending(Stage.ARCHIVE) == (ID, "odd")
    assert left(batches, Stage.ARCHIVE, "odd") == ["1", "2", "3", "4"]
    batches.drop(Stage.ARCHIVE, ID)
    assert batches.pending(Stage.ARCHIVE) == ("odd",)


def test_no_byte_of_an_author_is_left_in_the_folder(folder) -> None:
    batches, root = folder
    for stage in PLACES:
        batches.write(stage, ID, MIXED)
        batches.strike(stage, ID, ["ann"])
    held = b"".join(
        zstandard.ZstdDecompressor().decompressobj().decompress((root / f).read_bytes()) for f in files(root)
    )
    assert b"secret" not in held
    assert held.count(b'"id":"2"') == 3
    assert not [name for name in files(root) if name.endswith(".tmp")]


def test_a_damaged_batch_is_told_and_left_as_it_is(folder) -> None:
    batches, root = folder
    batches.write(Stage.RAW, ID, MIXED)
    path = root / "raw" / f"{ID}.ndjson.zst"
    path.write_bytes(path.read_bytes()[:-3])
    before = path.read_bytes()
    with pytest.raises(PermanentError, match="cut short"):
        batches.strike(Stage.RAW, ID, ["ann"])
    assert path.read_bytes() == before


class SettledMeanwhile(FsspecBatches):
    """Batches that another process settles while one of them is read for the n-th time."""

    def __init__(self, url: str, at: int) -> None:
        super().__init__(url)
        self._left = at

    def _lines(self, path: str) -> Iterator[bytes]:
        lines = list(super()._lines(path))
        self._left -= 1
        if not self._left:
            self.settle(ID)
        return iter(lines)


@pytest.mark.parametrize("at", [1, 2])
def test_a_raw_batch_settled_while_it_is_struck_does_not_wait_again(tmp_path, at) -> None:
    batches = SettledMeanwhile(str(tmp_path), at)
    batches.write(Stage.RAW, ID, MIXED)
    assert batches.strike(Stage.RAW, ID, ["ann"]) == 2
    assert batches.pending(Stage.RAW) == ()
    assert batches.strike(Stage.ARCHIVE, ID, ["ann"]) == 2, "the next sweep meets it in the archive"
    assert left(batches, Stage.ARCHIVE) == ["2", "4"]


DRAFT = """
import os, sys
from datetime import UTC, datetime
from tocsin.adapters.batches import FsspecBatches
from tocsin.model import RawItem, Stage
noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
def items():
    for n in range(200_000):
        yield RawItem(str(n), "news", "web", "", "", os.urandom(20).hex(), sys.argv[2], noon, noon)
        if n == 100_000:
            os.kill(os.getpid(), 9)
FsspecBatches(sys.argv[1]).write(Stage.RAW, "killed", items())
"""


def test_what_a_killed_writer_left_goes_with_its_author(folder) -> None:
    batches, root = folder
    for author in ("ann", "bob"):
        worker = subprocess.run([sys.executable, "-c", DRAFT, str(root), author], check=False, timeout=60)
        assert worker.returncode == -9
    assert len([name for name in files(root) if name.endswith(".tmp")]) == 2
    assert batches.pending(Stage.RAW) == ()
    assert batches.strike_drafts(["ann"]) == 1
    assert batches.strike_drafts(["ann"]) == 0
    assert batches.strike_drafts(["bob"]) == 1
    assert files(root) == []


def test_drafts_of_nobody_are_none(batches) -> None:
    assert batches.strike_drafts(["ann"]) == 0
    batches.write(Stage.RAW, ID, [replace(MIXED[0], text="whole")])
    assert batches.strike_drafts(["ann"]) == 0
    assert len(left(batches, Stage.RAW)) == 1
