"""`tocsin sources backfill` as a person meets it, against a real site."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from site_server import Site, serve_site
from tocsin.cli import app
from tocsin.errors import ConfigError, TransientError
from tocsin.model import RawItem, Stage
from tocsin.wiring import open_app


@pytest.fixture
def site() -> Iterator[Site]:
    with serve_site() as running:
        for number in (1, 2, 3):
            path = "/tag/x/" if number == 1 else f"/tag/x/page/{number}/"
            listed = "".join(
                f"<article><h2><a href='/{number}-{at}'>Post {number}-{at}</a></h2>"
                f"<time>{at} mars {2014 - number}</time></article>"
                for at in (1, 2)
            )
            running.put(path, f"<html><body>{listed}</body></html>")
        yield running


@pytest.fixture
def environ(tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    sources = (
        f"sources:\n  - {{id: old, kind: archive, url: '{site.url}/tag/x/', pages: 50}}\n"
        f"  - {{id: new, kind: feed, url: '{site.url}/feed'}}\n"
    )
    files = {"brands": "brands: [{id: tonic, name: Tonic}]", "sources": sources, "people": "people: []"}
    for name, text in files.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return {
        "TOCSIN_HOME": str(tmp_path / "home"),
        "TOCSIN_CONFIG": str(tmp_path),
        "TOCSIN_ALLOW_NETWORKS": "127.0.0.0/8",
    }


@pytest.fixture
def run(environ: dict[str, str]) -> Callable[..., Result]:
    def invoke(*words: str) -> Result:
        given = ["sources", "backfill", *words, "--spacing", "0.2"]
        return CliRunner().invoke(app, given, env=environ | {"COLUMNS": "200"})

    return invoke


def kept(environ: dict[str, str]) -> list[str]:
    with open_app(environ) as opened:
        batches = opened.batches
        return sorted(
            item.title for batch in batches.pending(Stage.RAW) for item in batches.read(Stage.RAW, batch, RawItem)
        )


def test_it_says_how_far_it_is_and_why_it_ended(run, environ) -> None:
    result = run("old")
    assert result.exit_code == 0, result.exception
    lines = result.output.splitlines()
    assert "2 new" in lines[0]
    assert "page 2 comes next, back to 2013-03-01" in lines[0]
    assert lines[-1] == "old: page 4 is not there"
    assert len(kept(environ)) == 6


def test_until_and_again(run, environ, site) -> None:
    assert run("old", "--until", "2012-06-01").exit_code == 0
    assert len(kept(environ)) == 4
    assert site.asked_for("/tag/x/page/3/") == 0
    assert run("old", "--again", "--pages", "1").exit_code == 0
    assert site.asked_for("/tag/x/") == 2


def test_a_failure_is_said_with_the_remedy(run, site) -> None:
    site.pages["/tag/x/page/2/"] = (503, {}, b"")
    result = run("old")
    assert isinstance(result.exception, TransientError)
    assert "run it again" in str(result.exception)
    assert "answered 503" in result.output


@pytest.mark.parametrize(
    ("name", "told"),
    [("new", "'new' is no archive"), ("olf", "did you mean 'old'"), ("x", "is no enabled source")],
)
def test_what_is_no_archive_is_a_wrong_word(run, name: str, told: str) -> None:
    result = run(name)
    assert isinstance(result.exception, ConfigError)
    assert told in str(result.exception)
