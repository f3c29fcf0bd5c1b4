"""A whole upkeep over real stores and batches: each kind by its own time, twice as once, looked at before."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tocsin.adapters.batches import FsspecBatches
from tocsin.errors import PermanentError
from tocsin.model import (
    BadItem,
    Brand,
    Hourly,
    Incident,
    IncidentState,
    Report,
    SeriesPoint,
    Severity,
    Stage,
    floor_time,
)
from tocsin.upkeep.limits import Keep
from tocsin.upkeep.step import Tidied, UpkeepPorts, tidy

NOW = datetime(2026, 11, 22, 3, 20, tzinfo=UTC)
DAY = timedelta(days=1)
KEEP = Keep(mentions=100 * DAY, raw=90 * DAY, incidents=365 * DAY, quarantine=30 * DAY, reports=20 * DAY)
BRANDS = (Brand("short", "Short", keep=10 * DAY), Brand("tonic", "Tonic"))
NOTHING = dict.fromkeys(["mentions", "series", "incidents", "raw", "leftovers", "quarantine", "reports"], 0)


def batch_id(days: float, name: str = "news") -> str:
    return f"{NOW - days * DAY:%Y%m%dT%H%M%SZ}-{name}"


def point(brand: str, days: float) -> SeriesPoint:
    return SeriesPoint(brand, floor_time(NOW - days * DAY), 1, Hourly(1, 1, 0, 2, 3), 0.5, 1)


@pytest.fixture
def batches(tmp_path: Path) -> FsspecBatches:
    return FsspecBatches(str(tmp_path / "batches"))


@pytest.fixture
def upkeep(stores, batches) -> Callable[..., Tidied]:
    ports = UpkeepPorts(
        mentions=stores.mentions,
        series=stores.series,
        incidents=stores.incidents,
        quarantine=stores.quarantine,
        reports=stores.reports,
        batches=batches,
        caretaker=stores.caretaker,
    )
    return lambda dry_run=False: tidy(BRANDS, KEEP, ports, NOW, dry_run=dry_run)


def fill(stores, batches, mention) -> None:
    for days in (5, 50, 150):
        for brands in (("short",), ("tonic",), ("short", "tonic")):
            name = f"{'-'.join(brands)}-{days}"
            stores.mentions.add([mention(name, published_at=NOW - days * DAY, brands=brands)])
        stores.series.save([point(brand, days) for brand in ("short", "tonic") if days != 50 or brand == "short"])
        end = NOW - 5 * days * DAY
        stores.incidents.save(
            Incident(f"i{days}", "tonic", IncidentState.CLOSED, Severity.CRITICAL, end, end, closed_at=end)
        )
        stores.quarantine.put([BadItem(f"q{days}", "collect", "news", "odd", "x", NOW - days * DAY)])
        stores.reports.save(Report("index", f"r{days}", NOW - days * DAY, 1, {"created": 1}))
        batches.write(Stage.RAW, batch_id(days), [])
        batches.settle(batch_id(days))
    batches.write(Stage.VERDICTS, batch_id(2, "verdicts"), [])
    batches.write(Stage.VERDICTS, batch_id(0.5, "verdicts"), [])


def test_each_kind_goes_by_its_own_time_and_a_second_upkeep_finds_nothing(stores, batches, upkeep, mention) -> None:
    fill(stores, batches, mention)
    totals = stores.reports.totals()
    would = upkeep(dry_run=True)
    assert would.gone == {
        "mentions": 4, "series": 3, "incidents": 1, "raw": 1, "leftovers": 1, "quarantine": 2, "reports": 2,
    }  # fmt: skip
    assert stores.mentions.total() == 9
    assert upkeep().gone == would.gone
    assert stores.mentions.get("short-50") is None
    assert stores.mentions.get("short-tonic-50") is not None
    assert [one.id for one in stores.incidents.all()] == ["i50", "i5"]
    assert [one.id for one in stores.quarantine.all()] == ["q5"]
    assert stores.reports.totals() == totals
    assert batches.pending(Stage.VERDICTS) == (batch_id(0.5, "verdicts"),)
    again = upkeep()
    assert (again.gone, again.failed) == (NOTHING, {})


def test_a_kind_that_fails_stops_no_other(stores, batches, upkeep, mention, tmp_path) -> None:
    fill(stores, batches, mention)
    in_the_way = tmp_path / "batches" / "archive" / f"{NOW - 200 * DAY:%Y/%m/%d}" / f"{batch_id(200)}.ndjson.zst"
    in_the_way.mkdir(parents=True)
    tidied = upkeep()
    assert set(tidied.failed) == {"raw"}
    assert tidied.gone == {"mentions": 4, "series": 3, "incidents": 1, "leftovers": 1, "quarantine": 2, "reports": 2}
    with pytest.raises(PermanentError, match=r"raw: cannot use .*archive"):
        tidied.refuse_failed()


def test_the_archive_loses_what_is_old_and_keeps_what_has_no_date(batches, tmp_path) -> None:
    for name in (batch_id(100), batch_id(90.5), batch_id(89), "no-date", "20261345T000000Z-odd"):
        batches.write(Stage.RAW, name, [])
        batches.settle(name)
    batches.write(Stage.RAW, batch_id(100, "waits"), [])
    assert batches.prune(NOW - 90 * DAY, dry_run=True) == 2
    assert batches.prune(NOW - 90 * DAY) == 2
    archive = tmp_path / "batches" / "archive"
    left = sorted(path.name.removesuffix(".ndjson.zst") for path in archive.rglob("*.zst"))
    assert left == sorted([batch_id(89), "no-date", "20261345T000000Z-odd"])
    assert batches.pending(Stage.RAW) == (batch_id(100, "waits"),)
    assert not (archive / f"{NOW - 100 * DAY:%Y/%m/%d}").exists()
    assert batches.prune(NOW - 90 * DAY) == 0


def test_only_dead_drafts_go(batches, tmp_path) -> None:
    folder = tmp_path / "batches"
    batches.write(Stage.RAW, batch_id(3), [])
    drafts = {name: folder / stage / f".{name * 32}.tmp" for name, stage in (("a", "raw"), ("b", "enriched"))}
    (folder / "enriched").mkdir()
    other = folder / "raw" / ".notes.tmp"
    for path in (*drafts.values(), other):
        path.write_bytes(b"half")
    old = (NOW - 2 * DAY).timestamp()
    young = (NOW - timedelta(hours=1)).timestamp()
    os.utime(drafts["a"], (old, old))
    os.utime(other, (old, old))
    os.utime(drafts["b"], (young, young))
    assert batches.sweep(NOW - DAY, dry_run=True) == 1
    assert batches.sweep(NOW - DAY) == 1
    assert [path.exists() for path in (*drafts.values(), other)] == [False, True, True]
    assert batches.pending(Stage.RAW) == (batch_id(3),)
    assert batches.sweep(NOW - DAY) == 0


def test_pushes_that_nobody_read_go_after_a_day(batches) -> None:
    for days in (2, 0):
        batches.write(Stage.PUSHED, batch_id(days), [])
    assert batches.sweep(NOW - DAY) == 1
    assert batches.pending(Stage.PUSHED) == (batch_id(0),)


def test_batches_in_memory_are_tidied_too() -> None:
    batches = FsspecBatches(f"memory://upkeep-{os.getpid()}")
    assert batches.prune(NOW) == batches.sweep(NOW) == 0
    for stage in (Stage.RAW, Stage.VERDICTS):
        batches.write(stage, batch_id(2), [])
    batches.settle(batch_id(2))
    assert (batches.prune(NOW), batches.sweep(NOW)) == (1, 1)
    assert (batches.prune(NOW), batches.pending(Stage.VERDICTS)) == (0, ())
