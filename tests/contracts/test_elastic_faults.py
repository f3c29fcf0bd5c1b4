"""What the Elasticsearch store does when the way to it is bad: a real node behind a proxy that does harm on order."""

import gzip
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

from tocsin.adapters.elastic import adding, bulk, connection, open_elastic
from tocsin.config import read_settings
from tocsin.errors import ConflictError, PermanentError, TransientError
from tocsin.model import Added, SourceState
from tocsin.wiring.stores import open_stores

Harm = Callable[[str, str, bytes], tuple[int, dict[str, str], bytes] | str | None]
"""Given method, path and body: an answer instead of the node's, "cut" (nothing arrives), "lose" (the answer does not
come back), or None to do no harm."""


class Proxy(ThreadingHTTPServer):
    """Hands every request to the node, but for what `harm` says."""

    daemon_threads = True

    def __init__(self, node: str) -> None:
        super().__init__(("127.0.0.1", 0), Way)
        self.node = urlsplit(node)
        self.harm: Harm = lambda *_: None
        self.seen: list[tuple[str, str, dict[str, str]]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Way(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Proxy

    def handle_any(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        path = urlsplit(self.path).path
        self.server.seen.append((self.command, path, dict(self.headers.items())))
        harm = self.server.harm(self.command, path, body)
        if isinstance(harm, tuple):
            self.answer(*harm)
        elif harm == "cut":
            self.close_connection = True
        else:
            told = self.ask_node(body)
            if harm == "lose":
                self.close_connection = True
            else:
                self.answer(*told)

    def ask_node(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        node = self.server.node
        with closing(HTTPConnection(node.hostname, node.port, timeout=30)) as way:
            way.request(self.command, self.path, body or None, dict(self.headers.items()))
            answer = way.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()

    def answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in {"content-length", "transfer-encoding", "connection"}:
                self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = handle_any  # noqa: N815 - the names that http.server looks for

    def log_message(self, *_: object) -> None:
        """Say nothing."""


SAYS = {"x-elastic-product": "Elasticsearch", "content-type": "application/json"}


def busy(status: int) -> tuple[int, dict[str, str], bytes]:
    return status, SAYS, b'{"error": {"type": "es_rejected_execution_exception", "reason": "queue full"}}'


@pytest.fixture
def proxy(elastic_place: str) -> Iterator[Proxy]:
    with Proxy(elastic_place.split(" ", maxsplit=1)[0]) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def stores(proxy: Proxy, elastic_place: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(connection, "PATIENCE", 3.0)
    monkeypatch.setattr(bulk, "PATIENCE", 3.0)
    _, key, prefix = elastic_place.split(" ")
    with open_elastic(proxy.url, api_key=key or None, prefix=prefix) as opened:
        yield opened


def first(times: int, harm, *, where: str = "/_bulk") -> Harm:
    """Do this harm the first `times` times that somebody asks there."""
    left = [times]

    def decide(_method: str, path: str, _body: bytes):
        if not path.endswith(where) or left[0] <= 0:
            return None
        left[0] -= 1
        return harm

    return decide


@pytest.mark.parametrize("harm", [busy(429), busy(503), "cut", "lose"], ids=["429", "503", "cut", "lost answer"])
def test_a_bad_moment_passes_and_every_mention_is_created_once(stores, proxy, mention, harm) -> None:
    proxy.harm = first(3, harm)
    assert stores.mentions.add(mention(f"m{n}") for n in range(50)) == Added(created=50)
    assert stores.mentions.total() == 50
    assert stores.mentions.add(mention(f"m{n}") for n in range(50)) == Added(unchanged=50)


def test_a_node_that_stays_busy_is_worth_another_try(stores, proxy, mention) -> None:
    proxy.harm = first(10**6, busy(503))
    with pytest.raises(TransientError, match="queue full"):
        stores.mentions.add([mention("a")])
    assert sum(path.endswith("/_bulk") for _, path, _ in proxy.seen) < 20, "no rest between the tries"
    proxy.harm = lambda *_: None
    assert stores.mentions.add([mention("a")]) == Added(created=1)


def test_items_that_the_node_puts_off_are_sent_again(stores, proxy, mention) -> None:
    stores.mentions.add([mention("a")])
    put_off = b'{"create": {"status": 429, "error": {"type": "es_rejected_execution_exception", "reason": "full"}}}'
    created = b'{"create": {"status": 201}}'
    proxy.harm = first(1, (200, SAYS, b'{"items": [%b, %b]}' % (put_off, created)))
    # The made-up answer says that b was put off and c was claimed: b is sent again, c goes on to its month.
    assert stores.mentions.add([mention("b"), mention("c")]) == Added(created=2)
    assert stores.mentions.total() == 3


def test_an_index_that_is_closed_to_writers_for_a_moment_rejects_nothing(stores, proxy, mention) -> None:
    stores.mentions.add([mention("a")])
    door = b'{"create": {"status": 403, "error": {"type": "cluster_block_exception", "reason": "write block"}}}'
    proxy.harm = first(2, (200, SAYS, b'{"items": [%b]}' % door))
    assert stores.mentions.add([mention("b")]) == Added(created=1)


def test_a_missing_privilege_is_no_fault_of_the_mention(stores, proxy, mention) -> None:
    refused = b'{"create": {"status": 403, "error": {"type": "security_exception", "reason": "not for you"}}}'
    proxy.harm = first(1, (200, SAYS, b'{"items": [%b]}' % refused))
    with pytest.raises(PermanentError, match="security_exception: not for you"):
        stores.mentions.add([mention("a")])


def test_a_request_larger_than_the_way_allows_goes_in_parts(stores, proxy, mention) -> None:
    def narrow(_method: str, path: str, body: bytes):
        return (413, SAYS, b"{}") if path.endswith("/_bulk") and len(body) > 2000 else None

    proxy.harm = narrow
    wide = os.urandom(4000).hex()
    added = stores.mentions.add([*(mention(f"m{n}") for n in range(60)), mention("wide", text=wide)])
    assert (added.created, [one.mention.id for one in added.rejected]) == (60, ["wide"])
    assert "413" in added.rejected[0].reason


def test_no_request_grows_beyond_its_bytes(stores, proxy, mention) -> None:
    sizes = []

    def weigh(_method: str, path: str, body: bytes) -> None:
        if path.endswith("/_bulk"):
            sizes.append(len(gzip.decompress(body)))

    proxy.harm = weigh
    added = stores.mentions.add(mention(f"m{n}", text=f"{n} {'long ' * 180_000}") for n in range(10))
    assert added == Added(created=10)
    heavy = [size for size in sizes if size > 100_000]
    assert len(heavy) == 3, "four of 0.9 MB fit into one request"
    assert max(heavy) <= adding.LOT_BYTES + 10_000, "beside the documents only what names them"


def test_what_is_sent_in_bulk_is_compressed_and_so_are_answers(stores, proxy, mention) -> None:
    stores.mentions.add([mention("a")])
    sent = [headers for _, path, headers in proxy.seen if path.endswith("/_bulk")]
    assert {headers["content-encoding"] for headers in sent} == {"gzip"}
    assert {headers["accept-encoding"] for _, _, headers in proxy.seen} == {"gzip"}


def test_the_settings_choose_the_store_and_the_key_goes_along(proxy, elastic_place, mention, tmp_path) -> None:
    _, given, prefix = elastic_place.split(" ")
    key = given or "c2VjcmV0Og=="
    names = {"STORE": proxy.url, "ELASTICSEARCH_API_KEY": key, "ELASTICSEARCH_PREFIX": prefix}
    settings = read_settings({f"TOCSIN_{name}": value for name, value in names.items()}, tmp_path)
    with open_stores(settings) as stores:
        stores.mentions.add([mention("a")])
    assert {headers["authorization"] for _, _, headers in proxy.seen} == {f"ApiKey {key}"}
    assert any(prefix in path for _, path, _ in proxy.seen)
    with open_stores(read_settings({}, tmp_path)) as stores:
        assert stores.mentions.total() == 0


def test_a_change_whose_answer_got_lost_is_not_made_twice(stores, proxy) -> None:
    saved = stores.sources.save(SourceState("news"))
    proxy.harm = first(1, "lose", where="/_doc/news")
    # The first to ask at this path is the write itself.
    with pytest.raises(TransientError) as caught:
        stores.sources.save(SourceState("news", note="changed", revision=saved.revision))
    assert not isinstance(caught.value, ConflictError)
    assert stores.sources.get("news").note == "changed"


def test_a_change_that_the_node_refused_is_made_at_the_next_try(stores, proxy) -> None:
    saved = stores.sources.save(SourceState("news"))
    proxy.harm = first(2, busy(429), where="/_doc/news")
    assert stores.sources.save(SourceState("news", note="changed", revision=saved.revision)).note == "changed"


def test_half_an_answer_is_an_error(stores, proxy, mention) -> None:
    stores.mentions.add([mention("a")])
    stores.mentions.total()
    asked = [path for method, path, _ in proxy.seen if path.endswith("/_search")]
    assert asked
    failed = b'{"error": {"type": "search_phase_execution_exception", "reason": "Partial shards failure"}}'
    proxy.harm = first(10**6, (503, SAYS, failed), where="/_search")
    with pytest.raises(TransientError, match="Partial shards failure"):
        stores.mentions.total()


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        ((401, SAYS, b'{"error": {"type": "security_exception", "reason": "x"}}'), PermanentError, "API_KEY"),
        ((403, SAYS, b'{"error": {"type": "security_exception", "reason": "no right"}}'), PermanentError, "no right"),
        ((400, SAYS, b'{"error": {"type": "illegal", "reason": "odd"}}'), PermanentError, "400: illegal: odd"),
        ((200, {"content-type": "application/json"}, b"{}"), PermanentError, "is not Elasticsearch"),
        ((200, {"content-type": "text/html"}, b"<html>"), PermanentError, "Elasticsearch"),
    ],
    ids=["no key", "no right", "bad request", "another product", "a web page"],
)
def test_what_will_never_work_says_why(stores, proxy, answer, kind, words) -> None:
    proxy.harm = lambda *_: answer
    with pytest.raises(kind, match=words):
        stores.mentions.total()
    assert len(proxy.seen) == 1


def test_nobody_there_is_worth_another_try(monkeypatch) -> None:
    monkeypatch.setattr(connection, "PATIENCE", 0.3)
    with open_elastic("http://127.0.0.1:9") as stores, pytest.raises(TransientError, match=r"127\.0\.0\.1:9"):
        stores.mentions.total()


def test_closed_stores_say_so(stores) -> None:
    stores.close()
    stores.close()
    with pytest.raises(PermanentError, match="closed"):
        stores.mentions.total()


def test_a_forked_process_must_open_its_own(stores) -> None:
    stores.mentions.total()
    child = os.fork()
    if child == 0:
        try:
            stores.mentions.total()
        except PermanentError as exc:
            os._exit(0 if "forked" in str(exc) else 2)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@pytest.mark.parametrize("prefix", ["", "Tocsin", "to*", "-t", "a/b", "a.b"])
def test_a_prefix_that_names_no_index_is_refused(prefix: str) -> None:
    with pytest.raises(PermanentError, match="no prefix"):
        open_elastic("http://127.0.0.1:9", prefix=prefix)
