"""Rounds of collecting against a real server, real stores and a real disk: what arrives, what is remembered."""

import asyncio
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from pathlib import Path

import pytest

from tocsin.adapters.batches import FsspecBatches
from tocsin.adapters.files import LocalArchive
from tocsin.adapters.http import GuardedFetcher
from tocsin.adapters.sqlite import SqliteStores, open_sqlite
from tocsin.collect.identity import Authors
from tocsin.collect.step import POLITE, Collected, collect_due
from tocsin.errors import PermanentError
from tocsin.model import RawItem, Source, SourceKind, Stage

NOW = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
LATER = timedelta(minutes=30)


class Web(ThreadingHTTPServer):
    """Serves `pages` by path, with an ETag; remembers how many were answered at once, by host and in all."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("", 0), Page)
        self.pages: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.pause = 0.0
        self.lock = threading.Lock()
        self.busy: Counter[str] = Counter()
        self.most: Counter[str] = Counter()

    def put(self, path: str, *words: str, status: int = 200, headers: dict[str, str] | None = None) -> None:
        self.pages[path] = (status, headers or {}, feed(*words))

    def source(self, path: str, host: str = "127.0.0.1", **told: object) -> Source:
        name = f"s{path.replace('/', '-')}-{host.rpartition('.')[2]}"
        return Source(name, SourceKind.FEED, f"http://{host}:{self.server_port}{path}", **told)


class Page(BaseHTTPRequestHandler):
    server: Web

    def do_GET(self) -> None:
        self.count(1)
        time.sleep(self.server.pause)
        status, headers, body = self.server.pages[self.path.partition("?")[0]]
        etag = f'"{hash(body)}"'
        if status == 200 and self.headers.get("If-None-Match") == etag:
            status, body = 304, b""
        self.count(-1)
        self.send_response(status)
        for name, value in ({"ETag": etag} | headers).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def count(self, step: int) -> None:
        with self.server.lock:
            for key in ("all", self.headers["Host"]):
                self.server.busy[key] += step
                self.server.most[key] = max(self.server.most[key], self.server.busy[key])

    def log_message(self, *_: object) -> None:
        pass


def feed(*words: str) -> bytes:
    items = "".join(f"<item><title>{word}</title><guid isPermaLink='false'>{word}</guid></item>" for word in words)
    return f"<rss version='2.0'><channel><title>t</title>{items}</channel></rss>".encode()


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
def collect(stores: SqliteStores, batches: FsspecBatches) -> Callable[..., Collected]:
    return lambda *sources, at=NOW: asyncio.run(one_round(sources, stores, batches, at))


async def one_round(sources, stores: SqliteStores, batches: FsspecBatches, at: datetime, **other) -> Collected:
    async with GuardedFetcher([ip_network("127.0.0.0/8")], timeout=10) as fetcher:
        return await collect_due(
            sources,
            states=stores.sources,
            fetcher=fetcher,
            archive=LocalArchive(),
            batches=batches,
            quarantine=stores.quarantine,
            reports=stores.reports,
            authors=Authors(other.get("pseudonym", lambda author, _: author), stores.erasures.all),
            now=at,
        )


def titles(batches: FsspecBatches, batch_id: str) -> list[str]:
    return [item.title for item in batches.read(Stage.RAW, batch_id, RawItem)]


def counts(collected: Collected) -> list[dict[str, int]]:
    return [{status: n for status, n in report.counts.items() if n} for report in collected.reports]


def test_what_is_new_is_kept_once(web: Web, collect, batches: FsspecBatches, stores: SqliteStores) -> None:
    web.put("/a", "one", "two", "two", "")
    source = web.source("/a")

    first = collect(source)
    assert counts(first) == [{"new": 2, "repeated": 1, "quarantined": 1}, {"fetched": 1}]
    (batch_id,) = first.batch_ids
    assert batch_id.startswith("20260303T120000Z-s-a-1-")
    assert titles(batches, batch_id) == ["one", "two"]
    assert [bad.reason for bad in stores.quarantine.all()] == ["neither title nor text"]
    assert [report.key for report in first.reports] == [f"{source.id}@{NOW.isoformat()}", NOW.isoformat()]

    assert counts(collect(source)) == [{"resting": 1}]
    unchanged = collect(source, at=NOW + LATER)
    assert (counts(unchanged), unchanged.batch_ids) == ([{}, {"unchanged": 1}], ())

    web.put("/a", "two", "three")
    third = collect(source, at=NOW + 2 * LATER)
    assert counts(third) == [{"new": 1, "known": 1}, {"fetched": 1}]
    assert titles(batches, third.batch_ids[0]) == ["three"]
    assert batches.pending(Stage.RAW) == (*first.batch_ids, *third.batch_ids)


def test_a_document_that_is_empty_for_once_makes_nothing_new_again(web: Web, collect) -> None:
    for at, words in enumerate((["one"], [], ["one"])):
        web.put("/a", *words)
        last = collect(web.source("/a"), at=NOW + at * LATER)
    assert counts(last) == [{"known": 1}, {"fetched": 1}]


def test_what_fails_is_noted_rests_and_stops_nobody(web: Web, collect, stores: SqliteStores) -> None:
    web.put("/good", "word")
    web.put("/busy", status=429, headers={"Retry-After": "7200"})
    web.put("/gone", status=404)
    web.pages["/page"] = (200, {}, b"<!doctype html><html></html>")
    web.put("/away", status=302, headers={"Location": "http://10.0.0.1/?key=s3cret"})
    bad = [web.source(path, f"127.0.0.{n}") for n, path in enumerate(("/busy", "/gone", "/page", "/away"), 2)]
    bad.append(Source("s-nowhere", SourceKind.FEED, "http://127.0.0.1:1/f?key=s3cret"))
    bad.append(Source("s-nonsense", SourceKind.FEED, "http://[::1/?key=s3cret"))

    collected = collect(*bad[:3], web.source("/good"), *bad[3:])
    assert counts(collected)[-1] == {"failed": 6, "fetched": 1}
    assert counts(collected)[3] == {"new": 1}
    states = {state.source_id: state for state in stores.sources.all()}
    for source in bad:
        state = states[source.id]
        assert (state.failures, state.succeeded_at) == (1, None)
        assert state.note
        assert "s3cret" not in state.note
    assert states[bad[0].id].due_at >= NOW + timedelta(hours=2)
    assert states[bad[1].id].due_at < NOW + LATER
    assert states[bad[1].id].note == "answered 404"
    assert "not a feed" in states[bad[2].id].note


def test_failures_add_up_until_the_source_comes_back(web: Web, collect, stores: SqliteStores) -> None:
    source = web.source("/a")
    web.put("/a", status=410)
    for number in (1, 2, 3):
        at = NOW + number * timedelta(days=24)
        collect(source, at=at)
        state = stores.sources.get(source.id)
        assert state.failures == number
        assert state.due_at - at >= number * timedelta(days=7)
    web.put("/a", "word")
    collect(source, at=NOW + timedelta(days=100))
    state = stores.sources.get(source.id)
    assert (state.failures, state.note) == (0, "")
    assert state.succeeded_at == NOW + timedelta(days=100)


def test_a_fault_of_ours_in_one_source_stops_nobody(web: Web, stores: SqliteStores, batches: FsspecBatches) -> None:
    def unlucky(author: str, network: str) -> str:
        return str(1 / (network != "cursed"))

    web.put("/a", "word")
    sources = [web.source("/a", network="cursed"), web.source("/a", "127.0.0.2")]
    collected = asyncio.run(one_round(sources, stores, batches, NOW, pseudonym=unlucky))
    assert counts(collected) == [{}, {"new": 1}, {"failed": 1, "fetched": 1}]
    assert stores.sources.get(sources[0].id).note == "could not be read: ZeroDivisionError"


def test_an_error_of_the_stores_is_raised_and_no_cursor_moves(web: Web, stores: SqliteStores, tmp_path: Path) -> None:
    web.put("/a", "word")
    (tmp_path / "file").touch()
    with pytest.raises(PermanentError):
        asyncio.run(one_round([web.source("/a")], stores, FsspecBatches(str(tmp_path / "file")), NOW))
    assert stores.sources.all() == ()


def test_two_runs_at_once_lose_nothing(web: Web, stores: SqliteStores, batches: FsspecBatches) -> None:
    web.put("/a", "word")
    web.pause = 0.2

    async def both() -> list[Collected]:
        runs = [one_round([web.source("/a")], stores, batches, NOW + timedelta(seconds=n)) for n in (0, 1)]
        return await asyncio.gather(*runs)

    assert [counts(run)[-1] for run in asyncio.run(both())] == [{"fetched": 1}] * 2
    ids = [item.id for batch in batches.pending(Stage.RAW) for item in batches.read(Stage.RAW, batch, RawItem)]
    assert (len(ids), len(set(ids))) == (2, 1)
    assert stores.sources.get(web.source("/a").id).failures == 0


def test_one_request_at_a_time_to_a_host_and_twenty_in_all(web: Web, collect) -> None:
    web.put("/a", "word")
    web.pause = 0.05
    crowd = [web.source("/a", f"127.0.1.{n}") for n in range(40)]
    same = [Source(f"same{n}", SourceKind.FEED, web.source("/a", "127.0.0.9").url + f"?{n}") for n in range(6)]
    assert counts(collect(*same, *crowd))[-1] == {"fetched": 46}
    most = dict(web.most)
    assert 2 <= most.pop("all") <= POLITE.at_once
    assert set(most.values()) == {1}


def write_archive(folder: Path, rows: list[dict]) -> Source:
    (folder / "posts.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "map.yaml").write_text("{id: no, time: when, text: said}")
    return Source("past", SourceKind.FILE, str(folder / "posts.jsonl"), columns=str(folder / "map.yaml"))


def test_an_archive_is_read_in_batches_and_again_only_when_it_changes(
    tmp_path: Path, collect, stores, batches
) -> None:
    rows = [{"no": n, "when": "2026-03-01", "said": f"post {n}"} for n in range(10_010)]
    rows[7]["when"], rows[8]["when"] = "soon", "2026-03-09"
    source = write_archive(tmp_path, rows)
    first = collect(source)
    assert counts(first) == [{"new": 10_008, "quarantined": 2}, {"fetched": 1}]
    ids = {item.id for batch in first.batch_ids for item in batches.read(Stage.RAW, batch, RawItem)}
    assert (len(first.batch_ids), len(ids)) == (3, 10_008)
    reasons = {bad.reason.partition("; say how")[0] for bad in stores.quarantine.all()}
    assert reasons == {"line 8, column 'when': not a time: 'soon'", "dated ahead of us: 2026-03-09T00:00:00+00:00"}
    assert counts(collect(source, at=NOW + LATER)) == [{}, {"unchanged": 1}]
    (tmp_path / "map.yaml").write_text("{id: no, time: when, text: said, language: no}")
    assert counts(collect(source, at=NOW + 2 * LATER)) == [{"new": 10_008, "quarantined": 2}, {"fetched": 1}]


@pytest.mark.parametrize(
    "columns", ["{time: when, text: sayd}", "{time: when}", "{tyme: when, text: said}", "- a", None]
)
def test_a_wrong_map_is_the_archive_s_failure(tmp_path: Path, collect, stores, columns: str | None) -> None:
    source = write_archive(tmp_path, [{"no": 1, "when": "2026-03-01", "said": "x"}])
    (tmp_path / "map.yaml").unlink() if columns is None else (tmp_path / "map.yaml").write_text(columns)
    assert counts(collect(source))[-1] == {"failed": 1}
    assert stores.sources.get("past").note


def test_nothing_of_who_is_to_be_forgotten_reaches_the_disk(web, collect, stores, batches, tmp_path) -> None:
    def entry(word: str, author: str) -> str:
        who = f"<dc:creator>{author}</dc:creator>" if author else ""
        return f"<item><title>{word}</title><guid isPermaLink='false'>{word}</guid>{who}</item>"

    def page(*entries: str) -> tuple[int, dict[str, str], bytes]:
        namespace = "xmlns:dc='http://purl.org/dc/elements/1.1/'"
        body = f"<rss version='2.0' {namespace}><channel><title>t</title>{''.join(entries)}</channel></rss>"
        return 200, {}, body.encode()

    stores.erasures.add("eve", NOW)
    web.pages["/feed"] = page(entry("one", "ann"), entry("two", "eve"), entry("three", ""))
    collected = collect(web.source("/feed"))
    assert counts(collected)[0] == {"new": 2, "erased": 1}
    assert titles(batches, collected.batch_ids[0]) == ["one", "three"]
    web.pages["/feed"] = page(entry("four", "eve"), entry("two", "eve"), entry("one", "ann"))
    again = collect(web.source("/feed"), at=NOW + LATER)
    assert (again.batch_ids, counts(again)[0]) == ((), {"known": 2, "erased": 1})
    stores.erasures.remove("eve")
    web.pages["/feed"] = page(entry("five", "eve"), entry("four", "eve"))
    taken = collect(web.source("/feed"), at=NOW + 3 * LATER)
    assert titles(batches, taken.batch_ids[0]) == ["five"], "what the last document held is known"
