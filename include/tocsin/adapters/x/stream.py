"""One connection of the filtered stream, from its beginning to its end: when to connect again is not decided here."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import requests
import tweepy

from tocsin.adapters.x.way import Way, error_of, open_way, translated, until_reset
from tocsin.errors import PermanentError, TransientError
from tocsin.ports import Heard, StreamEndedError, Trouble

SILENCE = 21.0
"""Seconds: a keep-alive comes every 20."""


class OneConnection(tweepy.StreamingClient):  # type: ignore[misc]  # tweepy tells no types
    """tweepy's stream, which ends where tweepy would try again by itself.

    tweepy waits inside and knows no reset of a limit; whoever fills the gap must know of each cut.
    """

    def __init__(self, token: str, way: Way) -> None:
        super().__init__(token, return_type=requests.Response)
        self._way = way
        self._heard: Heard = lambda _: False
        self._error: Exception | None = None
        open_way(self.session, way)

    def listen(self, heard: Heard, params: Mapping[str, str]) -> None:
        """Connect and give on what comes until `heard` says False; errors as the port X says."""
        self._heard, self._error = heard, None
        with translated():
            self.filter(**{name.replace(".", "_"): value for name, value in params.items()})
        if self._error:
            raise self._error

    def on_data(self, raw_data: bytes) -> None:
        """Give on one event; what is no JSON was cut in the middle."""
        try:
            document = json.loads(raw_data)
        except ValueError:
            return self._end(StreamEndedError("the stream was cut in the middle of a post", Trouble.NETWORK))
        if not isinstance(document, dict) or ("data" not in document):
            return self._end(StreamEndedError(f"X ended the stream: {_why(document)}", Trouble.NETWORK))
        return self._give(document)

    def on_keep_alive(self) -> None:
        """Give on that the stream lives."""
        self._give(None)

    def on_connect(self) -> None:
        """Nothing yet: a stream lives when something comes."""

    def on_disconnect(self) -> None:
        """The end is told by an error, or wanted."""

    def on_closed(self, response: requests.Response) -> None:  # noqa: ARG002 - tweepy's signature
        """X closed the stream, unless we left it: tweepy tells both."""
        if self.running:
            self._end(StreamEndedError("X closed the stream", Trouble.NETWORK))

    def on_connection_error(self) -> None:
        """No connection, a cut one, or silence."""
        self._end(StreamEndedError("no connection, or nothing came over it", Trouble.NETWORK))

    def on_request_error(self, status_code: int) -> None:
        """X refused the connection."""
        response = self._way.last
        error = error_of(response) if response is not None else TransientError(f"answered {status_code}")
        if isinstance(error, PermanentError):
            bare = status_code == HTTPStatus.CONFLICT
            return self._end(PermanentError("X has no rules to stream by") if bare else error)
        limited = status_code == HTTPStatus.TOO_MANY_REQUESTS
        wait = until_reset(response) if response is not None and limited else None
        kind = Trouble.LIMIT if limited else Trouble.HTTP
        return self._end(StreamEndedError(str(error), kind, retry_after=wait))

    def on_exception(self, exception: Exception) -> None:
        """What is raised inside, by our own stores too, comes out of `listen`."""
        self._error = exception
        self.disconnect()

    def _give(self, document: Mapping[str, Any] | None) -> None:
        if not self._heard(document):
            self.disconnect()

    def _end(self, error: Exception) -> None:
        self._error = self._error or error
        self.disconnect()


def _why(document: Any) -> str:
    errors = document.get("errors") if isinstance(document, dict) else None
    first = errors[0] if isinstance(errors, list) and errors else document
    told = first.get("title") or first.get("detail") if isinstance(first, dict) else ""
    return " ".join(str(told or "no reason given").split())[:100]
