"""The demo's story on SQLite and on a real Elasticsearch: the same incident, and the same mails byte for byte."""

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from elasticsearch import Elasticsearch

from mail_server import free_port
from tocsin.demo.mailbox import Mailbox
from tocsin.demo.newsroom import Newsroom
from tocsin.demo.stage import Stage, demo_settings, write_config
from tocsin.demo.story import tell_story
from tocsin.demo.view import make_due
from tocsin.model import Incident
from tocsin.node import Address
from tocsin.wiring import open_app

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).resolve().parents[2]
HOUR = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)
ALARM = 4
KEY = "the same pseudonyms in both runs"


@dataclass
class MovedClock:
    at: datetime = HOUR

    def now(self) -> datetime:
        return self.at


@dataclass(frozen=True)
class Told:
    """What came of the story on one store."""

    incidents: tuple[Incident, ...]
    mails: tuple[bytes, ...]
    totals: Mapping[str, Any]
    stored: int


def play(home: Path, port: int, store: Mapping[str, str]) -> Told:
    """Tell the chapters up to the alarm, each collected and watched, and one more look a quarter of an hour later."""
    stage, clock = Stage(home, ROOT / "include" / "scenarios" / "citrombelle", ROOT, "unused"), MovedClock()
    home.mkdir()
    story = tell_story(stage.scenario, HOUR)
    with Newsroom(story, clock.now, port=port) as newsroom, Mailbox(home / "mail") as mailbox:
        write_config(stage, newsroom)
        settings = demo_settings(stage, mailbox.port, store) | {"TOCSIN_PSEUDONYM_KEY": KEY}
        with open_app(settings, clock=clock) as app:
            for chapter in range(ALARM + 1):
                newsroom.release(chapter)
                make_due(settings)
                app.collect()
                app.enrich()
                app.index()
                app.alert(app.detect())
            clock.at += timedelta(minutes=15)
            app.alert(app.detect())
            incidents = tuple(replace(one, revision="") for one in app.stores.incidents.all())
            mails = tuple(mail.eml.read_bytes() for mail in mailbox.mails)
            return Told(incidents, mails, app.stores.reports.totals(), app.stores.mentions.total())


@pytest.fixture
def on_node(elasticsearch_node: Address) -> Iterator[dict[str, str]]:
    """Settings that lead to a prefix of our own, which is emptied afterwards."""
    prefix = f"test-{secrets.token_hex(4)}"
    yield {
        "TOCSIN_STORE": elasticsearch_node.url,
        "TOCSIN_ELASTICSEARCH_API_KEY": elasticsearch_node.api_key or "",
        "TOCSIN_ELASTICSEARCH_PREFIX": prefix,
    }
    with Elasticsearch(elasticsearch_node.url, api_key=elasticsearch_node.api_key) as es:
        for index in es.indices.get(index=f"{prefix}-*", expand_wildcards="all", filter_path="*.aliases"):
            es.indices.delete(index=index)
        held = es.options(ignore_status=404).indices.get_index_template(name=f"{prefix}-*")
        for template in held.get("index_templates", ()):
            es.indices.delete_index_template(name=template["name"])


def test_both_stores_tell_the_same(tmp_path: Path, on_node: dict[str, str]) -> None:
    port = free_port()  # The same twice: links, and so ids, hold it.
    by_sqlite = play(tmp_path / "sqlite", port, {})
    by_elastic = play(tmp_path / "elastic", port, on_node)
    assert len(by_sqlite.mails) == 2
    assert len(by_sqlite.incidents) == 1
    assert by_elastic.incidents == by_sqlite.incidents
    assert by_elastic.totals == by_sqlite.totals
    assert by_elastic.stored == by_sqlite.stored > 500
    assert by_elastic.mails == by_sqlite.mails
    assert not (tmp_path / "elastic" / "tocsin.db").exists()
