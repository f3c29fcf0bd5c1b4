"""A stand-in for Kibana, which is outside: a real HTTP server that keeps saved objects as Kibana 8.12 was seen to.

- `/api/status` tells the version; `/api/spaces/space/<id>` is 404 where there is no such space.
- 401 without the right log-in, 400 without the header `kbn-xsrf`.
- `_import?overwrite=true` is 200 also when parts fail. Per object: `overwrite`, `conflict`, `missing_references`,
  `unsupported_type`, `unknown` for an attribute that it does not know. As a whole: 422 for a newer type version, 400
  for an id given twice or another file ending, 413 over the limit. An id of another space is stored under a new one.
- `_export` gives each object as it came, with the marks of the last import; 400 names those that the space lacks.
"""

import itertools
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Json = dict[str, Any]
Answer = tuple[int, dict[str, str], bytes]
NEWEST = {"index-pattern": "8.0.0", "search": "8.0.0", "dashboard": "8.9.0"}
CONFLICT: Json = {"type": "conflict"}


class KibanaServer:
    """What it holds and what it was asked; `faults` are given as answers first, one for each request."""

    def __init__(self) -> None:
        self.objects: dict[tuple[str, str, str], Json] = {}
        self.spaces = {"default", "press"}
        self.number = "8.12.2"
        self.log_in: str | None = None
        self.limit = 26_214_400
        self.refuses = ""
        self.faults: list[Answer | Callable[[], Answer]] = []
        self.asked: list[tuple[str, str, bytes]] = []
        self.url = ""
        self._clock = itertools.count(1)

    def answer(self, method: str, path: str, headers: Any, body: bytes) -> Answer:
        self.asked.append((method, path, body))
        if self.faults:
            fault = self.faults.pop(0)
            return fault() if callable(fault) else fault
        if self.log_in and headers.get("Authorization") != self.log_in:
            return told(401, message="Unauthorized")
        _, space, path = path.split("/", 3)[1:] if path.startswith("/s/") else ("", "default", path[1:])
        if path == "api/status":
            return told(200, name="k", version={"number": self.number})
        if path.startswith("api/spaces/space/"):
            return told(200 if path.rpartition("/")[2] in self.spaces else 404, message="Not Found")
        if "kbn-xsrf" not in headers:
            return told(400, message="Request must contain a kbn-xsrf header.")
        if path == "api/saved_objects/_export":
            return self._export(space, json.loads(body))
        return self._import(space, headers, body, overwrite="overwrite=true" in path)

    def _export(self, space: str, asked: Json) -> Answer:
        found = [self.objects.get((space, each["type"], each["id"])) for each in asked["objects"]]
        wanted = list(asked["objects"])
        if asked["includeReferencesDeep"]:
            wanted += [{"type": r["type"], "id": r["id"]} for each in found if each for r in each["references"]]
        lacking = [each for each in wanted if (space, each["type"], each["id"]) not in self.objects]
        if lacking:
            objects = [{**each, "error": {"statusCode": 404}} for each in lacking]
            return told(400, message="Error fetching objects to export", attributes={"objects": objects})
        return 200, {"Content-Type": "application/ndjson"}, "\n".join(map(json.dumps, found)).encode()

    def _import(self, space: str, headers: Any, body: bytes, overwrite: bool) -> Answer:
        if len(body) > self.limit:
            return told(413, message="Payload content length greater than maximum allowed")
        form = message_from_bytes(b"Content-Type: " + headers["Content-Type"].encode() + b"\r\n\r\n" + body)
        (part,) = form.get_payload()
        if not str(part.get_filename()).endswith(".ndjson"):
            return told(400, message="Invalid file extension")
        given = [json.loads(line) for line in part.get_payload(decode=True).split(b"\n") if line.strip()]
        keys = [(each["type"], each["id"]) for each in given]
        if len(set(keys)) < len(keys):
            return told(400, message="Non-unique import objects detected")
        if any(each["typeMigrationVersion"] not in {NEWEST.get(each["type"]), "8.9.0"} for each in given):
            return told(422, message="Document belongs to a more recent version of Kibana")
        results = [self._store(space, each, set(keys), overwrite) for each in given]
        good = [result for error, result in results if not error]
        bad = [result for error, result in results if error]
        return told(200, success=not bad, successCount=len(good), successResults=good, errors=bad)

    def _store(self, space: str, saved: Json, given: set[tuple[str, str]], overwrite: bool) -> tuple[bool, Json]:
        kind, name = saved["type"], saved["id"]
        result = {"type": kind, "id": name, "meta": {"title": saved["attributes"].get("title")}}
        there = any(held[1:] == (kind, name) and held[0] != space for held in self.objects)
        place = (space, kind, f"{name}-copy" if there else name)
        if error := self._wrong(space, saved, given) or (place in self.objects and not overwrite and CONFLICT):
            return True, {**result, "error": error}
        result |= {"destinationId": place[2]} if there else {"overwrite": True} if place in self.objects else {}
        now = f"2026-11-22T00:00:00.{next(self._clock):03}Z"
        self.objects[place] = {**saved, "managed": False, "updated_at": now, "created_at": now, "version": now}
        return False, result

    def _wrong(self, space: str, saved: Json, given: set[tuple[str, str]]) -> Json:
        named = [(each["type"], each["id"]) for each in saved["references"]]
        missing = [
            {"type": k, "id": n} for k, n in named if (k, n) not in given and (space, k, n) not in self.objects
        ]
        if saved["type"] not in NEWEST:
            return {"type": "unsupported_type"}
        if missing:
            return {"type": "missing_references", "references": missing}
        if "sections" in saved["attributes"] or saved["id"] == self.refuses:
            words = "[attributes.sections]: definition for this key is missing: Bad Request"
            return {"type": "unknown", "output": {"payload": {"message": words}}}
        return {}


def told(code: int, **body: Any) -> Answer:
    content = {"statusCode": code, **body} if code != 200 else body
    return code, {"Content-Type": "application/json"}, json.dumps(content).encode()


@contextmanager
def serve_kibana(tls: ssl.SSLContext | None = None) -> Iterator[KibanaServer]:
    """A server on a free port of this machine, until the block ends; with `tls` it answers to https."""
    kibana = KibanaServer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, headers, content = kibana.answer(self.command, self.path, self.headers, body)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(content)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            with suppress(OSError):  # Who asked may have stopped waiting.
                self.wfile.write(content)

        do_POST = do_GET  # noqa: N815 - the name that http.server looks for

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        kibana.url = f"http://127.0.0.1:{server.server_port}"
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
            kibana.url = f"https://localhost:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield kibana
        finally:
            server.shutdown()
            thread.join()
