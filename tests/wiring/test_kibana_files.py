"""The files that Kibana imports are what the builders compile, to the byte."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from kibana_sets import panels_of, shipped
from tocsin.cli import app
from tocsin.kibana.texts import LANGUAGES

ROOT = Path(__file__).resolve().parents[2]
FILES = ROOT / "include" / "kibana"


def test_the_command_writes_the_files_that_are_checked_in(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["kibana", "compile", "--out", str(tmp_path / "new")])
    assert done.exit_code == 0, done.output
    names = [f"tocsin-{language}.ndjson" for language in LANGUAGES]
    assert [Path(line).name for line in done.output.splitlines()] == names
    for name in names:
        assert (tmp_path / "new" / name).read_bytes() == (FILES / name).read_bytes(), f"run `make kibana`: {name}"
    assert sorted(path.name for path in FILES.iterdir()) == names


def test_another_prefix_is_read(tmp_path: Path) -> None:
    CliRunner().invoke(app, ["kibana", "compile", "--out", str(tmp_path), "--prefix", "acme"])
    assert '"title":"acme-mentions"' in (tmp_path / "tocsin-en.ndjson").read_text(encoding="utf-8")


PAGE = (ROOT / "include" / "docs" / "kibana.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("board", [each for each in shipped() if each["type"] == "dashboard"], ids=lambda b: b["id"])
def test_each_panel_is_on_the_page(board: dict) -> None:
    section = PAGE.split(f"\n`{board['id']}`, ", 1)[1].split("\n### ", 1)[0]
    titles = {panel.body["title"] for panel in panels_of(board)} - {"Other dashboards", "How to read this"}
    assert [title for title in titles if f"| {title} |" not in section] == []
