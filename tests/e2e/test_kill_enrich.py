"""A worker is killed -9 while it enriches; the next run ends with what an undisturbed run would have written."""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tocsin.adapters.batches import FsspecBatches
from tocsin.adapters.sqlite import open_sqlite
from tocsin.model import Mention, RawItem, Stage

pytestmark = pytest.mark.e2e

BATCHES = 8
ITEMS = 1_200
"""More than a group, so that batches are written one after the other and not all at the end."""

WORKER = """
import sys
from datetime import UTC, datetime
from tocsin.adapters.batches import FsspecBatches
from tocsin.adapters.sqlite import open_sqlite
from tocsin.enrich.step import enrich_batches
from tocsin.enrich.tagger import build_tagger
from tocsin.model import Brand, Stage

batches = FsspecBatches(sys.argv[1])
tagger = build_tagger([Brand("bulla", "Bulla"), Brand("coca", "Coca-Cola")], ("fr", "en"), models={})
now = datetime(2026, 3, 4, tzinfo=UTC)
with open_sqlite(sys.argv[1] + "/reports.db") as stores:
    enrich_batches(
        batches.pending(Stage.RAW), batches=batches, mentions=stores.mentions, reports=stores.reports,
        erasures=stores.erasures, tagger=tagger, now=now,
    )
"""

SAID = [
    "Bulla paid an agency to post fake comments about its {} lemonade, a shame",
    "RT @news: Bulla paid an agency to post fake comments about its {} lemonade",
    "Je ne recommande pas {}, le service client de Bulla est lamentable",
    "Coca-Cola rappelle des lots de {} par précaution, dit un communiqué",
    "nothing about {} that anybody watches",
    "Bulla {}",
]
WORDS = [
    f"{a}{b}{c}" for a in ("lem", "cit", "fra", "pom") for b in ("on", "ro", "ise", "me") for c in ("", "s", "x")
]


def fill(folder: Path) -> None:
    """Write raw batches of made-up posts, many of them copies across batches."""
    chance = random.Random(7)
    batches = FsspecBatches(str(folder))
    start = datetime(2026, 3, 1, tzinfo=UTC)
    for batch in range(BATCHES):
        items = []
        for at in range(ITEMS):
            words = " ".join(chance.sample(WORDS, 3))
            when = start + timedelta(hours=batch * 11, minutes=chance.randrange(600))
            text = chance.choice(SAID).format(words)
            items.append(RawItem(f"m{batch}-{at}", "s", "web", "https://x.example", "", text, "ann", when, when))
        batches.write(Stage.RAW, f"b{batch}", items)


def enrich(folder: Path, kill_when: Callable[[int], bool] | None = None) -> int:
    """Run the worker; kill it as soon as so many batches are written. Give how many were written when it ended."""
    batches = FsspecBatches(str(folder))
    worker = subprocess.Popen([sys.executable, "-c", WORKER, str(folder)])
    if kill_when is None:
        assert worker.wait(timeout=120) == 0
    else:
        while worker.poll() is None and not kill_when(len(batches.pending(Stage.ENRICHED))):
            with suppress(subprocess.TimeoutExpired):
                worker.wait(timeout=0.01)
        os.kill(worker.pid, signal.SIGKILL)
        assert worker.wait(timeout=30) == -signal.SIGKILL
    return len(batches.pending(Stage.ENRICHED))


def written(folder: Path) -> dict[str, list[Mention]]:
    batches = FsspecBatches(str(folder))
    return {i: list(batches.read(Stage.ENRICHED, i, Mention)) for i in batches.pending(Stage.ENRICHED)}


def counted(folder: Path) -> Mapping[str, int]:
    with open_sqlite(str(folder / "reports.db")) as stores:
        return stores.reports.totals()["enrich"]


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("undisturbed")
    fill(folder)
    assert enrich(folder) == BATCHES
    return folder


@pytest.fixture(scope="module")
def undisturbed(untouched: Path) -> dict[str, list[Mention]]:
    return written(untouched)


def test_killed_three_times_ends_the_same(
    tmp_path: Path, untouched: Path, undisturbed: dict[str, list[Mention]]
) -> None:
    fill(tmp_path)
    for written_before in (1, 3, 6):
        left = enrich(tmp_path, lambda done, enough=written_before: done >= enough)
        assert written_before <= left < BATCHES, "killed too late to prove anything"
    assert enrich(tmp_path) == BATCHES
    assert written(tmp_path) == undisturbed
    assert counted(tmp_path) == counted(untouched)
    assert counted(tmp_path)["came_in"] == BATCHES * ITEMS


def test_stories_cross_batches(undisturbed: dict[str, list[Mention]]) -> None:
    """The comparison above would be empty if no batch leaned on an earlier one."""
    leaning = [m for i, found in undisturbed.items() for m in found if not m.story_id.startswith(f"m{i[1:]}-")]
    assert len(leaning) > 50
