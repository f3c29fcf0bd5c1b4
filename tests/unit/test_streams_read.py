"""Streams as pure functions: events off bytes, posts off events, where to go on, how long to wait, what is wanted."""

import json
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.adapters.sse import EventReader
from tocsin.collect.networks.asking import Question
from tocsin.collect.networks.memory import Memory, Place, read_memory, write_memory
from tocsin.collect.streams import hear_bluesky, hear_mastodon
from tocsin.collect.streams.rest import LONGEST, REFUSED, rest
from tocsin.collect.streams.wanted import wanted_by
from tocsin.errors import BadItemError, ConfigError, RefusedError
from tocsin.model import RawItem, Source, SourceKind, SourceState
from tocsin.ports import FetchResponse, StreamEvent
from tocsin.ports.streams import ALIVE, UNREADABLE
from tocsin.wiring.streams import streamed

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
SKY = Source("sky", SourceKind.BLUESKY, "https://bsky.social", "bluesky")
TAG = Source("tag", SourceKind.MASTODON, "https://mastodon.example", "mastodon", query="#bulla")

STREAM = (
    b":)\n"
    b"event: update\ndata: {}\n\n"
    b":thump" + b"!" * 200 + b"\n\n"
    b"data: one\r\ndata: two\r\n\r\n"
    b"event: delete\n\n"
    b"event: update\ndata: " + b"x" * 200 + b"\nevent: still\n\n"
    b"id: 7\nretry\ndata:\xff\n\n"
    b"data: cut"
)
EVENTS = [
    StreamEvent(ALIVE),
    StreamEvent("update", "{}"),
    StreamEvent(ALIVE),
    StreamEvent("message", "one\ntwo"),
    StreamEvent(UNREADABLE, "an event of more than 100 bytes"),
    StreamEvent("message", "\ufffd"),
]


@given(st.lists(st.integers(0, len(STREAM))))
def test_events_are_the_same_however_the_bytes_arrive(cuts: list[int]) -> None:
    reader = EventReader(100)
    places = [0, *sorted(cuts), len(STREAM)]
    assert [event for a, b in pairwise(places) for event in reader.feed(STREAM[a:b])] == EVENTS


def test_a_line_without_end_costs_no_memory() -> None:
    reader = EventReader(1000)
    for _ in range(500):
        assert reader.feed(b"x" * 10_000) == []
        assert len(reader._rest) <= 1000
    assert [event.kind for event in reader.feed(b"\n\ndata: next\n\n")] == [UNREADABLE, "message"]


@given(st.binary(max_size=300))
def test_any_bytes_are_read(junk: bytes) -> None:
    EventReader(50).feed(junk)


@given(
    st.text()
    | st.recursive(st.none() | st.integers() | st.text(), lambda c: st.dictionaries(st.text(), c)).map(json.dumps)
)
@pytest.mark.parametrize("read", [hear_bluesky.read, hear_mastodon.read])
def test_any_text_is_read_or_refused(read, data: str) -> None:
    with suppress(BadItemError):
        assert read(StreamEvent("update", data)).post is None


def test_a_bluesky_post_is_dated_by_its_author_unless_that_is_ahead() -> None:
    commit = {"operation": "create", "collection": "app.bsky.feed.post", "rkey": "k", "record": {"text": "Bulla"}}
    event = {"did": "did:plc:a", "time_us": 1_700_000_000_000_000, "commit": commit}
    told = hear_bluesky.read(StreamEvent("message", json.dumps(event)))
    assert (told.mark, told.post.id) == ("1700000000000000", "at://did:plc:a/app.bsky.feed.post/k")
    assert told.post.published == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    commit["record"]["createdAt"] = "2020-01-01T00:00:00Z"
    assert hear_bluesky.read(StreamEvent("message", json.dumps(event))).post.published.year == 2020
    assert (
        hear_bluesky.read(
            StreamEvent("message", json.dumps({**event, "commit": {**commit, "operation": "delete"}}))
        ).post
        is None
    )


MINUTE = 60_000_000
MICROS = int(NOW.timestamp() * 1e6)
STARTS = {
    "never read: from now on": (SourceState("sky"), Memory(), ""),
    "heard before: from there": (SourceState("sky"), Memory(heard=str(MICROS)), str(MICROS)),
    "polled until now: a little before": (SourceState("sky", succeeded_at=NOW), Memory(), str(MICROS - 10 * MINUTE)),
    "polled since it was heard": (
        SourceState("sky", succeeded_at=NOW), Memory(heard=str(MICROS - 60 * MINUTE)), str(MICROS - 10 * MINUTE)
    ),
    "polled, but not to the end": (
        SourceState("sky", succeeded_at=NOW), Memory({"Bulla": Place(page="2")}, heard="5"), "5"
    ),
    "the last poll failed": (SourceState("sky", succeeded_at=NOW, failures=1), Memory(heard="5"), "5"),
    "a mark that is none": (SourceState("sky"), Memory(heard="tomorrow"), ""),
}  # fmt: skip


@pytest.mark.parametrize("name", STARTS)
def test_where_jetstream_is_asked_to_begin(name: str) -> None:
    state, memory, mark = STARTS[name]
    assert hear_bluesky.start(state, memory) == mark


def test_a_mark_is_kept_by_polls_and_moves_their_cursors() -> None:
    memory = hear_bluesky.reach(
        Memory({"Bulla": Place("2026-03-03T11:00:00.000Z", "x", "page")}), ["Bulla"], str(MICROS)
    )
    assert memory.places == {"Bulla": Place("2026-03-03T12:00:00.000Z")}
    assert read_memory(write_memory(memory.kept([]).charged("b", "d").moved("w", Place()))).heard == str(MICROS)
    assert hear_bluesky.capped(str(MICROS + MINUTE), NOW) == str(MICROS)
    assert hear_mastodon.reach(Memory({"#b": Place("100")}), ["#b"], "99").place("#b").cursor == "100"


def test_jetstream_is_asked_a_little_before_the_mark() -> None:
    asked = hear_bluesky.ask("wss://j.example", Question(SKY, "", NOW, cursor=str(MICROS)), ())
    assert f"cursor={MICROS - 5_000_000}" in asked.url
    assert asked.url.startswith("wss://j.example/subscribe?wantedCollections=app.bsky.feed.post&")
    assert "cursor" not in hear_bluesky.ask("wss://j.example", Question(SKY, "", NOW), ()).url


FOUND = {
    "elsewhere, as a WebSocket": ({"configuration": {"urls": {"streaming": "wss://s.example"}}}, "https://s.example"),
    "nothing said": ({}, "https://mastodon.example"),
    "no JSON": (None, "https://mastodon.example"),
}


@pytest.mark.parametrize("name", FOUND)
def test_where_a_server_says_that_its_stream_is(name: str) -> None:
    said, place = FOUND[name]
    answer = FetchResponse(TAG.url, 200, json.dumps(said).encode() if said is not None else b"<html>")
    assert hear_mastodon.found(answer, Question(TAG, "", NOW)) == place


def test_a_token_goes_to_no_stream_without_encryption() -> None:
    said = {"configuration": {"urls": {"streaming": "ws://s.example"}}}
    with pytest.raises(RefusedError, match="not encrypted"):
        hear_mastodon.found(FetchResponse(TAG.url, 200, json.dumps(said).encode()), Question(TAG, "", NOW))


@given(st.integers(0, 10_000), st.floats(0, 1), st.none() | st.floats(0, 1e5), st.booleans())
def test_rests_have_an_end_and_are_never_none(
    failures: int, chance: float, asked: float | None, refused: bool
) -> None:
    seconds = rest(failures, chance, asked, refused=refused)
    assert (asked or 0) <= seconds <= max(REFUSED if refused else LONGEST, asked or 0)
    assert seconds >= 0.5


WANTED = {
    "the phrase, whatever the accents": ("crédit  tonic", "mon CREDIT TONIC!", True),
    "inside a word": ("tonic", "tonics", False),
    "a hashtag": ("#bulla", "so #Bulla", True),
    "a hashtag is no word": ("#bulla", "bulla", False),
    "signs are no patterns": ("c.r", "car", False),
}


@pytest.mark.parametrize("name", WANTED)
def test_a_query_is_looked_for_as_a_phrase(name: str) -> None:
    query, text, wanted = WANTED[name]
    item = RawItem("1", "sky", "bluesky", "", "", text, "", NOW, NOW)
    assert wanted_by(replace(SKY, query=query), lambda _: pytest.fail("asked the brands"))(item) is wanted
    assert wanted_by(SKY, lambda _: True)(item)


def test_which_sources_have_a_stream() -> None:
    feed = Source("feed", SourceKind.FEED, "https://f.example", every=timedelta(minutes=1))
    assert streamed([feed, SKY, TAG], []) == (SKY, TAG)
    assert streamed([feed, SKY, TAG], ["tag", "tag"]) == (TAG,)
    with pytest.raises(ConfigError, match=r"no source .*skky.*did you mean.*sky|no source .*skky"):
        streamed([SKY], ["skky"])
    with pytest.raises(ConfigError, match="feed is of kind feed, which has no stream; mastodon or bluesky have"):
        streamed([feed, SKY], ["feed"])
    with pytest.raises(ConfigError, match="no source that has a stream"):
        streamed([feed], [])
