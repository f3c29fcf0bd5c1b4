"""A local server that speaks X's API v2: searches, counts, rules, the filtered stream and compliance jobs.

Shapes, errors and limits are those of docs.x.com and of the OpenAPI document there (August 2026).
"""

import json
import queue
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import monotonic
from typing import Any
from urllib.parse import parse_qs, urlsplit

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
TOKEN = "AAAAAAAAAAAAAAAAAAAAA-s3cret-b3arer"
EPOCH = datetime(2010, 11, 4, 1, 42, 54, 657000, UTC)
PROBLEMS = "https://api.twitter.com/2/problems/"
Answer = tuple[int, dict[str, str], Any]

_TERM = re.compile(r'(?<![-\w])"([^"]+)"|(?<![-\w"])([#@$]\w+)')


def snowflake(at: datetime, number: int = 0) -> str:
    return str((((at - EPOCH) // timedelta(milliseconds=1)) << 22) + number)


def post(at: datetime, text: str = "Bulla", number: int = 0, **told: Any) -> dict[str, Any]:
    """A post as v2 gives it, with the fields that we ask for."""
    name = told.pop("id", snowflake(at, number))
    made = {
        "id": name,
        "text": text,
        "author_id": str(1000 + number),
        "created_at": f"{at:%Y-%m-%dT%H:%M:%S}.000Z",
        "edit_history_tweet_ids": [name],
        "lang": "fr",
    }
    return {**made, **told}


def problem(kind: str, title: str, detail: str, **told: Any) -> dict[str, Any]:
    return {"title": title, "detail": detail, "type": PROBLEMS + kind, **told}


class Ticking:
    """A clock that shows noon at first and goes at the usual pace; `ahead` puts it forward."""

    def __init__(self) -> None:
        self._began = monotonic()
        self.ahead = timedelta()

    def now(self) -> datetime:
        return NOON + self.ahead + timedelta(seconds=monotonic() - self._began)


@dataclass
class Faults:
    """Other answers than the usual, by path, each given once; `date` is the server's clock."""

    waiting: dict[str, list[Answer]] = field(default_factory=dict)

    def then(self, path: str, status: int, body: Any, **headers: str) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.waiting.setdefault(path, []).append((status, named, body))


class XServer(ThreadingHTTPServer):
    """`posts` is all that X holds; what is said while a stream listens goes there too."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.posts: list[dict[str, Any]] = []
        self.tweets: list[dict[str, Any]] = []
        """What posts refer to, given in `includes`."""
        self.deleted: dict[str, str] = {}
        self.rules: list[dict[str, str]] = []
        self.asked: list[str] = []
        self.sent: list[Any] = []
        self.headers: list[dict[str, str]] = []
        self.faults = Faults()
        self.clock = Ticking()
        self.lag = timedelta()
        """How old a post must be before search finds it."""
        self.beat = 0.02
        self.connections = 0
        self.streams: list[queue.Queue[bytes | None]] = []
        self.jobs: dict[str, dict[str, Any]] = {}
        self.looks = 2
        """How often one must look before a compliance job is done."""
        self.has_archive = True
        self.changed = threading.Condition()

    def say(self, *posts: dict[str, Any], hidden: bool = False, stored: bool = True) -> None:
        """Posts appear: over every stream unless `hidden`, and, if `stored`, for search."""
        if stored:
            self.posts += posts
        for one in () if hidden else posts:
            rules = [
                {"id": rule["id"], "tag": rule.get("tag", "")} for rule in self.rules if matches(rule["value"], one)
            ]
            event = {"data": one, "matching_rules": rules, **self.includes([one])}
            if rules:
                self.send(json.dumps(event).encode() + b"\r\n")

    def send(self, line: bytes | None) -> None:
        """A line over every stream; None cuts them."""
        for stream in self.streams:
            stream.put(line)

    def includes(self, posts: list[dict[str, Any]]) -> dict[str, Any]:
        wanted = {ref["id"] for one in posts for ref in one.get("referenced_tweets", ())}
        found = [one for one in self.tweets if one["id"] in wanted]
        return {"includes": {"tweets": found}} if found else {}

    def wait_for(self, what: Any, seconds: float = 20) -> None:
        with self.changed:
            assert self.changed.wait_for(what, seconds), "it did not happen"

    def note(self) -> None:
        with self.changed:
            self.changed.notify_all()

    def found(self, told: dict[str, str]) -> list[dict[str, Any]]:
        """Newest first, as search gives them; only the newest version of an edited post."""
        last = {one["edit_history_tweet_ids"][0]: one for one in sorted(self.posts, key=lambda one: int(one["id"]))}
        until = told.get("end_time") or f"{self.clock.now() - self.lag + timedelta(seconds=1):%Y-%m-%dT%H:%M:%SZ}"
        kept = [
            one
            for one in last.values()
            if matches(told["query"], one)
            and int(one["id"]) > int(told.get("since_id", "0"))
            and one["id"] not in self.deleted
            and told.get("start_time", "") <= one["created_at"][:19] + "Z" < until
        ]
        return sorted(kept, key=lambda one: -int(one["id"]))


def matches(query: str, one: dict[str, Any]) -> bool:
    text = one["text"].casefold()
    no = re.findall(r'-"([^"]+)"', query)
    if any(word.casefold() in text for word in no):
        return False
    if "-is:retweet" in query and any(ref["type"] == "retweeted" for ref in one.get("referenced_tweets", ())):
        return False
    return any((phrase or tag).casefold() in text for phrase, tag in _TERM.findall(query))


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: XServer

    def do_GET(self) -> None:
        self.answer()

    def do_POST(self) -> None:
        self.answer()

    def do_PUT(self) -> None:
        self.answer()

    def log_message(self, *_: Any) -> None:
        """Silent."""

    def answer(self) -> None:
        server, parts = self.server, urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        server.asked.append(f"{self.command} {self.path}")
        server.sent.append(json.loads(body) if body.startswith(b"{") else body.decode())
        server.headers.append({name.lower(): value for name, value in self.headers.items()})
        told = {name: values[0] for name, values in parse_qs(parts.query).items()}
        waiting = server.faults.waiting.get(parts.path)
        if waiting:
            self.reply(*waiting.pop(0))
        elif not parts.path.startswith("/store/") and self.headers.get("authorization") != f"Bearer {TOKEN}":
            self.reply(
                401, {}, {"title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized"}
            )
        elif parts.path == "/2/tweets/search/stream":
            self.stream()
        else:
            self.reply(*self.route(parts.path, told))
        server.note()

    def route(self, path: str, told: dict[str, str]) -> Answer:
        if path in {"/2/tweets/search/recent", "/2/tweets/search/all"}:
            return search(self.server, path, told)
        if path == "/2/tweets/counts/recent":
            total = len(self.server.found({"query": told["query"]}))
            days = [{"start": "2026-11-21T00:00:00.000Z", "end": "2026-11-22T00:00:00.000Z", "tweet_count": total}]
            return 200, {}, {"data": days, "meta": {"total_tweet_count": total}}
        if path == "/2/tweets/search/stream/rules":
            return self.all_rules() if self.command == "GET" else self.change_rules()
        if path.startswith("/2/compliance/jobs"):
            return self.job(path.rpartition("/")[2])
        if path.startswith("/store/"):
            return self.store(path)
        return 404, {}, problem("resource-not-found", "Not Found", f"no {path}")

    def all_rules(self) -> Answer:
        found = {"data": self.server.rules} if self.server.rules else {}
        return (
            200,
            {},
            {**found, "meta": {"sent": "2026-11-22T00:00:00.000Z", "result_count": len(self.server.rules)}},
        )

    def change_rules(self) -> Answer:
        rules, sent = self.server.rules, self.server.sent[-1]
        if "delete" in sent:
            rules[:] = [rule for rule in rules if rule["id"] not in sent["delete"]["ids"]]
            summary = {"deleted": len(sent["delete"]["ids"]), "not_deleted": 0}
            return 200, {}, {"meta": {"sent": "2026-11-22T00:00:00.000Z", "summary": summary}}
        errors = []
        for one in sent["add"]:
            held = next((rule for rule in rules if rule["value"] == one["value"]), None)
            if held:
                errors.append(problem("duplicate-rules", "DuplicateRule", "", value=one["value"], id=held["id"]))
            elif len(one["value"]) > 1024:
                errors.append(
                    problem("invalid-rules", "UnprocessableEntity", "", value=one["value"], details=["too long"])
                )
            else:
                rules.append({"id": str(9000 + len(self.server.asked) * 100 + len(rules)), **one})
        return 201, {}, {"data": rules, **({"errors": errors} if errors else {})}

    def job(self, name: str) -> Answer:
        server = self.server
        if self.command == "POST":
            key = f"job{len(server.jobs) + 1}"
            made = {
                "id": key,
                "type": server.sent[-1]["type"],
                "name": server.sent[-1].get("name", ""),
                "status": "created",
                "created_at": "2026-11-22T00:00:00.000Z",
                "upload_url": f"{server.url}/store/{key}/up?signed=1",
                "download_url": f"{server.url}/store/{key}/down?signed=1",
            }
            server.jobs[key] = {"job": made, "ids": [], "looks": 0}
            return 200, {}, {"data": made}
        held = server.jobs[name]
        held["looks"] += 1
        held["job"]["status"] = "complete" if held["looks"] >= server.looks else "in_progress"
        return 200, {}, {"data": held["job"]}

    def store(self, path: str) -> Answer:
        _, _, name, way = path.split("/")
        held = self.server.jobs[name]
        if way == "up":
            held["ids"] = self.server.sent[-1].split("\n")
            return 200, {}, ""
        gone = [
            {
                "id": key,
                "action": "delete",
                "created_at": "2026-11-20T00:00:00.000Z",
                "reason": self.server.deleted[key],
            }
            for key in held["ids"]
            if key in self.server.deleted
        ]
        return 200, {}, "".join(json.dumps(one) + "\n" for one in gone)

    def stream(self) -> None:
        server = self.server
        if not server.rules:
            self.reply(409, {}, problem("streaming-connection", "ConnectionException", "There are no rules"))
            return
        if server.streams:
            told = problem("streaming-connection", "ConnectionException", "at the maximum allowed connection limit")
            self.reply(429, {}, {**told, "connection_issue": "TooManyConnections"})
            return
        mine: queue.Queue[bytes | None] = queue.Queue()
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        server.streams.append(mine)
        server.connections += 1
        server.note()
        try:
            self.pump(mine)
        except OSError:
            pass
        finally:
            server.streams.remove(mine)
            self.close_connection = True
            server.note()

    def pump(self, mine: "queue.Queue[bytes | None]") -> None:
        while True:
            try:
                line = mine.get(timeout=self.server.beat)
            except queue.Empty:
                line = b"\r\n"
            if line is None:
                return
            self.wfile.write(f"{len(line):x}\r\n".encode() + line + b"\r\n")
            self.wfile.flush()

    def reply(self, status: int, headers: dict[str, str], body: Any) -> None:
        data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.send_response_only(status)
        for name, value in {
            "Date": http_date(self.server.clock.now()),
            "Content-Type": "application/json",
            **headers,
        }.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def http_date(at: datetime) -> str:
    return at.strftime("%a, %d %b %Y %H:%M:%S GMT")


def search(server: XServer, path: str, told: dict[str, str]) -> Answer:
    archive = path.endswith("/all")
    if archive and not server.has_archive:
        detail = (
            "When authenticating requests to the Twitter API v2 endpoints, you must use keys from an enrolled App."
        )
        return 403, {}, problem("client-forbidden", "Client Forbidden", detail, reason="client-not-enrolled")
    if trouble := wrong(server, told, 1024 if archive else 512, 500 if archive else 100):
        errors = [{"parameters": {"query": [told.get("query", "")]}, "message": trouble}]
        return 400, {}, {"errors": errors, **problem("invalid-request", "Invalid Request", trouble)}
    size, at = int(told.get("max_results", "10")), int(told.get("next_token", "b0")[1:])
    found = server.found(told)
    page = found[at : at + size]
    meta: dict[str, Any] = {"result_count": len(page)}
    if page:
        meta |= {"newest_id": page[0]["id"], "oldest_id": page[-1]["id"]}
    if len(found) > at + size:
        meta["next_token"] = f"b{at + size}"
    return 200, {}, {**({"data": page} if page else {}), **server.includes(page), "meta": meta}


def wrong(server: XServer, told: dict[str, str], longest: int, most: int) -> str:
    if not told.get("query") or len(told["query"]) > longest:
        return f"Rules must be between 1 and {longest} characters."
    if not 10 <= int(told.get("max_results", "10")) <= most:
        return f"The `max_results` query parameter value is not between 10 and {most}"
    since = int(told.get("since_id", "0")) >> 22
    week = (server.clock.now() - timedelta(days=7) - EPOCH) // timedelta(milliseconds=1)
    if since and since < week and most == 100:
        return "'since_id' must be a tweet id created after 7 days ago"
    return ""


@contextmanager
def x_server() -> Iterator[XServer]:
    server = XServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.send(None)
        server.shutdown()
        server.server_close()
        thread.join()
