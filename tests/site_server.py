"""A real web server on loopback for tests: pages by path, with what was asked for, when and by whom."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Page = tuple[int, dict[str, str], bytes]


class Site(ThreadingHTTPServer):
    """Serves `pages` by path with its query, else by path; a page may be a function of the path. Else 404."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, host: str = "") -> None:
        super().__init__((host, 0), _Handler)
        self.pages: dict[str, Page | Callable[[str], Page]] = {}
        self.asked: list[str] = []
        self.times: list[float] = []
        self.agents: set[str] = set()
        self.most_at_once = 0
        self.busy = 0
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def put(self, path: str, body: str | bytes, *, kind: str = "text/html; charset=utf-8", **headers: str) -> None:
        told = body.encode() if isinstance(body, str) else body
        self.pages[path] = (200, {"Content-Type": kind} | headers, told)

    def asked_for(self, path: str) -> int:
        return self.asked.count(path)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A reader that hangs up early is what some tests are about."""


class _Handler(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        site = self.server
        with site.lock:
            site.asked.append(self.path)
            site.times.append(time.monotonic())
            site.agents.add(self.headers["User-Agent"])
            site.busy += 1
            site.most_at_once = max(site.most_at_once, site.busy)
        page = site.pages.get(self.path) or site.pages.get(self.path.partition("?")[0]) or (404, {}, b"nothing here")
        status, headers, body = page(self.path) if callable(page) else page
        with site.lock:
            site.busy -= 1
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serve_site(host: str = "") -> Iterator[Site]:
    """Run a site while the block is open."""
    with Site(host) as site:
        thread = threading.Thread(target=site.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield site
        finally:
            site.shutdown()
            thread.join()


def feed(*entries: tuple[str, str, str], title: str = "A feed") -> str:
    """RSS 2.0 of (title, link, description) entries; a fourth part would be too much for a test."""
    items = "".join(
        f"<item><title>{name}</title><link>{link}</link><description>{text}</description></item>"
        for name, link, text in entries
    )
    return f"<rss version='2.0'><channel><title>{title}</title>{items}</channel></rss>"


def article(title: str, *paragraphs: str, head: str = "", before: str = "") -> str:
    """A page with menus around an article."""
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f"<html lang='fr'><head><title>{title}</title>{head}</head><body><nav><a href='/'>Accueil</a>"
        f"<a href='/sport'>Sport</a></nav><article><h1>{title}</h1>{before}{body}</article>"
        f"<footer>Mentions légales</footer></body></html>"
    )
