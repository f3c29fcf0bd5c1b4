"""A real WebSub hub and publisher on loopback for tests: it verifies when told, signs, retries, and lies if told."""

import hmac
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.error import HTTPError, URLError
from urllib.parse import parse_qs, urlencode
from urllib.request import Request, urlopen


@dataclass
class Promise:
    """A subscription as the hub holds it."""

    callback: str
    topic: str
    secret: str
    lease: int


class Hub(ThreadingHTTPServer):
    """Serves feeds under /feeds/… and is a hub at /hub; `answer` is what a request to it is told."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.feeds: dict[str, tuple[bytes, dict[str, str]]] = {}
        self.fetched: list[str] = []
        self.requests: list[dict[str, str]] = []
        self.promises: dict[tuple[str, str], Promise] = {}
        self.answer = 202
        self.lease: int | None = None
        """The lease that it grants, whatever was asked."""
        self.method = "sha256"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def topic(self, path: str) -> str:
        return f"{self.url}/feeds/{path}"

    def publish(self, path: str, *words: str, offers: bool = True, headers: bool = False) -> str:
        """Make a feed hold these items; it offers this hub in its document or in its headers."""
        topic, hub = self.topic(path), f"{self.url}/hub"
        links = f"<a:link rel='hub' href='{hub}'/><a:link rel='self' href='{topic}'/>"
        items = "".join(
            f"<item><title>{word}</title><link>/posts/{word}</link><author>Ann</author></item>" for word in words
        )
        body = (
            "<rss version='2.0' xmlns:a='http://www.w3.org/2005/Atom'><channel><title>t</title>"
            f"{links if offers and not headers else ''}{items}</channel></rss>"
        )
        told = {"Link": f'<{hub}>; rel="hub", <{topic}>; rel="self"'} if offers and headers else {}
        self.feeds[path] = (body.encode(), told)
        return body

    def verify(self, asked: dict[str, str], topic: str = "", mode: str = "") -> tuple[int, bytes]:
        """Ask the callback whether it meant what was asked for; keep the promise when it did."""
        challenge = secrets.token_urlsafe(24)
        lease = self.lease or int(asked.get("hub.lease_seconds", 3600))
        mode = mode or asked["hub.mode"]
        told = {"hub.mode": mode, "hub.topic": topic or asked["hub.topic"], "hub.challenge": challenge}
        status, body = self.call(asked["hub.callback"], told | {"hub.lease_seconds": str(lease)})
        key = (asked["hub.callback"], asked["hub.topic"])
        if status // 100 == 2 and body == challenge.encode():
            if mode == "unsubscribe":
                self.promises.pop(key, None)
            else:
                self.promises[key] = Promise(*key, asked.get("hub.secret", ""), lease)
        return status, body

    def deny(self, asked: dict[str, str], reason: str) -> int:
        told = {"hub.mode": "denied", "hub.topic": asked["hub.topic"], "hub.reason": reason}
        return self.call(asked["hub.callback"], told)[0]

    def distribute(self, body: str | bytes, *, forge: bool = False, sign: bool = True) -> list[int]:
        """Push a document to all who are promised it, once each; give what they answered."""
        return [self.push(promise, body, forge=forge, sign=sign) for promise in list(self.promises.values())]

    def push(self, promise: Promise, body: str | bytes, *, forge: bool = False, sign: bool = True) -> int:
        """Push once; 0 when nobody answered."""
        body = body.encode() if isinstance(body, str) else body
        secret = "another secret" if forge else promise.secret
        told = {"Content-Type": "application/rss+xml"}
        if sign:
            told["X-Hub-Signature"] = f"{self.method}={hmac.new(secret.encode(), body, self.method).hexdigest()}"
        return self.call(promise.callback, {}, body, told)[0]

    def call(
        self, url: str, query: dict[str, str], body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        request = Request(f"{url}?{urlencode(query)}" if query else url, data=body, headers=headers or {})
        try:
            with urlopen(request, timeout=10) as answer:
                return answer.status, answer.read()
        except HTTPError as exc:
            return exc.code, exc.read()
        except (URLError, OSError):
            return 0, b""

    def until_taken(self, promise: Promise, body: str, between: Callable[[], object]) -> int:
        """Push again and again until it is taken, as hubs do; `between` is called after each failure."""
        tries = 1
        while self.push(promise, body) // 100 != 2:
            between()
            tries += 1
        return tries


class _Handler(BaseHTTPRequestHandler):
    server: Hub

    def do_GET(self) -> None:
        path = self.path.removeprefix("/feeds/")
        self.server.fetched.append(path)
        body, headers = self.server.feeds.get(path, (b"", {}))
        self._say(200 if body else 404, body, headers)

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        asked = {name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()}
        self.server.requests.append(asked)
        self._say(self.server.answer, f"You said {asked.get('hub.secret')}".encode(), {})

    def _say(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def run_hub() -> Iterator[Hub]:
    """Run a hub while the block is open."""
    with Hub() as hub:
        thread = threading.Thread(target=hub.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield hub
        finally:
            hub.shutdown()
            thread.join()
