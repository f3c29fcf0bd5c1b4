"""Local servers of streams: Jetstream's WebSocket with replay, Mastodon's server-sent events."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Empty, Queue
from urllib.parse import parse_qs, urlsplit

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

from network_server import Handler, Networks, Said, mastodon_status


def jetstream_event(number: int, text: str, micros: int, **commit: object) -> dict:
    """What Jetstream tells of a post that was just written."""
    record = {"$type": "app.bsky.feed.post", "text": text, "createdAt": "2026-03-03T10:00:00Z", "langs": ["fr"]}
    told = {"rev": "r", "operation": "create", "collection": "app.bsky.feed.post", "rkey": str(number), "cid": "b"}
    return {"did": "did:plc:ana", "time_us": micros, "kind": "commit", "commit": {**told, "record": record, **commit}}


class Jetstream:
    """Tells every event from the cursor on, then what is added. `faults`: by connection, what is sent instead.

    A fault is a list of messages: text and bytes are sent, a number lets so many true events pass, None is silence;
    after the last one the connection is cut. `asked`: the queries, one per connection.
    """

    def __init__(self) -> None:
        self.events: list[dict] = []
        self.asked: list[dict[str, list[str]]] = []
        self.agents: list[str] = []
        self.faults: dict[int, list[str | bytes | int | None]] = {}
        self.url = ""
        self.told = 0
        """Events that somebody has received."""
        self._changed = threading.Condition()
        self._is_over = False

    def say(self, *events: dict) -> None:
        with self._changed:
            self.events += events
            self._changed.notify_all()

    def end(self) -> None:
        with self._changed:
            self._is_over = True
            self._changed.notify_all()

    def answer(self, connection: ServerConnection) -> None:
        asked = parse_qs(urlsplit(connection.request.path).query)
        self.agents.append(connection.request.headers.get("User-Agent", ""))
        fault = self.faults.get(len(self.asked))
        at = len(self.events)
        if "cursor" in asked:
            at = next((n for n, one in enumerate(self.events) if one["time_us"] >= int(asked["cursor"][0])), at)
        self.asked.append(asked)
        try:
            if fault is None:
                self._tell(connection, at, None)
            for step in fault or ():
                at = self._do(connection, step, at)
        except ConnectionClosed:
            return
        connection.transport.abort() if hasattr(connection, "transport") else connection.socket.close()

    def _do(self, connection: ServerConnection, step: str | bytes | int | None, at: int) -> int:
        if isinstance(step, str | bytes):
            connection.send(step)
        elif step is None:
            for _ in connection:  # Nothing is said until the other side goes.
                pass
        else:
            return self._tell(connection, at, step)
        return at

    def _tell(self, connection: ServerConnection, at: int, most: int | None) -> int:
        left = most
        while left is None or left > 0:
            with self._changed:
                while at >= len(self.events) and not self._is_over:
                    if not self._changed.wait(0.05):
                        break
                if self._is_over:
                    return at
                found = self.events[at:] if left is None else self.events[at : at + left]
            for event in found:
                connection.send(json.dumps(event))
            # A closed connection is noticed here, and what was sent before is read when the answer comes.
            connection.ping().wait(2)
            at += len(found)
            self.told = max(self.told, at)
            left = None if left is None else left - len(found)
        return at


@contextmanager
def jetstream() -> Iterator[Jetstream]:
    """Serve until the end of the block."""
    told = Jetstream()
    with serve(told.answer, "127.0.0.1", 0, ping_interval=None) as server:
        told.url = f"ws://127.0.0.1:{server.socket.getsockname()[1]}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield told
        finally:
            told.end()
            server.shutdown()
            thread.join()


class Mastodon(Networks):
    """Timelines as `Networks` has them, and a stream; `say` is heard in both. `refusals`: statuses by connection."""

    def __init__(self) -> None:
        super().__init__()
        self.RequestHandlerClass = StreamHandler
        self.streams: list[str] = []
        self.tokens: list[str | None] = []
        self.refusals: dict[int, int] = {}
        self.elsewhere = ""
        self.beat = 0.05
        self.is_over = False
        self._open: list[Queue[bytes | None]] = []

    def say(self, *posts: Said) -> None:
        self.posts += posts
        for post in posts:
            self.send(self.update(post))

    def send(self, event: bytes | None) -> None:
        """Send bytes to every open stream; None cuts it."""
        for queue in list(self._open):
            queue.put(event)

    def update(self, post: Said) -> bytes:
        return b"event: update\ndata: " + json.dumps(mastodon_status(post, self.url)).encode() + b"\n\n"

    @property
    def listeners(self) -> int:
        return len(self._open)

    @contextmanager
    def queue(self) -> Iterator[Queue[bytes | None]]:
        mine: Queue[bytes | None] = Queue()
        self._open.append(mine)
        try:
            yield mine
        finally:
            self._open.remove(mine)


class StreamHandler(Handler):
    server: Mastodon

    def reply(self, body: bytes) -> None:
        if self.path == "/api/v2/instance" and self.server.elsewhere:
            return self.reply_with({"configuration": {"urls": {"streaming": self.server.elsewhere}}})
        if not self.path.startswith("/api/v1/streaming/"):
            return super().reply(body)
        number = len(self.server.streams)
        self.server.streams.append(self.path)
        self.server.tokens.append(self.headers["Authorization"])
        if status := self.server.refusals.get(number):
            self.send_response(status)
            self.send_header("Content-Length", "0")
            return self.end_headers()
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Set-Cookie", "track=me")
        self.end_headers()
        try:
            self.stream()
        except OSError:
            self.close_connection = True

    def stream(self) -> None:
        with self.server.queue() as events:
            self.wfile.write(b":)\n")
            while not self.server.is_over:
                try:
                    event = events.get(timeout=self.server.beat)
                except Empty:
                    event = b":thump\n"
                if event is None:
                    return
                self.wfile.write(event)

    def reply_with(self, document: object) -> None:
        body = json.dumps(document).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def mastodon() -> Iterator[Mastodon]:
    """Serve until the end of the block."""
    with Mastodon() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.is_over = True
            server.shutdown()
            thread.join()
