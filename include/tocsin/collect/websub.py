"""What is due between us and a hub: ask, renew, leave, wait; and what may be believed of what it sends."""

import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import blake2b

from tocsin.collect.clean import clean_line
from tocsin.collect.hubs import Offer
from tocsin.model import Source, SourceKind, Standing, Subscription

LEASE = timedelta(days=10)
"""What we ask for."""
LONGEST_LEASE = timedelta(days=30)
"""What we believe at most: it is renewed by then, whatever a hub says."""
UNSAID_LEASE = timedelta(days=1)
RENEW_AT = 2 / 3
"""Share of a lease after which it is renewed."""
PATIENCE = timedelta(hours=1)
"""How long a hub may take to come back to us; doubled with each failure in a row, up to a day."""
LONGEST_PATIENCE = timedelta(days=1)
SELDOM = timedelta(minutes=10)
"""A hub is not asked more often, however short the leases that it grants."""
DENIED_REST = timedelta(days=7)
LEAVES = 3
"""Times that we ask to be let go; then we forget, and answer 410 to what still comes."""
GRACE = timedelta(hours=1)
"""How long after a lease a push is still taken: clocks differ."""

# Weakest first. HMAC is safe with SHA-1 too, which is all that the largest public hub has; see docs/sources.md.
METHODS = ("sha1", "sha256", "sha384", "sha512")
_SIGNATURE = re.compile(r"(sha(?:1|256|384|512))=([0-9a-fA-F]{40,128})")
_CHALLENGE = re.compile(r"[!-~]{1,1024}")
_SECONDS = re.compile(r"[0-9]{1,9}")


class Act(StrEnum):
    """What is to be done about a subscription now."""

    ASK = "ask"
    LEAVE = "leave"
    FORGET = "forget"
    WAIT = "wait"


@dataclass(frozen=True, slots=True)
class Move:
    """An act with its reason."""

    act: Act
    why: str
    subscription: Subscription


@dataclass(frozen=True, slots=True)
class Place:
    """Where hubs reach us, and the key that addresses and secrets are made with."""

    callback: str
    """Base address, https, without a last slash."""
    key: bytes = field(repr=False)

    def subscription(self, source_id: str, offer: Offer, now: datetime) -> Subscription:
        """The subscription that fits an offer: the same for the same source, hub, topic, place and key."""
        said = "\x1f".join((self.callback, source_id, offer.hub, offer.topic))
        name = blake2b(said.encode("utf-8", "replace"), digest_size=16, key=self.key[:64], person=b"websub-address")
        address = f"{self.callback}/websub/{name.hexdigest()}"
        return Subscription(
            name.hexdigest(), source_id, offer.hub, offer.topic, offer.base, address, Standing.ASKED, now
        )

    def secret(self, subscription: Subscription) -> str:
        """The secret that the hub signs with, 64 hex digits: made when it is needed, kept nowhere."""
        made = blake2b(subscription.id.encode(), digest_size=32, key=self.key[:64], person=b"websub-secret")
        return made.hexdigest()


def plan(
    sources: Iterable[Source],
    offers: Mapping[str, Offer],
    held: Iterable[Subscription],
    place: Place | None,
    now: datetime,
) -> tuple[Move, ...]:
    """Say what is due for each subscription held, and for each offer that none is held of; waiting is left out.

    `offers`: what documents said this time. A feed that said nothing new keeps what it offered. No place: none is
    wanted.
    """
    listed = {source.id: source for source in sources if source.kind is SourceKind.FEED}
    theirs = {one.id: one for one in held}
    moves = []
    if place is not None:
        for source_id, offer in offers.items():
            if source_id in listed and offer.hub:
                wanted = place.subscription(source_id, offer, now)
                if wanted.id not in theirs:
                    moves.append(Move(Act.ASK, "the feed offers a hub", wanted))
    for one in theirs.values():
        move = decide(one, _unwanted(one, listed, offers, place), now)
        if move.act is not Act.WAIT:
            moves.append(move)
    return tuple(moves)


def _unwanted(
    held: Subscription, listed: Mapping[str, Source], offers: Mapping[str, Offer], place: Place | None
) -> str:
    """Say why a subscription is no longer wanted; "" when it is."""
    if place is None:
        return "no callback is configured any more"
    if held.source_id not in listed:
        return "the source is not read any more"
    offer = offers.get(held.source_id) or Offer(held.hub, held.topic, held.base)
    if not offer.hub:
        return "the feed offers no hub any more"
    if place.subscription(held.source_id, offer, held.asked_at).id != held.id:
        return "the feed's hub or address, our callback or our key is another one now"
    return ""


def decide(held: Subscription, unwanted: str, now: datetime) -> Move:
    """Say what is due for a subscription; `unwanted`: why we want it no more, "" when we do."""
    if unwanted:
        return _let_go(held, unwanted, now)
    waited = now - held.asked_at >= (patience(held) if _is_pending(held) else SELDOM)
    match held.standing:
        case Standing.LEAVING:
            return Move(Act.ASK, "wanted again", held)
        case Standing.DENIED:
            rested = now - held.asked_at >= DENIED_REST
            return Move(Act.ASK, "denied a week ago", held) if rested else Move(Act.WAIT, "denied", held)
        case Standing.ASKED:
            return Move(Act.ASK, "not confirmed so far", held) if waited else Move(Act.WAIT, "asked", held)
    if held.until is None or now >= held.until:
        return Move(Act.ASK if waited else Act.WAIT, "the lease has ended", held)
    if now >= renewal_at(held):
        return Move(Act.ASK if waited else Act.WAIT, "the lease ends soon", held)
    return Move(Act.WAIT, "good", held)


def _let_go(held: Subscription, why: str, now: datetime) -> Move:
    ended = held.until is None or now >= held.until
    if held.standing in {Standing.ASKED, Standing.DENIED} or ended:
        return Move(Act.FORGET, why, held)
    if held.standing is Standing.LEAVING and held.failures >= LEAVES:
        return Move(Act.FORGET, "the hub does not let us go; the lease will end by itself", held)
    if held.standing is Standing.LEAVING and now - held.asked_at < patience(held):
        return Move(Act.WAIT, why, held)
    return Move(Act.LEAVE, why, held)


def _is_pending(held: Subscription) -> bool:
    """Whether we asked and the hub has not come back to us since."""
    return held.verified_at is None or held.asked_at > held.verified_at


def patience(held: Subscription) -> timedelta:
    """How long we wait before asking the hub again."""
    return min(PATIENCE * (1 << min(held.failures, 10)), LONGEST_PATIENCE)


def renewal_at(held: Subscription) -> datetime:
    """When the lease is to be renewed: two thirds through it."""
    if held.verified_at is None or held.until is None:
        return held.asked_at
    return held.verified_at + RENEW_AT * (held.until - held.verified_at)


def asked(held: Subscription, act: Act, now: datetime) -> Subscription:
    """The subscription as it stands while we ask: one that is good stays so, a push may come at any time."""
    if act is Act.LEAVE:
        failures = held.failures + 1 if held.standing is Standing.LEAVING else 0
        return replace(held, standing=Standing.LEAVING, asked_at=now, failures=failures)
    # A question without an answer is a failure as soon as it is asked again.
    unheard = bool(held.revision) and _is_pending(held)
    is_good = held.standing is Standing.ACTIVE and held.until is not None and now < held.until
    return replace(
        held,
        standing=Standing.ACTIVE if is_good else Standing.ASKED,
        asked_at=now,
        failures=held.failures + 1 if unheard and held.standing is not Standing.LEAVING else 0,
    )


def confirmed(held: Subscription, said: Mapping[str, str], now: datetime) -> Subscription | None:
    """The subscription after a hub's question whether we asked; None: we did not, and it hears 404.

    `said`: `hub.mode`, `hub.topic`, `hub.challenge`, `hub.lease_seconds`. The topic must be ours to the letter. A
    question about what we did not just ask is answered, where it is true, and moves no lease.
    """
    mode, challenge = said.get("hub.mode", ""), said.get("hub.challenge", "")
    if said.get("hub.topic") != held.topic or not _CHALLENGE.fullmatch(challenge):
        return None
    if mode == "unsubscribe":
        return held if held.standing is Standing.LEAVING else None
    if mode != "subscribe" or held.standing not in {Standing.ASKED, Standing.ACTIVE}:
        return None
    if not _is_pending(held):
        return held
    until = now + lease_of(said.get("hub.lease_seconds", ""))
    return replace(held, standing=Standing.ACTIVE, verified_at=now, until=until, failures=0, note="")


def lease_of(said: str) -> timedelta:
    """The lease that a hub grants in seconds, as far as we believe it; a day where it does not say."""
    if not _SECONDS.fullmatch(said) or int(said) == 0:
        return UNSAID_LEASE
    return min(timedelta(seconds=int(said)), LONGEST_LEASE)


def denied(held: Subscription, said: Mapping[str, str], now: datetime) -> Subscription | None:
    """The subscription after a hub's word that it will not serve us; None: it speaks of another topic."""
    if said.get("hub.topic") != held.topic:
        return None
    reason = clean_line(said.get("hub.reason", ""), 200)
    return replace(held, standing=Standing.DENIED, asked_at=now, note=f"denied: {reason}" if reason else "denied")


def takes_pushes(held: Subscription, now: datetime) -> bool:
    """Say whether a push may come: the hub made sure of us, and the lease lasts."""
    return held.standing is Standing.ACTIVE and held.until is not None and now < held.until + GRACE


def signed_by(held: Subscription, secret: str, header: str, body: bytes) -> str:
    """Give the method by which the body was signed with the secret; "": not, falsely, or weaker than before."""
    found = _SIGNATURE.fullmatch(header.strip())
    if found is None:
        return ""
    method, signature = found[1], found[2].lower()
    if held.method in METHODS and METHODS.index(method) < METHODS.index(held.method):
        return ""
    good = hmac.new(secret.encode(), body, method).hexdigest()
    return method if hmac.compare_digest(good, signature) else ""
