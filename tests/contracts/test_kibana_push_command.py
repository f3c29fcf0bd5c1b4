"""`tocsin kibana push` as people and schedules use it: what it says, what it sends, how it exits."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from kibana_server import KibanaServer, serve_kibana, told
from tocsin.cli import app
from tocsin.config import read_settings
from tocsin.errors import ConfigError, PermanentError, TocsinError
from tocsin.kibana.compile import compile_objects
from tocsin.wiring.kibana import keep_dashboards, push_dashboards


@pytest.fixture
def kibana(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[KibanaServer]:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("TOCSIN_")]:
        monkeypatch.delenv(name)
    with serve_kibana() as server:
        monkeypatch.setenv("TOCSIN_KIBANA_URL", server.url)
        yield server


def run(*words: str, **environ: str) -> Result:
    result = CliRunner().invoke(app, ["kibana", "push", *words], env=environ)
    if isinstance(result.exception, TocsinError):
        raise result.exception
    assert result.exit_code in {0, 1}, result.output
    return result


def held(kibana: KibanaServer, space: str = "default") -> set[tuple[str, str]]:
    return {(kind, name) for where, kind, name in kibana.objects if where == space}


def keys(*languages: str) -> set[tuple[str, str]]:
    """Type and id of all that is compiled: a data view may have the id of a dashboard."""
    return {(each["type"], each["id"]) for language in languages for each in compile_objects(language)}


ALL = keys("fr", "en")


def test_everything_is_created_once_and_then_left_alone(kibana):
    first, second = run(), run()
    assert held(kibana) == ALL
    assert first.stdout.splitlines()[0] == f"Kibana 8.12.2 at {kibana.url}, space default"
    assert first.stdout.count("\ncreated: ") == len(ALL)
    assert "\ncreated: dashboard tocsin-incident-fr (Tocsin · Incident)\n" in first.stdout
    assert second.stdout.splitlines()[1:] == [f"left alone: {len(ALL)}"]
    assert (first.exit_code, second.exit_code, first.stderr + second.stderr) == (0, 0, "")
    assert sum("_import" in path for _, path, _ in kibana.asked) == 1


def test_what_somebody_changed_is_set_right_and_told(kibana):
    run()
    place = "default", "dashboard", "tocsin-now-en"
    ours = kibana.objects[place]
    kibana.objects[place] = {**ours, "attributes": {**ours["attributes"], "title": "\x1b[31mMine"}}
    said = run().stdout
    assert said.splitlines()[1:] == [
        f"updated: dashboard tocsin-now-en ({ours['attributes']['title']})",
        f"left alone: {len(ALL) - 1}",
    ]
    assert kibana.objects[place]["attributes"] == ours["attributes"]


def test_a_dry_run_says_what_would_be_and_sends_nothing(kibana):
    said = run("--dry-run").stdout
    assert said.count("\nwould be created: ") == len(ALL)
    assert kibana.objects == {}


def test_one_language_and_another_space(kibana):
    run("--language", "fr", "--space", "press")
    assert held(kibana, "press") == keys("fr")
    assert held(kibana) == set()


def test_they_read_the_indices_under_the_prefix(kibana):
    run(TOCSIN_ELASTICSEARCH_PREFIX="acme")
    views = [each["attributes"]["title"] for (_, kind, _), each in kibana.objects.items() if kind == "index-pattern"]
    assert views
    assert all(title.startswith("acme-") for title in views)


def test_the_log_in_of_the_settings_is_used(kibana):
    kibana.log_in = "ApiKey a2V5OnNlY3JldA=="
    assert run(TOCSIN_KIBANA_API_KEY="a2V5OnNlY3JldA==").exit_code == 0
    kibana.log_in = "Basic dG9jc2luOnBhc3M="
    assert run(TOCSIN_KIBANA_USERNAME="tocsin", TOCSIN_KIBANA_PASSWORD="pass").exit_code == 0
    with pytest.raises(PermanentError, match=r"does not know us \(401\)"):
        run()


def test_what_kibana_refuses_is_named_and_the_exit_code_is_1(kibana):
    refused = {
        "type": "dashboard",
        "id": "tocsin-now-fr",
        "meta": {},
        "error": {"type": "unknown", "message": "no\x07"},
    }
    good = [
        {"type": each["type"], "id": each["id"]} for each in compile_objects("fr") if each["id"] != "tocsin-now-fr"
    ]
    status = told(200, version={"number": "9.4.0"})
    kibana.faults = [status, _nothing_there(), told(200, success=False, successResults=good, errors=[refused])]
    result = run("--language", "fr")
    assert result.exit_code == 1
    title = next(each["attributes"]["title"] for each in compile_objects("fr") if each["id"] == "tocsin-now-fr")
    assert result.stderr == f"not stored: dashboard tocsin-now-fr ({title}): unknown: no\n"
    assert result.stdout.count("\ncreated: ") == len(good)


def test_an_upkeep_that_kibana_refuses_something_fails_and_names_it(kibana, monkeypatch):
    monkeypatch.setenv("TOCSIN_KIBANA_API_KEY", "a-key")
    kibana.faults = [told(200, version={"number": "9.4.0"}), *([told(403, message="no")] * 3)]
    with pytest.raises(PermanentError, match=r"forbids it \(403\)"):
        keep_dashboards()
    kibana.faults.clear()
    kibana.refuses = "tocsin-now-fr"
    with pytest.raises(PermanentError, match=r"Kibana refused 1 objects: dashboard tocsin-now-fr \(.+\): unknown"):
        keep_dashboards()
    kibana.refuses = ""
    assert keep_dashboards() == {"created": 1, "updated": 0, "unchanged": len(ALL) - 1, "refused": 0}


def _nothing_there():
    objects = [
        {"type": each["type"], "id": each["id"], "error": {"statusCode": 404}} for each in compile_objects("fr")
    ]
    return told(400, message="Error fetching objects to export", attributes={"objects": objects})


def test_without_a_kibana_the_command_says_what_to_set_and_the_upkeep_does_nothing(kibana, monkeypatch):
    with pytest.raises(ConfigError, match="no Kibana to push to: set TOCSIN_KIBANA_URL"):
        run(TOCSIN_KIBANA_URL="")
    assert push_dashboards(read_settings({})) is None
    monkeypatch.delenv("TOCSIN_KIBANA_URL")
    assert keep_dashboards() is None


def test_an_address_without_a_log_in_is_for_links_and_the_upkeep_asks_nothing(kibana):
    assert keep_dashboards() is None
    assert kibana.asked == []


def test_an_impossible_space_is_refused_before_anything_is_asked(kibana):
    with pytest.raises(ConfigError, match="TOCSIN_KIBANA_SPACE"):
        run("--space", "../../api")
    assert kibana.asked == []


def test_the_file_stays_well_below_what_a_usual_proxy_takes():
    size = sum(
        len(json.dumps(each, ensure_ascii=False).encode())
        for each in (*compile_objects("fr"), *compile_objects("en"))
    )
    assert size < 1_000_000
