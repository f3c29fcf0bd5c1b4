"""Manners on a real server: what is asked again, what rests with whom, and what is seen through."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from itertools import pairwise
from pathlib import Path

import pytest

from tocsin.adapters.batches import FsspecBatches
from tocsin.adapters.files import LocalArchive
from tocsin.adapters.http import GuardedFetcher
from tocsin.adapters.sqlite import SqliteStores, open_sqlite
from tocsin.collect.identity import Authors
from tocsin.collect.step import Collected, Manners, Scope, collect_due
from tocsin.model import RawItem, Source, SourceKind, Stage

NOW = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
HALF = timedelta(minutes=30)
Answer = tuple[int, dict[str, str], bytes]


class Web(ThreadingHTTPServer):
    """Answers by path, or by a function of the request's headers; remembers who asked for what, and when."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("", 0), Page)
        self.answers: dict[str, Answer | Callable[[dict[str, str]], Answer]] = {}
        self.asked: list[tuple[str, dict[str, str], float]] = []

    def source(self, path: str, host: str = "127.0.0.1", **told: object) -> Source:
        return Source(f"s{path[1:]}-{host}", SourceKind.FEED, f"http://{host}:{self.server_port}{path}", **told)

    def paths(self) -> list[str]:
        return [path for path, _, _ in self.asked]


class Page(BaseHTTPRequestHandler):
    server: Web

    def do_GET(self) -> None:
        headers = dict(self.headers.items())
        self.server.asked.append((self.path, headers, time.monotonic()))
        answer = self.server.answers[self.path]
        status, more, body = answer(headers) if callable(answer) else answer
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | more).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def feed(*words: str, head: str = "") -> bytes:
    items = "".join(f"<item><title>{word}</title><guid isPermaLink='false'>{word}</guid></item>" for word in words)
    return f"<rss version='2.0'><channel><title>t</title>{head}{items}</channel></rss>".encode()


@pytest.fixture
def web() -> Iterator[Web]:
    with Web() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.fixture
def stores() -> Iterator[SqliteStores]:
    with open_sqlite(":memory:") as opened:
        yield opened


@pytest.fixture
def batches(tmp_path: Path) -> FsspecBatches:
    return FsspecBatches(str(tmp_path / "batches"))


@pytest.fixture
def collect(stores: SqliteStores, batches: FsspecBatches) -> Callable[..., dict[str, int]]:
    async def one_round(sources: tuple[Source, ...], at: datetime, **said: object) -> Collected:
        async with GuardedFetcher([ip_network("127.0.0.0/8")], timeout=10) as fetcher:
            return await collect_due(
                sources,
                states=stores.sources,
                fetcher=fetcher,
                archive=LocalArchive(),
                batches=batches,
                quarantine=stores.quarantine,
                reports=stores.reports,
                authors=Authors(lambda author, _: author),
                now=at,
                **said,
            )

    def run(*sources: Source, at: datetime = NOW, **said: object) -> dict[str, int]:
        counts = asyncio.run(one_round(sources, at, **said)).reports[-1].counts
        return {status: number for status, number in counts.items() if number}

    return run


def test_the_same_bytes_under_a_new_etag_are_unchanged(web: Web, collect, stores: SqliteStores) -> None:
    tags = iter(range(9))
    web.answers["/a"] = lambda _: (200, {"ETag": f'"{next(tags)}"'}, feed("one"))
    source = web.source("/a")
    assert collect(source) == {"fetched": 1}
    assert collect(source, at=NOW + HALF) == {"unchanged": 1}
    assert stores.sources.get(source.id).etag == '"1"'
    assert web.asked[1][1]["If-None-Match"] == '"0"'


def test_a_server_that_always_says_unchanged_is_seen_through_within_a_day(web: Web, collect) -> None:
    words = ["one"]

    def liar(headers: dict[str, str]) -> Answer:
        if "If-None-Match" in headers:
            return 304, {}, b""
        return 200, {"ETag": '"always"'}, feed(*words)

    web.answers["/a"] = liar
    source = web.source("/a")
    collect(source)
    words.append("two")
    rounds = [collect(source, at=NOW + number * timedelta(hours=4)) for number in range(1, 7)]
    assert rounds == [*[{"unchanged": 1}] * 5, {"fetched": 1}]


def test_validators_can_be_switched_off_for_a_source(web: Web, collect) -> None:
    web.answers["/a"] = (200, {"ETag": '"1"', "Last-Modified": "Mon, 02 Mar 2026 08:00:00 GMT"}, feed("one"))
    source = web.source("/a", conditional=False)
    assert [collect(source), collect(source, at=NOW + HALF)] == [{"fetched": 1}, {"unchanged": 1}]
    assert not [headers for _, headers, _ in web.asked if {"If-None-Match", "If-Modified-Since"} & set(headers)]


@pytest.mark.parametrize(("scope", "asked"), [(Scope.FEED, ["/a", "/b"]), (Scope.HOST, ["/a"])])
def test_a_host_that_says_wait_is_left_alone_by_all_of_its_scope(web: Web, collect, stores, scope, asked) -> None:
    web.answers = {"/a": (429, {"Retry-After": "5400"}, b""), "/b": (200, {}, feed("b")), "/c": (200, {}, feed("c"))}
    sources = [web.source("/a"), web.source("/b"), web.source("/c", "127.0.0.2")]
    collect(*sources, manners=Manners(scope=scope))
    assert sorted(web.paths()) == [*asked, "/c"]
    web.asked.clear()
    collect(*sources[:2], at=NOW + HALF, manners=Manners(scope=scope))
    assert web.paths() == asked[1:], "in the next rounds, too"
    web.answers["/a"] = (200, {}, feed("a"))
    web.asked.clear()
    collect(*sources[:2], at=NOW + 4 * HALF, manners=Manners(scope=scope))
    assert sorted(web.paths()) == ["/a", "/b"]
    assert stores.sources.get(sources[0].id).throttled_until is None


def test_403_of_a_host_that_answered_before_is_a_wish_for_rest(web: Web, collect, stores: SqliteStores) -> None:
    web.answers["/a"] = (200, {}, feed("a"))
    known, stranger = web.source("/a"), web.source("/a", "127.0.0.2")
    collect(known)
    web.answers["/a"] = (403, {}, b"")
    collect(known, stranger, at=NOW + HALF)
    kinds = {state.source_id: state.fetches[-1].outcome for state in stores.sources.all()}
    assert kinds == {known.id: "throttled", stranger.id: "hard"}


def test_a_place_that_a_redirect_names_for_good_is_asked_itself(web: Web, collect, stores: SqliteStores) -> None:
    web.answers = {"/old": (301, {"Location": "/new"}, b""), "/new": (200, {}, feed("one"))}
    source = web.source("/old")
    for number in range(6):
        collect(source, at=NOW + number * timedelta(hours=7))
    assert web.paths() == [*["/old", "/new"] * 5, "/new"]
    assert stores.sources.get(source.id).note == f"moved for good: set url to http://127.0.0.1:{web.server_port}/new"
    web.answers["/new"] = (404, {}, b"")
    web.answers["/old"] = (200, {}, feed("two"))
    assert collect(source, at=NOW + timedelta(days=3)) == {"failed": 1}
    assert collect(source, at=NOW + timedelta(days=6)) == {"fetched": 1}
    assert web.paths()[-1] == "/old"


@pytest.mark.parametrize("hop", [302, 307])
def test_a_redirect_for_now_is_not_remembered(web: Web, collect, stores: SqliteStores, hop: int) -> None:
    web.answers = {"/a": (301, {"Location": "/b"}, b""), "/b": (hop, {"Location": "/c"}, b"")}
    web.answers["/c"] = (200, {}, feed("one"))
    collect(web.source("/a"))
    assert stores.sources.get(web.source("/a").id).moved is None


@pytest.mark.parametrize(
    ("headers", "head"),
    [
        ({"Cache-Control": "public, max-age=1200"}, ""),
        ({}, "<ttl>20</ttl>"),
        ({"Cache-Control": "max-age=60"}, "<ttl>20</ttl>"),
    ],
)
def test_what_the_server_hints_at_sets_the_next_look(web: Web, collect, stores, headers, head) -> None:
    web.answers["/a"] = (200, headers, feed("one", head=head))
    collect(web.source("/a"))
    state = stores.sources.get(web.source("/a").id)
    assert (state.interval, state.fetches[-1].reason) == (1200, "next look every 20 min: as the server hints")


def test_a_source_that_brings_a_watched_brand_is_looked_at_more_often(web: Web, collect, stores) -> None:
    sources = [web.source("/a"), web.source("/b", "127.0.0.2")]
    for number, minute in enumerate((0, 11, 17, 20)):
        words = [f"{number} {n} Tonic" for n in range(10)]
        web.answers["/a"] = (200, {}, feed(*words))
        web.answers["/b"] = (200, {}, feed(*[word.replace("Tonic", "weather") for word in words]))
        collect(*sources, at=NOW + timedelta(minutes=minute), concerns=lambda text: "Tonic" in text)
    watched, other = (stores.sources.get(source.id) for source in sources)
    assert (watched.interval, watched.matched_at) == (75, NOW + timedelta(minutes=20))
    assert (other.interval, other.matched_at) == (600, None)
    assert watched.rhythm.so_far == 30, "what the first document held came over weeks"


def test_two_requests_to_one_host_keep_their_distance(web: Web, collect) -> None:
    web.answers = {f"/{n}": (200, {}, feed(f"{n}")) for n in range(4)}
    collect(*[web.source(path) for path in web.answers], manners=Manners(spacing=0.2))
    times = [at for _, _, at in web.asked]
    assert all(later - earlier >= 0.19 for earlier, later in pairwise(times))


def test_a_slow_host_holds_up_nobody_and_waits_for_the_next_round(web: Web, collect) -> None:
    def slow(_: dict[str, str]) -> Answer:
        time.sleep(0.5)
        return 200, {}, feed("slow")

    web.answers = {f"/slow{n}": slow for n in range(9)} | {f"/{n}": (200, {}, feed(f"{n}")) for n in range(9)}
    slow_ones = [web.source(f"/slow{n}") for n in range(9)]
    quick = [web.source(f"/{n}", f"127.0.0.{n + 2}") for n in range(9)]
    manners = Manners(at_once=2, patience=1.2)
    told = collect(*slow_ones, *quick, manners=manners)
    assert set(web.paths()) >= {f"/{n}" for n in range(9)}
    assert told["resting"] >= 5
    web.asked.clear()
    collect(*slow_ones, *quick, at=NOW + timedelta(seconds=5), manners=manners)
    assert web.paths()[0] not in {f"/slow{n}" for n in range(3)}, "who waited comes first"


def test_many_feeds_become_durable_together(web: Web, collect, batches: FsspecBatches) -> None:
    web.answers = {f"/{n}": (200, {}, feed(f"word {n}", "the same")) for n in range(30)}
    collect(*[web.source(path, f"127.0.0.{n + 1}") for n, path in enumerate(web.answers)])
    assert len(batches.pending(Stage.RAW)) <= 3
    read = [item for batch in batches.pending(Stage.RAW) for item in batches.read(Stage.RAW, batch, RawItem)]
    assert len({item.id for item in read}) == len(read) == 60, "a guid is its source's own"
