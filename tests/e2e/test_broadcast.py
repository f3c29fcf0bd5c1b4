"""`tocsin newsroom` as compose runs it: another process reads its feeds by its config, and hears the alarm."""

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tocsin.config import load_config
from tocsin.demo.mailbox import Mailbox
from tocsin.wiring import open_app

pytestmark = pytest.mark.e2e

TOCSIN = Path(sys.executable).with_name("tocsin")


@contextmanager
def newsroom(folder: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], Callable[[str], str]]]:
    """The command, and what reads its lines until one of them matches."""
    command = [TOCSIN, "newsroom", "--config", folder, "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout
        lines = process.stdout

        def until(pattern: str) -> str:
            for line in lines:
                if found := re.search(pattern, line):
                    return found[1] if found.re.groups else found[0]
            raise AssertionError(f"it ended without {pattern}")

        try:
            yield process, until
        finally:
            process.kill()


def test_its_story_is_caught_by_a_tocsin_elsewhere(tmp_path: Path) -> None:
    with newsroom(tmp_path / "config", "--pace", "0") as (_, until), Mailbox(tmp_path / "mail") as mailbox:
        until("chapter 7")
        settings = {
            "TOCSIN_HOME": str(tmp_path / "home"),
            "TOCSIN_CONFIG": str(tmp_path / "config"),
            "TOCSIN_ALLOW_NETWORKS": "127.0.0.0/8",
            "TOCSIN_SMTP_HOST": "127.0.0.1",
            "TOCSIN_SMTP_PORT": str(mailbox.port),
            "TOCSIN_SMTP_TLS": "none",
            "TOCSIN_SMTP_FROM": "tocsin@tocsin.example",
        }
        with open_app(settings) as app:
            app.collect()
            app.enrich()
            app.index()
            app.alert(app.detect())
            (incident,) = app.stores.incidents.all()
        assert incident.brand == "citrombelle"
        told = {address for mail in mailbox.mails for address in mail.to}
        assert told == {person.email for person in load_config(tmp_path / "config").people}


def test_chapters_come_one_by_one_and_a_restart_goes_on(tmp_path: Path) -> None:
    folder = tmp_path / "config"
    with newsroom(folder, "--pace", "3600", "--feeds-at", "http://newsroom:8090/") as (process, until):
        address = until(r"(http://127\.0\.0\.1:\d+)/")
        until("chapter 0")
        first = httpx.get(f"{address}/zinc.xml", trust_env=False).text
        urls = [source.url for source in load_config(folder).sources]
        assert "http://newsroom:8090/zinc.xml" in urls
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 128 + signal.SIGTERM
    with newsroom(folder, "--pace", "0") as (_, until):
        again = until(r"(http://127\.0\.0\.1:\d+)/")
        until("chapter 7")
        later = httpx.get(f"{again}/zinc.xml", trust_env=False).text

    def dates(document: str) -> set[str]:
        return set(re.findall("<pubDate>(.*?)</pubDate>", document))

    assert dates(first) < dates(later), "the same posts at the same moments, and the chapters after them"


def test_a_taken_port_and_a_damaged_hour_are_said(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        options = ["--config", tmp_path / "a", "--port", str(taken.getsockname()[1])]
        busy = subprocess.run([TOCSIN, "newsroom", *options], capture_output=True, text=True, check=False)
    assert (busy.returncode, "choose another with --port" in busy.stderr) == (2, True)
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "began").write_text("yesterday")
    options = ["--config", tmp_path / "b", "--port", "0"]
    damaged = subprocess.run([TOCSIN, "newsroom", *options], capture_output=True, text=True, check=False)
    assert (damaged.returncode, "delete it" in damaged.stderr) == (2, True)
