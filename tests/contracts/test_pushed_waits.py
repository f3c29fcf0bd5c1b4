"""A push that the disk does not give at this moment waits on it; the others are read."""

from pathlib import Path

from tocsin.adapters.batches import FsspecBatches
from tocsin.adapters.sqlite import open_sqlite
from tocsin.collect.identity import Authors
from tocsin.collect.pushed import Unpacking, unpack
from tocsin.model import Stage

LATER = "20260303T120000Z-busy"


def test_a_push_that_cannot_be_read_now_waits_and_is_not_called_broken(tmp_path: Path) -> None:
    folder = tmp_path / "pushed"
    folder.mkdir()
    loop = folder / f"{LATER}.ndjson.zst"
    loop.symlink_to(loop)  # To open it is an error of the disk, neither an absent file nor a damaged one.
    batches = FsspecBatches(str(tmp_path))
    with open_sqlite(":memory:") as stores:
        around = Unpacking(
            stores.sources, batches, stores.quarantine, stores.reports, Authors(lambda author, network: author)
        )
        assert batches.pending(Stage.PUSHED) == (LATER,)
        assert unpack([], around) == ()
        assert batches.pending(Stage.PUSHED) == (LATER,)
        assert stores.reports.totals() == {}
