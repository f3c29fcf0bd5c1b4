"""A real web server on loopback that publishes the story as feeds and pages, one chapter after the other."""

import hashlib
import threading
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

from tocsin.demo.pages import front_page, post_page
from tocsin.demo.post import Post
from tocsin.demo.story import Story
from tocsin.demo.syndication import write_atom, write_rss


class Newsroom:
    """Serves `/FEED.xml`, `/FEED/NUMBER` and `/` while the `with` block is open; port 0 takes a free one.

    A post is out when its chapter is released and its moment has come. Feeds answer 304 to their own ETag.
    Links lead to loopback, wherever it listens: it is for the eyes of whoever sits at this machine.
    OSError: somebody else listens there.
    """

    def __init__(
        self, story: Story, clock: Callable[[], datetime], *, host: str = "127.0.0.1", port: int = 0
    ) -> None:
        self.story = story
        self._clock = clock
        self._released = -1
        self._server = _Server(self, host, port)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True, name="newsroom").start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def release(self, chapter: int) -> None:
        """Publish this chapter and those before it; a release is never taken back."""
        self._released = max(self._released, chapter)

    def published(self, feed_id: str | None = None) -> list[Post]:
        """What is out by now, oldest first."""
        now = self._clock()
        return [
            post
            for post in self.story.posts
            if post.chapter <= self._released and post.at <= now and feed_id in {None, post.feed}
        ]

    def answer(self, path: str) -> tuple[str, bytes] | None:
        """Content type and body for a path; None when there is nothing, or not yet."""
        if path == "/":
            return "text/html; charset=utf-8", front_page(self.story, self.published())
        for feed in self.story.feeds:
            posts = self.published(feed.id)
            if path == f"/{feed.id}.xml":
                write = write_atom if feed.format == "atom" else write_rss
                return f"application/{feed.format}+xml; charset=utf-8", write(feed, posts, self.url)
            for post in posts:
                if path == post.path:
                    return "text/html; charset=utf-8", post_page(feed, post)
        return None


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # Leaving must not wait for a reader that keeps its connection open.
    block_on_close = False

    def __init__(self, newsroom: Newsroom, host: str, port: int) -> None:
        super().__init__((host, port), _Handler)
        self.newsroom = newsroom

    def handle_error(self, request: object, client_address: object) -> None:
        """A reader that hangs up early is its own affair; nothing is printed over the demo's screen."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 10
    server: _Server

    def do_GET(self) -> None:
        """Answer 200, 304 or 404."""
        found = self.server.newsroom.answer(self.path.partition("?")[0])
        if found is None:
            self._send(HTTPStatus.NOT_FOUND, "text/plain; charset=utf-8", b"not (yet) published\n")
            return
        kind, body = found
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if self.headers.get("If-None-Match") == etag:
            self._send(HTTPStatus.NOT_MODIFIED, kind, b"", etag)
        else:
            self._send(HTTPStatus.OK, kind, body, etag)

    def _send(self, status: HTTPStatus, kind: str, body: bytes, etag: str = "") -> None:
        self.send_response(status)
        if etag:
            self.send_header("ETag", etag)
        if status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
        # What the hostile posts hold must not run in the browser of who follows a link.
        self.send_header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the standard library's
        """Say nothing: the terminal belongs to the demo's screen."""
