"""One oddity per feed in tests/golden/feeds, beside what must be read from it."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.collect.parse_feed import ENTRIES_CAP, PATIENT_CAP, parse_feed
from tocsin.collect.read_feed import event_time, read_feed
from tocsin.errors import PermanentError
from tocsin.model import Source, SourceKind
from tocsin.ports import FetchResponse

GOLDEN = Path(__file__).parent.parent / "golden" / "feeds"
NOW = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
SOURCE = Source("paper", SourceKind.FEED, "https://paper.example.org/feed.xml", network="news")


def read(body: bytes, content_type: str = "", source: Source = SOURCE):
    answer = FetchResponse(source.url, 200, body, content_type)
    return read_feed(
        answer, source, now=NOW, pseudonym=lambda author, network: f"{network}:{author}" if author else ""
    )


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.xml")), ids=lambda path: path.stem)
def test_golden(path: Path, update_golden: bool) -> None:
    feed = read(path.read_bytes())
    assert feed.known == ()
    told = {"items": msgspec.to_builtins(feed.items), "bad": msgspec.to_builtins(feed.bad)}
    got = json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    expected = path.with_suffix(".json")
    if update_golden:
        expected.write_text(got, encoding="utf-8")
    assert got == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.xml")), ids=lambda path: path.stem)
def test_what_is_known_is_not_read_again(path: Path) -> None:
    answer = FetchResponse(SOURCE.url, 200, path.read_bytes())
    first = read_feed(answer, SOURCE, now=NOW, pseudonym=lambda author, _: author)
    ids = [item.id for item in first.items]
    again = read_feed(answer, SOURCE, now=NOW, pseudonym=lambda author, _: author, known=frozenset(ids[1:]))
    assert list(again.known) == [one for one in ids if one in ids[1:]]
    assert [item.id for item in again.items] == [one for one in ids if one not in ids[1:]]
    assert again.bad == first.bad


def test_a_feed_about_one_brand_says_so_of_each_entry() -> None:
    body = b"<rss><channel><item><title>t</title><link>https://e.org/1</link></item></channel></rss>"
    assert [item.brands for item in read(body).items] == [None]
    assert [item.brands for item in read(body, source=replace(SOURCE, brands=("bulla",))).items] == [("bulla",)]


def test_charset_of_the_answer_counts_where_the_document_says_nothing() -> None:
    body = "<rss><channel><item><title>Кризис</title><link>https://e.org/1</link></item></channel></rss>".encode(
        "koi8-r"
    )
    (item,) = read(body, "text/xml; charset=koi8-r").items
    assert item.title == "Кризис"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"<!doctype html><body>404</body>",
        b"\x00\x01",
        b"{}x",
        b"words",
        b"<" * PATIENT_CAP + b"<",
    ],
    ids=lambda body: repr(body[:20]),
)
def test_what_is_no_feed_is_the_source_s_failure(body: bytes) -> None:
    with pytest.raises(PermanentError):
        read(body)


def test_a_calm_feed_is_a_feed() -> None:
    assert read(b"<rss version='2.0'><channel><title>Calm</title></channel></rss>").items == ()


def test_items_are_capped() -> None:
    body = b"<rss><channel>" + b"<item><title>t</title></item>" * (ENTRIES_CAP + 5) + b"</channel></rss>"
    assert len(read(body).items) == ENTRIES_CAP


def test_an_entity_bomb_does_not_explode() -> None:
    bomb = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(9))
    body = f'<!DOCTYPE rss [<!ENTITY e0 "ha">{bomb}]><rss><channel><item><title>&e9;</title></item></channel></rss>'
    try:
        feed = read(body.encode())
    except PermanentError:
        return
    assert sum(len(item.title) for item in feed.items) <= 500


def test_an_outer_entity_is_not_fetched(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("the-secret")
    head = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
    body = f"{head}<rss><channel><item><title>a &x; b</title></item></channel></rss>"
    assert "the-secret" not in repr(read(body.encode()))


@pytest.mark.parametrize("told", ["yesterday", "3 hours ago", "today at 5pm"])
def test_a_time_that_hangs_on_the_machine_s_clock_is_no_time(told: str) -> None:
    feed = f"<rss version='2.0'><channel><title>t</title><item><title>a</title><pubDate>{told}</pubDate></item>"
    (entry,) = parse_feed(f"{feed}</channel></rss>".encode())
    assert entry.published is None


def test_the_source_says_its_language_the_feed_does_not() -> None:
    body = b"<rss><channel><language>en-US</language><item><title>Salut</title></item></channel></rss>"
    assert read(body).items[0].language is None
    assert read(body, source=replace(SOURCE, language="fr")).items[0].language == "fr"


@given(st.integers(-400_000, 400_000).map(lambda hours: NOW + timedelta(hours=hours)))
def test_event_time_is_possible(stated: datetime) -> None:
    at = event_time(stated, NOW)
    assert at in {stated, NOW}
    assert datetime(1995, 1, 1, tzinfo=UTC) <= at <= NOW + timedelta(days=1)


PIECES = b"""<rss> <channel> <item> </item> <title> </title> <link> <pubDate> 9999-99-99T99:99:99Z </pubDate>
</channel> &nbsp; & <![CDATA[ ]]> <!-- --> <?xml <feed xmlns='http://www.w3.org/2005/Atom'> <entry> </entry> text
{ "items": [ ] } \xff \x00"""


@given(st.lists(st.sampled_from(re.split(rb"[ \n](?!xmlns)", PIECES)), max_size=30).map(b"".join))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    try:
        feed = read(body)
    except PermanentError:
        return
    assert all(item.title or item.text for item in feed.items)
    assert all("<item" not in item.title + item.text for item in feed.items)
