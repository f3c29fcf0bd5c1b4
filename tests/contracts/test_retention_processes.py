"""Pruning while other processes write, and pruning killed in the middle: the same end as if nothing had happened."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from tocsin.model import Limits, Report, Window

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = timedelta(days=1)
ALWAYS = Window(datetime(1990, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))

READY = """
import sys
print("ready", flush=True)
sys.stdin.readline()
from datetime import UTC, datetime, timedelta
from tocsin.model import Limits, Mention, Report, Tone
noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
"""

ADD = """
def mention(n):
    at = noon + timedelta(hours=1) * (n % 50 - 25)
    rest = ("en", ("tonic",), Tone.NEGATIVE, -0.5, f"m{n}")
    return Mention(f"m{n}", "news", "web", "", "", f"text {n}", f"author {n}", at, noon, *rest)
created = 0
for start in range(0, 3000, 100):
    created += stores.mentions.add(mention(n) for n in range(start, start + 100)).created
    stores.reports.save(Report("index", f"batch {start}", noon - timedelta(days=start % 7), 100, {"created": 100}))
print(created)
"""

PRUNE = """
pruned = folded = 0
for _ in range(25):
    pruned += stores.mentions.prune(Limits(noon))
    folded += stores.reports.fold(noon)
print(pruned, folded)
"""

SLOWLY = """
from tocsin.adapters.sqlite import leaving, reports
from tocsin.index import queries
queries.PAGE = leaving.TRANSACTION = reports._PAGE = 20
stores.mentions.prune(Limits(noon))
stores.reports.fold(noon)
"""


def test_pruning_beside_a_writer_takes_what_is_old_and_nothing_else(shared, race) -> None:
    stores, place, opening = shared
    stores.mentions.total()
    [[created], [pruned, folded]] = race((opening + READY + ADD, place), (opening + READY + PRUNE, place))
    assert created == 3000
    pruned += stores.mentions.prune(Limits(NOON))
    folded += stores.reports.fold(NOON)
    assert (pruned, folded) == (1500, 25)
    assert stores.mentions.counts(ALWAYS, ["tonic"])["tonic"].mentions == stores.mentions.total() == 1500
    assert stores.mentions.first_at() == NOON
    assert [one.id for one in stores.mentions.search("text 25")] == ["m25"]
    assert stores.mentions.search("text 24") == ()
    assert stores.reports.totals() == {"index": {"came_in": 3000, "created": 3000}}


def fill(stores, mention) -> None:
    stores.mentions.add(
        mention(f"m{n}", published_at=NOON + timedelta(minutes=30) * (n % 2400 - 2000), discovered_at=NOON)
        for n in range(2400)
    )
    for n in range(300):
        stores.reports.save(
            Report("index", f"b{n}", NOON - n * timedelta(hours=1), 2, {"created": 1, "duplicate": 1})
        )


def left(stores) -> int:
    """Mentions that are there this very moment."""
    if hasattr(stores, "cluster"):
        stores.cluster.refresh(stores.indices.mentions)
    return stores.mentions.total()


@pytest.mark.parametrize("at_most", [2390, 1800, 1200])
def test_a_pruning_killed_anywhere_and_run_again_ends_like_one_that_was_not(shared, mention, at_most) -> None:
    stores, place, opening = shared
    fill(stores, mention)
    totals = stores.reports.totals()
    command = [sys.executable, "-c", opening + READY + SLOWLY, place]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "ready\n"
        process.stdin.write("go\n")
        process.stdin.flush()
        while left(stores) > at_most:
            assert process.poll() is None
        process.kill()
    assert left(stores) > 400, "the pruning was over before it was killed: nothing was tried"
    assert stores.reports.totals() == totals
    stores.mentions.prune(Limits(NOON))
    stores.reports.fold(NOON)
    assert stores.mentions.total() == 400
    assert stores.mentions.counts(ALWAYS, ["tonic"])["tonic"].mentions == 400
    assert len(stores.mentions.search("text", limit=3000)) == 400
    assert stores.reports.totals() == totals
    assert stores.mentions.prune(Limits(NOON)) == stores.reports.fold(NOON) == 0
    again = stores.mentions.add([mention("m0", published_at=NOON - 40 * DAY), mention("m2399")])
    assert (again.created, again.duplicate) == (1, 1)
