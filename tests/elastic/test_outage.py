"""The node goes away in the middle of a run, politely and by kill -9, and comes back: all is stored, once.

`OUTAGE_SECONDS=120 pytest tests/elastic/test_outage.py` lets it be away for longer than the store's patience.
"""

import os
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tocsin.adapters.batches import FsspecBatches
from tocsin.adapters.elastic import open_elastic
from tocsin.model import Mention, Stage, Tone
from tocsin.node import Node, ToolsMissingError

AWAY = float(os.environ.get("OUTAGE_SECONDS", "3"))
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
LOT = 200

WORKER = """
import logging, sys, time
from pathlib import Path
from tocsin.errors import TransientError
from tocsin.wiring import open_app
logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
logging.getLogger("elastic_transport").setLevel(logging.ERROR)
stop = Path(sys.argv[1])
with open_app() as app:
    while True:
        last = stop.exists()
        try:
            app.index()
            app.detect()
        except TransientError as exc:
            logging.warning("this round is left to the next: %s", exc)
            time.sleep(0.5)
        else:
            if last:
                break
        time.sleep(0.1)
"""


def mention(number: int) -> Mention:
    at = NOON + timedelta(seconds=number)
    return Mention(
        id=f"m{number}",
        source_id="news",
        network="web",
        url=f"https://example.org/{number}",
        title="",
        text=f"mention {number}",
        author=f"a{number % 50}",
        published_at=at,
        discovered_at=at,
        language="en",
        brands=("ondelune",),
        tone=Tone.NEGATIVE,
        compound=-0.5,
        story_id=f"m{number}",
    )


class Feeding(threading.Thread):
    """Batches that go on coming, whether anybody can store them or not."""

    def __init__(self, batches: FsspecBatches) -> None:
        super().__init__()
        self._batches = batches
        self.enough = threading.Event()
        self.written = 0

    def run(self) -> None:
        while not self.enough.wait(0.2):
            lot = [mention(number) for number in range(self.written, self.written + LOT)]
            name = f"20261122T{self.written:09d}-news"
            self._batches.write(Stage.RAW, name, [])
            self._batches.write(Stage.ENRICHED, name, lot)
            self.written += LOT


def stored(node: Node) -> int:
    with open_elastic(node.address.url) as stores:
        return stores.mentions.total()


def wait_for_more(node: Node, than: int) -> int:
    deadline = time.monotonic() + 60
    while (found := stored(node)) <= than:
        assert time.monotonic() < deadline, f"nothing was stored after {than}"
        time.sleep(0.2)
    return found


@pytest.mark.timeout(int(300 + 3 * AWAY))
def test_a_node_that_was_away_holds_everything_once(tmp_path: Path) -> None:
    try:
        with Node(brief=True) as node:
            outage(node, tmp_path)
    except ToolsMissingError as exc:
        pytest.skip(f"no Elasticsearch to test on: {exc}")


def outage(node: Node, folder: Path) -> None:
    environ = os.environ | {"TOCSIN_HOME": str(folder), "TOCSIN_STORE": node.address.url}
    batches, done, log = FsspecBatches(str(folder / "batches")), folder / "done", folder / "log"
    feeding = Feeding(batches)
    feeding.start()
    with log.open("w") as out:
        worker = subprocess.Popen([sys.executable, "-c", WORKER, str(done)], env=environ, stdout=out, stderr=out)
    away = 0.0
    try:
        count = wait_for_more(node, 0)
        for kill in (False, True):
            began = time.monotonic()
            node.stop(kill=kill)
            time.sleep(AWAY)  # The outage itself: nothing to wait for.
            node.start()
            away += time.monotonic() - began
            count = wait_for_more(node, count)
    finally:
        feeding.enough.set()
        feeding.join()
        done.touch()
        code = worker.wait(timeout=120)
    text = log.read_text()
    assert code == 0, text
    with open_elastic(node.address.url) as stores:
        assert stores.mentions.total() == feeding.written
        assert stores.reports.totals()["index"]["created"] == feeding.written
        assert stores.reports.totals()["index"].get("duplicate", 0) == 0
        assert stores.quarantine.all() == ()
    assert batches.pending(Stage.ENRICHED) == ()
    assert "Traceback" not in text
    troubles = [line for line in text.splitlines() if "cannot be reached" in line]
    # A round gives up after half a minute: two lines, not one for each of its many tries.
    assert 0 < len(troubles) <= 6 + away / 10, "\n".join(troubles)
