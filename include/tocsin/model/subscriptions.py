"""What a hub promised us: to push a feed's news to an address of ours until a lease ends (WebSub)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Standing(StrEnum):
    """How far a subscription is."""

    ASKED = "asked"
    """We asked, and the hub has not yet made sure that it was us."""
    ACTIVE = "active"
    DENIED = "denied"
    LEAVING = "leaving"
    """We asked to be let go."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """One topic at one hub for one source. No secret is in it: that is made of `id` and our key when it is needed."""

    id: str
    """32 hex digits made with our key: the unguessable end of the callback's address."""
    source_id: str
    hub: str
    topic: str
    """The feed's address as the feed itself names it (`rel="self"`), letter by letter."""
    base: str
    """Where the feed was read: what relative links in it are read against, pushed or polled."""
    callback: str
    """Our address as the hub was given it."""
    standing: Standing
    asked_at: datetime
    """When we last asked the hub for something."""
    verified_at: datetime | None = None
    """When the hub last made sure that it was us who asked."""
    until: datetime | None = None
    """End of the lease."""
    failures: int = 0
    """Requests in a row that came to nothing."""
    note: str = ""
    """Why it stands so, where that is not plain."""
    method: str = ""
    """The strongest way that the hub has signed in; a weaker one is no longer taken from it."""
    revision: str = ""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A document that a hub pushed, as it came, signed by it; read in the next round of collecting."""

    subscription_id: str
    source_id: str
    base: str
    content_type: str
    body: bytes
    at: datetime
    """When it came."""
