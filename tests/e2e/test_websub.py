"""A hub pushes: a real hub, a real callback, real rounds; nothing is lost, nothing comes twice, nothing is forged."""

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
import uvicorn
from typer.testing import CliRunner

from tocsin.cli import app as command
from tocsin.collect.receive import BODY_CAP
from tocsin.collect.websub import DENIED_REST
from tocsin.model import RawItem, Stage, Standing, Subscription
from tocsin.wiring import open_app
from tocsin.wiring.app import App
from tocsin.wiring.websub import callback_app, place_of
from websub_hub import Hub, run_hub

pytestmark = pytest.mark.e2e

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass
class Moved:
    """A clock that is put forward by hand; it begins with the real one, which the command has."""

    at: datetime = field(default_factory=lambda: datetime.now(UTC))  # noqa: TID251 - processes of their own have it

    def now(self) -> datetime:
        return self.at

    def forward(self, span: timedelta) -> None:
        self.at += span


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@dataclass
class World:
    """A team's Tocsin beside a hub."""

    folder: Path
    hub: Hub
    port: int
    clock: Moved
    app: App

    @property
    def environ(self) -> dict[str, str]:
        return environ_of(self.folder, self.port)

    def items(self) -> Counter[str]:
        """How many times each post lies in raw batches."""
        return Counter(
            item.url.rpartition("/")[2]
            for batch in self.app.batches.pending(Stage.RAW)
            for item in self.app.batches.read(Stage.RAW, batch, RawItem)
        )

    def one(self) -> Subscription:
        (held,) = self.app.stores.subscriptions.all()
        return held

    def subscribe(self) -> None:
        """A look at the feed, the hub is asked, and makes sure of us."""
        self.app.collect()
        assert self.hub.verify(self.hub.requests[-1])[0] == 200
        assert self.one().standing is Standing.ACTIVE

    def round(self, after: timedelta = timedelta(minutes=1)) -> None:
        self.clock.forward(after)
        self.app.collect()


def environ_of(folder: Path, port: int) -> dict[str, str]:
    return {
        "TOCSIN_HOME": str(folder / "home"),
        "TOCSIN_CONFIG": str(folder),
        "TOCSIN_ALLOW_NETWORKS": "127.0.0.0/8",
        "TOCSIN_HOST_SPACING": "0",
        "TOCSIN_WEBSUB_CALLBACK": f"http://127.0.0.1:{port}",
    }


def configure(folder: Path, *urls: str) -> None:
    (folder / "brands.yaml").write_text("brands:\n  - {id: acme, name: Acme}\n")
    (folder / "people.yaml").write_text("people: []\n")
    listed = "".join(f"\n  - {{id: s{n}, kind: feed, url: '{url}'}}" for n, url in enumerate(urls)) or " []"
    (folder / "sources.yaml").write_text(f"sources:{listed}\n")


@contextmanager
def serving(app: App, port: int) -> Iterator[None]:
    """The callback's server on a thread, with the app's own clock."""
    server = uvicorn.Server(
        uvicorn.Config(callback_app(app), port=port, lifespan="off", ws="none", log_config=None, access_log=False)
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    wait_until(lambda: server.started)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


def wait_until(done: Callable[[], object]) -> None:
    pause = threading.Event()
    for _ in range(3_000):
        if done():
            return
        pause.wait(0.01)
    raise AssertionError("it never came")


@pytest.fixture
def hub() -> Iterator[Hub]:
    with run_hub() as running:
        yield running


@pytest.fixture
def world(hub: Hub, tmp_path: Path) -> Iterator[World]:
    """A feed that offers the hub, and all that reads it."""
    hub.publish("news", "one", "two")
    configure(tmp_path, hub.topic("news"))
    port, clock = free_port(), Moved()
    with open_app(environ_of(tmp_path, port), clock=clock) as app, serving(app, port):
        yield World(tmp_path, hub, port, clock, app)


@pytest.mark.parametrize("headers", [False, True])
def test_a_push_is_an_item_once_also_when_it_is_polled(world: World, headers: bool) -> None:
    hub = world.hub
    hub.publish("news", "one", "two", headers=headers)
    world.app.collect()
    (asked,) = hub.requests
    assert asked["hub.mode"] == "subscribe"
    assert asked["hub.topic"] == hub.topic("news")
    assert asked["hub.lease_seconds"] == "864000"
    assert world.one().standing is Standing.ASKED
    assert hub.distribute("before it made sure of us") == []
    assert hub.verify(asked)[0] == 200

    body = hub.publish("news", "one", "two", "three", headers=headers)
    assert hub.distribute(body) == [202]
    assert hub.distribute(body) == [202], "a hub that lost our answer"
    world.round()
    assert world.items() == {"one": 1, "two": 1, "three": 1}
    world.round(2 * HOUR)  # Polled now: the push is known.
    assert world.items() == {"one": 1, "two": 1, "three": 1}
    totals = world.app.stores.reports.totals()
    assert (totals["websub"]["kept"], totals["pushed"]["new"]) == (2, 1)
    assert len(hub.requests) == 1, "asked once"


def test_only_what_is_new_may_be_pushed_and_what_was_polled_is_known(world: World) -> None:
    world.subscribe()
    world.hub.distribute(world.hub.publish("news", "two"))
    world.round()
    assert world.items() == {"one": 1, "two": 1}
    assert world.app.stores.reports.totals()["pushed"]["known"] == 1


def test_polling_rests_while_the_hub_pushes_and_comes_back_when_it_is_silent(world: World) -> None:
    hub = world.hub
    world.subscribe()
    hub.distribute(hub.publish("news", "one", "two", "three"))
    world.round()
    looks = len(hub.fetched)
    for _ in range(5):
        world.round(timedelta(minutes=11))
    assert len(hub.fetched) == looks, "pushed within the hour"
    world.round(timedelta(minutes=12))
    assert len(hub.fetched) == looks + 1, "the slow floor"

    hub.publish("news", "one", "two", "three", "four")  # And the hub says nothing.
    world.round(HOUR + timedelta(minutes=10))
    assert len(hub.fetched) == looks + 2
    assert world.items()["four"] == 1
    looks = len(hub.fetched)
    world.round(timedelta(minutes=32))
    assert len(hub.fetched) == looks + 1, "its own pace again"


@pytest.mark.parametrize("told", [{"forge": True}, {"sign": False}])
def test_what_is_not_signed_with_our_secret_is_dropped_and_counted(world: World, told) -> None:
    world.subscribe()
    assert world.hub.distribute(world.hub.publish("other", "forged"), **told) == [202]
    world.round()
    assert world.items() == {"one": 1, "two": 1}
    totals = world.app.stores.reports.totals()
    assert (totals["websub"]["forged"], "pushed" in totals) == (1, False)


def test_a_weaker_signature_than_before_is_dropped(world: World) -> None:
    hub = world.hub
    world.subscribe()
    hub.method = "sha1"
    hub.distribute(hub.publish("other", "by-sha1"))
    hub.method = "sha256"
    hub.distribute(hub.publish("other", "by-sha256"))
    hub.method = "sha1"
    hub.distribute(hub.publish("other", "by-sha1-again"))
    world.round()
    assert set(world.items()) == {"one", "two", "by-sha1", "by-sha256"}
    assert world.one().method == "sha256"


def test_what_is_no_feed_is_dropped_and_counted_and_stops_nothing(world: World) -> None:
    world.subscribe()
    assert world.hub.distribute(b"\x00 no feed") == [202]
    assert world.hub.distribute(world.hub.publish("other", "good")) == [202]
    world.round()
    assert world.items()["good"] == 1
    assert world.app.stores.reports.totals()["pushed"]["broken"] == 1
    assert world.app.batches.pending(Stage.PUSHED) == ()


def test_a_lease_is_renewed_before_it_ends(world: World) -> None:
    hub = world.hub
    hub.lease = 9 * 3600
    world.subscribe()
    first = world.one()
    world.round(5 * HOUR)
    assert len(hub.requests) == 1
    world.round(timedelta(minutes=70))
    again = hub.requests[-1]
    assert again == hub.requests[0]
    assert len(hub.requests) == 2, "two thirds through"
    assert world.one().standing is Standing.ACTIVE
    assert hub.distribute(hub.publish("news", "one", "meanwhile")) == [202], "taken while we ask"
    assert hub.verify(again)[0] == 200
    assert world.one().until > first.until + 6 * HOUR
    world.round()
    assert world.items()["meanwhile"] == 1
    world.round(10 * HOUR)  # Nobody made sure in time: the lease has ended, and it is asked for anew.
    assert world.one().standing is Standing.ASKED
    assert hub.distribute("too late") == [410]


def test_a_hub_that_lies_hears_404_and_one_that_is_not_known_410(world: World) -> None:
    hub = world.hub
    world.app.collect()
    asked = hub.requests[0]
    assert hub.verify(asked, topic=hub.topic("other")) == (404, b"")
    assert hub.verify(asked, mode="unsubscribe") == (404, b"")
    assert world.one().standing is Standing.ASKED
    unknown = {**asked, "hub.callback": asked["hub.callback"][:-4] + "0000"}
    assert hub.verify(unknown)[0] == 404
    assert hub.call(unknown["hub.callback"], {}, b"x")[0] == 410
    for path in ("/", "/docs", "/openapi.json", "/tocsin/", "/websub", "/websub/"):
        assert hub.call(f"http://127.0.0.1:{world.port}{path}", {})[0] == 404
    assert world.hub.call(asked["hub.callback"] + "/more", {})[0] == 404


def test_the_answer_to_a_hub_is_nothing_that_a_browser_would_run(world: World) -> None:
    world.app.collect()
    asked = world.hub.requests[0]
    query = f"hub.mode=subscribe&hub.topic={asked['hub.topic']}&hub.challenge=%3Cscript%3E&hub.lease_seconds=60"
    with urlopen(f"{asked['hub.callback']}?{query}") as answer:
        assert answer.read() == b"<script>"
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Server" not in answer.headers or "tocsin" not in answer.headers["Server"]


def test_a_hub_that_denies_is_asked_again_after_a_week(world: World) -> None:
    hub = world.hub
    world.subscribe()
    hub.distribute(hub.publish("news", "one", "two", "three"))
    world.round()
    assert hub.deny(hub.requests[0], "no <b>money</b>") == 200
    assert (world.one().standing, world.one().note) == (Standing.DENIED, "denied: no money")
    assert hub.distribute("x") == [410]
    world.round()
    assert world.app.stores.sources.get("s0").pushed_at is None, "polled as before"
    world.round(DAY)
    assert len(hub.requests) == 1
    world.round(DENIED_REST)
    assert len(hub.requests) == 2


def test_a_source_that_leaves_is_unsubscribed(world: World) -> None:
    hub = world.hub
    world.subscribe()
    configure(world.folder)
    with open_app(world.environ, clock=world.clock) as app:
        app.collect()
    asked = hub.requests[-1]
    assert (asked["hub.mode"], "hub.secret" in asked) == ("unsubscribe", False)
    assert hub.distribute("x") == [410]
    assert hub.verify(asked)[0] == 200
    assert hub.promises == {}
    assert world.app.stores.subscriptions.all() == ()


def test_a_feed_that_offers_no_hub_any_more_is_unsubscribed_and_an_error_page_says_nothing(world: World) -> None:
    hub = world.hub
    world.subscribe()
    hub.feeds["news"] = (b"<html><body>Back soon</body></html>", {})
    world.round(HOUR)
    assert len(hub.requests) == 1
    hub.publish("news", "one", "two", "three", offers=False)
    world.round(DAY)
    assert [asked["hub.mode"] for asked in hub.requests] == ["subscribe", "unsubscribe"]
    for _ in range(6):
        world.round(DAY)
    assert world.app.stores.subscriptions.all() == (), "it does not let us go: forgotten after four times"
    assert len(hub.requests) == 5


@pytest.mark.parametrize("answer", [400, 503, 307])
def test_a_hub_that_refuses_stops_nothing_and_is_asked_more_and_more_seldom(world: World, caplog, answer) -> None:
    world.hub.answer = answer
    with caplog.at_level(logging.DEBUG):
        world.app.collect()
        for _ in range(12):
            world.round(HOUR / 2)
    assert len(world.hub.requests) == 3, "after 0, 1 and 3 hours"
    assert world.items() == {"one": 1, "two": 1}
    held = world.one()
    assert held.note
    said = caplog.text + repr(held) + repr(world.app.settings)
    secret = place_of(world.app.settings).secret(held)
    assert world.hub.requests[0]["hub.secret"] == secret
    assert secret not in said
    assert held.id not in caplog.text, "nor the address that a hub calls"


def push_raw(url: str, body: bytes, **headers: str) -> int:
    try:
        with urlopen(Request(url, data=body, headers={k.replace("_", "-"): v for k, v in headers.items()})) as answer:
            return int(answer.status)
    except HTTPError as exc:
        return exc.code


def test_what_is_too_large_or_packed_is_refused_before_it_is_held(world: World) -> None:
    world.subscribe()
    callback = world.one().callback
    with socket.create_connection(("127.0.0.1", world.port)) as asking:
        path = callback.partition(f"{world.port}")[2]
        asking.sendall(f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {BODY_CAP + 1}\r\n\r\n".encode())
        assert b" 413 " in asking.recv(100), "by what it says of itself, before any of it"
    with suppress(OSError):  # It hangs up while we speak.
        pieces = iter([b"x" * 1024 * 1024] * 6)
        assert push_raw(callback, pieces, Transfer_Encoding="chunked") == 413
    assert push_raw(callback, b"x", Content_Encoding="gzip") == 415
    assert "websub" not in world.app.stores.reports.totals(), "no signature was even looked at"


def test_the_command_lists_what_hubs_promised_and_not_their_addresses(world: World, monkeypatch) -> None:
    world.subscribe()
    for name, value in world.environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("COLUMNS", "200")
    told = CliRunner().invoke(command, ["websub", "list"])
    assert told.exit_code == 0
    assert "s0" in told.output
    assert "active" in told.output
    assert world.one().id not in told.output


def test_without_a_callback_the_command_says_what_to_set_and_nobody_is_asked(hub: Hub, tmp_path: Path) -> None:
    hub.publish("news", "one")
    configure(tmp_path, hub.topic("news"))
    environ = environ_of(tmp_path, 1)
    del environ["TOCSIN_WEBSUB_CALLBACK"]
    with open_app(environ) as app:
        app.collect()
        assert app.stores.subscriptions.all() == ()
    assert hub.requests == []
    ran = subprocess.run(
        [*TOCSIN, "websub", "serve"],
        env=os.environ | environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ran.returncode, "TOCSIN_WEBSUB_CALLBACK" in ran.stderr) == (2, True)


TOCSIN = [sys.executable, "-c", "from tocsin.cli import main; main()"]

DEADLY = """
import os, signal, sys
from tocsin.wiring import open_app, websub
what, when, port = sys.argv[1:]
with open_app() as app:
    real = getattr(app.batches, what)
    def deadly(*args):
        if when == "after":
            real(*args)
        os.kill(os.getpid(), signal.SIGKILL)
    setattr(app.batches, what, deadly)
    websub.serve(app, "127.0.0.1", int(port)) if port != "0" else app.collect()
"""


@contextmanager
def process(*args: str, environ: dict[str, str]) -> Iterator[subprocess.Popen]:
    with subprocess.Popen(args, env=os.environ | environ, stderr=subprocess.DEVNULL) as running:
        try:
            yield running
        finally:
            running.kill()


def is_up(port: int) -> bool:
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def alone(hub: Hub, tmp_path: Path) -> Iterator[World]:
    """A world that is subscribed and whose server is a process of its own, started by the test."""
    hub.publish("news", "one")
    configure(tmp_path, hub.topic("news"))
    port, clock = free_port(), Moved()
    with open_app(environ_of(tmp_path, port), clock=clock) as app:
        world = World(tmp_path, hub, port, clock, app)
        with serving(app, port):
            world.subscribe()
        yield world


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_between_receiving_and_keeping_the_hub_comes_again(alone: World, when: str) -> None:
    (promise,) = alone.hub.promises.values()
    body = alone.hub.publish("news", "one", "two")
    with process(sys.executable, "-c", DEADLY, "write", when, str(alone.port), environ=alone.environ) as dying:
        wait_until(lambda: is_up(alone.port))
        assert alone.hub.push(promise, body) == 0
        assert dying.wait(30) == -signal.SIGKILL
    with process(*TOCSIN, "websub", "serve", "--port", str(alone.port), environ=alone.environ):
        wait_until(lambda: is_up(alone.port))
        assert alone.hub.push(promise, body) == 202
    alone.round()
    assert alone.items() == {"one": 1, "two": 1}
    alone.round(2 * HOUR)
    assert alone.items() == {"one": 1, "two": 1}


def test_killed_between_the_raw_batch_and_the_parcels_end_nothing_is_twice(alone: World) -> None:
    (promise,) = alone.hub.promises.values()
    body = alone.hub.publish("news", "one", "two")
    with process(*TOCSIN, "websub", "serve", "--port", str(alone.port), environ=alone.environ):
        wait_until(lambda: is_up(alone.port))
        assert alone.hub.push(promise, body) == 202
    for what, when in (("write", "before"), ("write", "after"), ("drop", "before"), ("drop", "after")):
        with process(sys.executable, "-c", DEADLY, what, when, "0", environ=alone.environ) as dying:
            assert dying.wait(60) == -signal.SIGKILL
    alone.round()
    assert alone.items() == {"one": 1, "two": 1}
    assert alone.app.batches.pending(Stage.PUSHED) == ()


def test_killed_at_any_moment_nothing_is_lost_or_doubled(alone: World) -> None:
    (promise,) = alone.hub.promises.values()
    chance, words = Random(7), ["one"]
    serve = (*TOCSIN, "websub", "serve", "--port", str(alone.port))
    for number in range(5):
        words.append(f"w{number}")
        body = alone.hub.publish("news", *words)
        with process(*serve, environ=alone.environ) as dying:
            wait_until(lambda: is_up(alone.port))
            killer = threading.Timer(chance.uniform(0, 0.03), dying.kill)
            killer.start()
            alone.hub.push(promise, body)
            killer.join()
        with process(*serve, environ=alone.environ):
            wait_until(lambda: is_up(alone.port))
            alone.hub.until_taken(promise, body, lambda: None)
        alone.round()
    assert alone.items() == Counter(words)
