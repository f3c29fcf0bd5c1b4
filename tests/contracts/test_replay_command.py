"""`tocsin replay` on a file of our own: the table, the same JSON twice, errors that say what to mend."""

import csv
import gzip
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
PLACES = ["station", "airport", "cinema", "school", "office", "harbour", "market", "museum", "campus", "stadium"]
INSULTS = ["awful and sour", "terrible, it made me sick", "a horrible scandal", "disgusting, a fraud"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Nine quiet days, then forty complaints in two hours about one brand of two; one row has no time."""
    quiet = [
        (START + timedelta(days=day), f"guest{day}", f"Day {day}: my Bulla was flat and bad.") for day in range(9)
    ]
    storm_at = START + timedelta(days=9)
    storm = [
        (storm_at + timedelta(minutes=3 * n), f"angry{n}", f"{n}: the Bulla at the {place} was {insult}!")
        for n, (place, insult) in enumerate((place, insult) for insult in INSULTS for place in PLACES)
    ]
    with gzip.open(tmp_path / "archive.csv.gz", "wt", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "when", "who", "words"])
        rows.writerows((n, at.isoformat(), who, words) for n, (at, who, words) in enumerate(quiet + storm))
        rows.writerow(["99", "no time at all", "x", "Bulla"])
    (tmp_path / "columns.yaml").write_text("id: id\ntime: when\nauthor: who\ntext: words\n")
    (tmp_path / "brands.yaml").write_text(
        "languages: [en]\nbrands:\n  - {id: bulla, name: Bulla}\n  - {id: gloria, name: Gloria}\n"
    )
    (tmp_path / "people.yaml").write_text("people:\n  - {id: kim, name: Kim, email: kim@example.org, language: en}\n")
    return tmp_path


def replay(folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).with_name("tocsin"), "replay", "archive.csv.gz", "--columns", "columns.yaml"]
    return subprocess.run(
        [*command, "--config", ".", *more], cwd=folder, capture_output=True, text=True, timeout=200, check=False
    )


def test_the_table_and_the_json_say_the_same_and_twice_is_the_same(folder):
    done = replay(folder, "--json", "one.json", "--time-zone", "Europe/Paris")
    assert done.returncode == 0, done.stderr
    outcome = json.loads((folder / "one.json").read_text())
    bulla, gloria = outcome["brands"]
    (incident,) = bulla["incidents"]
    opened = datetime.fromisoformat(incident["opened"])
    assert START + timedelta(days=9) < opened < START + timedelta(days=9, hours=1)
    assert incident["mails"]["first"] == incident["mails"]["over"] == 1
    assert gloria["incidents"] == []
    assert "archive.csv.gz: not read: line 51, column 'when': not a time: 'no time at all'" in done.stderr
    assert outcome["steps"]["collect"] == {"came_in": 50, "new": 49, "quarantined": 1}
    # The table: Paris is an hour ahead of UTC on that day.
    row = next(line for line in done.stdout.splitlines() if "Bulla" in line)
    assert f"{opened + timedelta(hours=1):%Y-%m-%d %H:%M}" in row
    assert f" {incident['mentions']} " in row
    assert "calm throughout" in done.stdout

    assert replay(folder, "--json", "two.json").returncode == 0
    assert (folder / "one.json").read_bytes() == (folder / "two.json").read_bytes()


@pytest.mark.parametrize("target", [".", "archive.csv.gz/out.json"], ids=["a folder", "under a file"])
def test_a_result_that_could_not_be_written_is_refused_before_the_replay(folder, target):
    done = replay(folder, "--json", target)
    assert done.returncode == 2
    assert "cannot write the result to" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Incidents" not in done.stdout


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("columns.yaml", "id: id\ntime: wenn\nauthor: who\ntext: words\n"), "did you mean 'when'"),
        (("columns.yaml", "id: id\ntime: when\nautor: who\ntext: words\n"), "columns.yaml:3:1"),
        (("brands.yaml", "brands: 3\n"), "brands.yaml:1"),
        (
            ("columns.yaml", "time: when\ntime_format: '%d/%m/%Y'\ntext: words\n"),
            "none of its 50 rows can be read; the first",
        ),
    ],
    ids=["a column that the archive lacks", "a misspelt key", "no list of brands", "a wrong time format"],
)
def test_an_error_names_the_file_and_the_remedy(folder, change, said):
    name, text = change
    (folder / name).write_text(text)
    done = replay(folder)
    assert done.returncode in {1, 2}
    assert said in done.stderr
    assert "Traceback" not in done.stderr
