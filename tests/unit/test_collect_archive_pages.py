"""How archives count their pages, and what is read on one of each kind."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.collect.archive_pages import Paging, page_url, paging_of, read_archive_page
from tocsin.collect.entry import Entry
from tocsin.collect.visit_archive import Place, end_of, read_place
from tocsin.errors import PermanentError
from tocsin.model import Source, SourceKind
from tocsin.ports import FetchResponse

NOW = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")

PAGES = {
    "https://e.org/tag/bulla/": ("https://e.org/tag/bulla/", "https://e.org/tag/bulla/page/3/"),
    "https://e.org/tag/bulla": ("https://e.org/tag/bulla/", "https://e.org/tag/bulla/page/3/"),
    "https://e.org/": ("https://e.org/", "https://e.org/page/3/"),
    "https://e.org/blog/page/2/": ("https://e.org/blog/", "https://e.org/blog/page/3/"),
    "https://e.org/?s=bulla": ("https://e.org/?s=bulla&paged=1", "https://e.org/?s=bulla&paged=3"),
    "https://e.org/?cat=7&paged=2": ("https://e.org/?cat=7&paged=1", "https://e.org/?cat=7&paged=3"),
    "https://e.org/tag/x/feed/": ("https://e.org/tag/x/feed/?paged=1", "https://e.org/tag/x/feed/?paged=3"),
    "https://e.org/wp-json/wp/v2/posts?search=bulla": (
        "https://e.org/wp-json/wp/v2/posts?search=bulla&per_page=100&orderby=date&order=desc&page=1",
        "https://e.org/wp-json/wp/v2/posts?search=bulla&per_page=100&orderby=date&order=desc&page=3",
    ),
    "https://e.org/feeds/posts/default?q=bulla": (
        "https://e.org/feeds/posts/default?q=bulla&max-results=100&start-index=1",
        "https://e.org/feeds/posts/default?q=bulla&max-results=100&start-index=201",
    ),
    "https://e.org/news?p={page}&q=bulla": ("https://e.org/news?p=1&q=bulla", "https://e.org/news?p=3&q=bulla"),
}


@pytest.mark.parametrize(("url", "expected"), PAGES.items())
def test_the_address_of_a_page(url: str, expected: tuple[str, str]) -> None:
    assert (page_url(url, 1), page_url(url, 3)) == expected


def test_the_way_of_counting_is_read_off_the_address() -> None:
    assert [paging_of(url) for url in PAGES] == [Paging.PATH] * 4 + [Paging.QUERY] * 3 + [
        Paging.WORDPRESS, Paging.BLOGGER, Paging.TEMPLATE,
    ]  # fmt: skip


def read(body: str, url: str = "https://e.org/tag/x/") -> tuple[Entry, ...]:
    return read_archive_page(FetchResponse(url, 200, body.encode()), now=NOW, zone=PARIS)


LISTS = {
    "articles with times": "<article><h2><a href='/a'>One</a></h2><time datetime='2011-03-12T09:05:00+01:00'>x</time>"
    "<p>A summary.</p></article><article><h2><a href='/b'>Two</a></h2><time>le 11 mars 2011 à 9h05</time></article>",
    "hentry": "<div class='post-1 hentry'><h3 class='t'><a rel='bookmark' href='/a'>One</a></h3><span class='date'>"
    "12/03/2011 09:05</span><p>A summary.</p></div><div class='hentry'><a rel='bookmark' href='/b'>Two</a>"
    "<abbr class='published'>11.03.2011 09:05</abbr></div>",
    "the link around the title": "<article><a href='/a'><h2>One</h2></a><i class='post-date'>12 mars 2011, 09:05</i>"
    "<p>A summary.</p></article><article class='x'><a href='https://e.org/b'><h2>Two</h2></a>"
    "<time>11 mars 2011 9:05</time></article>",
    "a list in main": "<main><ul><li><h2><a href='../x/../../a'>One</a></h2><time>12 mars 2011 9h05</time>"
    "<p>A summary.</p></li><li><h2><a href='/b'>Two</a></h2><time>11 mars 2011 9h05</time></li></ul></main>",
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_of_posts_in_html(name: str) -> None:
    one, two = read(f"<!DOCTYPE html><html><body><nav><a href='/'>x</a></nav>{LISTS[name]}</body></html>")
    assert (one.link, one.title, one.summary.strip()) == ("https://e.org/a", "One", "A summary.")
    assert (two.link, two.title) == ("https://e.org/b", "Two")
    assert one.published == datetime(2011, 3, 12, 8, 5, tzinfo=UTC)
    assert two.published == datetime(2011, 3, 11, 8, 5, tzinfo=UTC)


def test_posts_of_wordpress() -> None:
    (entry, odd) = read(
        '[{"id": 7, "date_gmt": "2011-03-12T08:05:00", "link": "https://e.org/a", "guid": {"rendered": "e.org/?p=7"},'
        ' "title": {"rendered": "One &amp; two"}, "content": {"rendered": "<p>Text</p>"}},'
        ' {"link": 5, "title": null, "date_gmt": "soon"}, "nonsense"]'
    )
    assert entry.published == datetime(2011, 3, 12, 8, 5, tzinfo=UTC)
    assert (entry.link, entry.title, entry.content) == ("https://e.org/a", "One &amp; two", "<p>Text</p>")
    assert odd == Entry()
    assert read("[]") == ()


def test_posts_of_a_paged_feed() -> None:
    feed = "<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>One</title><id>1</id></entry></feed>"
    assert [entry.title for entry in read(feed)] == ["One"]


@pytest.mark.parametrize(("encoding", "declared"), [("utf-8", ""), ("latin-1", "text/html; charset=iso-8859-1")])
def test_the_letters_are_those_of_the_page(encoding: str, declared: str) -> None:
    page = "<html><article><h2><a href='/a'>Été</a></h2><time>1er août 2024</time></article></html>".encode(encoding)
    answer = FetchResponse("https://e.org/", 200, page, declared)
    (entry,) = read_archive_page(answer, now=NOW, zone=PARIS)
    assert (entry.title, entry.published) == ("Été", datetime(2024, 8, 1, 10, tzinfo=UTC))


def test_a_page_without_posts_has_none() -> None:
    assert read("<html><body><h1>Rien</h1></body></html>") == ()


@pytest.mark.parametrize("body", ['{"code": "rest_no_route"}', "[" * 100_000, "words", ""])
def test_what_is_no_archive_is_refused(body: str) -> None:
    with pytest.raises(PermanentError):
        read(body)


@given(st.binary(max_size=200) | st.text(alphabet="<>/articleh2= '[{\"}]", max_size=200).map(str.encode))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    for start in (b"", b"<html>", b"["):
        try:
            read_archive_page(FetchResponse("https://e.org/", 200, start + body), now=NOW, zone=PARIS)
        except PermanentError:
            continue


SOURCE = Source("old", SourceKind.ARCHIVE, "https://e.org/", until=datetime(2011, 1, 1, tzinfo=UTC), pages=9)


@pytest.mark.parametrize(
    ("place", "ended"),
    [
        (Place("u"), False),
        (Place("u", 10), True),
        (Place("u", 4, newest="2011-01-01T00:00:00+00:00"), False),
        (Place("u", 4, newest="2010-12-31T23:59:59+00:00"), True),
        (Place("u", 4, end="page 4 is not there"), True),
    ],
)
def test_where_an_archive_ends(place: Place, ended: bool) -> None:
    assert bool(end_of(place, SOURCE)) is ended


@given(st.text(max_size=60) | st.from_regex(r'\{"url": "u", "page": .{0,9}, "oldest": ".{0,9}"', fullmatch=True))
def test_any_cursor_is_a_place(cursor: str) -> None:
    place = read_place(cursor, "u")
    assert place.page >= 1
    end_of(place, SOURCE)


def test_another_address_begins_anew() -> None:
    cursor = '{"url": "https://e.org/", "page": 7, "oldest": "", "newest": "", "end": ""}'
    assert read_place(cursor, "https://e.org/").page == 7
    assert read_place(cursor, "https://e.org/other").page == 1
