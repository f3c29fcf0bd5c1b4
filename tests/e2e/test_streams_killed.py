"""`tocsin stream` as a process: killed and started again, or asked to end; each post is stored once."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from network_server import Said
from stream_server import Jetstream, Mastodon, jetstream, jetstream_event, mastodon
from tocsin.adapters.batches import FsspecBatches
from tocsin.adapters.sqlite import open_sqlite
from tocsin.model import RawItem, SourceState, Stage
from tocsin.wiring import open_app
from tocsin.wiring.outside import SystemClock

pytestmark = pytest.mark.e2e

CHILD = """
import logging, sys
from tocsin.wiring import open_app
from tocsin.wiring.streams import listen
logging.basicConfig(level=logging.INFO)
with open_app() as app:
    listen(app, wait=0.1)
"""


def micros(number: int) -> int:
    return int(SystemClock().now().timestamp() * 1e6) + number


def settings(folder: Path, hose: Jetstream, tags: Mastodon) -> dict[str, str]:
    (folder / "brands.yaml").write_text("brands: [{id: bulla, name: Bulla}]")
    (folder / "people.yaml").write_text("people: []")
    (folder / "sources.yaml").write_text(
        f"sources: [{{id: sky, kind: bluesky}}, {{id: tag, kind: mastodon, query: '#bulla', url: '{tags.url}'}}]"
    )
    return {
        "TOCSIN_HOME": str(folder),
        "TOCSIN_CONFIG": str(folder),
        "TOCSIN_ALLOW_NETWORKS": "127.0.0.1/32",
        "TOCSIN_BLUESKY_JETSTREAMS": hose.url,
        "TOCSIN_MASTODON_URL": tags.url,
        "TOCSIN_MASTODON_TOKEN": "mastodon-s3cret",
    }


def started(environ: dict[str, str], *command: str) -> subprocess.Popen[str]:
    words = command or (sys.executable, "-c", CHILD)
    told = {**os.environ, **environ}
    return subprocess.Popen(words, env=told, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def until(is_so: Callable[[], bool], seconds: float = 40) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def kept(folder: Path) -> list[str]:
    batches = FsspecBatches(str(folder / "batches"))
    return [item.text for batch in batches.pending(Stage.RAW) for item in batches.read(Stage.RAW, batch, RawItem)]


def state(folder: Path, name: str) -> SourceState:
    with open_sqlite(str(folder / "tocsin.db")) as stores:
        return stores.sources.get(name) or SourceState(name)


def test_kill_9_and_start_again_loses_and_doubles_nothing(tmp_path: Path) -> None:
    now = int(SystemClock().now().timestamp())
    with jetstream() as hose, mastodon() as tags:
        environ = settings(tmp_path, hose, tags)
        number = 0
        for life in range(4):
            child = started(environ)
            listeners = len(hose.asked) + 1
            try:
                until(lambda: tags.listeners == 1 and len(hose.asked) >= listeners)  # noqa: B023 - called at once
                for _ in range(40):
                    number += 1
                    hose.say(jetstream_event(number, f"Bulla sky {number}", micros(number)))
                    tags.say(Said(number, now - 1000 + number, f"Bulla tag {number}"))
                if life < 3:
                    until(lambda: len(set(kept(tmp_path))) > life * 60)  # noqa: B023
                    child.kill()
                else:
                    until(lambda: len(set(kept(tmp_path))) == 320)
                    child.terminate()
            finally:
                child.kill() if child.poll() is None and life < 3 else None
                told, _ = child.communicate(timeout=30)
            until(lambda: tags.listeners == 0)
        assert child.returncode == 0, told
    assert set(kept(tmp_path)) == {f"Bulla {place} {n}" for place in ("sky", "tag") for n in range(1, 161)}
    with open_app(environ) as app:
        app.enrich()
        app.index()
        assert app.stores.mentions.total() == 320
    assert state(tmp_path, "sky").failures == 0


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_it_with_the_last_batch_written(tmp_path: Path, how: signal.Signals) -> None:
    with jetstream() as hose, mastodon() as tags:
        environ = settings(tmp_path, hose, tags)
        child = started(environ, str(Path(sys.executable).parent / "tocsin"), "stream", "sky")
        try:
            until(lambda: len(hose.asked) == 1)
            hose.say(jetstream_event(1, "Bulla burns", micros(0)))
            hose.say(*[jetstream_event(n, "of other things", micros(n)) for n in range(2, 9)])
            until(lambda: hose.told == 8)
            child.send_signal(how)
            told, _ = child.communicate(timeout=20)
        finally:
            child.kill()
        assert child.returncode == 0, told
        assert tags.streams == [], "only the source that was named is listened to"
    assert "heard, 1 new" in " ".join(told.split())
    assert kept(tmp_path) == ["Bulla burns"]
    assert "s3cret" not in told
    assert state(tmp_path, "sky").note == ""
    assert state(tmp_path, "sky").succeeded_at is not None
