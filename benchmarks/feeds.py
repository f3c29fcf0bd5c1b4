"""Measure collecting on a feed farm on loopback; the farm's own log proves that each host was treated politely.

    python benchmarks/feeds.py                                    # 10,000 feeds over 1,000 hosts, into SQLite
    python benchmarks/feeds.py --feeds 2000 --hosts 200
    python benchmarks/feeds.py --store http://127.0.0.1:9200      # into an Elasticsearch

The farm is a process of its own; hosts are addresses 127.x.y.z. A first round reads every feed as new and is not
measured; then time moves on: half of the feeds answer 304, 39 % bring one new item of 20, 5 % take two seconds, 5 %
are broken or gone, 1 % are gzip bombs. Measured is the second round, from the states read to the last cursor saved:
each item is in a durable batch before. The farm counts how many requests each host had open at once.
"""

import argparse
import asyncio
import gzip
import json
import multiprocessing
import os
import random
import resource
import secrets
import sys
import tempfile
import time
import zlib
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from ipaddress import ip_network
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, ClassVar
from urllib.request import urlopen

from tocsin.adapters.batches import FsspecBatches
from tocsin.adapters.elastic import ElasticStores, open_elastic
from tocsin.adapters.files import LocalArchive
from tocsin.adapters.http import GuardedFetcher
from tocsin.adapters.sqlite import SqliteStores, open_sqlite
from tocsin.collect.identity import Authors
from tocsin.collect.step import Manners, collect_due
from tocsin.model import RawItem, Source, SourceKind, Stage
from tocsin.model.health import health_of

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
ITEMS = 20
SLOW = 2.0
KINDS = {"unchanged": 50, "news": 39, "slow": 5, "broken": 5, "bomb": 1}
BROKEN = ("404", "410", "500", "503", "html", "cut", "hangs up")
TALK = "la marque répond enfin aux clients après le scandale de la boisson retirée des rayons hier soir"
WORDS = TALK.split()


def kind_of(feed: int) -> str:
    """What a feed does in the second round; the same in farm and report."""
    return random.Random(feed).choices(list(KINDS), list(KINDS.values()))[0]  # noqa: S311 - data to measure with


def item(feed: int, number: int) -> str:
    dice = random.Random(feed * 1_000 + number)  # noqa: S311 - data to measure with
    words = " ".join(dice.choices(WORDS, k=40))
    return (
        f"<item><title>{words[:60]}</title><link>https://e{feed}.example/{number}</link>"
        f"<guid isPermaLink='false'>{feed}-{number}</guid>"
        f"<pubDate>Tue, 03 Mar 2026 10:{number % 60:02}:00 GMT</pubDate>"
        f"<description>&lt;p&gt;{words}&lt;/p&gt; {words}</description></item>"
    )


def document(feed: int, first: int) -> bytes:
    items = "".join(item(feed, number) for number in range(first, first + ITEMS))
    return f"<?xml version='1.0'?><rss version='2.0'><channel><title>{feed}</title>{items}</channel></rss>".encode()


@cache
def bomb() -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join([*(packer.compress(bytes(1 << 20)) for _ in range(64)), packer.flush()])


class Farm(asyncio.Protocol):
    """One connection; all of them share the log. Only what a feed reader sends is understood."""

    grown = False
    open_now: ClassVar[Counter[str]] = Counter()
    most: ClassVar[Counter[str]] = Counter()
    served: ClassVar[Counter[str]] = Counter()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin a connection."""
        self.transport: Any = transport
        self.held = b""

    def data_received(self, data: bytes) -> None:
        """Take what comes, question by question."""
        self.held += data
        while b"\r\n\r\n" in self.held:
            head, _, self.held = self.held.partition(b"\r\n\r\n")
            lines = head.decode("latin-1").split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
            self.ask(lines[0].split(" ")[1], headers)

    def ask(self, path: str, headers: dict[str, str]) -> None:
        """Note the question in the log and answer it, at once or slowly."""
        if path in {"/grow", "/log"}:
            Farm.grown = Farm.grown or path == "/grow"
            if path == "/grow":
                Farm.most.clear()
                Farm.served.clear()
            self.send(200, json.dumps({"most": Farm.most, "served": Farm.served}).encode())
            return
        feed, host = int(path.strip("/")), headers["host"]
        kind = kind_of(feed) if Farm.grown else "first"
        Farm.open_now[host] += 1
        Farm.most[host] = max(Farm.most[host], Farm.open_now[host])
        Farm.served[kind] += 1
        if kind == "slow":
            asyncio.get_running_loop().call_later(SLOW, self.answer, feed, kind, host, headers)
        else:
            self.answer(feed, kind, host, headers)

    def answer(self, feed: int, kind: str, host: str, headers: dict[str, str]) -> None:
        """Answer as the feed's kind does."""
        Farm.open_now[host] -= 1
        if kind == "bomb":
            self.send(200, bomb(), "Content-Encoding: gzip")
        elif kind == "broken":
            self.break_down(BROKEN[feed % len(BROKEN)])
        elif kind == "unchanged" and headers.get("if-none-match"):
            self.send(304, b"", f'ETag: "{feed}-0"')
        else:
            first = 1 if kind in {"news", "slow"} else 0
            self.send(200, document(feed, first), f'ETag: "{feed}-{first}"')

    def break_down(self, how: str) -> None:
        """Answer as broken servers do."""
        if how.isdecimal():
            self.send(int(how), b"no")
        elif how == "html":
            self.send(200, b"<!doctype html><html><body>for sale</body></html>")
        elif how == "cut":
            self.send(200, gzip.compress(b"<rss>" * 999)[:-20], "Content-Encoding: gzip")
        else:
            self.transport.abort()

    def send(self, status: int, body: bytes, *headers: str) -> None:
        """Write one answer."""
        lines = [
            f"HTTP/1.1 {status} x",
            f"Content-Length: {len(body)}",
            "Date: Tue, 03 Mar 2026 12:00:00 GMT",
            *headers,
        ]
        self.transport.write("\r\n".join([*lines, "", ""]).encode() + body)


def farm(said: Connection) -> None:
    """Serve until killed; say the port first."""

    async def serve() -> None:
        # All of 127/8 leads here, and nothing else does while it runs.
        server = await asyncio.get_running_loop().create_server(Farm, "0.0.0.0", 0, backlog=1000)  # noqa: S104
        said.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(serve())


def sources(feeds: int, hosts: int, port: int) -> list[Source]:
    def host(number: int) -> str:
        return f"127.{1 + number // 62_500}.{number // 250 % 250}.{1 + number % 250}"

    return [
        Source(f"feed-{n}", SourceKind.FEED, f"http://{host(n % hosts)}:{port}/{n}", every=timedelta(minutes=10))
        for n in range(feeds)
    ]


async def collect(
    read: Sequence[Source], stores: SqliteStores | ElasticStores, batches: FsspecBatches, at: datetime, at_once: int
) -> dict[str, int]:
    async with GuardedFetcher([ip_network("127.0.0.0/8")]) as fetcher:
        collected = await collect_due(
            read,
            states=stores.sources,
            fetcher=fetcher,
            archive=LocalArchive(),
            batches=batches,
            quarantine=stores.quarantine,
            reports=stores.reports,
            authors=Authors(lambda author, _network: author, stores.erasures.all),
            now=at,
            manners=Manners(at_once=at_once, patience=3600.0),
        )
    return dict(collected.reports[-1].counts)


def log_of(port: int, path: str) -> dict[str, dict[str, int]]:
    with urlopen(f"http://127.0.0.1:{port}{path}") as answer:
        return dict(json.load(answer))


def measure(said: argparse.Namespace, stores: SqliteStores | ElasticStores, folder: str, port: int) -> bool:
    """Run both rounds, print what the second one took, and say whether the farm saw two at once on any host."""
    batches = FsspecBatches(f"{folder}/batches")
    read = sources(said.feeds, said.hosts, port)
    asyncio.run(collect(read, stores, batches, NOW, said.at_once))
    held = len(batches.pending(Stage.RAW))
    log_of(port, "/grow")
    resource_before = resource.getrusage(resource.RUSAGE_SELF)
    began = time.perf_counter()
    counts = asyncio.run(collect(read, stores, batches, NOW + timedelta(hours=2), said.at_once))
    took = time.perf_counter() - began
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu = used.ru_utime + used.ru_stime - resource_before.ru_utime - resource_before.ru_stime
    log = log_of(port, "/log")
    new = sum(1 for name in batches.pending(Stage.RAW)[held:] for _ in batches.read(Stage.RAW, name, RawItem))
    worst = max(log["most"].values())
    words = Counter(health_of(state, NOW + timedelta(hours=2)).value for state in stores.sources.all())
    print(f"{said.feeds} feeds on {said.hosts} hosts, {said.at_once} at once; load {os.getloadavg()[0]:.1f}")
    print(f"took {took:.1f} s, {said.feeds / took * 60:,.0f} feeds a minute; {cpu:.1f} s of CPU")
    print(f"memory at its most {used.ru_maxrss / 1024:.0f} MB; {new} new items, {counts}, {dict(words)}")
    print(f"the farm's log: {log['served']}; requests open at once on one host, at most: {worst}")
    return worst <= 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, default=10_000)
    parser.add_argument("--hosts", type=int, default=1_000)
    parser.add_argument("--at-once", type=int, default=64)
    parser.add_argument("--store", default="sqlite", help="sqlite, or the address of an Elasticsearch")
    said = parser.parse_args()
    hears, speaks = multiprocessing.Pipe(duplex=False)
    server = multiprocessing.get_context("fork").Process(target=farm, args=(speaks,), daemon=True)
    server.start()
    port = hears.recv()
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        prefix = f"bench-{secrets.token_hex(4)}"
        elastic = said.store != "sqlite"
        opened = open_elastic(said.store, prefix=prefix) if elastic else open_sqlite(f"{folder}/tocsin.db")
        with opened as stores:
            polite = measure(said, stores, folder, port)
        if elastic:
            print(f"left behind: the indices {prefix}-*")
    server.terminate()
    sys.exit(0 if polite else 1)


if __name__ == "__main__":
    main()
