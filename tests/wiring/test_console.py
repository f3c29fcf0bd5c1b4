"""The console in Airflow's own API server: closed to strangers, true to the store, deaf to hostile text."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path

import pytest

from tocsin.model import Delivery, Harm, Incident, IncidentState, Judgement, Mention, Reason, Severity, Tone
from tocsin.wiring import open_app

# Airflow's own deprecations are not ours to mend.
pytestmark = pytest.mark.filterwarnings("ignore")

OPENED = datetime(2026, 3, 18, 14, 5, tzinfo=UTC)
LINK = "https://kibana.example/app/dashboards#/view/tocsin-incident-en?_g=%28%29&_a=%27"
EVIL = '<script>alert(1)</script> "shame" & scandal'

CONFIG = {
    "brands.yaml": "languages: [fr, en]\nbrands:\n  - id: bulla\n    name: 'Bulla & \"Fils\"'\n",
    "people.yaml": "people:\n  - id: kim\n    name: Kim\n    email: kim@example.org\n    language: en\n",
    "sources.yaml": "sources: []\n",
}


VILE = Judgement("bulla", Tone.NEGATIVE, -0.8, Harm.HARMFUL, 0.8, ("<i>vile</i>",))


def mention(number: int, url: str) -> Mention:
    at = OPENED - timedelta(minutes=number)
    return Mention(
        id=f"m{number}", source_id="s", network="forum", url=url, title=EVIL, text="", author=f"a{number}",
        published_at=at, discovered_at=at, language="en", brands=("bulla",), tone=Tone.NEGATIVE, compound=-0.8,
        story_id=f"m{number}", judgements=(VILE,),
    )  # fmt: skip


@pytest.fixture
def incident(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Incident:
    """A store with one open incident, two stories and one delivery, where the console will look."""
    (tmp_path / "config").mkdir()
    for name, text in CONFIG.items():
        (tmp_path / "config" / name).write_text(text)
    monkeypatch.setenv("TOCSIN_HOME", str(tmp_path))
    monkeypatch.setenv("TOCSIN_CONFIG", str(tmp_path / "config"))
    with open_app() as app:
        calm = [replace(mention(n, ""), title="all is well", text=f"<b>{n}</b>") for n in range(200, 300)]
        app.stores.mentions.add([*calm, *(mention(n, "") for n in range(3, 9))])
        app.stores.mentions.add([mention(1, "https://forum.example/1"), mention(2, "javascript:alert(2)")])
        since = OPENED - timedelta(hours=1)
        storm = Incident("bulla-1", "bulla", IncidentState.OPEN, Severity.CRITICAL, since, OPENED, None, 9.0, 41.5, 2)
        storm = replace(storm, link=LINK)
        app.stores.incidents.record(Delivery("id1", "bulla-1", "kim", "email", Reason.FIRST, "sent", OPENED))
        return app.stores.incidents.save(storm)


@pytest.fixture(scope="module")
def server(airflow_home: Path) -> Iterator[object]:
    """Airflow's API server, as `airflow standalone` runs it, with the plugin of this project."""
    passwords = airflow_home / "passwords.json"
    passwords.write_text(json.dumps({"admin": "secret-of-the-test"}))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE", str(passwords))
        from airflow.api_fastapi.app import create_app
        from fastapi.testclient import TestClient

        with TestClient(create_app()) as client:
            yield client


@pytest.fixture
def token(server) -> dict[str, str]:
    answer = server.post("/auth/token", json={"username": "admin", "password": "secret-of-the-test"})
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


@pytest.mark.parametrize("path", ["/tocsin/", "/tocsin/incidents/bulla-1", "/tocsin/incidents/none"])
def test_a_stranger_sees_nothing(server, incident, path):
    answer = server.get(path, follow_redirects=False)
    assert answer.status_code == 401
    assert "Bulla" not in answer.text


def test_the_overview_shows_the_open_incident_and_says_that_nothing_is_collected(server, incident, token):
    answer = server.get("/tocsin/", headers=token)
    assert answer.status_code == 200
    assert 'href="incidents/bulla-1"' in answer.text
    assert "Bulla &amp; &#34;Fils&#34;" in answer.text
    assert "41.5" in answer.text
    assert "No source is enabled" in answer.text


def test_an_incident_shows_its_stories_and_who_was_told_with_hostile_text_escaped(server, incident, token):
    answer = server.get("/tocsin/incidents/bulla-1", headers=token)
    assert answer.status_code == 200
    assert "Kim" in answer.text
    assert 'href="https://forum.example/1"' in answer.text
    assert "<td>&lt;i&gt;vile&lt;/i&gt;</td>" in answer.text
    assert "<script" not in answer.text
    assert "javascript:" not in answer.text
    assert f'href="{escape(LINK)}"' in answer.text
    assert "Words that drove it: 1, alert, scandal, script, shame" in answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


def test_an_unknown_incident_is_not_found(server, incident, token):
    assert server.get("/tocsin/incidents/none", headers=token).status_code == 404
