"""Mastodon's stream: one hashtag, or all public posts that a server knows; a gap is filled from its timeline."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlencode, urlsplit

from tocsin.collect.networks.answers import parsed, part, read_each, text
from tocsin.collect.networks.asking import Question
from tocsin.collect.networks.memory import Memory, Place
from tocsin.collect.networks.read_mastodon import MASTODON, age, bearer, is_public, original, read_status
from tocsin.collect.streams.hearing import Broadcast, Told
from tocsin.errors import BadItemError, RefusedError
from tocsin.model import SourceState
from tocsin.ports import FetchRequest, FetchResponse, StreamEvent, StreamRequest

_POSTS = frozenset({"update", "status.update"})
_AS_HTTP = {"wss": "https", "ws": "http"}
_WHERE = (404, 410)
_DIGITS = 25


def find(question: Question) -> FetchRequest:
    """Ask the server where its stream is: large ones have another machine for it."""
    return FetchRequest(f"{question.source.url}/api/v2/instance", errors=_WHERE)


def found(answer: FetchResponse, question: Question) -> str:
    """Give the address that the server says, else its own. RefusedError: it is less safe than the server's."""
    said = text(part(parsed(answer), "configuration", "urls", "streaming"))
    if not said:
        return question.source.url
    parts = urlsplit(said)
    scheme = _AS_HTTP.get(parts.scheme, parts.scheme)
    if scheme not in {"https", urlsplit(question.source.url).scheme}:
        raise RefusedError(f"its stream is not encrypted, but the server is: {parts.hostname}")
    return parts._replace(scheme=scheme).geturl().rstrip("/")


def is_narrow(words: Sequence[str]) -> bool:
    """One hashtag has a stream of its own."""
    return len(words) == 1 and words[0].startswith("#")


def ask(base: str, question: Question, words: Sequence[str]) -> StreamRequest:
    """Listen to the hashtag, else to all that is public."""
    if is_narrow(words):
        told = urlencode({"tag": words[0].removeprefix("#")})
        return StreamRequest(f"{base}/api/v1/streaming/hashtag?{told}", bearer(question))
    return StreamRequest(f"{base}/api/v1/streaming/public", bearer(question))


def read(event: StreamEvent) -> Told:
    """Read a post that anybody may see, new or changed; all else on the stream is passed over."""
    if event.kind not in _POSTS:
        return Told()
    try:
        status = json.loads(event.data)
    except (ValueError, RecursionError) as exc:
        raise BadItemError("no JSON") from exc
    posts, bad = read_each(filter(is_public, [original(status)]), read_status)
    name = text(part(status, "id"))
    is_name = name.isascii() and name.isdecimal() and len(name) <= _DIGITS
    return Told(posts[0] if posts else None, bad[0] if bad else None, name if is_name else "")


def later(one: str, other: str) -> str:
    """The id that is younger."""
    return max(one, other, key=age)


def reach(memory: Memory, words: Sequence[str], mark: str) -> Memory:
    """All words are read up to that id; the next poll goes on there."""
    for word in words:
        memory = memory.moved(word, replace(Place(), cursor=later(mark, memory.place(word).cursor)))
    return memory


def _no_start(_: SourceState, __: Memory) -> str:
    return ""


def _of_now(_: str) -> datetime | None:
    return None


MASTODON_STREAM = Broadcast(
    MASTODON,
    ask,
    read,
    later,
    start=_no_start,
    reach=reach,
    heard_at=_of_now,
    capped=lambda mark, _: mark,
    replays=False,
    is_narrow=is_narrow,
    find=find,
    found=found,
)
