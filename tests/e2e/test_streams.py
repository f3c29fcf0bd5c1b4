"""Listening to real local servers that cut, fall silent and lie: each post is kept once, and none is lost."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest

from network_server import Said
from stream_server import jetstream, jetstream_event, mastodon
from tocsin.adapters.batches import FsspecBatches
from tocsin.adapters.files import LocalArchive
from tocsin.adapters.http import GuardedFetcher
from tocsin.adapters.listening import FRAME_CAP, GuardedListener
from tocsin.adapters.sqlite import open_sqlite
from tocsin.collect.due import is_due
from tocsin.collect.identity import Authors
from tocsin.collect.networks.asking import Access
from tocsin.collect.networks.memory import read_memory
from tocsin.collect.poll import Round
from tocsin.collect.streams.hearing import Hearing
from tocsin.collect.streams.step import listen_to
from tocsin.model import RawItem, Source, SourceKind, SourceState, Stage
from tocsin.wiring.outside import SystemClock

pytestmark = [pytest.mark.e2e, pytest.mark.anyio]

LOOPBACK = [ip_network("127.0.0.0/8")]
CLOCK = SystemClock()
BLUESKY = Source("bsky", SourceKind.BLUESKY, "https://bsky.social", "bluesky")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def tag(url: str) -> Source:
    return Source("tag", SourceKind.MASTODON, url, "mastodon", query="#bulla")


def micros(seconds_ago: float) -> int:
    return int((CLOCK.now().timestamp() - seconds_ago) * 1e6)


def spoken(number: int, text: str = "Bulla again", ago: float = 0.0) -> dict:
    return jetstream_event(number, text, micros(ago) + number)


@dataclass
class World:
    folder: Path
    around: Round
    batches: FsspecBatches
    totals: dict

    def items(self) -> list[RawItem]:
        ids = self.batches.pending(Stage.RAW)
        return [item for batch in ids for item in self.batches.read(Stage.RAW, batch, RawItem)]

    def texts(self) -> list[str]:
        return sorted(item.text for item in self.items())

    def state(self, name: str) -> SourceState:
        return self.around.states.get(name) or SourceState(name)


@asynccontextmanager
async def listening(
    folder: Path,
    *sources: Source,
    servers: tuple[str, ...] = ("ws://127.0.0.1:9",),
    wait: float = 0.1,
    silence: float = 5,
) -> AsyncIterator[World]:
    stop = asyncio.Event()
    access = Access(("Bulla",), {"mastodon": {"token": "mastodon-s3cret", "url": sources[0].url}})
    with open_sqlite(str(folder / "t.db")) as stores:
        async with GuardedFetcher(LOOPBACK) as fetcher, GuardedListener(LOOPBACK, silence=silence) as listener:
            batches = FsspecBatches(str(folder / "b"))
            authors = Authors(lambda author, _: author)
            around = Round(
                stores.sources,
                fetcher,
                LocalArchive(),
                batches,
                stores.quarantine,
                stores.reports,
                authors,
                CLOCK.now(),
                access,
            )
            hearing = Hearing(
                listener, CLOCK, lambda item: "Bulla" in item.text, stop, lambda: 0.0, servers, wait=wait, minute=0.3
            )
            world = World(folder, around, batches, {})
            task = asyncio.create_task(listen_to(sources, around, hearing))
            try:
                yield world
            finally:
                stop.set()
                world.totals = {name: dict(found) for name, found in (await task).items()}


async def until(is_so: Callable[[], bool], seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while not is_so():
            await asyncio.sleep(0.01)


async def test_a_firehose_is_sifted_and_what_is_kept_equals_a_poll(tmp_path: Path, caplog) -> None:
    caplog.set_level(logging.INFO, "tocsin")
    with jetstream() as server:
        async with listening(tmp_path, BLUESKY, servers=(server.url,)) as world:
            await until(lambda: len(server.asked) == 1)
            server.say(*[spoken(n, "of other things") for n in range(50)], spoken(50, "Bulla <b>burns</b>"))
            server.say(jetstream_event(51, "Bulla", micros(0), operation="delete", record=None))
            await until(lambda: world.texts() == ["Bulla burns"])
            await until(lambda: world.state("bsky").note == "listening to the stream")
            await until(lambda: "heard: bsky:" in caplog.text)
            state = world.state("bsky")
            assert not is_due(state, BLUESKY, CLOCK.now())
            assert CLOCK.now() - state.succeeded_at < timedelta(minutes=1)
    (item,) = world.items()
    assert item.url == "https://bsky.app/profile/did:plc:ana/post/50"
    assert (item.author, item.language, item.network) == ("did:plc:ana", "fr", "bluesky")
    assert item.published_at == datetime(2026, 3, 3, 10, tzinfo=UTC)
    assert server.asked[0]["wantedCollections"] == ["app.bsky.feed.post"]
    assert "cursor" not in server.asked[0]
    assert world.totals == {"bsky": {"heard": 52, "new": 1}}
    stored = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"of other things" not in stored


async def test_a_cut_stream_goes_on_from_its_mark_and_doubles_are_counted(tmp_path: Path) -> None:
    with jetstream() as server:
        server.faults = {0: [3], 1: ["{", 4]}
        async with listening(tmp_path, BLUESKY, servers=(server.url,)) as world:
            await until(lambda: len(server.asked) == 1)
            server.say(*[spoken(n, f"Bulla {n:02}") for n in range(9)])
            await until(lambda: len(world.texts()) == 9 and len(server.asked) == 3)
            await until(lambda: read_memory(world.state("bsky").cursor).heard == str(server.events[-1]["time_us"]))
    assert world.texts() == [f"Bulla {n:02}" for n in range(9)]
    marks = [int(asked["cursor"][0]) for asked in server.asked[1:]]
    assert marks[0] == server.events[2]["time_us"] - 5_000_000
    assert world.totals["bsky"]["known"] >= 3
    assert world.totals["bsky"]["unreadable"] == 1


async def test_silence_is_cut_and_the_next_server_is_asked(tmp_path: Path) -> None:
    with jetstream() as silent, jetstream() as lively:
        silent.faults = {n: [None] for n in range(9)}
        lively.say(spoken(1))
        async with listening(tmp_path, BLUESKY, servers=(silent.url, lively.url), silence=0.3) as world:
            await until(lambda: len(lively.asked) == 1)
            assert world.state("bsky").succeeded_at is None, "a silent stream was taken for one that is heard"
            lively.say(spoken(2, "Bulla lives"))
            await until(lambda: world.texts() == ["Bulla lives"])


async def test_hostile_messages_cost_themselves_only(tmp_path: Path) -> None:
    deep, long = "[" * 100_000, "é" * 2_000_000
    hostile = [
        "no json", "null", "[]", '{"time_us": true}', '{"time_us": 99999999999999999999}', deep, b"\0", long,
        json.dumps({"did": {}, "time_us": 1, "commit": {"collection": "app.bsky.feed.post", "operation": "create"}}),
        json.dumps(jetstream_event(7, "Bulla", 5, record={"text": ["Bulla"], "createdAt": 7})),
    ]  # fmt: skip
    with jetstream() as server:
        server.faults = {0: [*hostile, 1, None]}
        async with listening(tmp_path, BLUESKY, servers=(server.url,)) as world:
            await until(lambda: len(server.asked) == 1)
            server.say(spoken(8, "Bulla stands"))
            await until(lambda: world.texts() == ["Bulla stands"])
            assert len(server.asked) == 1, "a message cut the connection"
    assert world.totals["bsky"]["unreadable"] == 9


async def test_a_message_too_large_to_receive_does_not_come_for_ever(tmp_path: Path) -> None:
    with jetstream() as server:
        server.faults = {0: [1, "x" * (FRAME_CAP + 1), None], 1: ["x" * (FRAME_CAP + 1), None]}
        async with listening(tmp_path, BLUESKY, servers=(server.url,)) as world:
            await until(lambda: len(server.asked) == 1)
            server.say(spoken(1, "Bulla one"))
            await until(lambda: len(server.asked) == 3)
            server.say(spoken(2, "Bulla two"))
            await until(lambda: world.texts() == ["Bulla one", "Bulla two"])
    assert ["cursor" in asked for asked in server.asked] == [False, True, False]


async def test_a_time_in_the_future_moves_no_mark_beyond_now(tmp_path: Path) -> None:
    with jetstream() as server:
        async with listening(tmp_path, BLUESKY, servers=(server.url,)) as world:
            await until(lambda: len(server.asked) == 1)
            server.say(jetstream_event(1, "Bulla ahead", micros(-86400)))
            await until(lambda: bool(read_memory(world.state("bsky").cursor).heard))
            assert int(read_memory(world.state("bsky").cursor).heard) <= micros(0)


async def test_a_hashtag_is_heard_and_a_gap_is_filled_from_the_timeline(tmp_path: Path) -> None:
    now = int(CLOCK.now().timestamp())
    before, live, cut, between, last = (
        Said(n, now - 900 + n, f"Bulla {word}") for n, word in enumerate(("before", "live", "cut", "gap", "last"))
    )
    with mastodon() as server:
        server.posts = [before]
        async with listening(tmp_path, tag(server.url)) as world:
            await until(lambda: world.state("tag").note == "listening to the stream")
            assert world.texts() == ["Bulla before"]
            assert not is_due(world.state("tag"), tag(server.url), CLOCK.now())
            server.say(live, live)
            await until(lambda: "Bulla live" in world.texts())
            server.send(server.update(cut)[:-9])
            server.send(None)
            server.posts += [cut, between]
            await until(lambda: {"Bulla cut", "Bulla gap"} <= set(world.texts()))
            server.say(last)
            await until(lambda: "Bulla last" in world.texts())
            await until(lambda: cursor_of(world) == str(last.snowflake))
            assert CLOCK.now() - world.state("tag").succeeded_at < timedelta(minutes=1)
    assert len(world.texts()) == 5
    assert server.streams == ["/api/v1/streaming/hashtag?tag=bulla"] * 2
    assert set(server.tokens) == {"Bearer mastodon-s3cret"}
    assert all("Cookie" not in headers for headers in server.headers)


def cursor_of(world: World) -> str:
    return read_memory(world.state("tag").cursor).place("#bulla").cursor


async def test_hostile_events_cost_themselves_only(tmp_path: Path) -> None:
    now = int(CLOCK.now().timestamp())
    with mastodon() as server:
        async with listening(tmp_path, tag(server.url)) as world:
            await until(lambda: server.listeners == 1)
            server.send(b"event: update\ndata: " + b"x" * 2_000_000 + b"\n\n")
            server.send(b"event: update\ndata: {\n\n" + b"event: update\ndata: \xff\xfe\x00\n\nevent: x\ndata: 1\n\n")
            server.send(b'event: update\ndata: {"id": "7", "content": "no name"}\n\ndata: 1\n\n')
            private = server.update(Said(8, now, "Bulla in private")).replace(b'"public"', b'"direct"')
            server.send(private)
            server.send(server.update(Said(9, now, "Bulla <script>x</script>stands")))
            await until(lambda: len(world.texts()) == 1)
    assert world.texts() == ["Bulla stands"]
    assert len(server.streams) == 1
    assert (world.totals["tag"]["unreadable"], world.totals["tag"]["quarantined"]) == (3, 1)


async def test_all_public_posts_are_sifted_where_words_are_looked_for(tmp_path: Path) -> None:
    now = int(CLOCK.now().timestamp())
    with mastodon() as server:
        words = Source("words", SourceKind.MASTODON, server.url, "mastodon")
        async with listening(tmp_path, words) as world:
            await until(lambda: server.listeners == 1)
            server.say(Said(1, now, "of other things"), Said(2, now, "Bulla burns"))
            await until(lambda: world.texts() == ["Bulla burns"])
    assert server.streams == ["/api/v1/streaming/public"]


async def test_a_refusal_is_noted_with_its_remedy_and_stops_nobody(tmp_path: Path) -> None:
    now = int(CLOCK.now().timestamp())
    with mastodon() as server, jetstream() as other:
        server.refusals = {0: 401}
        source = tag("http://127.0.0.1:1")
        refused = Source("refused", SourceKind.MASTODON, server.url, "mastodon", query="#bulla")
        async with listening(tmp_path, source, refused, BLUESKY, servers=(other.url,)) as world:
            await until(lambda: "TOCSIN_MASTODON_TOKEN" in world.state("refused").note and len(other.asked) == 1)
            other.say(spoken(1, "Bulla lives"))
            await until(lambda: world.texts() == ["Bulla lives"])
            assert world.state("refused").failures == 1
            assert world.state("refused").note.startswith("the stream: answered 401")
        assert now


async def test_a_store_that_fails_for_a_while_loses_nothing(tmp_path: Path) -> None:
    with jetstream() as server:
        async with listening(tmp_path, BLUESKY, servers=(server.url,)) as world:
            await until(lambda: len(server.asked) == 1)
            server.say(spoken(1, "Bulla one", ago=120))
            await until(lambda: world.texts() == ["Bulla one"])
            await until(lambda: read_memory(world.state("bsky").cursor).heard == str(server.events[0]["time_us"]))
            raw = tmp_path / "b" / "raw"
            hidden = tmp_path / "hidden"
            raw.rename(hidden)
            raw.write_text("a file where a folder was")
            # The second is newer by more than what is heard again anyway.
            server.say(spoken(2, "Bulla two", ago=60), spoken(3, "of other things"))
            await until(lambda: len(server.asked) >= 2)
            raw.unlink()
            hidden.rename(raw)
            await until(lambda: world.texts() == ["Bulla one", "Bulla two"], 30)
