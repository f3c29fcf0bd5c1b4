"""The port Fetcher as APIs need it: headers that stay with their server, bodies, readable refusals, limits."""

import asyncio
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network

import pytest

from tocsin.adapters.http import GuardedFetcher
from tocsin.errors import PermanentError, RefusedError, TransientError
from tocsin.ports import FetchRequest, FetchResponse

LOOPBACK = (ip_network("127.0.0.0/8"),)
SECRET = (("Authorization", "Bearer s3cret"), ("User-Agent", "mine/1"))
DATE = "Tue, 03 Mar 2026 12:00:00 GMT"
Asked = list[tuple[str, str, dict[str, str], bytes]]


class Api(BaseHTTPRequestHandler):
    asked: Asked
    answers: dict[str, tuple[int, dict[str, str], bytes]]

    def do_GET(self) -> None:
        self.reply(b"")

    def do_POST(self) -> None:
        self.reply(self.rfile.read(int(self.headers["Content-Length"])))

    def reply(self, body: bytes) -> None:
        host = self.headers["Host"].partition(":")[0]
        self.asked.append((self.command, host + self.path, dict(self.headers.items()), body))
        status, headers, content = self.answers[self.path]
        self.send_response_only(status)
        for name, value in ({"Date": DATE} | headers).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    Api.asked, Api.answers = [], {"/": (200, {"Link": '<x>; rel="prev"'}, b"[]")}
    with ThreadingHTTPServer(("", 0), Api) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield running.server_port
        running.shutdown()
        thread.join()


def fetch(request: FetchRequest) -> FetchResponse:
    async def one() -> FetchResponse:
        async with GuardedFetcher(LOOPBACK, timeout=10) as fetcher:
            return await fetcher.fetch(request)

    return asyncio.run(one())


def sent(name: str) -> list[str | None]:
    return [headers.get(name) for _, _, headers, _ in Api.asked]


def test_headers_are_sent_and_link_comes_back(port: int) -> None:
    answer = fetch(FetchRequest(f"http://127.0.0.1:{port}/", headers=SECRET))
    assert answer.link == '<x>; rel="prev"'
    assert (sent("Authorization"), sent("User-Agent")) == (["Bearer s3cret"], ["mine/1"])


def test_headers_follow_a_redirect_on_the_same_server(port: int) -> None:
    Api.answers["/old"] = (301, {"Location": "/"}, b"")
    fetch(FetchRequest(f"http://127.0.0.1:{port}/old", headers=SECRET))
    assert sent("Authorization") == ["Bearer s3cret"] * 2


def test_headers_never_follow_a_redirect_to_another_server_and_are_not_sent_when_it_sends_us_back(port: int) -> None:
    Api.answers["/away"] = (302, {"Location": f"http://127.0.0.2:{port}/back"}, b"")
    Api.answers["/back"] = (302, {"Location": f"http://127.0.0.1:{port}/"}, b"")
    fetch(FetchRequest(f"http://127.0.0.1:{port}/away", etag='"v"', headers=SECRET))
    assert [path for _, path, _, _ in Api.asked] == ["127.0.0.1/away", "127.0.0.2/back", "127.0.0.1/"]
    assert sent("Authorization") == ["Bearer s3cret", None, None]
    assert sent("If-None-Match") == ['"v"'] * 3


def test_another_port_is_another_server(port: int) -> None:
    Api.answers["/away"] = (302, {"Location": "http://127.0.0.1:1/"}, b"")
    with pytest.raises(TransientError) as told:
        fetch(FetchRequest(f"http://127.0.0.1:{port}/away", headers=SECRET))
    assert "s3cret" not in str(told.value)


def test_a_body_is_posted_to_one_address_only(port: int) -> None:
    fetch(FetchRequest(f"http://127.0.0.1:{port}/", headers=SECRET, body=b"grant=x"))
    assert [(method, body) for method, _, _, body in Api.asked] == [("POST", b"grant=x")]
    Api.answers["/moved"] = (307, {"Location": "/"}, b"")
    with pytest.raises(RefusedError, match="body"):
        fetch(FetchRequest(f"http://127.0.0.1:{port}/moved", body=b"grant=x"))
    assert len(Api.asked) == 2


def test_a_refusal_is_read_where_its_body_is_wanted(port: int) -> None:
    Api.answers["/no"] = (403, {"Content-Type": "application/json"}, b'{"error": "quota"}')
    url = f"http://127.0.0.1:{port}/no"
    answer = fetch(FetchRequest(url, errors=(400, 403)))
    assert (answer.status, answer.body, answer.content_type) == (403, b'{"error": "quota"}', "application/json")
    with pytest.raises(PermanentError, match="answered 403"):
        fetch(FetchRequest(url, errors=(400,)))


@pytest.mark.parametrize(
    ("status", "headers", "expected"),
    [
        (429, {"X-RateLimit-Reset": "352"}, 352),
        (429, {"X-RateLimit-Reset": "41.5"}, 41.5),
        (429, {"X-RateLimit-Reset": "2026-03-03T12:05:00.000Z"}, 300),
        (429, {"X-RateLimit-Reset": "2026-03-03T11:00:00.000Z"}, 0),
        (429, {"RateLimit-Reset": "1772539320"}, 120),
        (429, {"RateLimit-Reset": "1872539320"}, 24 * 3600),
        (429, {"X-RateLimit-Reset": "352", "Retry-After": "7"}, 7),
        (429, {"X-RateLimit-Reset": "soon"}, None),
        (429, {"X-RateLimit-Reset": "2026-03-03T12:05:00"}, None),
        (429, {"X-RateLimit-Reset": "²³"}, None),
        (429, {}, None),
        (503, {"X-RateLimit-Reset": "352"}, None),
    ],
)
def test_a_limit_says_when_it_starts_anew(port: int, status: int, headers: dict, expected: float | None) -> None:
    Api.answers["/busy"] = (status, headers, b"")
    with pytest.raises(TransientError) as told:
        fetch(FetchRequest(f"http://127.0.0.1:{port}/busy", errors=(400,)))
    assert told.value.retry_after == expected


def test_nothing_secret_shows_in_a_request() -> None:
    assert "s3cret" not in repr(FetchRequest("https://e.org/", headers=SECRET, body=b"s3cret"))
