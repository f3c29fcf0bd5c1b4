"""From a site to a search: its feed is found and added, its chapeau collected, its article read and stored."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from site_server import article, feed, serve_site
from tocsin.cli import app
from tocsin.wiring import open_app


def test_a_word_that_only_the_article_has_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "brands.yaml").write_text("brands: [{id: bulla, name: Bulla}]")
    (tmp_path / "people.yaml").write_text("people: []")
    (tmp_path / "sources.yaml").write_text("sources:\n")
    monkeypatch.chdir(tmp_path)
    environ = {
        "TOCSIN_HOME": str(tmp_path / "home"),
        "TOCSIN_CONFIG": str(tmp_path),
        "TOCSIN_ALLOW_NETWORKS": "127.0.0.0/8",
    }

    def run(*words: str) -> Result:
        result = CliRunner().invoke(app, list(words), env=environ | {"COLUMNS": "180"})
        assert result.exit_code == 0, result.exception
        return result

    text = "Les yaourts Bulla contiennent de la salmonelle, selon la préfecture de police de Paris. " * 5
    with serve_site() as site:
        head = "<link rel='alternate' type='application/rss+xml' href='/feed.xml'>"
        site.put("/", f"<html><head><title>Le Journal</title>{head}</head></html>")
        site.put("/feed.xml", feed(("Rappel chez Bulla", "/a", "Un rappel."), ("Le sport", "/b", "Un match.")))
        site.put("/a", article("Rappel chez Bulla", text))
        run("sources", "discover", site.url, "--add", "--yes", "--spacing", "0.2")
        run("collect")
        run("enrich")
        run("index")
        assert "Rappel chez Bulla" in run("search", "salmonelle").output
        assert site.asked_for("/a") == 1
        assert site.asked_for("/b") == 0
    with open_app(environ) as opened:
        assert opened.stores.reports.totals()["pages"] == {"came_in": 1, "full": 1}
