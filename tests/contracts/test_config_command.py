"""`tocsin config` as people use it: what it prints, where, and its exit code."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tocsin.cli.config_commands import config_app
from tocsin.config import json_schemas

BRANDS = "brands:\n  - {id: bulla, name: 'Bulla [red] & Sons'}\n"
SOURCES = "sources:\n  - {id: news, kind: feed, url: 'https://example.org/f', every: 90s}\n"
PEOPLE = "people:\n  - {id: ana, name: Ana, email: ana@example.org}\n"


def run(*words: str, **environ: str) -> Result:
    return CliRunner().invoke(config_app, list(words), env=environ)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in {"brands": BRANDS, "sources": SOURCES, "people": PEOPLE}.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_right_configuration_is_summed_up_and_ok(folder: Path) -> None:
    result = run("check", TOCSIN_CONFIG=str(folder))
    assert result.exit_code == 0, result.output
    assert result.output.endswith("ok\n")
    assert "Bulla [red] & Sons" in result.output, "a name is text, never markup"
    assert "news (every 90s)" in result.output
    assert "note:" not in result.output


def test_what_is_hardly_meant_is_noted_and_still_ok(folder: Path) -> None:
    (folder / "sources.yaml").write_text("sources: []\n", encoding="utf-8")
    result = run("check", "--config", str(folder))
    assert result.exit_code == 0
    assert "note: no source is enabled" in result.output
    assert result.output.endswith("ok\n")


def test_every_mistake_of_files_and_settings_goes_to_stderr_and_the_exit_code_is_2(folder: Path) -> None:
    (folder / "brands.yaml").write_text(BRANDS + "languges: [fr]\n", encoding="utf-8")
    result = run("check", "--config", str(folder), TOCSIN_SMTP_PORT="x")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.splitlines() == [
        "environment: TOCSIN_SMTP_PORT: write a port, 1 to 65535",
        f"{folder}/brands.yaml:3:1: unknown key 'languges'; did you mean 'languages'?",
    ]


def test_a_folder_for_a_replay_needs_no_sources(folder: Path) -> None:
    (folder / "sources.yaml").unlink()
    assert run("check", "--config", str(folder)).exit_code == 0
    assert run("check", TOCSIN_CONFIG=str(folder)).exit_code == 2


def test_schemas_are_written_where_asked(folder: Path) -> None:
    result = run("schema", "--out", str(folder / "out"))
    assert result.exit_code == 0
    assert {path.name: path.read_text(encoding="utf-8") for path in (folder / "out").iterdir()} == json_schemas()
    assert result.output.splitlines() == [str(folder / "out" / name) for name in json_schemas()]
