"""The port Fetcher against a real server on loopback that behaves as badly as servers do."""

import asyncio
import gzip
import threading
import time
import tracemalloc
import zlib
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network

import pytest

from tocsin.adapters.http import GuardedFetcher
from tocsin.errors import PermanentError, RefusedError, TocsinError, TransientError
from tocsin.ports import FetchRequest, FetchResponse

LOOPBACK = (ip_network("127.0.0.0/8"),)
FEED = "<rss><channel><title>É</title></channel></rss>".encode()
Answer = tuple[int, dict[str, str], bytes]


@cache
def bomb() -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    zeros = bytes(1024 * 1024)
    return b"".join([*(packer.compress(zeros) for _ in range(300)), packer.flush()])


def conditional(headers: dict[str, str]) -> Answer:
    if headers.get("If-None-Match") == '"v1"':
        return 304, {"ETag": '"v1"'}, b""
    return 200, {"ETag": '"v1"', "Last-Modified": "Mon, 02 Mar 2026 08:00:00 GMT", "Content-Type": "text/xml"}, FEED


DATE = {"Date": "Mon, 02 Mar 2026 08:00:00 GMT"}
ANSWERS: dict[str, Answer] = {
    "/plain": (200, {"Content-Type": "text/xml; charset=utf-8"}, FEED),
    "/gzip": (200, {"Content-Encoding": "gzip"}, gzip.compress(FEED)),
    "/gzip-members": (
        200,
        {"Content-Encoding": "gzip"},
        gzip.compress(FEED[:9]) + gzip.compress(FEED[9:]) + bytes(9),
    ),
    "/deflate": (200, {"Content-Encoding": "deflate"}, zlib.compress(FEED)),
    "/gzip-cut": (200, {"Content-Encoding": "gzip"}, gzip.compress(FEED)[:-9]),
    "/gzip-lie": (200, {"Content-Encoding": "gzip"}, FEED),
    "/zstd": (200, {"Content-Encoding": "zstd"}, FEED),
    "/brotli": (200, {"Content-Encoding": "br"}, FEED),
    "/gzip-twice": (200, {"Content-Encoding": "gzip, gzip"}, gzip.compress(gzip.compress(FEED))),
    "/empty": (200, {}, b""),
    "/cookie": (200, {"Set-Cookie": "a=b; Path=/"}, FEED),
    "/gone": (410, {}, b""),
    "/missing": (404, {}, b"<html>"),
    "/forbidden": (403, {}, b""),
    "/odd": (206, {}, FEED),
    "/broken": (500, {}, b""),
    "/busy-seconds": (429, {"Retry-After": "120"}, b""),
    "/busy-date": (503, {"Retry-After": "Mon, 02 Mar 2026 08:10:00 GMT", **DATE}, b""),
    "/busy-past": (429, {"Retry-After": "Mon, 02 Mar 2026 07:00:00 GMT", **DATE}, b""),
    "/busy-88h": (429, {"Retry-After": str(88 * 3600)}, b""),
    "/busy-words": (429, {"Retry-After": "soon"}, b""),
    "/busy-minus": (429, {"Retry-After": "-5"}, b""),
    "/always-304": (304, {}, b""),
    "/moved": (301, {"Location": "/plain"}, b""),
    "/loop": (302, {"Location": "/loop"}, b""),
    "/to-private": (302, {"Location": "http://10.0.0.1/"}, b""),
    "/to-metadata": (307, {"Location": "http://169.254.169.254/latest/meta-data/"}, b""),
    "/to-ipv6": (302, {"Location": "http://[::1]:1/"}, b""),
    "/to-file": (302, {"Location": "file:///etc/passwd"}, b""),
    "/to-script": (302, {"Location": "javascript:alert(1)"}, b""),
    "/to-nowhere": (302, {}, b""),
    "/to-nonsense": (302, {"Location": "http://[::1/"}, b""),
    **{f"/hop{n}": (302, {"Location": f"/hop{n - 1}"}, b"") for n in range(1, 7)},
    "/hop0": (200, {}, FEED),
}


class Server(BaseHTTPRequestHandler):
    asked: list[tuple[str, dict[str, str]]]

    def do_GET(self) -> None:
        headers = dict(self.headers.items())
        self.asked.append((self.path, headers))
        with suppress(OSError):  # The client hangs up on us; that is what is tested.
            if self.path == "/conditional":
                self.answer(*conditional(headers))
            elif self.path in ANSWERS:
                self.answer(*ANSWERS[self.path])
            else:
                getattr(self, self.path[1:].replace("-", "_"))()

    def bomb(self) -> None:
        self.answer(200, {"Content-Encoding": "gzip"}, bomb())

    def huge(self) -> None:
        self.trickle([b"x" * 65_536] * 1_000, pause=0.0)

    def endless_headers(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for number in range(4_000):
            self.wfile.write(b"X-%d: %s\r\n" % (number, b"x" * 100))

    def long_header(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 400_000)

    def early_hints(self) -> None:
        for _ in range(2_000):
            self.wfile.write(b"HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n")
            time.sleep(0.01)

    def drip(self) -> None:
        self.trickle([b"x"] * 100, pause=0.1)

    def silent(self) -> None:
        time.sleep(3)

    def hang_up(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b"<rss>")

    def garbage(self) -> None:
        self.wfile.write(b"\x16\x03\x01 not http\r\n\r\n")

    def answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response_only(status)
        for name, value in ({"Date": self.date_time_string()} | headers).items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def trickle(self, pieces: list[bytes], pause: float) -> None:
        self.send_response(200)
        self.end_headers()
        for piece in pieces:
            self.wfile.write(piece)
            time.sleep(pause)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    Server.asked = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Server) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


def fetch(url: str, *, timeout: float = 5.0, **conditions: str) -> FetchResponse:
    async def one() -> FetchResponse:
        async with GuardedFetcher(LOOPBACK, timeout=timeout, max_bytes=1024 * 1024) as fetcher:
            return await fetcher.fetch(FetchRequest(url, **conditions))

    return asyncio.run(one())


@pytest.mark.parametrize("path", ["plain", "gzip", "gzip-members", "deflate", "moved", "hop5"])
def test_the_body_arrives(server: str, path: str) -> None:
    answer = fetch(f"{server}/{path}")
    assert (answer.status, answer.body) == (200, FEED)


def test_the_answer_says_where_redirects_led_and_what_it_is(server: str) -> None:
    answer = fetch(f"{server}/moved")
    assert answer.url == f"{server}/plain"
    assert answer.content_type == "text/xml; charset=utf-8"
    assert fetch(f"{server}/empty").body == b""


def test_conditions_are_asked_and_not_modified_is_an_answer(server: str) -> None:
    first = fetch(f"{server}/conditional")
    assert (first.status, first.etag, first.last_modified) == (200, '"v1"', "Mon, 02 Mar 2026 08:00:00 GMT")
    again = fetch(f"{server}/conditional", etag='"v1"', last_modified="Mon, 02 Mar 2026 08:00:00 GMT")
    assert (again.status, again.body, again.etag) == (304, b"", '"v1"')
    headers = Server.asked[-1][1]
    assert headers["If-None-Match"] == '"v1"'
    assert headers["If-Modified-Since"] == "Mon, 02 Mar 2026 08:00:00 GMT"
    assert headers["User-Agent"].startswith("Tocsin/")
    with pytest.raises(TransientError, match="304"):
        fetch(f"{server}/always-304")


def test_no_cookie_is_kept(server: str) -> None:
    async def twice() -> None:
        async with GuardedFetcher(LOOPBACK) as fetcher:
            await fetcher.fetch(FetchRequest(f"{server}/cookie"))
            await fetcher.fetch(FetchRequest(f"{server}/cookie"))

    asyncio.run(twice())
    assert [headers.get("Cookie") for path, headers in Server.asked if path == "/cookie"] == [None, None]


@pytest.mark.parametrize(
    ("path", "seconds"),
    [
        ("busy-seconds", 120),
        ("busy-date", 600),
        ("busy-past", 0),
        ("busy-88h", 86_400),
        ("busy-words", None),
        ("busy-minus", None),
        ("broken", None),
    ],
)
def test_busy_servers_say_when_to_come_back(server: str, path: str, seconds: float | None) -> None:
    with pytest.raises(TransientError) as busy:
        fetch(f"{server}/{path}")
    assert busy.value.retry_after == seconds


REFUSALS = "endless-headers long-header bomb huge loop hop6 to-private to-metadata to-ipv6 to-file"
GONE = "gone missing forbidden odd gzip-lie zstd brotli gzip-twice to-nowhere to-script"
LATER = "hang-up garbage gzip-cut to-nonsense"


@pytest.mark.parametrize(
    ("path", "kind"),
    [(path, kind) for paths, kind in ((REFUSALS, RefusedError), (GONE, PermanentError), (LATER, TransientError))
     for path in paths.split()],
)  # fmt: skip
def test_each_evil_has_its_error(server: str, path: str, kind: type[TocsinError]) -> None:
    with pytest.raises(TocsinError) as error:
        fetch(f"{server}/{path}")
    assert type(error.value) is kind


def test_a_bomb_is_stopped_before_it_fills_the_memory(server: str) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(RefusedError, match="over 1048576 bytes"):
            fetch(f"{server}/huge")
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        packed = len(bomb())
        with pytest.raises(RefusedError, match="over 1048576 bytes"):
            fetch(f"{server}/bomb")
        assert tracemalloc.get_traced_memory()[1] - before < 12 * 1024 * 1024 + 2 * packed
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("path", ["drip", "silent", "early-hints"])
def test_a_slow_server_is_left_in_time(server: str, path: str) -> None:
    start = time.monotonic()
    with pytest.raises(TransientError):
        fetch(f"{server}/{path}", timeout=0.4)
    assert time.monotonic() - start < 2


def test_nobody_there_and_no_such_name_may_come_back() -> None:
    with pytest.raises(TransientError):
        fetch("http://127.0.0.1:1/")
    with pytest.raises(TransientError):
        fetch("http://no-such-host.invalid/")


@pytest.mark.parametrize(
    "url", ["http://[::1/", "http://e.org:port/", "http://" + "a" * 70 + ".é.org/", "http://\x00/"]
)
def test_nonsense_is_no_address(url: str) -> None:
    with pytest.raises(TocsinError):
        fetch(url)
