"""Bluesky's Jetstream: every post of the network as it is written, without a log-in, and again from a moment on."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from tocsin.collect.networks.answers import part, read_each, text
from tocsin.collect.networks.asking import OVERLAP, Question
from tocsin.collect.networks.memory import Memory, Place
from tocsin.collect.networks.read_bluesky import BLUESKY, read_view, written
from tocsin.collect.streams.hearing import Broadcast, Told
from tocsin.errors import BadItemError
from tocsin.model import SourceState
from tocsin.ports import StreamEvent, StreamRequest

POSTS = "app.bsky.feed.post"
LARGEST = 256 * 1024
"""Bytes of the largest event that we ask for."""
REWIND = timedelta(seconds=5)
"""How far before the mark we listen again: events come only roughly in order, and servers differ by seconds."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_WRITTEN = frozenset({"create", "update"})
_DIGITS = 17


def ask(base: str, question: Question, _: Sequence[str]) -> StreamRequest:
    """Listen to all posts from the mark on, else from now on."""
    told = {"wantedCollections": POSTS, "maxMessageSizeBytes": str(LARGEST)}
    if question.cursor:
        told["cursor"] = str(max(1, int(question.cursor) - _micros(REWIND)))
    return StreamRequest(f"{base}/subscribe?{urlencode(told)}")


def read(event: StreamEvent) -> Told:
    """Read a post that was written or changed; deletions and all else are passed over."""
    try:
        document = json.loads(event.data)
    except (ValueError, RecursionError) as exc:
        raise BadItemError("no JSON") from exc
    micros = part(document, "time_us")
    if not _is_moment(micros):
        raise BadItemError("no time_us")
    commit, author = part(document, "commit"), text(part(document, "did"))
    if part(commit, "collection") != POSTS or text(part(commit, "operation")) not in _WRITTEN:
        return Told(mark=str(micros))
    name = text(part(commit, "rkey"))
    view = {
        "uri": f"at://{author}/{POSTS}/{name}" if author and name else None,
        "author": {"did": author},
        "record": part(commit, "record"),
        "indexedAt": (_EPOCH + timedelta(microseconds=micros)).isoformat(),
    }
    posts, bad = read_each([view], read_view)
    return Told(posts[0] if posts else None, bad[0] if bad else None, str(micros))


def later(one: str, other: str) -> str:
    """The later moment."""
    return max(one, other, key=lambda mark: int(mark or 0))


def start(state: SourceState, memory: Memory) -> str:
    """From the mark on, or from the end of the last poll where that is later; polls overlap, and so do we."""
    heard = memory.heard if _is_moment(_number(memory.heard)) else ""
    is_whole = not any(place.page for place in memory.places.values())
    polled = state.succeeded_at if is_whole and not state.failures else None
    return later(heard, str(max(0, _micros(polled - OVERLAP - _EPOCH))) if polled else "")


def reach(memory: Memory, words: Sequence[str], mark: str) -> Memory:
    """All words are read up to that moment; polls go on there, and so do we."""
    at = heard_at(mark)
    for word in words if at else ():
        held = memory.place(word).cursor
        memory = memory.moved(word, Place(max(written(at), held) if at else held))
    return Memory(memory.places, memory.day, memory.spent, mark)


def heard_at(mark: str) -> datetime | None:
    """The moment that a mark counts from 1970, in microseconds."""
    return _EPOCH + timedelta(microseconds=int(mark)) if mark else None


def capped(mark: str, now: datetime) -> str:
    """The mark, at most now."""
    return str(min(int(mark), _micros(now - _EPOCH))) if mark else ""


def _micros(span: timedelta) -> int:
    return span // timedelta(microseconds=1)


def _number(mark: str) -> int:
    return int(mark) if mark.isascii() and mark.isdecimal() and len(mark) <= _DIGITS else 0


def _is_moment(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**_DIGITS


BLUESKY_STREAM = Broadcast(
    BLUESKY,
    ask,
    read,
    later,
    start=start,
    reach=reach,
    heard_at=heard_at,
    capped=capped,
    replays=True,
    is_narrow=lambda _: False,
)
