"""`tocsin sources`: how every source does, and all that one of them did."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tocsin.cli import app
from tocsin.model import Fetch, SourceState
from tocsin.wiring import open_app

FEED = "kind: feed, url: 'https://example.org/f'"
FILES = {
    "brands": "brands: [{id: tonic, name: Tonic}]",
    "sources": f"sources: [{{id: well, {FEED}}}, {{id: ill, {FEED}}}, {{id: new, {FEED}}}]",
    "people": "people: [{id: ana, name: Ana, email: ana@example.org}]",
}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    for name, text in FILES.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    environ = {"TOCSIN_HOME": str(tmp_path / "home"), "TOCSIN_CONFIG": str(tmp_path)}
    with open_app(environ) as opened:
        now = opened.clock.now()
        hour = timedelta(hours=1)
        fetches = (Fetch(now - hour, "fetched", 12, 1, 3), Fetch(now, "hard", 7, reason="not [/red] a \x1b[31mfeed"))
        opened.stores.sources.save(
            SourceState("well", checked_at=now, succeeded_at=now, due_at=now + hour, fetches=fetches[:1])
        )
        opened.stores.sources.save(
            SourceState(
                "ill", checked_at=now, succeeded_at=now, failures=1, weight=1, note="not [/b] a feed", fetches=fetches
            )
        )
    return lambda *words, wide=200: CliRunner().invoke(app, ["sources", *words], env=environ | {"COLUMNS": f"{wide}"})


def test_the_table_has_the_worst_first(run: Callable[..., Result]) -> None:
    done = run()
    assert done.exit_code == 0, done.exception
    rows = [line.split("│")[1:] for line in done.output.splitlines() if line.startswith("│")]
    assert [(row[0].strip(), row[1].strip()) for row in rows] == [
        ("new", "never"),
        ("ill", "failing"),
        ("well", "healthy"),
    ]
    assert rows[1][5].strip() == "25%"
    assert "not [/b] a feed" in done.output, "it is shown as it is"
    assert "3 sources, 1 heard" in done.output


def test_in_a_terminal_of_80_columns_times_are_whole(run: Callable[..., Result]) -> None:
    output = run(wide=80).output
    assert "…" not in output
    assert "in 60 min" in output
    assert max(map(len, output.splitlines())) <= 80


def test_only_those_that_are_not_well(run: Callable[..., Result]) -> None:
    assert "well" not in run("--failing").output.replace("answered", "")


def test_as_json(run: Callable[..., Result]) -> None:
    lines = [json.loads(line) for line in run("--json").output.splitlines()]
    assert [(line["source_id"], line["health"], line["heard"]) for line in lines] == [
        ("new", "never", False),
        ("ill", "failing", False),
        ("well", "healthy", True),
    ]
    assert (lines[2]["interval"], lines[2]["share_new"], lines[2]["fetches"][0][1:5]) == (
        600,
        0.25,
        ["fetched", 12, 1, 3],
    )
    assert datetime.fromisoformat(lines[2]["checked_at"]).tzinfo == UTC


def test_one_source_with_its_fetches(run: Callable[..., Result]) -> None:
    output = run("show", "ill").output
    assert "not [/red] a [31mfeed" in output, "no sign of a terminal survives"
    assert output.index("hard") < output.index("fetched"), "the latest first"
    assert "never asked so far" in run("show", "new").output
    assert "no source 'gone' is read" in str(run("show", "gone").exception)
