"""The check-up on real stores and servers: it says what is there, what is not, and goes on after each."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from elasticsearch import Elasticsearch
from typer.testing import CliRunner, Result

from mail_server import Inbox, free_port, serving
from tocsin.adapters.elastic import open_elastic
from tocsin.cli import app

FILES = {
    "brands": "brands: [{id: tonic, name: Tonic}]",
    "sources": "sources: [{id: news, kind: feed, url: 'https://example.org/f'}]",
    "people": "people: [{id: ana, name: Ana, email: ana@example.org}]",
}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    for name, text in FILES.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    environ = {"TOCSIN_HOME": str(tmp_path / "home"), "TOCSIN_CONFIG": str(tmp_path), "COLUMNS": "200"}
    return lambda *words, **more: CliRunner().invoke(app, ["doctor", *words], env=environ | more)


def found(result: Result) -> dict[str, dict[str, Any]]:
    return {finding["what"]: finding for finding in json.loads(result.stdout)}


def states(result: Result) -> dict[str, str]:
    return {what: finding["state"] for what, finding in found(result).items()}


def test_on_sqlite_each_line_says_how_it_is(run: Callable[..., Result]) -> None:
    result = run()
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert any(line.startswith("✓ ok       store         SQLite, 0 mentions") for line in lines)
    assert any(line.startswith("! degraded mail ") for line in lines)
    assert any("→ set TOCSIN_SMTP_HOST" in line for line in lines)


def test_on_a_real_node_it_says_version_rights_and_months(run, elastic_place, mention) -> None:
    url, key, prefix = elastic_place.split(" ")
    with open_elastic(url, api_key=key or None, prefix=prefix) as stores:
        stores.mentions.add([mention("a")])
    there = {"TOCSIN_STORE": url, "TOCSIN_ELASTICSEARCH_API_KEY": key, "TOCSIN_ELASTICSEARCH_PREFIX": prefix}
    result = run("--json", **there)
    told = found(result)
    assert result.exit_code == 0, result.output
    assert told["elasticsearch"]["told"].startswith("version ")
    assert told["clock"]["state"] == told["mapping"]["state"] == told["templates"]["state"] == "ok"
    # The place is used again and again: months that other tests made are there, and empty.
    assert re.match(r"[1-9]\d* months, 1 documents", told["months"]["told"])
    assert told["store"]["told"].endswith("1 mentions")


def test_an_older_mapping_and_a_newer_template_are_seen(run, elastic_place, mention) -> None:
    url, key, prefix = elastic_place.split(" ")
    there = {"TOCSIN_STORE": url, "TOCSIN_ELASTICSEARCH_API_KEY": key, "TOCSIN_ELASTICSEARCH_PREFIX": prefix}
    with (
        open_elastic(url, api_key=key or None, prefix=prefix) as stores,
        Elasticsearch(url, api_key=key or None) as es,
    ):
        stores.mentions.add([mention("a")])
        month = f"{prefix}-mentions-2026.11"
        meta = es.indices.get_mapping(index=month)[month]["mappings"]["_meta"]
        template = es.indices.get_index_template(name=f"{prefix}-mentions")["index_templates"][0]["index_template"]
        try:
            es.indices.put_mapping(index=month, meta={"tocsin": {"version": 0}})
            newer = {name: template[name] for name in ("index_patterns", "template", "priority")}
            es.indices.put_index_template(name=f"{prefix}-mentions", version=999, **newer)
            result = run("--json", **there)
        finally:
            es.indices.put_mapping(index=month, meta=meta)
            es.indices.put_index_template(name=f"{prefix}-mentions", version=template["version"], **newer)
    assert (states(result)["mapping"], states(result)["templates"]) == ("degraded", "broken")
    assert "tocsin store reindex" in found(result)["mapping"]["remedy"]


def test_what_nobody_may_write_to_is_broken_and_the_neighbour_is_not(run, elastic_place, mention) -> None:
    url, key, prefix = elastic_place.split(" ")
    there = {"TOCSIN_STORE": url, "TOCSIN_ELASTICSEARCH_API_KEY": key, "TOCSIN_ELASTICSEARCH_PREFIX": prefix}
    # Its name begins with ours, and it is another team's all the same.
    neighbour = f"{prefix}-b-ids"
    with (
        open_elastic(url, api_key=key or None, prefix=prefix) as stores,
        Elasticsearch(url, api_key=key or None) as es,
    ):
        stores.mentions.add([mention("a")])
        es.indices.create(index=neighbour, settings={"number_of_replicas": 5}, wait_for_active_shards=1)
        es.indices.add_block(index=neighbour, block="write")
        try:
            fine = run("--json", **there)
            es.indices.put_settings(index=f"{prefix}-ids", settings={"index.blocks.read_only_allow_delete": True})
            full = run("--json", **there)
        finally:
            es.indices.put_settings(index=f"{prefix}-ids", settings={"index.blocks.read_only_allow_delete": None})
            es.indices.delete(index=neighbour)
    assert (states(fine)["indices"], fine.exit_code) == ("ok", 0)
    assert (states(full)["indices"], full.exit_code) == ("broken", 1)
    assert f"{prefix}-ids (read_only_allow_delete)" in found(full)["indices"]["told"]


def test_a_store_that_does_not_answer_is_broken_and_the_rest_is_looked_at(run: Callable[..., Result]) -> None:
    result = run("--json", TOCSIN_STORE=f"http://127.0.0.1:{free_port()}")
    assert result.exit_code == 1
    assert states(result)["store"] == "broken"
    assert "cannot be reached" in found(result)["store"]["told"]
    assert states(result)["models"] == "ok"


def test_a_wrong_setting_is_exit_2_with_its_place(run: Callable[..., Result]) -> None:
    result = run("--json", TOCSIN_STROE="x")
    assert result.exit_code == 2
    assert "did you mean 'TOCSIN_STORE'" in found(result)["settings"]["told"]
    result = run("--json", TOCSIN_STORE="elasticsearch_default")
    assert result.exit_code == 2
    assert "outside Airflow" in found(result)["store"]["told"]
    result = run("--json", TOCSIN_STORE="https://localhost:9", TOCSIN_ELASTICSEARCH_CA="/nowhere/ca.crt")
    assert result.exit_code == 2
    assert "/nowhere/ca.crt" in found(result)["store"]["told"]


def test_the_mail_server_is_greeted_and_gets_no_mail(run: Callable[..., Result]) -> None:
    inbox = Inbox()
    there = {"TOCSIN_SMTP_HOST": "127.0.0.1", "TOCSIN_SMTP_FROM": "tocsin@example.org", "TOCSIN_SMTP_TLS": "none"}
    with serving(inbox) as port:
        result = run("--json", TOCSIN_SMTP_PORT=str(port), **there)
    assert states(result)["mail"] == "ok"
    assert inbox.envelopes == []
    with serving(inbox) as port:
        result = run("--json", TOCSIN_SMTP_PORT=str(port), **(there | {"TOCSIN_SMTP_TLS": "starttls"}))
    assert states(result)["mail"] == "degraded"
    assert "STARTTLS" in found(result)["mail"]["told"]


def test_a_kibana_that_does_not_answer_degrades(run: Callable[..., Result]) -> None:
    result = run("--json", TOCSIN_KIBANA_URL=f"http://127.0.0.1:{free_port()}")
    assert (states(result)["kibana"], result.exit_code) == ("degraded", 0)


def test_batches_that_cannot_be_kept_are_broken(run: Callable[..., Result]) -> None:
    # Nobody may make a folder there, not even root.
    result = run("--json", TOCSIN_BATCHES="/proc/batches")
    assert (states(result)["batches"], result.exit_code) == ("broken", 1)


def test_a_social_network_without_credentials_degrades(run: Callable[..., Result], tmp_path: Path) -> None:
    (tmp_path / "sources.yaml").write_text("sources: [{id: ours, kind: facebook}]", encoding="utf-8")
    assert found(run("--json"))["networks"]["told"].startswith("ours needs TOCSIN_FACEBOOK_TOKEN")
    assert states(run("--json", TOCSIN_FACEBOOK_TOKEN="s3cret"))["networks"] == "ok"


def test_no_secret_is_shown(run: Callable[..., Result]) -> None:
    secrets = {"TOCSIN_ELASTICSEARCH_API_KEY": "hunter2-es", "TOCSIN_PSEUDONYM_KEY": "hunter2-hunter2-hunter2"}
    result = run(TOCSIN_STORE=f"https://127.0.0.1:{free_port()}", **secrets)
    assert "hunter2" not in result.output
