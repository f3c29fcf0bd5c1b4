"""Airflow's connection `elasticsearch_default` leads tasks and console to the store, once TOCSIN_STORE names it."""

import json
import secrets
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from elasticsearch import Elasticsearch

from tocsin.node import Address
from tocsin.wiring import open_app

# Airflow's own deprecations are not ours to mend.
pytestmark = pytest.mark.filterwarnings("ignore")

ROOT = Path(__file__).resolve().parents[2]
CONFIG = {
    "brands.yaml": "brands: [{id: bulla, name: Bulla}]",
    "people.yaml": "people: [{id: kim, name: Kim, email: kim@example.org}]",
    "sources.yaml": "sources: []",
}


@pytest.fixture
def store(
    airflow_home: Path, elasticsearch_node: Address, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[dict[str, str]]:
    """The address of the node in a connection of Airflow; gives the settings that lead there without Airflow."""
    url, prefix = urlsplit(elasticsearch_node.url), f"test-{secrets.token_hex(4)}"
    extra = {"api_key": elasticsearch_node.api_key} if elasticsearch_node.api_key else {}
    made = {
        "conn_type": "elasticsearch",
        "host": url.hostname,
        "port": url.port,
        "schema": url.scheme,
        "extra": extra,
    }
    for name, text in CONFIG.items():
        (tmp_path / name).write_text(text)
    ours = {"HOME": str(tmp_path / "home"), "CONFIG": str(tmp_path), "ELASTICSEARCH_PREFIX": prefix}
    settings = {f"TOCSIN_{name}": value for name, value in ours.items()}
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("TOCSIN_STORE", "elasticsearch_default")
    monkeypatch.setenv("AIRFLOW_CONN_ELASTICSEARCH_DEFAULT", json.dumps(made))
    there = {"TOCSIN_STORE": elasticsearch_node.url, "TOCSIN_ELASTICSEARCH_API_KEY": elasticsearch_node.api_key or ""}
    yield settings | there
    with Elasticsearch(elasticsearch_node.url, api_key=elasticsearch_node.api_key) as es:
        for index in es.indices.get(index=f"{prefix}-*", expand_wildcards="all", filter_path="*.aliases"):
            es.indices.delete(index=index)
        held = es.options(ignore_status=404).indices.get_index_template(name=f"{prefix}-*")
        for template in held.get("index_templates", ()):
            es.indices.delete_index_template(name=template["name"])


def test_tasks_and_console_take_the_store_that_the_connection_names(store: dict[str, str], tmp_path: Path) -> None:
    from airflow.dag_processing.dagbag import DagBag
    from airflow.sdk import Connection

    dag = DagBag(str(ROOT / "dags" / "tocsin_watch.py")).dags["tocsin_watch"]
    assert str(dag.test().state) == "success"
    with open_app(store) as there:
        assert there.stores.reports.totals()["alert"]["came_in"] == 1
    assert not (tmp_path / "home" / "tocsin.db").exists()

    from fastapi.testclient import TestClient

    from tocsin.web.app import create_console

    answer = TestClient(create_console(lambda: "somebody", Connection.get)).get("/")
    assert answer.status_code == 200
    assert not (tmp_path / "home" / "tocsin.db").exists()
