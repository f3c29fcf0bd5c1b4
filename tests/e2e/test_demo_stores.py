"""The demo's story on SQLite and on a real Elasticsearch: the same incident, the same mails byte for byte.

And what Kibana's dashboards show of it, asked of the node as Kibana asks.
"""

import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from elasticsearch import Elasticsearch

from kibana_search import Dashboards, Drawing, by_key, opened
from mail_server import free_port
from tocsin.demo.mailbox import Mailbox
from tocsin.demo.newsroom import Newsroom
from tocsin.demo.stage import Stage, demo_settings, write_config
from tocsin.demo.story import tell_story
from tocsin.demo.view import make_due
from tocsin.kibana.compile import compile_objects
from tocsin.kibana.texts import LANGUAGES
from tocsin.model import Incident
from tocsin.node import Address
from tocsin.wiring import open_app

pytestmark = pytest.mark.e2e

Boards = Mapping[str, Dashboards]

ROOT = Path(__file__).resolve().parents[2]
HOUR = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)
ALARM = 4
LAST_LOOK = HOUR + timedelta(minutes=15)
SETTINGS = {
    "TOCSIN_PSEUDONYM_KEY": "the same pseudonyms in both runs",
    "TOCSIN_KIBANA_URL": "https://kibana.example.org",
}


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
        settings = demo_settings(stage, mailbox.port, store) | SETTINGS
        with open_app(settings, clock=clock) as app:
            for chapter in range(ALARM + 1):
                newsroom.release(chapter)
                make_due(settings)
                app.collect()
                app.enrich()
                app.index()
                app.alert(app.detect())
            clock.at = LAST_LOOK
            app.alert(app.detect())
            incidents = tuple(replace(one, revision="") for one in app.stores.incidents.all())
            mails = tuple(mail.eml.read_bytes() for mail in mailbox.mails)
            return Told(incidents, mails, app.stores.reports.totals(), app.stores.mentions.total())


@pytest.fixture(scope="module")
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


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, on_node: dict[str, str]) -> dict[str, Told]:
    """What came of the story on each store."""
    folder, port = tmp_path_factory.mktemp("stores"), free_port()  # The same twice: links, and so ids, hold it.
    played = {name: play(folder / name, port, store) for name, store in (("sqlite", {}), ("elastic", on_node))}
    assert not (folder / "elastic" / "tocsin.db").exists()
    return played


def test_both_stores_tell_the_same(told: dict[str, Told]) -> None:
    by_sqlite, by_elastic = told["sqlite"], told["elastic"]
    assert len(by_sqlite.mails) == 2
    assert len(by_sqlite.incidents) == 1
    assert by_elastic.incidents == by_sqlite.incidents
    assert by_elastic.totals == by_sqlite.totals
    assert by_elastic.stored == by_sqlite.stored > 500
    assert by_elastic.mails == by_sqlite.mails


@pytest.fixture(scope="module")
def boards(told: dict[str, Told], on_node: dict[str, str], elasticsearch_node: Address) -> Iterator[Boards]:
    """The dashboards of each language over what the demo stored, at its last look."""
    prefix = on_node["TOCSIN_ELASTICSEARCH_PREFIX"]
    with Elasticsearch(elasticsearch_node.url, api_key=elasticsearch_node.api_key) as es:

        def search(index: str, body: dict[str, Any]) -> dict[str, Any]:
            return dict(es.search(index=index, **body))

        yield {one: Dashboards(by_key(compile_objects(one, prefix)), search, LAST_LOOK) for one in LANGUAGES}


ABSENT = {
    "now": {"failing/l": ["m"], "blind/l": ["health", "source", "note", "failures", "succeeded"]},
    "monday": {
        **{panel: ["unknown"] for panel in ("tones/l", "days/l", "networks/l", "languages/l")},
        "top/l": ["audience"],
        "incidents/l": ["m", "critical"],
        "outcomes/l": [
            *("id", "brand", "level", "state", "link", "since", "opened", "closed", "minutes", "factor", "mentions")
        ],
    },
    "incident": {
        "row/l": ["closed", "minutes"],
        "stories/l": ["audience"],
        "tones/l": ["unknown"],
        "networks/l": ["unknown"],
    },
    "every": {
        **{panel: ["unknown"] for panel in ("tones/l", "networks/l", "languages/l", "names/l")},
        "top/l": ["audience"],
    },
    "sources": {
        **{panel: ["m"] for panel in ("failing/l", "throttled/l", "never/l", "quiet/l")},
        "list/l": ["note"],
    },
}
"""What the demo has none of: trouble with a source, a language that nobody reads, an incident that is over or began
before today, followers, of whom feeds tell nothing."""


def silent(drawings: Iterable[Drawing]) -> dict[str, list[str]]:
    """The panels of which some column says nothing, with these columns."""
    return {each.panel: each.empty() for each in drawings if each.empty()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_dashboards_show_the_demo(boards: Boards, language: str) -> None:
    ours = boards[language]
    assert {name: silent(ours.draw(f"tocsin-{name}-{language}")) for name in ABSENT} == ABSENT
    assert len(ours.ids) == len(ABSENT)


def test_the_link_in_each_mail_opens_the_incident_in_the_language_of_its_reader(
    boards: Boards, told: dict[str, Told]
) -> None:
    names = []
    for mail in told["elastic"].mails:
        text = message_from_bytes(mail, policy=policy.default).get_body(("plain",)).get_content()
        (link,) = re.findall(r"https://kibana\.example\.org/\S+", text)
        name, view = opened(link)
        drawn = {each.panel: each for each in boards[name[-2:]].draw(name, view)}
        assert silent(drawn.values()) == ABSENT["incident"]
        assert {tuple(row["brand"]) for row in drawn["row/l"].rows} == {("Citrombelle",)}
        assert all("Citrombelle" in row["brand_name"] for row in drawn["posts"].rows)
        names.append(name)
    assert sorted(names) == ["tocsin-incident-en", "tocsin-incident-fr"]
