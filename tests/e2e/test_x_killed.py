"""Listening to X is killed without warning, and stopped politely: every post is in the store exactly once."""

import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tocsin.adapters.batches import FsspecBatches
from tocsin.model import RawItem, Stage
from tocsin.wiring import App, open_app
from tocsin.wiring.outside import SystemClock
from x_server import TOKEN, XServer, post, x_server

pytestmark = pytest.mark.e2e

MAIN = "from tocsin.cli import main; main()"
KILLS = 5


@pytest.fixture
def web() -> Iterator[XServer]:
    with x_server() as server:
        server.clock = SystemClock()
        yield server


@pytest.fixture
def environ(tmp_path: Path, web: XServer, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    files = {
        "brands": "brands: [{id: bulla, name: Bulla}]",
        "sources": f"sources: [{{id: x, kind: x, url: '{web.url}', every: 1m}}]",
        "people": "people: [{id: ana, name: Ana, email: ana@example.org}]",
    }
    for name, text in files.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    told = {
        "TOCSIN_HOME": str(tmp_path / "home"),
        "TOCSIN_CONFIG": str(tmp_path),
        "TOCSIN_X_URL": web.url,
        "TOCSIN_X_BEARER_TOKEN": TOKEN,
    }
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    return told


def until(what: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(1500):
        if what():
            return
        pause.wait(0.02)
    raise AssertionError("it did not happen")


def start(tmp_path: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", MAIN, "x", "stream"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def say(web: XServer, *numbers: int) -> None:
    for number in numbers:
        web.say(post(web.clock.now(), f"Bulla {number}", number))


def kept(environ: dict[str, str]) -> Counter[str]:
    batches = FsspecBatches(environ["TOCSIN_HOME"] + "/batches")
    ids = batches.pending(Stage.RAW)
    return Counter(item.text for one in ids for item in batches.read(Stage.RAW, one, RawItem))


def test_kill_9_again_and_again_and_every_post_is_stored_once(tmp_path, web, environ) -> None:
    said = 0
    for life in range(KILLS):
        process = start(tmp_path)
        until(lambda life=life: web.connections == life + 1)
        for _ in range(3 + life):
            say(web, said)
            said += 1
        if life % 2:  # Enough for a batch to be written, some of them before the kill.
            say(web, *range(said, said + 130))
            said += 130
            until(lambda before=said - 60: sum(kept(environ).values()) >= before // 3)
        process.kill()
        process.communicate()
        say(web, said)  # Nobody listens.
        said += 1
        until(lambda: poke(web))
    with open_app(environ) as app:
        due_again(app)
        app.collect()
        app.enrich()
        app.index()
        stored = Counter(mention.text for mention in app.stores.mentions.stream())
    assert stored == Counter(f"Bulla {n}" for n in range(said))


def due_again(app: App) -> None:
    state = app.stores.sources.get("x")
    app.stores.sources.save(replace(state, due_at=None, checked_at=None))


def poke(web: XServer) -> bool:
    """A dead connection is seen when something is sent."""
    web.send(b"\r\n")
    return not web.streams


def test_sigterm_writes_what_was_heard_and_says_so(tmp_path, web, environ) -> None:
    process = start(tmp_path)
    until(lambda: web.connections == 1)
    say(web, 1, 2)
    until(lambda: all(stream.empty() for stream in web.streams))
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0, output
    heard = kept(environ)
    assert output == f"heard: {sum(heard.values())} new\n"
    assert heard["Bulla 1"] == 1
    with open_app(environ) as app:
        due_again(app)
        app.collect()
    assert kept(environ) == {"Bulla 1": 1, "Bulla 2": 1}, "what it did not take any more is found by polling"
