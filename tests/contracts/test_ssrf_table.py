"""Each attack that makes a reader of feeds dial its own network, and its refusal: the table of guards.md, in test."""

import asyncio
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from pathlib import Path

import pytest

from tocsin.adapters.http import GuardedFetcher
from tocsin.errors import PermanentError, TocsinError
from tocsin.ports import FetchRequest

PAGE = Path(__file__).resolve().parents[2] / "include" / "docs" / "guards.md"
TABLE = re.compile(r"(?<=\| attack \| as \| refused with \|\n\|---\|---\|---\|\n)(?:\|.*\n)+")
SERVER = "127.0.0.9"
"""Stands for a server in the open: the only address that this table's fetcher may dial besides public ones."""

HINT = " (if it is yours, see TOCSIN_ALLOW_NETWORKS)"

ADDRESSES = {
    "this machine": "http://127.0.0.1/",
    "this machine, another of its addresses": "http://127.8.8.8/",
    "in decimal": "http://2130706433/",
    "in octal": "http://0177.0.0.1/",
    "in hexadecimal": "http://0x7f000001/",
    "in short": "http://127.1/",
    "zero, which is this machine": "http://0/",
    "in full-width digits": "http://１２７.０.０.１/",
    "with round dots": "http://127。0。0。1/",
    "this machine in IPv6": "http://[::1]/",
    "no address in IPv6": "http://[::]/",
    "IPv4 mapped into IPv6": "http://[::ffff:127.0.0.1]/",
    "the same in hexadecimal": "http://[::ffff:7f00:1]/",
    "IPv4 in IPv6, the old way": "http://[::127.0.0.1]/",
    "in 6to4": "http://[2002:7f00:1::]/",
    "in NAT64": "http://[64:ff9b::7f00:1]/",
    "in Teredo": "http://[2001:0:5ef5:79fd::1]/",
    "local network, 10/8": "http://10.0.0.1/",
    "local network, 172.16/12": "http://172.31.255.255/",
    "local network, 192.168/16": "http://192.168.1.1/",
    "local network in IPv6": "http://[fd00::1]/",
    "link-local in IPv6": "http://[fe80::1]/",
    "carrier's network": "http://100.64.0.1/",
    "multicast": "http://224.0.0.1/",
    "broadcast": "http://255.255.255.255/",
    "cloud metadata": "http://169.254.169.254/latest/meta-data/",
    "cloud metadata in IPv6": "http://[fd00:ec2::254]/latest/meta-data/",
    "cloud metadata, another cloud": "http://100.100.100.200/",
    "a cloud's keeper with a public number": "http://168.63.129.16/",
    "a mail server": "http://1.1.1.1:25/",
    "a shell": "http://1.1.1.1:22/",
    "a name before the address": "http://e.org@127.0.0.1/",
    "a password before the address": "http://user:secret@1.1.1.1/",
    "a file": "file:///etc/passwd",
    "gopher": "gopher://127.0.0.1:6379/_FLUSHALL",
    "ftp": "ftp://e.org/feed",
}
REDIRECTS = {
    "redirect to this machine": "http://127.0.0.1/",
    "redirect to cloud metadata": "http://169.254.169.254/latest/meta-data/",
    "redirect without a scheme": "//10.0.0.1/",
    "redirect to a file": "file:///etc/passwd",
    "redirect with a password": "http://user:secret@1.1.1.1/",
    "redirect in a circle": "/",
}
NAMES = {
    "this machine by name": ("localhost", ["127.0.0.1", "::1"]),
    "the same with a dot behind": ("localhost.", ["127.0.0.1"]),
    "a name of this machine": ("evil.example", ["127.0.0.1"]),
    "a name with two faces": ("twofaced.example", ["1.1.1.1", "10.0.0.1"]),
    "a name with a mapped address": ("mapped.example", ["::ffff:10.0.0.1"]),
    "a name of a scoped address": ("scoped.example", ["fe80::1%eth0"]),
}
PROXIES = ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")


class Redirecting(BaseHTTPRequestHandler):
    place = ""

    def do_GET(self) -> None:
        self.send_response_only(302)
        self.send_header("Location", self.place)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with ThreadingHTTPServer((SERVER, 0), Redirecting) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://{SERVER}:{running.server_port}/"
        running.shutdown()
        thread.join()


def refusal(url: str) -> str:
    async def one() -> None:
        async with GuardedFetcher([ip_network(SERVER)], timeout=5) as fetcher:
            await fetcher.fetch(FetchRequest(url))

    with pytest.raises(PermanentError) as refused:
        asyncio.run(one())
    return str(refused.value).removesuffix(HINT)


def answer_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in for DNS, which a test cannot make answer: the names of the table, and all else as before."""
    real, names = socket.getaddrinfo, dict(NAMES.values())

    def look_up(host: str, *rest: object, **more: object) -> list:
        if host in names:
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80)) for address in names[host]]
        return real(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


def rows(server: str) -> Iterator[str]:
    for attack, url in ADDRESSES.items():
        yield f"| {attack} | `{url}` | {refusal(url)} |"
    for attack, place in REDIRECTS.items():
        Redirecting.place = place
        yield f"| {attack} | `Location: {place}` | {refusal(server)} |"
    for attack, (name, addresses) in NAMES.items():
        yield f"| {attack} | `{name}` is {' and '.join(addresses)} | {refusal(f'http://{name}/')} |"


def test_each_attack_is_refused_with_the_reason_that_the_docs_say(
    server: str, monkeypatch: pytest.MonkeyPatch, update_golden: bool
) -> None:
    answer_names(monkeypatch)
    got = "".join(f"{row}\n" for row in rows(server))
    assert "secret" not in re.sub("`.*?`", "", got)
    page = PAGE.read_text(encoding="utf-8")
    if update_golden:
        page = TABLE.sub(got.replace("\\", r"\\"), page)
        PAGE.write_text(page, encoding="utf-8")
    assert TABLE.search(page)[0] == got


def test_the_names_of_the_environment_s_proxies_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy would dial for us, past the guard: none is asked, whether we refuse or fetch."""
    with socket.create_server((SERVER, 0)) as proxy, ThreadingHTTPServer((SERVER, 0), Redirecting) as running:
        for name in PROXIES:
            monkeypatch.setenv(name, f"http://{SERVER}:{proxy.getsockname()[1]}")
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        proxy.settimeout(0.05)
        Redirecting.place = "http://10.0.0.1/"
        with ExitStack() as end:
            thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02})
            thread.start()
            end.callback(thread.join)
            end.callback(running.shutdown)
            for url in ("http://10.0.0.1/", "https://10.0.0.1/", f"http://{SERVER}:{running.server_port}/"):
                assert "10.0.0.1 is not a public address" in refusal(url)
        with pytest.raises(TimeoutError):
            proxy.accept()


ODD = [
    "http://127.0.0.1:PORT\\@e.invalid/",
    "http:///127.0.0.1:PORT/",
    "http://[fe80::1%25lo]:PORT/",
    "http://127.0.0.1:PORT%2f@e.invalid/",
    "http://ⓛocalhost:PORT/",
    "http://localhost%00.e.invalid:PORT/",
    "http://0x7f.0.0.0x1:PORT/",
    "http://127.0.0.1.:PORT/",
    "http://[::ffff:0:127.0.0.1]:PORT/",
    "http://①②⑦.0.0.1:PORT/",
    "http://127.0.0.1:PORT#@e.invalid/",
    " http://127.0.0.1:PORT/",
    "http://127.0.\n0.1:PORT/",
    "HTTP://127.0.0.1:PORT/",
]


@pytest.mark.parametrize("url", ODD)
def test_what_parsers_read_in_two_ways_reaches_nobody_at_home(url: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as home:
        home.settimeout(0.05)
        place = url.replace("PORT", str(home.getsockname()[1]))

        async def one() -> None:
            async with GuardedFetcher([ip_network(SERVER)], timeout=5) as fetcher:
                await fetcher.fetch(FetchRequest(place))

        with pytest.raises(TocsinError):
            asyncio.run(one())
        with suppress(TimeoutError):
            pytest.fail(f"somebody called: {home.accept()}")
