"""The way to streams against real servers: whom it dials, what it refuses, how it ends; the port's promise."""

import asyncio
import socket
from contextlib import aclosing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from threading import Thread

import pytest

from stream_server import jetstream
from tocsin.adapters.listening import GuardedListener
from tocsin.errors import PermanentError, RefusedError, TransientError
from tocsin.ports import StreamEvent, StreamRequest

LOOPBACK = [ip_network("127.0.0.0/8")]
Answer = tuple[int, dict[str, str], bytes]


class Server(ThreadingHTTPServer):
    daemon_threads = True
    answer: Answer = (200, {"Content-Type": "text/event-stream"}, b"data: 1\n\n")

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.headers: list[dict[str, str]] = []


class Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.server.headers.append(dict(self.headers.items()))
        status, headers, body = self.server.answer
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server():
    with Server() as told:
        thread = Thread(target=told.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield told
        told.shutdown()
        thread.join()


def heard(url: str, most: int = 9, *, allow=LOOPBACK, silence: float = 5, headers=()) -> list[StreamEvent]:
    """Listen until the error that ends it, or to so many events."""

    async def listen() -> list[StreamEvent]:
        found: list[StreamEvent] = []
        async with (
            GuardedListener(allow, silence=silence) as listener,
            aclosing(listener.listen(StreamRequest(url, headers))) as events,
        ):
            while len(found) < most:
                found.append(await anext(events))
        return found

    return asyncio.run(listen())


ATTACKS = [
    "ws://127.0.0.1:6008/subscribe", "http://127.0.0.1/", "ws://localhost/", "ws://[::1]/", "ws://169.254.169.254/",
    "ws://10.0.0.1/", "ws://0x7f000001/", "ws://0177.0.0.1/", "ws://2130706433/", "ws://[::ffff:127.0.0.1]/",
    "ws://[64:ff9b::7f00:1]/", "ws://8.8.8.8:25/", "http://8.8.8.8:25/", "ws://user:secret@8.8.8.8/",
    "http://user:secret@8.8.8.8/", "file:///etc/passwd", "gopher://8.8.8.8/", "unix:///tmp/x",
]  # fmt: skip


@pytest.mark.parametrize("url", ATTACKS)
def test_what_is_not_public_is_not_dialled(url: str) -> None:
    with pytest.raises(RefusedError) as refused:
        heard(url, allow=())
    assert "secret" not in str(refused.value)


def test_events_come_and_the_end_is_an_error(server: Server) -> None:
    server.answer = (200, {"Content-Type": "text/event-stream", "Set-Cookie": "a=1"}, b":)\n\nevent: x\ndata: 1\n\n")
    assert heard(f"http://127.0.0.1:{server.server_port}/", 2) == [StreamEvent(""), StreamEvent("x", "1")]
    with pytest.raises(TransientError, match="ended the stream"):
        heard(f"http://127.0.0.1:{server.server_port}/", headers=(("Authorization", "Bearer t"),))
    first, second = server.headers
    assert second["Authorization"] == "Bearer t"
    assert not {"Cookie", "Authorization"} & first.keys()


ANSWERS: dict[str, tuple[Answer, type[Exception], str]] = {
    "a limit": ((429, {"Retry-After": "7"}, b""), TransientError, "429"),
    "busy": ((503, {}, b""), TransientError, "503"),
    "no log-in": ((401, {}, b""), PermanentError, "401"),
    "led elsewhere": ((301, {"Location": "http://127.0.0.1:9/"}, b""), PermanentError, "301|no WebSocket"),
    "a page": ((200, {"Content-Type": "text/html"}, b"<html>"), PermanentError, "text/html"),
    "packed": (
        (200, {"Content-Type": "text/event-stream", "Content-Encoding": "gzip"}, b"x"), PermanentError, "plain stream"
    ),
}  # fmt: skip


@pytest.mark.parametrize("scheme", ["http", "ws"])
@pytest.mark.parametrize("name", ANSWERS)
def test_what_is_no_stream_is_said(server: Server, scheme: str, name: str) -> None:
    server.answer, kind, told = ANSWERS[name]
    is_status = server.answer[0] != 200
    with pytest.raises(kind, match=told if is_status or scheme == "http" else "no WebSocket|200") as error:
        heard(f"{scheme}://127.0.0.1:{server.server_port}/")
    if name == "a limit":
        assert error.value.retry_after == 7.0


@pytest.mark.parametrize("scheme", ["http", "ws"])
def test_nobody_there_and_silence_are_worth_another_try(scheme: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:  # It takes the connection and says nothing.
        with pytest.raises(TransientError, match="silent for"):
            heard(f"{scheme}://127.0.0.1:{deaf.getsockname()[1]}/", silence=0.2)
        port = deaf.getsockname()[1]
    with pytest.raises(TransientError):
        heard(f"{scheme}://127.0.0.1:{port}/")


def test_a_websocket_says_who_we_are_and_keeps_no_cookie() -> None:
    with jetstream() as told:
        told.faults = {n: ["one", "two"] for n in range(2)}
        assert heard(told.url, 2) == [StreamEvent("message", "one"), StreamEvent("message", "two")]
        with pytest.raises(TransientError, match="closed"):
            heard(told.url)
    assert all(agent.startswith("Tocsin/") for agent in told.agents)
