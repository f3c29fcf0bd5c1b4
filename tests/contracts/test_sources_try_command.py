"""`tocsin sources try`: what a newcomer sees of a file before it becomes a source."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tocsin.collect.propose_map import propose_map
from tocsin.collect.read_file import ColumnMap


def try_file(folder: Path, *told: str) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).with_name("tocsin"), "sources", "try", *told]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=100, check=False)


def words(text: str) -> str:
    """What a table says, without its lines."""
    return re.sub(r"[\s│┃]+", " ", text)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = ["nr;quand;avis;note", "1;17/02/2015 08:36;<b>Nul</b> \x1b[31m;2", "2;bientôt;rien;3"]
    rows += [f"{n};hier;x;1" for n in range(3, 12)]
    (tmp_path / "avis.csv").write_text("\n".join(rows) + "\n")
    (tmp_path / "map.yaml").write_text("id: nr\ntime: quand\ntext: avis\ntime_words: true\ntime_zone: Europe/Paris\n")
    return tmp_path


def test_each_column_the_time_in_two_zones_and_what_would_be_refused(folder: Path) -> None:
    done = try_file(folder, "avis.csv", "--columns", "map.yaml", "--rows", "2", "--time-zone", "America/New_York")
    assert (done.returncode, done.stderr) == (0, "")
    told = words(done.stdout)
    assert "2015-02-17 07:36:00 UTC = 2015-02-17 02:36:00 America/New_York" in told
    assert "avis <b>Nul</b> ·[31m text Nul [31m" in told
    assert "note 2 not read" in told
    assert "not a time: 'bientôt'" in told
    assert "line 3" in told
    assert "line 4 column" not in told
    assert "Of all 11 rows 1 would be read, 10 refused." in told
    assert "- and 5 more" in told
    assert "\x1b" not in done.stdout


def test_without_a_map_one_is_proposed_that_works(folder: Path) -> None:
    (folder / "avis.csv").write_text("nr;quand;avis;note\n1;17/02/2015 08:36;Nul;2\n")
    done = try_file(folder, "avis.csv")
    assert done.returncode == 0
    proposal = done.stdout.partition("begin with:")[2]
    (folder / "own.yaml").write_text(proposal)
    assert yaml.safe_load(proposal) == {"time": "quand", "time_words": True, "text": "avis"}
    again = try_file(folder, "avis.csv", "--columns", "own.yaml")
    assert "Of all 1 rows 1 would be read, 0 refused." in words(again.stdout)


def test_mail_needs_no_map(folder: Path) -> None:
    (folder / "a.mbox").write_text("From a@e.org Tue Mar  3 08:00:00 2015\nSubject: Panne\nFrom: a@e.org\n\nRien\n")
    told = words(try_file(folder, "a.mbox").stdout)
    assert "2015-03-03 08:00:00 UTC = 2015-03-03 09:00:00 Europe/Paris" in told
    assert "author a@e.org author kept as a pseudonym only" in told


@pytest.mark.parametrize(
    ("told", "code", "said"),
    [
        (["none.csv", "--columns", "map.yaml"], 1, "no such file: none.csv"),
        (["avis.doc", "--columns", "map.yaml"], 1, "unknown kind of file"),
        (["avis.csv", "--columns", "wrong.yaml"], 2, "wrong.yaml:1:1: unknown key 'tyme'; did you mean 'time'?"),
        (["avis.csv", "--columns", "other.yaml"], 1, "no column 'avi' for `text`; did you mean 'avis'?"),
        (["avis.csv", "--columns", "map.yaml", "--time-zone", "Paris"], 2, "unknown time zone 'Paris'"),
    ],
)
def test_errors_name_the_remedy(folder: Path, told: list[str], code: int, said: str) -> None:
    (folder / "wrong.yaml").write_text("tyme: quand\ntime: quand\ntext: avis\n")
    (folder / "other.yaml").write_text("time: quand\ntext: avi\n")
    done = try_file(folder, *told)
    assert done.returncode == code
    assert said in done.stderr


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (
            {"id": "1", "created_at": "2015-02-17T07:36:05Z", "full_text": "x", "user_name": "a", "lang": "fr"},
            {"time": "created_at", "text": "full_text", "id": "id", "author": "user_name", "language": "lang"},
        ),
        ({"a": "words and words", "b": "1424158565"}, {"time": "b", "text": "a"}),
        ({"Date": "le 3 mars 2015 à 9h", "Titre": "x"}, {"time": "Date", "time_words": True, "title": "Titre"}),
        ({"": "2015-02-17", "d": "2015-02-17", "x: 'y\" #": "a"}, {"time": "d", "text": "x: 'y\" #"}),
    ],
)
def test_proposals(row: dict[str, str], expected: dict[str, object]) -> None:
    proposed = yaml.safe_load(propose_map([row]))
    assert proposed == expected
    assert ColumnMap(**proposed)


def test_a_proposal_says_what_it_lacks() -> None:
    assert propose_map([{"text": "x"}]).startswith("time: ...  # which column")
    assert "time: ..." in propose_map([])
