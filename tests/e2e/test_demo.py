"""The README's first command: a crisis on a real Airflow, caught, told in two languages, and nothing left running."""

import email.policy
import os
import subprocess
import sys
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

import pytest

from tocsin.processes import carries

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """Play the demo once, as `make demo ONCE=1` does, in a home of its own."""
    home = tmp_path_factory.mktemp("demo") / "home"
    done = subprocess.run(
        [Path(sys.executable).with_name("tocsin"), "demo", "--once", "--home", home],
        cwd=ROOT,
        env=os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    return home, done


def mails(home: Path) -> list[EmailMessage]:
    parser = BytesParser(policy=email.policy.default)
    return [parser.parsebytes(path.read_bytes()) for path in sorted((home / "mail").glob("*.eml"))]


def test_it_ends_well_and_says_where_to_look(played):
    _, done = played
    assert done.returncode == 0, done.stdout + done.stderr
    for place in ("Airflow", "Newsroom", "Mails", "Store", ".eml", ".html"):
        assert place in done.stdout


def test_both_people_are_told_once_each_in_their_language(played):
    home, _ = played
    told = mails(home)
    assert len(told) == 2
    texts = {mail["To"].addresses[0].username: mail.get_body(("plain",)).get_content() for mail in told}
    assert "nouveaux sujets négatifs" in texts["claire.vasseur"]
    assert "new negative stories" in texts["tom.ashworth"]
    assert "Mots décisifs" in texts["claire.vasseur"]
    assert "Deciding words" in texts["tom.ashworth"]
    for mail in told:
        assert "Citrombelle" in mail["Subject"]
        assert [part.get_content_type() for part in mail.walk()].count("image/png") == 1


def test_every_process_it_started_has_ended(played):
    home, _ = played
    running = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    assert [pid for pid in running if carries(pid, "TOCSIN_HOME", str(home))] == []
