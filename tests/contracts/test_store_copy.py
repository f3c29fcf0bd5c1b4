"""A pilot's store moves into the team's, and back: whole, again and again, and after being killed in the middle."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tocsin.adapters.elastic import ElasticStores, open_elastic
from tocsin.adapters.sqlite import SqliteStores, open_sqlite
from tocsin.cli import app
from tocsin.errors import ConfigError, TocsinError
from tocsin.model import (
    BadItem,
    Delivery,
    Hourly,
    Incident,
    IncidentState,
    Reason,
    Report,
    SeriesPoint,
    Severity,
    SourceState,
)
from tocsin.move.shelves import compare_stores
from tocsin.move.step import copy_store

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
Stores = SqliteStores | ElasticStores


def silent(_kind: str, _done: int) -> None:
    """Nobody looks on."""


def incident(name: str, brand: str = "tonic", hours: int = 0, **said: object) -> Incident:
    at = NOON + timedelta(hours=hours)
    return replace(Incident(name, brand, IncidentState.OPEN, Severity.CRITICAL, at, at, notices=1), **said)


def closed(name: str, brand: str = "tonic", hours: int = 0) -> Incident:
    at = NOON + timedelta(hours=hours + 1)
    return incident(name, brand, hours, state=IncidentState.CLOSED, closed_at=at, notices=2)


def fill(stores: Stores, mention: Callable[..., Any], count: int = 50) -> None:
    """A pilot's life: two storms of one brand, one that is over and one that goes on."""
    stores.mentions.add(mention(f"m{n:05}", minutes=n) for n in range(count))
    stores.sources.save(SourceState("news", etag='"x"', checked_at=NOON, succeeded_at=NOON))
    stores.sources.save(SourceState("blog", checked_at=NOON, failures=2, note="404"))
    stores.incidents.save(closed("i1"))
    stores.incidents.save(incident("i2", hours=5))
    for name, status in (("a", "sent"), ("b", "failed")):
        stores.incidents.record(Delivery(f"{name}1", "i1", "ana", "email", Reason.FIRST, status, NOON, "said"))
    stores.erasures.add("f0e1", NOON)
    stores.quarantine.put([BadItem("q", "index", "news", "odd", "x", NOON)])
    stores.reports.save(Report("index", "batch", NOON, count, {"created": count}))
    point = SeriesPoint("tonic", NOON, 3, Hourly(1, 2, 3, 4, 5), 0.5, 1.0)
    stores.series.save([point, replace(point, at=NOON + timedelta(minutes=5))])


def content(stores: Stores) -> dict[str, Any]:
    """All that a store keeps, without the revisions, which are each store's own."""
    incidents = [replace(one, revision="") for one in stores.incidents.all()]
    return {
        "erasures": stores.erasures.all(),
        "mentions": list(stores.mentions.stream()),
        "sources": [replace(state, revision="") for state in stores.sources.all()],
        "incidents": incidents,
        "deliveries": [stores.incidents.deliveries(one.id) for one in incidents],
        "quarantine": stores.quarantine.all(),
        "reports": list(stores.reports.stream()),
        "series": list(stores.series.stream()),
    }


@pytest.fixture
def pilot(tmp_path: Path) -> Iterator[SqliteStores]:
    with open_sqlite(str(tmp_path / "pilot.db")) as stores:
        yield stores


@pytest.fixture
def team(elastic_place: str) -> Iterator[ElasticStores]:
    url, key, prefix = elastic_place.split(" ")
    with open_elastic(url, api_key=key or None, prefix=prefix) as stores:
        yield stores


def test_all_goes_over_and_a_second_time_changes_nothing(pilot, fresh, mention) -> None:
    target = fresh()
    fill(pilot, mention)
    before = content(pilot)
    first = {one.kind: one for one in copy_store(pilot, target, NOON, silent)}
    assert content(target) == before == content(pilot)
    assert (first["mentions"].stored, first["incidents"].stored, first["deliveries"].stored) == (50, 2, 2)
    again = {one.kind: one for one in copy_store(pilot, target, NOON, silent)}
    assert content(target) == before
    assert [again[kind].stored for kind in ("mentions", "sources", "incidents", "deliveries")] == [0, 0, 0, 0]
    assert [again[kind].held for kind in ("mentions", "sources", "incidents", "deliveries")] == [50, 2, 2, 2]
    assert all(one.there == one.here for one in compare_stores(pilot, target))


def test_back_from_elasticsearch_into_a_file(team, pilot, mention) -> None:
    fill(team, mention)
    copy_store(team, pilot, NOON, silent)
    assert content(pilot) == content(team)


def test_what_went_on_in_the_pilot_comes_after(pilot, team, mention) -> None:
    fill(pilot, mention)
    copy_store(pilot, team, NOON, silent)
    open_one = pilot.incidents.get("i2")
    pilot.incidents.save(
        replace(open_one, state=IncidentState.CLOSED, closed_at=NOON + timedelta(hours=9), notices=3)
    )
    pilot.incidents.save(incident("i3", hours=10))
    state = pilot.sources.get("news")
    pilot.sources.save(replace(state, checked_at=NOON + timedelta(hours=9), etag='"y"'))
    pilot.mentions.add([mention("later", minutes=600)])
    copy_store(pilot, team, NOON, silent)
    assert content(team) == content(pilot)
    assert team.incidents.open_incident("tonic").id == "i3"


def test_what_the_team_knows_better_stays(pilot, team, mention) -> None:
    fill(pilot, mention)
    team.sources.save(SourceState("news", etag='"newer"', checked_at=NOON + timedelta(days=1)))
    team.incidents.save(closed("i2", hours=5))
    team.incidents.record(Delivery("b1", "i1", "ana", "email", Reason.FIRST, "sent", NOON, "reached"))
    copy_store(pilot, team, NOON, silent)
    assert team.sources.get("news").etag == '"newer"'
    assert team.incidents.get("i2").state is IncidentState.CLOSED
    assert {line.message_id: line.status for line in team.incidents.deliveries("i1")} == {"a1": "sent", "b1": "sent"}


def test_a_second_open_incident_of_a_brand_is_refused_and_the_rest_goes_on(pilot, team, mention) -> None:
    fill(pilot, mention)
    pilot.incidents.save(incident("other", brand="water", hours=6))
    team.incidents.save(incident("theirs"))
    copied = {one.kind: one for one in copy_store(pilot, team, NOON, silent)}
    assert (copied["incidents"].stored, copied["incidents"].refused) == (2, 1)
    assert "already has the open incident theirs" in copied["incidents"].reasons[0]
    assert team.incidents.open_incident("water").id == "other"
    unequal = {one.kind: (one.there, one.here) for one in compare_stores(pilot, team) if one.there != one.here}
    assert unequal == {}, "three there, three here: one of them another"


def test_a_mention_that_the_target_refuses_is_told(pilot, team, mention) -> None:
    pilot.mentions.add([mention("good"), mention("long", author="x" * 9000)])
    copied = {one.kind: one for one in copy_store(pilot, team, NOON, silent)}["mentions"]
    assert (copied.stored, copied.refused) == (1, 1)
    assert "long: author has 9000 characters" in copied.reasons[0]
    counted = {one.kind: (one.there, one.here) for one in compare_stores(pilot, team)}
    assert counted["mentions"] == (2, 1)


def test_who_asked_either_store_to_be_forgotten_is_in_neither_copy(pilot, team, mention) -> None:
    quoted = {"record": '{"author":"zoe1"}'}
    pilot.mentions.add([mention("a", author="ann1"), mention("b", author="bob1"), mention("z", author="zoe1")])
    pilot.quarantine.put([BadItem("q", "index", "news", "odd", "x", NOON, **quoted)])
    copy_store(pilot, team, NOON, silent)
    # Bob asks the pilot after he was copied, Zoe asks the team.
    pilot.erasures.add("bob1", NOON)
    pilot.mentions.erase("bob1")
    team.erasures.add("zoe1", NOON)
    copied = {one.kind: one for one in copy_store(pilot, team, NOON, silent)}
    assert [one.id for one in team.mentions.stream()] == ["a"]
    assert list(team.quarantine.stream()) == []
    assert team.erasures.all() == {"bob1", "zoe1"}
    assert (copied["erasures"].stored, copied["mentions"].refused, copied["quarantine"].refused) == (1, 1, 1)
    assert "zoe1" not in str(copied["mentions"].reasons)


# By the command, as people do it.

FILES = {"brands": "brands: [{id: tonic, name: Tonic}]", "sources": "sources: []", "people": "people: []"}


@pytest.fixture
def environ(tmp_path: Path, elastic_place: str) -> dict[str, str]:
    for name, text in FILES.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    url, key, prefix = elastic_place.split(" ")
    ours = {"HOME": str(tmp_path), "CONFIG": str(tmp_path), "STORE": url}
    theirs = {"ELASTICSEARCH_API_KEY": key, "ELASTICSEARCH_PREFIX": prefix}
    return {f"TOCSIN_{name}": value for name, value in (ours | theirs).items()}


def test_the_command_copies_counts_and_writes_nothing_to_the_first(environ, tmp_path, team, mention) -> None:
    with open_sqlite(str(tmp_path / "tocsin.db")) as pilot:
        fill(pilot, mention)
        before = content(pilot)
    rehearsed = CliRunner().invoke(app, ["store", "copy", "--dry-run"], env=environ)
    assert rehearsed.exit_code == 0, rehearsed.output
    assert team.mentions.total() == 0
    done = CliRunner().invoke(app, ["store", "copy"], env=environ)
    assert done.exit_code == 0, done.output
    assert "mentions: 50 stored, 0 were here, 0 refused" in done.output
    assert content(team) == before
    with open_sqlite(str(tmp_path / "tocsin.db")) as pilot:
        assert content(pilot) == before
    team.incidents.save(replace(team.incidents.get("i2"), state=IncidentState.CLOSED, closed_at=NOON))
    with open_sqlite(str(tmp_path / "tocsin.db")) as pilot:
        pilot.incidents.save(replace(pilot.incidents.get("i2"), state=IncidentState.CLOSED, closed_at=NOON))
        pilot.incidents.save(incident("i4", hours=20))
    team.incidents.save(incident("theirs"))
    with pytest.raises(TocsinError, match="1 refused"):
        CliRunner().invoke(app, ["store", "copy"], env=environ, catch_exceptions=False)
    team.quarantine.put([BadItem("own", "index", "news", "odd", "x", NOON)])
    with pytest.raises(TocsinError, match=r"1 refused.*not equal: quarantine"):
        CliRunner().invoke(app, ["store", "copy"], env=environ, catch_exceptions=False)


def test_a_store_opened_to_be_read_cannot_be_written(tmp_path, mention) -> None:
    open_sqlite(str(tmp_path / "a.db")).close()
    with open_sqlite(str(tmp_path / "a.db"), read_only=True) as stores, pytest.raises(TocsinError, match="readonly"):
        stores.mentions.add([mention("a")])


@pytest.mark.parametrize(
    ("source", "target", "said"),
    [
        ("sqlite:///{home}/none.db", None, "--from: no such file"),
        ("sqlite:///{home}/tocsin.db", "sqlite:///{home}/../{name}/tocsin.db", "are one store"),
        ("{url}", "{url}", "are one store"),
        ("postgres://x", None, "--from: write sqlite:///"),
        (None, "http://user:pw@host", "--to: holds a password"),
    ],
)
def test_what_cannot_be_meant_is_refused(environ, tmp_path, source, target, said) -> None:
    open_sqlite(str(tmp_path / "tocsin.db")).close()
    places = {"home": tmp_path, "name": tmp_path.name, "url": environ["TOCSIN_STORE"]}
    words = [
        word
        for option, value in (("--from", source), ("--to", target))
        if value
        for word in (option, value.format(**places))
    ]
    with pytest.raises(ConfigError, match=said):
        CliRunner().invoke(app, ["store", "copy", *words], env=environ, catch_exceptions=False)
    assert not (tmp_path / "none.db").exists()


def test_killed_in_the_middle_and_run_again_it_ends_the_same(environ, tmp_path, team, mention) -> None:
    count = 10_000
    with open_sqlite(str(tmp_path / "tocsin.db")) as pilot:
        fill(pilot, mention, count)
        before = content(pilot)
    command = [Path(sys.executable).with_name("tocsin"), "store", "copy"]
    process = subprocess.Popen(
        command, env=os.environ | environ, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 60
    while team.mentions.total() == 0 and time.monotonic() < deadline:
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait(10) == -signal.SIGKILL
    assert 0 < team.mentions.total() < count
    done = subprocess.run(
        command, env=os.environ | environ, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert content(team) == before
    with closing(sqlite3.connect(tmp_path / "tocsin.db")) as file:
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
