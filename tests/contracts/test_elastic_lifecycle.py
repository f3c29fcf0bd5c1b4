"""ILM where a cluster has it: a real HTTP server that answers as Elasticsearch's documentation says.

The build that tests run on has no ILM, so what is shown here is what we send and how we take the answers. The way
without ILM is shown on the real node.
"""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tocsin.adapters.elastic import ElasticStores, open_elastic
from tocsin.errors import TransientError
from tocsin.index import schema

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "lifecycle"
NIGHT = datetime(2026, 11, 22, 3, 20, tzinfo=UTC)
NOT_FOUND = {"error": {"type": "resource_not_found_exception", "reason": "Lifecycle policy not found"}, "status": 404}
DENIED = {"error": {"type": "security_exception", "reason": "action [cluster:admin/ilm/put] is unauthorized"}}


class Cluster(ThreadingHTTPServer):
    """As much of a cluster with ILM as upkeep asks: policies, templates, settings of months that are all there."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.policies: dict[str, Any] = {}
        self.templates = {f"tocsin-{kind}": schema.template(kind, "tocsin") for kind in schema.MONTHLY}
        self.lifecycles: dict[str, str | None] = {
            f"tocsin-{kind}-{month}": None for kind in schema.MONTHLY for month in ("2026.10", "2026.11")
        }
        self.written: list[tuple[str, str, Any]] = []
        self.may = True
        self.status = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        if method == "PUT":
            self.written.append((method, path, body))
        parts = path.strip("/").split("/")
        if parts[0] == "_ilm":
            return self.policy(method, parts[2], body)
        if parts[0] == "_index_template":
            return self.template(method, parts[1], body)
        if parts[-1] == "_settings":
            self.lifecycles.update(dict.fromkeys(parts[0].split(","), body["index.lifecycle.name"]))
        return 200, self.seen(parts) if method == "GET" else {"acknowledged": True}

    def policy(self, method: str, name: str, body: Any) -> tuple[int, Any]:
        if not self.may or self.status:
            return self.status or 403, DENIED
        if method == "PUT":
            self.policies[name] = {"version": 1, "modified_date": "2026-11-22T02:20:00.000Z", **body}
            return 200, {"acknowledged": True}
        return (200, {name: self.policies[name]}) if name in self.policies else (404, NOT_FOUND)

    def template(self, method: str, name: str, body: Any) -> tuple[int, Any]:
        if method == "PUT":
            self.templates[name] = body
            return 200, {"acknowledged": True}
        # The cluster says dates besides, and refuses to be told them.
        said = {**self.templates[name], "composed_of": [], "created_date_millis": 1, "modified_date_millis": 2}
        return 200, {"index_templates": [{"name": name, "index_template": said}]}

    def seen(self, parts: list[str]) -> Any:
        months = [month for month in self.lifecycles if month.startswith(parts[0])]
        if parts[1] == "_alias":
            return {month: {"aliases": {parts[0]: {}}} for month in months}
        named = {month: self.lifecycles[month] for month in months if self.lifecycles[month]}
        # A month without the setting is left out of the answer: seen on a real node.
        return {month: {"settings": {"index": {"lifecycle": {"name": name}}}} for month, name in named.items()}


class Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Cluster

    def handle_any(self) -> None:
        data = self.rfile.read(int(self.headers.get("content-length") or 0))
        status, body = self.server.answer(self.command, self.path.split("?")[0], json.loads(data) if data else None)
        told = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("x-elastic-product", "Elasticsearch")
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(told)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(told)

    do_GET = do_PUT = do_HEAD = handle_any  # noqa: N815 - the names that http.server looks for

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    with Cluster() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def with_ilm(cluster: Cluster) -> Iterator[ElasticStores]:
    with open_elastic(cluster.url) as opened:
        yield opened


def test_what_upkeep_writes_to_a_cluster_with_ilm_is_the_golden_file(cluster, with_ilm, update_golden) -> None:
    assert with_ilm.caretaker.care(NIGHT) == ()
    written = [{"method": method, "path": path, "body": short(body)} for method, path, body in cluster.written]
    text = json.dumps(written, indent=1, sort_keys=True) + "\n"
    if update_golden:
        GOLDEN.mkdir(exist_ok=True)
        (GOLDEN / "care.json").write_text(text, encoding="utf-8")
    assert text == (GOLDEN / "care.json").read_text(encoding="utf-8")


def short(body: Any) -> Any:
    """A template without what `index/schema` holds: that changes for its own reasons, and other tests look at it."""
    if "template" not in body:
        return body
    kept = {name: value for name, value in body["template"].items() if name != "mappings"}
    kept["settings"] = {
        "index": {name: value for name, value in kept["settings"]["index"].items() if name != "analysis"}
    }
    return {**body, "template": kept, "version": 0}


def test_a_second_night_writes_nothing(cluster, with_ilm) -> None:
    with_ilm.caretaker.care(NIGHT)
    before = len(cluster.written)
    assert before > 0
    assert with_ilm.caretaker.care(NIGHT) == ()
    assert cluster.written[before:] == []


def test_nothing_but_the_lifecycle_of_a_template_changes(cluster, with_ilm) -> None:
    ours = {name: json.loads(json.dumps(body)) for name, body in cluster.templates.items()}
    with_ilm.caretaker.care(NIGHT)
    for name, body in ours.items():
        body["template"]["settings"]["index"]["lifecycle"] = {"name": "tocsin-months"}
        assert {**body, "composed_of": []} == cluster.templates[name]
    assert set(cluster.lifecycles.values()) == {"tocsin-months"}


def test_the_policy_never_deletes_and_closes_no_month_for_writing(cluster, with_ilm) -> None:
    with_ilm.caretaker.care(NIGHT)
    phases = cluster.policies["tocsin-months"]["policy"]["phases"]
    assert {action for phase in phases.values() for action in phase["actions"]} == {"set_priority"}


def test_the_team_s_own_lifecycles_are_left_alone(cluster, with_ilm) -> None:
    cluster.templates["tocsin-mentions"]["template"]["settings"]["index"]["lifecycle"] = {"name": "the team's"}
    cluster.lifecycles["tocsin-series-2026.10"] = "the team's"
    with_ilm.caretaker.care(NIGHT)
    kept = cluster.templates["tocsin-mentions"]["template"]["settings"]["index"]["lifecycle"]
    assert kept == {"name": "the team's"}
    assert cluster.lifecycles["tocsin-series-2026.10"] == "the team's"
    assert cluster.lifecycles["tocsin-series-2026.11"] == "tocsin-months"


def test_a_policy_of_an_older_tocsin_is_replaced(cluster, with_ilm) -> None:
    older = {"_meta": {"managed_by": "tocsin", "version": 0}, "phases": {}}
    cluster.policies["tocsin-months"] = {"version": 7, "policy": older}
    with_ilm.caretaker.care(NIGHT)
    assert cluster.policies["tocsin-months"]["policy"] == schema.policy()


def test_a_key_without_the_right_is_a_note_with_the_remedy_and_no_failure(cluster, with_ilm) -> None:
    cluster.may = False
    (note,) = with_ilm.caretaker.care(NIGHT)
    assert "tocsin-months could not be put in place" in note
    assert "unauthorized" in note
    assert "TOCSIN_ELASTICSEARCH_API_KEY" in note


def test_a_busy_cluster_is_worth_another_try(cluster, with_ilm, monkeypatch) -> None:
    from tocsin.adapters.elastic import connection

    monkeypatch.setattr(connection, "PATIENCE", 0.1)
    cluster.status = 503
    with pytest.raises(TransientError):
        with_ilm.caretaker.care(NIGHT)


def test_a_real_node_without_ilm_is_told_and_its_months_are_made(elastic_place) -> None:
    url, key, prefix = elastic_place.split(" ")
    with open_elastic(url, api_key=key or None, prefix=prefix) as stores:
        policies = stores.cluster.ask(
            lambda es: es.options(ignore_status=[400, 405]).perform_request(
                "GET", "/_ilm/policy", headers={"accept": "application/json"}
            )
        )
        notes = stores.caretaker.care(NIGHT)
        if not isinstance(policies.body.get("error"), str):
            assert notes == ()  # A node of the team's, with all modules.
            return
        assert notes == (f"{url} has no index lifecycle management (ILM): months are kept, but never move",)
        assert f"{prefix}-mentions-2026.11" in stores.indices.months("mentions")
