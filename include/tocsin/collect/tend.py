"""Hubs are asked for what is due: noted first and asked then, since a hub may come back before it answers."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlencode

from tocsin.collect.hubs import Offer
from tocsin.collect.websub import LEASE, Act, Move, Place, asked, plan, takes_pushes
from tocsin.errors import ConflictError, TocsinError, TransientError
from tocsin.model import Source, SourceState, Subscription
from tocsin.ports import Fetcher, FetchRequest, SourceStates, Subscriptions

log = logging.getLogger(__name__)

AT_ONCE = 50
"""Requests to hubs in one round at most; what is left is asked in the next."""
PATIENCE = 60.0
"""Seconds after which a round asks no more hubs."""
_TAKEN = (202, 204)


async def tend(
    sources: Sequence[Source],
    offers: Mapping[str, Offer],
    *,
    subscriptions: Subscriptions,
    states: SourceStates,
    fetcher: Fetcher,
    place: Place | None,
    now: datetime,
) -> tuple[Move, ...]:
    """Do what is due with hubs, one request after the other; give what was done, with reasons.

    A hub that cannot be reached is not asked again in this round. A source whose hub is lost is polled as before.
    """
    held = subscriptions.all()
    deadline = asyncio.get_running_loop().time() + PATIENCE
    away: set[str] = set()
    done: list[Move] = []
    for move in plan(sources, offers, held, place, now)[:AT_ONCE]:
        if asyncio.get_running_loop().time() > deadline:
            break
        if move.subscription.hub in away:
            continue
        try:
            if await _do(move, subscriptions, fetcher, place, now):
                away.add(move.subscription.hub)
        except ConflictError:  # The hub came back to us this very moment; the next round looks again.
            continue
        done.append(move)
    if held:
        poll_again(subscriptions.all() if done else held, states, now)
    return tuple(done)


def poll_again(held: Sequence[Subscription], states: SourceStates, now: datetime) -> None:
    """Let sources that no hub serves any more be polled at their own pace."""
    served = {one.source_id for one in held if takes_pushes(one, now)}
    for state in states.all():
        if state.pushed_at is not None and state.source_id not in served:
            _forget_pushes(state, states)


def _forget_pushes(state: SourceState, states: SourceStates) -> None:
    try:
        states.save(replace(state, pushed_at=None))
    except ConflictError:
        log.info("%s: another run was faster", state.source_id)


async def _do(move: Move, subscriptions: Subscriptions, fetcher: Fetcher, place: Place | None, now: datetime) -> bool:
    """Do one move; say whether its hub could not be reached."""
    one = move.subscription
    log.info("%s: %s: %s", one.source_id, move.act.value, move.why)
    if move.act is Act.FORGET:
        subscriptions.drop(one)
        return False
    saved = subscriptions.save(asked(one, move.act, now))
    try:
        body = urlencode(form(saved, move.act, place)).encode()
        headers = (("Content-Type", "application/x-www-form-urlencoded"),)
        await fetcher.fetch(FetchRequest(saved.hub, headers=headers, body=body, errors=_TAKEN))
    except TocsinError as exc:
        # A hub may say our form back to us, so its words are not kept: the errors of the fetcher are our own.
        note = str(exc).replace(saved.hub, "the hub")[:200]
        log.warning("%s: the hub was not asked: %s", one.source_id, note)
        subscriptions.save(replace(saved, note=note))
        return isinstance(exc, TransientError)
    return False


def form(one: Subscription, act: Act, place: Place | None) -> dict[str, str]:
    """What a hub is told."""
    told = {
        "hub.mode": "unsubscribe" if act is Act.LEAVE else "subscribe",
        "hub.topic": one.topic,
        "hub.callback": one.callback,
    }
    if act is Act.LEAVE or place is None:
        return told
    return told | {"hub.lease_seconds": f"{LEASE.total_seconds():.0f}", "hub.secret": place.secret(one)}
