"""What BatchStore promises, on files and in memory: a batch is whole or absent, and settled once."""

import os
import shutil
import subprocess
import sys
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from tocsin.adapters.batches import FsspecBatches
from tocsin.errors import BadItemError, PermanentError, TransientError
from tocsin.model import BadItem, Mention, Stage

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
ID = "20261122T204500Z-news-ab12"


def items(count: int, text: str = "é\u2028\n") -> list[BadItem]:
    return [BadItem(str(n), "collect", "news", "why", text, NOON) for n in range(count)]


@pytest.fixture(params=["folder", "file-url", "memory"])
def batches(request: pytest.FixtureRequest, tmp_path: Path) -> FsspecBatches:
    urls = {"folder": str(tmp_path), "file-url": tmp_path.as_uri(), "memory": f"memory://{uuid4().hex}"}
    return FsspecBatches(urls[request.param])


@pytest.fixture
def folder(tmp_path: Path) -> tuple[FsspecBatches, Path]:
    return FsspecBatches(str(tmp_path)), tmp_path


@pytest.mark.parametrize("stage", list(Stage))
def test_a_batch_reads_back_in_order(batches, stage) -> None:
    assert batches.write(stage, ID, iter(items(2500))) == 2500
    assert list(batches.read(stage, ID, BadItem)) == items(2500)


def test_an_empty_batch_is_a_batch(batches) -> None:
    assert batches.write(Stage.RAW, ID, []) == 0
    assert list(batches.read(Stage.RAW, ID, BadItem)) == []
    assert batches.pending(Stage.RAW) == (ID,)


def test_mentions_read_back_equal(batches, mention) -> None:
    given = [mention("a", text="L’été 😡\n\x00"), mention("b", brands=())]
    batches.write(Stage.ENRICHED, ID, given)
    assert list(batches.read(Stage.ENRICHED, ID, Mention)) == given


def test_writing_again_replaces(batches) -> None:
    batches.write(Stage.RAW, ID, items(9))
    batches.write(Stage.RAW, ID, items(2))
    assert list(batches.read(Stage.RAW, ID, BadItem)) == items(2)
    assert batches.pending(Stage.RAW) == (ID,)


def test_a_batch_that_is_not_there_is_permanent(batches) -> None:
    with pytest.raises(PermanentError, match="no such batch"):
        list(batches.read(Stage.RAW, ID, BadItem))
    batches.write(Stage.RAW, ID, items(1))
    with pytest.raises(PermanentError):
        list(batches.read(Stage.ENRICHED, ID, BadItem))


def test_a_record_that_does_not_decode_is_told_and_the_next_ones_come(batches) -> None:
    batches.write(Stage.RAW, ID, [*items(1), {"id": 7}, *items(2)])
    records = batches.read(Stage.RAW, ID, BadItem)
    assert next(records) == items(1)[0]
    with pytest.raises(BadItemError, match="BadItem"):
        next(records)
    assert list(records) == items(2)


def test_pending_follows_the_stages(batches) -> None:
    assert batches.pending(Stage.RAW) == batches.pending(Stage.ENRICHED) == ()
    for batch_id in ("b", "a", "c"):
        batches.write(Stage.RAW, batch_id, items(1))
    assert batches.pending(Stage.RAW) == ("a", "b", "c")
    batches.write(Stage.ENRICHED, "b", items(1))
    assert batches.pending(Stage.RAW) == ("a", "c")
    assert batches.pending(Stage.ENRICHED) == ("b",)
    batches.settle("b")
    assert batches.pending(Stage.RAW) == ("a", "c")
    assert batches.pending(Stage.ENRICHED) == ()


def test_settling_twice_or_nothing_does_no_harm(batches) -> None:
    batches.settle(ID)
    batches.write(Stage.RAW, ID, items(1))
    batches.write(Stage.ENRICHED, ID, items(1))
    batches.settle(ID)
    batches.settle(ID)
    assert batches.pending(Stage.RAW) == batches.pending(Stage.ENRICHED) == ()


@pytest.mark.parametrize("stage", list(Stage))
def test_settling_what_has_one_half_only(batches, stage) -> None:
    batches.write(stage, ID, items(1))
    batches.settle(ID)
    assert batches.pending(Stage.RAW) == batches.pending(Stage.ENRICHED) == ()


def test_a_writer_that_breaks_leaves_what_was_there(batches) -> None:
    def breaking():
        yield from items(500)
        raise BadItemError("the source broke")

    for before in (0, 3):
        if before:
            batches.write(Stage.RAW, ID, items(before))
        with pytest.raises(BadItemError):
            batches.write(Stage.RAW, ID, breaking())
        assert batches.pending(Stage.RAW) == ((ID,) if before else ())
    assert list(batches.read(Stage.RAW, ID, BadItem)) == items(3)


def test_a_record_without_json_form_is_a_bad_item(batches) -> None:
    with pytest.raises(BadItemError):
        batches.write(Stage.RAW, ID, [*items(1), BadItem("x", "", "", "", "\ud800", NOON)])
    assert batches.pending(Stage.RAW) == ()


BAD_IDS = ["", ".", "..", "../x", "a/b", "/etc/passwd", ".hidden", "a\x00", "a\n", "é", "-a", "a" * 201, "a b", "*"]


@pytest.mark.parametrize("batch_id", BAD_IDS, ids=ascii)
def test_an_id_never_leads_out_of_its_folder(batches, batch_id) -> None:
    for call in (
        lambda: batches.write(Stage.RAW, batch_id, items(1)),
        lambda: list(batches.read(Stage.RAW, batch_id, BadItem)),
        lambda: batches.settle(batch_id),
    ):
        with pytest.raises(PermanentError, match="batch id"):
            call()


def test_a_url_that_nobody_reads_is_permanent() -> None:
    with pytest.raises(PermanentError, match="nowhere"):
        FsspecBatches("nowhere://x")


def test_settled_batches_are_archived_by_their_day(folder) -> None:
    batches, root = folder
    for batch_id in (ID, "odd"):
        batches.write(Stage.RAW, batch_id, items(2))
        batches.write(Stage.ENRICHED, batch_id, items(1))
        batches.settle(batch_id)
    found = sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())
    assert found == [f"archive/2026/11/22/{ID}.ndjson.zst", "archive/undated/odd.ndjson.zst"]


def test_a_crash_between_the_two_steps_of_settling_is_made_good(folder) -> None:
    batches, root = folder
    batches.write(Stage.RAW, ID, items(2))
    batches.write(Stage.ENRICHED, ID, items(2))
    enriched = root / "enriched" / f"{ID}.ndjson.zst"
    kept = enriched.read_bytes()
    batches.settle(ID)
    enriched.write_bytes(kept)  # As if the machine had gone after the move into the archive.
    assert batches.pending(Stage.ENRICHED) == (ID,)
    assert batches.pending(Stage.RAW) == ()
    batches.settle(ID)
    assert batches.pending(Stage.ENRICHED) == ()
    assert (root / "archive/2026/11/22" / f"{ID}.ndjson.zst").exists()


def test_files_that_are_no_batches_are_passed_over(folder) -> None:
    batches, root = folder
    batches.write(Stage.RAW, ID, items(1))
    for name in (".0123.tmp", f".{ID}.ndjson.zst", f"{ID}.ndjson.zst.part", "notes.txt", "é.ndjson.zst"):
        (root / "raw" / name).write_bytes(b"x")
    assert batches.pending(Stage.RAW) == (ID,)


def test_nothing_is_left_behind_by_a_writer_that_breaks(folder) -> None:
    batches, root = folder
    with pytest.raises(BadItemError):
        batches.write(Stage.RAW, ID, [object()])
    assert list((root / "raw").iterdir()) == []


@pytest.mark.parametrize("keep", [0, 3, 20, -1, -5])
def test_a_file_cut_short_is_permanent(folder, keep) -> None:
    batches, root = folder
    batches.write(Stage.RAW, ID, items(5000))
    path = root / "raw" / f"{ID}.ndjson.zst"
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(PermanentError, match="cut short"):
        list(batches.read(Stage.RAW, ID, BadItem))


def test_a_damaged_file_is_permanent(folder) -> None:
    batches, root = folder
    batches.write(Stage.RAW, ID, [BadItem(os.urandom(40).hex(), "", "", "", "", NOON) for _ in range(100)])
    path = root / "raw" / f"{ID}.ndjson.zst"
    whole = bytearray(path.read_bytes())
    whole[len(whole) // 2] ^= 0xFF
    path.write_bytes(whole)
    with pytest.raises((PermanentError, BadItemError)):
        list(batches.read(Stage.RAW, ID, BadItem))


def test_a_folder_that_cannot_be_made_is_permanent(tmp_path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises((PermanentError, TransientError)):
        FsspecBatches(str(tmp_path / "taken")).write(Stage.RAW, ID, items(1))


def test_memory_stays_flat(folder) -> None:
    batches, _ = folder

    def stream():  # The worst case for unpacking: a text that repeats itself.
        return (BadItem(f"{n}", "", "", "", "x" * 10_000, NOON) for n in range(3000))

    tracemalloc.start()
    batches.write(Stage.RAW, ID, stream())
    assert sum(1 for _ in batches.read(Stage.RAW, ID, BadItem)) == 3000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 30_000_000 / 2, f"{peak} bytes at once for 30 MB of records"


KILLED = """
import os, sys
from tocsin.adapters.batches import FsspecBatches
from tocsin.model import Stage

def records():
    for n in range(10_000):
        yield {"n": n, "noise": os.urandom(30).hex()}
    os.kill(os.getpid(), 9)
    yield {}

FsspecBatches(sys.argv[1]).write(Stage.RAW, sys.argv[2], records())
"""


def test_a_writer_killed_half_way_leaves_no_batch(folder) -> None:
    batches, root = folder
    killed = subprocess.run([sys.executable, "-c", KILLED, str(root), ID], check=False)
    assert killed.returncode == -9
    assert any((root / "raw").iterdir()), "it was killed before it wrote: nothing was tried"
    assert batches.pending(Stage.RAW) == ()
    assert batches.write(Stage.RAW, ID, items(2)) == 2
    assert list(batches.read(Stage.RAW, ID, BadItem)) == items(2)


def test_a_folder_that_vanished_has_nothing_pending(folder) -> None:
    batches, root = folder
    batches.write(Stage.RAW, ID, items(1))
    shutil.rmtree(root / "raw")
    assert batches.pending(Stage.RAW) == ()
