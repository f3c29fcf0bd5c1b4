"""Streams as one who listens hears them: events that come by themselves, over a connection that stays open."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Protocol

from tocsin.errors import TransientError

ALIVE = ""
"""Kind of an event that says nothing but that the connection lives."""
MESSAGE = "message"
"""Kind of an event that has no name of its own."""
UNREADABLE = "unreadable"
"""Kind of an event that is too long, or no text; its data say why."""


class TooLargeError(TransientError):
    """A message was so large that the connection had to be cut; from the same place it would come again."""


@dataclass(frozen=True, slots=True)
class StreamRequest:
    """Where to listen: http(s) for server-sent events, ws(s) for a WebSocket."""

    url: str = field(repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class StreamEvent:
    """One event: its name and what it says, or ALIVE, or UNREADABLE."""

    kind: str
    data: str = ""


class StreamListener(Protocol):
    """One guarded way to listen: to public addresses only, each event capped in size, no cookies, no redirects."""

    def listen(self, request: StreamRequest) -> AsyncGenerator[StreamEvent, None]:
        """Connect, and give what comes until somebody closes the generator; it never ends by itself.

        TransientError: no connection, cut, silent for too long, or asked to come later (`retry_after`).
        TooLargeError: as it says. PermanentError: refused. RefusedError: the guard forbids the address.
        """
        ...
