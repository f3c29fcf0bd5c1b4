"""A local server that speaks the paging, log-ins and limits of six social networks, over one list of posts."""

import json
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Answer = tuple[int, dict[str, str], Any]

CREDENTIALS = {
    "mastodon": {"token": "mastodon-s3cret"},
    "bluesky": {"handle": "brand.example", "password": "bluesky-s3cret"},
    "reddit": {"client_id": "app-7", "client_secret": "reddit-s3cret"},
    "youtube": {"key": "youtube-s3cret"},
    "facebook": {"token": "facebook-s3cret"},
}
CHANNEL = "UC" + "c" * 22


@dataclass(frozen=True, slots=True)
class Said:
    """One post: when, in seconds since 1970, and what; its number is its name on every network."""

    number: int
    at: int
    text: str = "Bulla"

    @property
    def iso(self) -> str:
        return datetime.fromtimestamp(self.at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    @property
    def snowflake(self) -> int:
        return ((self.at * 1000) << 16) + self.number


class Networks(ThreadingHTTPServer):
    """`posts` is what all networks hold, `asked` every path asked for, `faults` other answers by request."""

    daemon_threads = True

    def __init__(self, host: str = "127.0.0.1") -> None:
        super().__init__((host, 0), Handler)
        self.posts: list[Said] = []
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.faults: dict[int, Answer] = {}
        self.url = f"http://{host}:{self.server_port}"

    def found(self, words: str = "Bulla") -> list[Said]:
        """Newest first, as searches give them."""
        wanted = words.strip('"').casefold()
        return sorted((p for p in self.posts if wanted in p.text.casefold()), key=lambda p: (-p.at, -p.number))


class Handler(BaseHTTPRequestHandler):
    server: Networks

    def do_GET(self) -> None:
        self.reply(b"")

    def do_POST(self) -> None:
        self.reply(self.rfile.read(int(self.headers["Content-Length"])))

    def reply(self, body: bytes) -> None:
        number = len(self.server.asked)
        self.server.asked.append(self.path)
        self.server.headers.append(dict(self.headers.items()))
        status, headers, told = self.server.faults.pop(number, None) or self.answer(body)
        content = told if isinstance(told, bytes) else json.dumps(told).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def answer(self, body: bytes) -> Answer:
        parts = urlsplit(self.path)
        told = {name: values[0] for name, values in parse_qs(parts.query).items()}
        for start, speak in ROUTES.items():
            if parts.path.startswith(start):
                return speak(self.server, told, self.headers, body, parts.path)
        return 404, {}, {"error": "no such path"}

    def log_message(self, *_: object) -> None:
        pass


def hackernews(server: Networks, told: dict, *_: Any) -> Answer:
    if "refused" in told["query"]:
        return 400, {}, {"message": "these words are not taken"}
    spans = [span.split("=") for span in told["numericFilters"].split(",")]
    low = max(int(value) for name, value in spans if name.endswith(">"))
    high = min([int(value) for name, value in spans if name.endswith("<")] or [2**40])
    hits = [p for p in server.found(told["query"]) if low <= p.at <= high][: int(told["hitsPerPage"])]
    return 200, {}, {"hits": [hn_hit(p) for p in hits]}


def hn_hit(post: Said) -> dict:
    return {"objectID": str(post.number), "author": "ana", "comment_text": post.text, "created_at_i": post.at}


def mastodon_tag(server: Networks, told: dict, headers: Any, *_: Any) -> Answer:
    limit = int(told["limit"])
    found = sorted(server.found(), key=lambda p: p.snowflake)
    after = [p for p in found if p.snowflake > int(told["min_id"])][:limit] if "min_id" in told else found[-limit:]
    page = [mastodon_status(p, server.url) for p in reversed(after)]
    link = f'<{server.url}/api/v1/timelines/tag/bulla?min_id={page[0]["id"]}>; rel="prev"' if page else ""
    return 200, {"Link": link}, page


def mastodon_search(server: Networks, told: dict, headers: Any, *_: Any) -> Answer:
    if headers["Authorization"] != "Bearer mastodon-s3cret":
        return 401, {}, {"error": "The access token is invalid"}
    start = int(told["offset"])
    found = sorted(server.found(told["q"]), key=lambda p: -p.snowflake)[start : start + int(told["limit"])]
    return 200, {}, {"statuses": [mastodon_status(p, server.url) for p in found]}


def mastodon_status(post: Said, host: str) -> dict:
    name = f"{host}/users/ana"
    return {
        "id": str(post.snowflake),
        "uri": f"{name}/statuses/{post.number}",
        "url": f"{host}/@ana/{post.number}",
        "visibility": "public",
        "content": f"<p>{post.text}</p>",
        "created_at": post.iso,
        "account": {"uri": name},
    }


def bluesky_login(_: Networks, __: dict, ___: Any, body: bytes, *____: Any) -> Answer:
    if json.loads(body) != {"identifier": "brand.example", "password": "bluesky-s3cret"}:
        return 401, {}, {"error": "AuthenticationRequired", "message": "Invalid identifier or password"}
    return 200, {}, {"accessJwt": "bluesky-token"}


def bluesky_search(server: Networks, told: dict, headers: Any, *_: Any) -> Answer:
    if headers["Authorization"] != "Bearer bluesky-token":
        return 401, {}, {"error": "AuthMissing", "message": "Authentication Required"}
    since = datetime.fromisoformat(told["since"]).timestamp()
    start, limit = int(told.get("cursor", 0)), int(told["limit"])
    found = [p for p in server.found(told["q"]) if p.at >= since]
    following = {"cursor": str(start + limit)} if len(found) > start + limit else {}
    return 200, {}, {"posts": [bluesky_view(p) for p in found[start : start + limit]], **following}


def bluesky_view(post: Said) -> dict:
    record = {"text": post.text, "createdAt": post.iso, "langs": ["fr"]}
    uri = f"at://did:plc:ana/app.bsky.feed.post/{post.number}"
    return {"uri": uri, "author": {"did": "did:plc:ana"}, "record": record, "indexedAt": post.iso}


def reddit_token(_: Networks, __: dict, headers: Any, body: bytes, *___: Any) -> Answer:
    known = b64encode(b"app-7:reddit-s3cret").decode()
    if headers["Authorization"] != f"Basic {known}" or body != b"grant_type=client_credentials":
        return 401, {}, {"message": "Unauthorized", "error": 401}
    return 200, {}, {"access_token": "reddit-token", "token_type": "bearer", "expires_in": 86400}


def reddit_search(server: Networks, told: dict, headers: Any, *_: Any) -> Answer:
    if headers["Authorization"] != "Bearer reddit-token" or "tocsin" not in headers["User-Agent"]:
        return 403, {}, {"message": "Forbidden", "error": 403}
    found, limit = server.found(told["q"]), int(told["limit"])
    names = [f"t3_{p.number}" for p in found]
    start = names.index(told["after"]) + 1 if "after" in told else 0
    page = found[start : start + limit]
    after = f"t3_{page[-1].number}" if len(found) > start + limit else None
    return 200, {}, {"data": {"after": after, "children": [{"kind": "t3", "data": reddit_post(p)} for p in page]}}


def reddit_post(post: Said) -> dict:
    link = f"/r/france/comments/{post.number}/x/"
    return {"name": f"t3_{post.number}", "title": post.text, "permalink": link, "created_utc": float(post.at)}


def youtube_search(server: Networks, told: dict, headers: Any, *_: Any) -> Answer:
    if headers["X-Goog-Api-Key"] != "youtube-s3cret":
        return 400, {}, {"error": {"code": 400, "message": "API key not valid.", "errors": []}}
    videos = [{"id": {"videoId": name}, "snippet": {"title": told["q"]}} for name in ("silent", "loud")]
    return 200, {}, {"items": videos}


def youtube_threads(server: Networks, told: dict, headers: Any, *_: Any) -> Answer:
    if headers["X-Goog-Api-Key"] != "youtube-s3cret":
        return 400, {}, {"error": {"code": 400, "message": "API key not valid.", "errors": []}}
    if told.get("videoId") == "silent":
        reason = [{"reason": "commentsDisabled"}]
        return 403, {}, {"error": {"code": 403, "message": "comments are off", "errors": reason}}
    start, limit = int(told.get("pageToken", 0)), int(told["maxResults"])
    found = server.found()
    following = {"nextPageToken": str(start + limit)} if len(found) > start + limit else {}
    return 200, {}, {"items": [youtube_thread(p) for p in found[start : start + limit]], **following}


def youtube_thread(post: Said) -> dict:
    snippet = {"videoId": "loud", "textOriginal": post.text, "publishedAt": post.iso}
    return {"snippet": {"topLevelComment": {"id": f"c{post.number}", "snippet": snippet}}}


def facebook(server: Networks, told: dict, headers: Any, _: bytes, path: str) -> Answer:
    if headers["Authorization"] != "Bearer facebook-s3cret":
        return 400, {}, {"error": {"code": 190, "message": "Invalid OAuth access token."}}
    if path.endswith("/feed"):
        posts = [{"id": f"900_{n}", "comments": facebook_comments(server, n, 0)} for n in (0, 1)]
        return 200, {}, {"data": posts}
    post = int(path.split("/")[1].partition("_")[2])
    return 200, {}, facebook_comments(server, post, int(told["after"]))


def facebook_comments(server: Networks, post: int, start: int) -> dict:
    found = [p for p in server.found() if p.number % 2 == post]
    page = found[start : start + 50]
    paging = {"cursors": {"after": str(start + 50)}, **({"next": "x"} if len(found) > start + 50 else {})}
    return {"data": [facebook_comment(p) for p in page], "paging": paging}


def facebook_comment(post: Said) -> dict:
    written = post.iso.replace("Z", "+0000")
    return {"id": f"c_{post.number}", "message": post.text, "created_time": written, "from": {"id": "u1"}}


ROUTES = {
    "/api/v1/search_by_date": hackernews,
    "/api/v1/timelines/tag/": mastodon_tag,
    "/api/v2/search": mastodon_search,
    "/xrpc/com.atproto.server.createSession": bluesky_login,
    "/xrpc/app.bsky.feed.searchPosts": bluesky_search,
    "/api/v1/access_token": reddit_token,
    "/commentThreads": youtube_threads,
    "/search": lambda server, told, headers, *rest: (
        youtube_search if "X-Goog-Api-Key" in headers else reddit_search
    )(server, told, headers, *rest),
    "/me/feed": facebook,
    "/900_": facebook,
}


@contextmanager
def running(host: str = "127.0.0.1") -> Iterator[Networks]:
    """Serve until the end of the block."""
    with Networks(host) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
