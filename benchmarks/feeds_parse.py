"""Measure how fast feeds become raw items, beside plain feedparser in the same run.

    python benchmarks/feeds_parse.py                    # feeds of 50 entries, five kinds
    python benchmarks/feeds_parse.py FEED.xml ...       # feeds of your own

"ours" is all that is done to a document: bombs, parsing, doubts, times, cleaning, names. "parse" is its first half,
the one to compare with feedparser, which cleans as it parses, and with feedparser that is told not to.
"""

import argparse
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from xml.sax.saxutils import escape

import feedparser

from tocsin.collect.parse_feed import parse_feed
from tocsin.collect.read_feed import read_feed
from tocsin.model import Source, SourceKind
from tocsin.ports import FetchResponse

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
SOURCE = Source("bench", SourceKind.FEED, "https://feeds.example.org/feed.xml")
ENTRIES = 50
AT_LEAST = 1.0
"""Seconds for which each is repeated; the best repetition counts, as others share the machine."""
SAID = "la marque répond enfin aux clients après le scandale de la boisson retirée des rayons hier soir"
WORDS = SAID.split()


def text(dice: random.Random, words: int) -> str:
    return " ".join(dice.choices(WORDS, k=words))


def markup(dice: random.Random) -> str:
    paragraphs = (
        f"<p>{text(dice, 40)} <a href='https://e.org/{n}'>{text(dice, 3)}</a> &amp; co</p>" for n in range(8)
    )
    return "".join(paragraphs) + "<img src='https://e.org/1.jpg' onerror='x()'/><script>track()</script>"


def rss(item: Callable[[random.Random], str]) -> bytes:
    dice = random.Random(1)  # noqa: S311 - data to measure with
    items = "".join(
        f"<item><title>{text(dice, 9)}</title><link>https://e.org/{n}</link><guid>https://e.org/{n}</guid>"
        f"<author>jo@e.org (Jo)</author><pubDate>Tue, 03 Mar 2026 10:{n:02}:00 GMT</pubDate>{item(dice)}</item>"
        for n in range(ENTRIES)
    )
    return f"<?xml version='1.0'?><rss version='2.0'><channel><title>t</title>{items}</channel></rss>".encode()


def atom_with_markup_in_titles() -> bytes:
    dice = random.Random(1)  # noqa: S311 - data to measure with
    inside = "<div xmlns='http://www.w3.org/1999/xhtml'>"
    entries = "".join(
        f"<entry><id>urn:{n}</id><title type='xhtml'>{inside}{text(dice, 9)} <b>!</b></div></title>"
        f"<link href='https://e.org/{n}'/><updated>2026-03-03T10:{n:02}:00Z</updated>"
        f"<summary>{text(dice, 30)}</summary></entry>"
        for n in range(ENTRIES)
    )
    return f"<feed xmlns='http://www.w3.org/2005/Atom'><title>t</title>{entries}</feed>".encode()


def made_up() -> dict[str, bytes]:
    full = rss(lambda dice: f"<description>{escape(markup(dice))}</description>")
    return {
        "RSS, headlines": rss(lambda dice: f"<description>{text(dice, 30)}</description>"),
        "RSS, full texts": full,
        "RSS, full texts in CDATA": rss(lambda dice: f"<description><![CDATA[{markup(dice)}]]></description>"),
        "RSS, broken by a bare &": full.replace(b"</title>", b" & more</title>", 5),
        "Atom, markup in titles": atom_with_markup_in_titles(),
    }


def speed(work: Callable[[], object], entries: int) -> float:
    """Entries per second of the fastest of several runs."""
    best, end = float("inf"), time.perf_counter() + AT_LEAST
    while time.perf_counter() < end:
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return entries / best


def measure(body: bytes) -> list[float]:
    entries = len(parse_feed(body))
    answer = FetchResponse(SOURCE.url, 200, body)
    works: list[Callable[[], object]] = [
        lambda: read_feed(answer, SOURCE, now=NOW, pseudonym=lambda author, _: author),
        lambda: parse_feed(body),
        lambda: feedparser.parse(body),
        lambda: feedparser.parse(body, sanitize_html=False, resolve_relative_uris=False),
    ]
    return [speed(work, entries) for work in works]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    feeds = {path.name: path.read_bytes() for path in parser.parse_args().files} or made_up()
    heads = ("ours", "parse", "feedparser", "bare", "ours / feedparser")
    print(f"{'entries per second':28}{'kB':>5}", *(f"{head:>12}" for head in heads))
    for name, body in feeds.items():
        speeds = measure(body)
        columns = [f"{speed:>12,.0f}" for speed in speeds]
        print(f"{name:28}{len(body) // 1024:>5}", *columns, f"{speeds[0] / speeds[2]:>12.1f}")


if __name__ == "__main__":
    main()
