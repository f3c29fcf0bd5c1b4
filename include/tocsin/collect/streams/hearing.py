"""What a stream is asked and what it tells, in words that are the same for all networks."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from tocsin.collect.networks.asking import Network, Post, Question, Unread
from tocsin.collect.networks.memory import Memory
from tocsin.model import RawItem, SourceState
from tocsin.ports import Clock, FetchRequest, FetchResponse, StreamEvent, StreamListener, StreamRequest


@dataclass(frozen=True, slots=True)
class Told:
    """What one event says: a post, something that is none, or nothing for us; `mark`: how far we heard with it."""

    post: Post | None = None
    bad: Unread | None = None
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Broadcast:
    """One network's stream; all its functions are pure."""

    network: Network
    ask: Callable[[str, Question, Sequence[str]], StreamRequest]
    """What to listen at: the server's address, the question with its mark in `cursor`, the words of the source."""
    read: Callable[[StreamEvent], Told]
    """BadItemError: the event is nothing that this network tells."""
    later: Callable[[str, str], str]
    """The later of two marks; "" is before all."""
    start: Callable[[SourceState, Memory], str]
    """The mark to listen from; "" is now."""
    reach: Callable[[Memory, Sequence[str], str], Memory]
    """The memory of a source whose words were all heard up to a mark."""
    heard_at: Callable[[str], datetime | None]
    """The moment of a mark; None where it tells none, and what comes is of now."""
    capped: Callable[[str, datetime], str]
    """The mark, but none beyond now: a server whose clock is ahead must not make us pass over what it tells later."""
    replays: bool
    """Whether the server tells again what came after a mark; else the gap is filled by asking as polls do."""
    is_narrow: Callable[[Sequence[str]], bool]
    """Whether all that comes is wanted, since we listen to these words only."""
    find: Callable[[Question], FetchRequest] | None = None
    """Asks the source's server where its stream is."""
    found: Callable[[FetchResponse, Question], str] = lambda _, question: question.source.url
    """The address that it said."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """What listening needs besides the ports of a round."""

    listener: StreamListener
    clock: Clock
    concerns: Callable[[RawItem], bool]
    """Says whether a post holds the words of a brand."""
    stop: asyncio.Event
    """Set when somebody wants the end."""
    chance: Callable[[], float]
    """Gives a number from 0 to 1, so that those who were cut together do not come back together."""
    servers: tuple[str, ...]
    """Addresses of Jetstream, tried in turn."""
    wait: float = 15.0
    """Seconds after which what came is kept at the latest."""
    most: int = 100
    """Posts that are kept at once."""
    minute: float = 60.0
    """Seconds between two lines that say what came in."""
