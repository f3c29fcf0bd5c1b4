"""X as one who listens sees it: searches, a stream and its rules, and word of posts that are gone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from tocsin.errors import TransientError
from tocsin.ports.outside import FetchRequest, FetchResponse


@dataclass(frozen=True, slots=True)
class StreamRule:
    """A rule of the filtered stream; X gives the `id`, the `tag` says whose it is."""

    value: str
    tag: str = ""
    id: str = ""


class Trouble(StrEnum):
    """Why a stream ended: how long to wait before the next try goes by it."""

    NETWORK = "network"
    HTTP = "http"
    LIMIT = "limit"


class StreamEndedError(TransientError):
    """The stream ended, or could not be had; another try may."""

    def __init__(self, message: str, trouble: Trouble, *, retry_after: float | None = None) -> None:
        super().__init__(message, retry_after=retry_after)
        self.trouble = trouble


Heard = Callable[[Mapping[str, Any] | None], bool]
"""Takes what the stream gives: a post with its includes, None for a keep-alive. False ends the listening."""


class X(Protocol):
    """The API v2 of X, as one app. Errors: TransientError (429 with the seconds to its reset), PermanentError."""

    async def fetch(self, request: FetchRequest) -> FetchResponse:
        """Answer a search or a count: 200, or 400 whose body says why."""
        ...

    def rules(self) -> tuple[StreamRule, ...]:
        """Give all rules of the app, those of others too."""
        ...

    def add_rules(self, rules: Sequence[StreamRule]) -> None:
        """Add rules. PermanentError: X refused one, and why."""
        ...

    def delete_rules(self, ids: Sequence[str]) -> None:
        """Delete rules."""
        ...

    def listen(self, heard: Heard, params: Mapping[str, str]) -> None:
        """Connect once and give on what comes, until `heard` says False.

        StreamEndedError: no connection, it was cut, or nothing came for 21 s, though a keep-alive comes every 20.
        PermanentError: X does not know us, or has no rules of ours.
        """
        ...

    def gone(self, ids: Sequence[str]) -> Mapping[str, str]:
        """Say which of these posts must be kept no more, and why: `deleted`, `suspended`, `protected` ...

        May take minutes. It counts against no budget of posts.
        """
        ...
