"""Which pages are read, and what an item takes from its page: never a time or an author that its feed states."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tocsin.collect.article import read_article
from tocsin.collect.articles import SUMMARY, is_summary, wants_page, with_article
from tocsin.collect.identity import Authors
from tocsin.collect.robots import LONGEST_DELAY, Robots, read_robots
from tocsin.model import FullText, RawItem, Source, SourceKind
from tocsin.ports import Article

NOW = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")
SOURCE = Source("paper", SourceKind.FEED, "https://e.org/feed", network="news")
ITEM = RawItem("1", "paper", "news", "https://e.org/a/1", "Title", "Short.", "", NOW - timedelta(hours=2), NOW)
AUTHORS = Authors(lambda author, network: f"{network}:{author}" if author else "")
LONG = "A sentence that says a little more. " * 40


@pytest.mark.parametrize(
    ("changed", "told", "wanted"),
    [
        ({}, {}, True),
        ({"text": LONG}, {}, False),
        ({"text": LONG}, {"full_text": FullText.ALWAYS}, True),
        ({}, {"full_text": FullText.NEVER}, False),
        ({"page": "failed"}, {}, False),
        ({"page": "failed"}, {"full_text": FullText.ALWAYS}, False),
        ({"url": ""}, {}, False),
        ({"url": "https://e.org/"}, {}, False),
        ({}, {"network": "forum"}, False),
        ({}, {"network": "forum", "full_text": FullText.ALWAYS}, True),
    ],
)
def test_which_pages_are_wanted(changed: dict, told: dict, wanted: bool) -> None:
    assert wants_page(replace(ITEM, **changed), replace(SOURCE, **told)) is wanted


@pytest.mark.parametrize("end", ["…", "...", " […]", " [...]", " Lire la suite", "Read more »", "Continue reading →"])
def test_a_long_text_that_goes_on_elsewhere_is_a_summary(end: str) -> None:
    assert len(LONG) > SUMMARY
    assert is_summary(LONG + end)
    assert not is_summary(LONG)


def test_the_page_gives_what_the_feed_does_not_say() -> None:
    undated = replace(ITEM, published_at=NOW)
    article = Article(LONG, "Another title", "Ana Belle; Carl Dorn", NOW - timedelta(days=3))
    got = with_article(undated, article, AUTHORS, NOW)
    assert (got.text, got.author, got.published_at) == (LONG, "news:Ana Belle", NOW - timedelta(days=3))
    assert (got.id, got.title) == (ITEM.id, ITEM.title)


def test_what_the_feed_says_stays() -> None:
    said = replace(ITEM, author="news:Eve", text=LONG)
    article = Article("less", "t", "Ana Belle", NOW - timedelta(days=3))
    assert with_article(said, article, AUTHORS, NOW) == said


def test_a_page_from_tomorrow_or_from_before_the_web_says_no_time() -> None:
    undated = replace(ITEM, published_at=NOW)
    for published in (None, NOW + timedelta(days=30), datetime(1970, 1, 1, tzinfo=UTC)):
        assert with_article(undated, Article(LONG, published=published), AUTHORS, NOW).published_at == NOW


MINUTE = "2024-05-06T07:08Z"
META = "<meta name='date' content='{}'>"
LINKED = '<script type="application/ld+json">{}</script>'
TIMES = {
    "json-ld": (LINKED.format('{"@graph":[{"datePublished":"2024-05-06T09:08:00+02:00"}]}'), "07:08"),
    "json-ld, broken": (LINKED.format("{{") + META.format(MINUTE), "07:08"),
    "open graph": ("<meta property='article:published_time' content='2024-05-06T07:08:00+00:00'>", "07:08"),
    "an hour goes before a bare day": (META.format("2024-05-06") + f"<time datetime='{MINUTE}'>", "07:08"),
    "a bare day is noon": (META.format("2024-05-06"), "10:00"),
    "time in words": ("<time>le 6 mai 2024 à 9h08</time>", "07:08"),
    "a class named date": ("<p class='post-date'>Publié le 6 mai 2024 à 9h08</p>", "07:08"),
    "not the one aside": (
        f"<aside><time datetime='2020-{MINUTE[5:]}'></aside><time>6 mai 2024 à 9h08</time>",
        "07:08",
    ),
    "not without a year": ("<p class='date'>6 mai</p>", None),
    "nothing": ("<p>Chapter 12, 13:45</p>", None),
}


@pytest.mark.parametrize("name", TIMES)
def test_the_time_of_a_page(name: str) -> None:
    markup, expected = TIMES[name]
    markup = (
        markup.replace("{'", '{"').replace("'}", '"}').replace("':", '":').replace(":'", ':"').replace(":['", ':["')
    )
    page = f"<html><head></head><body><article>{markup}<p>{LONG}</p></article></body></html>"
    got = read_article(page.encode(), "https://e.org/a", now=NOW, zone=PARIS).published
    assert got == (datetime.fromisoformat(f"2024-05-06T{expected}+00:00") if expected else None)


def test_an_article_without_its_menus_and_markup() -> None:
    page = (
        "<html><head><meta name='author' content='Ana <b>Belle</b>'></head><body><nav><a href='/'>Home</a></nav>"
        f"<article><h1>A title</h1><p>{LONG}</p><p>&lt;script&gt;alert(1)&lt;/script&gt;</p></article>"
        "<div id='comments'><h2>Comments</h2><p>First! what a day it is today</p></div></body></html>"
    )
    got = read_article(page.encode(), "https://e.org/a", now=NOW, zone=PARIS)
    assert LONG.strip() in got.text
    assert "Home" not in got.text
    assert "First!" not in got.text
    assert "<" not in got.text
    assert got.author == "Ana Belle"


@pytest.mark.parametrize("page", [b"", b"\x00" * 100, b"words", b"<", b"%PDF-1.4", b"\xff\xfe", b'{"a": 1}'])
def test_what_is_no_page_has_no_article(page: bytes) -> None:
    assert read_article(page, "https://e.org/a", now=NOW, zone=PARIS).published is None


def test_robots_txt_by_its_rules() -> None:
    rules = read_robots(
        b"User-agent: Tocsin\nDisallow: /private\nAllow: /private/open\nCrawl-delay: 2.5\n\n"
        b"User-agent: *\nDisallow: /\nSitemap: https://e.org/news.xml\n"
    )
    assert rules.allow("https://e.org/a")
    assert not rules.allow("https://e.org/private/x")
    assert rules.allow("https://e.org/private/open")
    assert (rules.delay, rules.sitemaps) == (2.5, ("https://e.org/news.xml",))


def test_robots_txt_that_is_none_allows_everything() -> None:
    for body in (b"", b"<html>404</html>", b"\xff\xfe\x00", b"Crawl-delay: soon", b"User-agent: *\nDisallow:"):
        assert read_robots(body).allow("https://e.org/a")
        assert read_robots(body).delay == 0.0
    assert Robots().allow("https://e.org/a")
    assert read_robots(b"User-agent: *\nCrawl-delay: 86400").delay == LONGEST_DELAY
