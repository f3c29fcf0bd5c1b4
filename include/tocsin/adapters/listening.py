"""The way to streams: dialled through the guard, capped, deaf to redirects, and cut when it falls silent."""

import asyncio
import socket
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from types import TracebackType
from typing import Self
from urllib.parse import SplitResult, urlsplit

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage, InvalidStatus, InvalidURI
from websockets.frames import CloseCode

from tocsin.adapters.guard import Network, look_up
from tocsin.adapters.http import USER_AGENT, refusal, translated, web_client
from tocsin.adapters.sse import EventReader
from tocsin.errors import PermanentError, RefusedError, TransientError, UnknownHostError
from tocsin.ports.streams import MESSAGE, UNREADABLE, StreamEvent, StreamRequest, TooLargeError

SILENCE = 60.0
"""Seconds without an event or a sign of life after which a connection is cut: Mastodon sends one every 15."""
EVENT_CAP = 512 * 1024
"""Bytes of an event that is read; a longer one is passed over. A post with all its fields has under 100,000."""
FRAME_CAP = 4 * 1024 * 1024
"""Bytes of a WebSocket's message that is received at all; a longer one cuts the connection."""
CONNECT_TIME = 10.0

_PORTS = {"ws": 80, "wss": 443}
_EVENTS = "text/event-stream"


class GuardedListener:
    """Keeps the promise of the port StreamListener. Use as `async with GuardedListener() as listener`.

    `allow`: networks that are dialled although they are not public. `silence` is in seconds. A WebSocket is pinged
    every 20 s besides. Neither compression nor proxies nor `.netrc` are used.
    """

    def __init__(self, allow: Sequence[Network] = (), *, silence: float = SILENCE) -> None:
        self._allow = tuple(allow)
        self._silence = silence
        headers = {"User-Agent": USER_AGENT, "Accept": _EVENTS, "Accept-Encoding": "identity"}
        # The silence is measured below, over both kinds of streams.
        self._client = web_client(allow, headers, httpx.Timeout(CONNECT_TIME, read=None))
        self._ssl = httpx.create_ssl_context(trust_env=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def listen(self, request: StreamRequest) -> AsyncGenerator[StreamEvent, None]:
        """Give what comes, errors as the port says."""
        async with aclosing(self._open(request)) as events:
            while True:
                try:
                    async with asyncio.timeout(self._silence):
                        event = await anext(events)
                except TimeoutError as exc:
                    raise TransientError(f"silent for {self._silence:g} s") from exc
                except StopAsyncIteration as exc:
                    raise TransientError("the server ended the stream") from exc
                yield event

    def _open(self, request: StreamRequest) -> AsyncGenerator[StreamEvent, None]:
        scheme = _parts(request.url).scheme
        if scheme in _PORTS:
            return self._web_socket(request)
        if scheme in {"http", "https"}:
            return self._events(request)
        raise RefusedError("not an address to listen at: write https:// or wss://")

    async def _events(self, request: StreamRequest) -> AsyncGenerator[StreamEvent, None]:
        reader = EventReader(EVENT_CAP)
        with translated(request.url):
            async with self._client.stream("GET", request.url, headers=dict(request.headers)) as response:
                if response.status_code != httpx.codes.OK:
                    raise refusal(response)
                kind = response.headers.get("content-type", "")
                if not kind.lower().startswith(_EVENTS) or response.headers.get("content-encoding"):
                    raise PermanentError(f"answered no plain stream of events, but {kind[:80]!r}")
                async for chunk in response.aiter_raw():
                    for event in reader.feed(chunk):
                        yield event

    async def _web_socket(self, request: StreamRequest) -> AsyncGenerator[StreamEvent, None]:
        async with self._connected(request) as connection:
            while True:
                yield _read(await _received(connection))

    @asynccontextmanager
    async def _connected(self, request: StreamRequest) -> AsyncIterator[ClientConnection]:
        parts = _parts(request.url)
        dialled = await self._dial(parts.hostname or "", parts.port or _PORTS[parts.scheme])
        try:
            connection = await connect(
                request.url,
                sock=dialled,  # With one given, redirects are refused.
                ssl=self._ssl if parts.scheme == "wss" else None,
                additional_headers=dict(request.headers),
                user_agent_header=USER_AGENT,
                compression=None,
                proxy=None,
                open_timeout=CONNECT_TIME,
                close_timeout=1.0,
                max_size=FRAME_CAP,
            )
        except InvalidStatus as exc:
            raise _refused(exc) from exc
        except (InvalidMessage, OSError, EOFError) as exc:  # TimeoutError is an OSError.
            raise TransientError(f"no WebSocket: {exc}"[:200]) from exc
        except (InvalidURI, InvalidHandshake, ValueError) as exc:
            raise PermanentError(f"no WebSocket: {exc}"[:200]) from exc
        try:
            yield connection
        finally:
            await connection.close()

    async def _dial(self, host: str, port: int) -> socket.socket:
        """Connect to an address that the guard looked at, so that nobody looks the name up again."""
        try:
            addresses = await look_up(host, port, self._allow)
        except (OSError, UnicodeError) as exc:
            raise UnknownHostError(f"no address for {host}") from exc
        error: Exception | None = None
        for address in addresses:
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            dialled = socket.socket(family, socket.SOCK_STREAM)
            dialled.setblocking(False)
            try:
                async with asyncio.timeout(CONNECT_TIME):
                    await asyncio.get_running_loop().sock_connect(dialled, (address, port))
            except BaseException as exc:
                dialled.close()
                if not isinstance(exc, OSError):
                    raise
                error = exc
            else:
                return dialled
        raise TransientError(f"no connection to {host}") from error


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port  # Read here, since a wrong one is told only then.
    except ValueError as exc:
        raise PermanentError(f"not an address: {exc}") from exc
    if parts.username or parts.password:
        raise RefusedError(f"{parts.hostname}: the address holds a user name or password")
    return parts


async def _received(connection: ClientConnection) -> str | bytes:
    try:
        return await connection.recv()
    except ConnectionClosed as exc:
        if exc.sent and exc.sent.code == CloseCode.MESSAGE_TOO_BIG:
            raise TooLargeError(f"a message of more than {FRAME_CAP} bytes") from exc
        raise TransientError(f"the connection was closed: {exc}"[:200]) from exc


def _read(message: str | bytes) -> StreamEvent:
    if isinstance(message, bytes):
        return StreamEvent(UNREADABLE, "a message that is no text")
    if len(message) > EVENT_CAP:
        return StreamEvent(UNREADABLE, f"a message of more than {EVENT_CAP} characters")
    return StreamEvent(MESSAGE, message)


def _refused(error: InvalidStatus) -> Exception:
    status = error.response.status_code
    return refusal(httpx.Response(status, headers=list(error.response.headers.raw_items())))
