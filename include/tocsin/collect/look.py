"""One look at one feed: ask, read, and decide what it means; nothing is stored here."""

import asyncio
import logging
from dataclasses import dataclass, replace
from hashlib import blake2b

from tocsin.collect.hubs import find_offer
from tocsin.collect.interval import stated_rest
from tocsin.collect.manners import (
    Failure,
    News,
    address_of,
    after_answer,
    after_failure,
    judge,
    may_ask_for_changes,
    moved_after,
    moved_note,
)
from tocsin.collect.poll import Round, told_of
from tocsin.collect.read_feed import read_feed
from tocsin.model import BadItem, RawItem, Source, SourceState
from tocsin.ports import FetchRequest, FetchResponse

log = logging.getLogger(__name__)

_NOT_MODIFIED = 304


@dataclass(frozen=True, slots=True)
class Look:
    """What a look brought, and the state that is to be saved once it is durable."""

    source: Source
    status: str
    """`fetched`, `unchanged` or `failed`."""
    state: SourceState
    items: tuple[RawItem, ...] = ()
    """What was not in the document before; an item may come twice."""
    bad: tuple[BadItem, ...] = ()
    known: int = 0
    """How many of its entries were in the document before."""


async def look_at(source: Source, state: SourceState, around: Round) -> Look:
    """Look at one feed; its failure is in the state, and a host that wants rest is told to all of the round."""
    clock = asyncio.get_running_loop().time
    began, now = clock(), around.now
    asks_for_changes = may_ask_for_changes(source, state, now)
    request = FetchRequest(
        address_of(source, state, now),
        state.etag if asks_for_changes else None,
        state.last_modified if asks_for_changes else None,
    )
    try:
        answer = await around.fetcher.fetch(request)
        took = round((clock() - began) * 1000)
        return _read(answer, source, state, took, around)
    except Exception as exc:  # Law 7: whatever one source's bytes do to a parser, the others are read.
        failure = judge(exc, told_of(exc, source, around), host_answers=around.hosts.answered_well(source, now))
        return _failed(failure, source, state, round((clock() - began) * 1000), around)


def _failed(failure: Failure, source: Source, state: SourceState, took: int, around: Round) -> Look:
    after = after_failure(source, state, failure, took, around.now)
    if after.throttled_until is not None:
        around.hosts.tell(source, after.throttled_until)
    return Look(source, "failed", after)


def _read(answer: FetchResponse, source: Source, state: SourceState, took: int, around: Round) -> Look:
    """Read an answer; the same document as last time, by 304 or by its bytes, is unchanged and not read again."""
    now = around.now
    moved = moved_after(source, state, answer.moved_to, now)
    state = replace(state, moved=moved, hint=answer.fresh_for if answer.fresh_for is not None else state.hint)
    note = moved_note(source, moved, now)
    if answer.status == _NOT_MODIFIED:
        return Look(source, "unchanged", after_answer(source, state, News(took, unchanged=True), now, note))
    digest = blake2b(answer.body, digest_size=16).hexdigest()
    seen = replace(
        state, etag=answer.etag, last_modified=answer.last_modified, body_hash=digest, read_at=now, hint=_hint(answer)
    )
    if digest == state.body_hash:
        _note_offer(answer, source, around)
        return Look(source, "unchanged", after_answer(source, seen, News(took, unchanged=True), now, note))
    read = read_feed(answer, source, now=now, pseudonym=around.authors.pseudonym, known=frozenset(state.recent_ids))
    _note_offer(answer, source, around)
    if any(around.concerns(f"{item.title} {item.text}") for item in read.items):
        seen = replace(seen, matched_at=now)
    ids = dict.fromkeys((*(item.id for item in read.items), *read.known))
    known = len(set(read.known))
    after = after_answer(source, seen, News(took, len(ids) - known, known), now, note)
    # A document that is empty for once must not make everything new again.
    after = replace(after, recent_ids=tuple(ids) or state.recent_ids)
    if len(ids) > known:
        # What a look finds first was not pushed: the hub is not to be relied on, until it pushes again.
        after = replace(after, pushed_at=None)
    return Look(source, "fetched", after, read.items, read.bad, len(read.known))


def _note_offer(answer: FetchResponse, source: Source, around: Round) -> None:
    """Note what a document says of hubs, once it was read: an error page offers none, and that means nothing."""
    if around.offers is not None:
        around.offers[source.id] = find_offer(answer.url, answer.link, answer.body)


def _hint(answer: FetchResponse) -> float | None:
    said = [rest for rest in (answer.fresh_for, stated_rest(answer.body)) if rest is not None]
    return max(said, default=None)
