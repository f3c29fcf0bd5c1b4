"""The DAGs parse, are named after their files, and carry a crisis from a real feed to a real mailbox."""

import ast
import csv
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from kibana_server import serve_kibana
from tocsin.demo.mailbox import Mailbox
from tocsin.demo.newsroom import Newsroom
from tocsin.demo.stage import Stage, demo_settings, write_config
from tocsin.demo.story import tell_story
from tocsin.model import Rhythm, SourceState
from tocsin.model import Stage as PipelineStage
from tocsin.wiring import open_app

ROOT = Path(__file__).resolve().parents[2]
DAGS = sorted(path.stem for path in (ROOT / "dags").glob("*.py"))

# Airflow's own deprecations are not ours to mend.
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def dags(airflow_home: Path) -> dict[str, Any]:
    from airflow.dag_processing.dagbag import DagBag

    bag = DagBag(str(ROOT / "dags"))
    assert bag.import_errors == {}
    return dict(bag.dags)


def run(dag: Any, **conf: Any) -> str:
    """Run one DAG in this process and give its final state."""
    return str(dag.test(run_conf=conf or None).state)


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Stage, Newsroom, Mailbox]]:
    """The demo's story on a real HTTP server and a real mailbox, and the settings that lead there."""
    stage = Stage(tmp_path, ROOT / "include" / "scenarios" / "citrombelle", ROOT, "unused")
    now = datetime.now(UTC)  # noqa: TID251 - the DAGs run on the machine's clock
    with Newsroom(tell_story(stage.scenario, now), lambda: now) as newsroom, Mailbox(tmp_path / "mail") as mailbox:
        write_config(stage, newsroom)
        for name, value in demo_settings(stage, mailbox.port).items():
            monkeypatch.setenv(name, value)
        newsroom.release(newsroom.story.chapters[-1].number)
        yield stage, newsroom, mailbox


def test_each_file_is_named_after_its_dag_and_each_task_has_an_owner_and_a_limit(dags):
    names = ["collect", "digest", "replay", "upkeep", "watch", "x_stream"]
    assert sorted(dags) == DAGS == [f"tocsin_{name}" for name in names]
    for dag in dags.values():
        assert dag.doc_md
        for task in dag.tasks:
            assert task.owner == "tocsin"
            assert task.execution_timeout


@pytest.mark.parametrize("name", DAGS)
def test_a_dag_file_is_thin_and_imports_nothing_heavy_when_parsed(name):
    source = (ROOT / "dags" / f"{name}.py").read_text()
    assert len(source.splitlines()) < 75
    imports = [node for node in ast.parse(source).body if isinstance(node, ast.Import | ast.ImportFrom)]
    roots = {getattr(node, "module", None) or node.names[0].name for node in imports}
    assert roots <= {"airflow.sdk", "datetime", "typing"}


def test_a_crisis_goes_from_the_feed_to_the_mailbox_and_a_second_run_sends_nothing(dags, stage):
    home, newsroom, mailbox = stage
    assert run(dags["tocsin_collect"]) == "success"
    assert run(dags["tocsin_watch"]) == "success"
    first = [mail.to for mail in mailbox.mails]
    people = yaml.safe_load((home.config / "people.yaml").read_text())["people"]
    assert sorted(address for to in first for address in to) == sorted(person["email"] for person in people)

    assert run(dags["tocsin_watch"]) == "success"
    assert [mail.to for mail in mailbox.mails] == first
    with open_app() as app:
        totals = app.stores.reports.totals()
        stored = app.stores.mentions.total()
    posts = len(newsroom.published())
    assert totals["collect"]["new"] + totals["collect"].get("quarantined", 0) >= posts
    assert totals["enrich"]["came_in"] == totals["collect"]["new"]
    assert totals["index"]["came_in"] == totals["enrich"]["matched"]
    assert totals["index"]["created"] == stored


def test_collecting_again_stores_nothing_twice(dags, stage):
    assert run(dags["tocsin_collect"]) == "success"
    with open_app() as app:
        before = app.stores.mentions.total()
        for state in app.stores.sources.all():
            # Due again at once, and as if never seen: the store alone must know its own.
            app.stores.sources.save(
                replace(state, due_at=None, etag=None, last_modified=None, body_hash=None, recent_ids=())
            )
    assert run(dags["tocsin_collect"]) == "success"
    with open_app() as app:
        assert app.stores.mentions.total() == before > 0
        assert app.stores.reports.totals()["index"]["duplicate"] >= before
        settled = PipelineStage.ARCHIVE
        assert {app.batches.pending(stage) for stage in PipelineStage if stage is not settled} == {()}


def test_the_nightly_upkeep_brings_the_dashboards_to_kibana_once_and_does_without_one(dags, stage, monkeypatch):
    def ends() -> dict[str, str]:
        return {each.task_id: str(each.state) for each in dags["tocsin_upkeep"].test().get_task_instances()}

    assert ends() == {"tidy": "success", "dashboards": "skipped", "gone_from_x": "skipped"}
    with serve_kibana() as kibana:
        monkeypatch.setenv("TOCSIN_KIBANA_URL", kibana.url)
        monkeypatch.setenv("TOCSIN_KIBANA_API_KEY", "a-key")
        assert ends() == ends() == {"tidy": "success", "dashboards": "success", "gone_from_x": "skipped"}
        assert ("default", "dashboard", "tocsin-incident-fr") in kibana.objects
        assert sum("_import" in path for _, path, _ in kibana.asked) == 1


def test_the_nightly_upkeep_lets_go_of_what_is_old_and_keeps_the_rest(dags, stage, monkeypatch):
    assert run(dags["tocsin_collect"]) == "success"
    with open_app() as app:
        before, totals = app.stores.mentions.total(), app.stores.reports.totals()
        first = app.stores.mentions.first_at()
    monkeypatch.setenv("TOCSIN_KEEP_MENTIONS", "1d")
    assert run(dags["tocsin_upkeep"]) == "success"
    with open_app() as app:
        assert 0 < app.stores.mentions.total() < before
        assert app.stores.mentions.first_at() > first
        assert app.stores.reports.totals() == totals


def write_archive(path: Path) -> None:
    """Nine quiet days with one complaint each afternoon, then forty different complaints in two hours."""
    start = datetime(2026, 3, 2, 12, tzinfo=UTC)
    quiet = [
        (start + timedelta(days=day), f"guest{day}", f"Day {day}: my Bulla was flat and bad.") for day in range(9)
    ]
    places = ["station", "airport", "cinema", "school", "office", "harbour", "market", "museum", "campus", "stadium"]
    insults = ["awful and sour", "terrible, it made me sick", "horrible, total scandal", "disgusting, a fraud"]
    storm_start = start + timedelta(days=9)
    storm = [
        (storm_start + timedelta(minutes=3 * n), f"angry{n}", f"{n}: the Bulla at the {place} was {insult}!")
        for n, (place, insult) in enumerate((place, insult) for insult in insults for place in places)
    ]
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "when", "who", "words"])
        writer.writerows((n, at.isoformat(), who, words) for n, (at, who, words) in enumerate(quiet + storm))


def test_in_the_morning_who_asks_hears_of_the_week_and_of_who_went_quiet_once(dags, stage):
    home, _, mailbox = stage
    people = home.config / "people.yaml"
    first = yaml.safe_load(people.read_text())["people"][0] | {"digest": True}
    people.write_text(yaml.safe_dump({"people": [first]}))
    with open_app() as app:
        now, source = app.clock.now(), app.config.sources[0].id
        last = now - timedelta(days=9)
        rhythm = Rhythm(last.date(), 2, (2,) * 14, last)
        app.stores.sources.save(SourceState(source, checked_at=now, succeeded_at=now, rhythm=rhythm))
    assert run(dags["tocsin_digest"]) == "success"
    assert run(dags["tocsin_digest"]) == "success"
    assert [mail.to for mail in mailbox.mails] == [(first["email"],)] * 2
    assert sum(source in mail.subject for mail in mailbox.mails) == 1


def test_a_replay_by_hand_writes_the_incident_as_json(dags, airflow_home, tmp_path):
    write_archive(tmp_path / "archive.csv")
    (tmp_path / "columns.yaml").write_text("id: id\ntime: when\nauthor: who\ntext: words\n")
    (tmp_path / "brands.yaml").write_text(
        "languages: [en]\nbrands:\n  - id: bulla\n    name: Bulla\n    aliases: [Bulla]\n"
    )
    (tmp_path / "people.yaml").write_text(
        "people:\n  - id: kim\n    name: Kim\n    email: kim@example.org\n    language: en\n"
    )
    conf = {
        "archive": str(tmp_path / "archive.csv"),
        "columns": str(tmp_path / "columns.yaml"),
        "config": str(tmp_path),
        "out": str(tmp_path / "out.json"),
    }
    assert run(dags["tocsin_replay"], **conf) == "success"
    outcome = json.loads((tmp_path / "out.json").read_text())
    (brand,) = outcome["brands"]
    (incident,) = brand["incidents"]
    assert incident["opened"].startswith("2026-03-11T1")
    assert incident["closed"] is not None
    assert incident["mails"]["first"] == 1
    assert outcome["steps"]["index"]["created"] == 49
