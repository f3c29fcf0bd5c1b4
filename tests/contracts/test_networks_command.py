"""The whole way by hand: settings and sources.yaml, a social network's server, the store; the secret stays secret."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from network_server import Networks, Said, running
from tocsin.adapters.sqlite import open_sqlite
from tocsin.cli import app
from tocsin.wiring.outside import SystemClock

SETTINGS = {
    "TOCSIN_ALLOW_NETWORKS": "127.0.0.1/32",
    "TOCSIN_REDDIT_CLIENT_ID": "app-7",
    "TOCSIN_REDDIT_CLIENT_SECRET": "reddit-s3cret",
}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.chdir(tmp_path)
    environ = {"TOCSIN_HOME": str(tmp_path), "TOCSIN_CONFIG": str(tmp_path), **SETTINGS}
    return lambda *words: CliRunner().invoke(app, words, env=environ, catch_exceptions=False)


def write(folder: Path, web: Networks) -> None:
    (folder / "brands.yaml").write_text("brands: [{id: tonic, name: Crédit Tonic, aliases: [Crédit Tonic, tonique]}]")
    (folder / "people.yaml").write_text("people: []")
    (folder / "sources.yaml").write_text(f"sources: [{{id: talk, kind: reddit, url: '{web.url}'}}]")


def test_a_post_comes_from_a_network_into_the_store(run: Callable[..., Result], tmp_path: Path, caplog) -> None:
    with running() as web:
        write(tmp_path, web)
        hour_ago = int(SystemClock().now().timestamp()) - 3600
        web.posts = [
            Said(1, hour_ago, "Crédit Tonic is a disgrace, I want my money back"),
            Said(2, hour_ago + 1, "A tonique of another house"),
            Said(3, hour_ago + 2, "nobody asked"),
        ]
        for step in ("collect", "enrich", "index"):
            assert run(step).exit_code == 0
        asked = [path for path in web.asked if path.startswith("/search")]
    assert ["Cr%C3%A9dit+Tonic" in path or "tonique" in path for path in asked] == [True, True]
    with open_sqlite(str(tmp_path / "tocsin.db")) as stores:
        found = {*stores.mentions.search("tonic"), *stores.mentions.search("tonique")}
        first, second = sorted(found, key=lambda mention: mention.url)
        assert (first.network, first.brands, first.source_id) == ("reddit", ("tonic",), "talk")
        assert (first.url, first.tone) == ("https://www.reddit.com/r/france/comments/1/x/", "negative")
        assert second.url.endswith("/comments/2/x/")
        (state,) = stores.sources.all()
        assert (state.note, state.failures) == ("", 0)
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"s3cret" not in kept + caplog.text.encode()
