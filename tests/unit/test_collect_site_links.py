"""What a page says of where its site can be read, hostile pages included."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.collect.site_links import FEEDS_CAP, SiteLinks, archives, news_sitemaps, read_site_links, usual_places


def read(head: str, url: str = "https://e.org/blog/") -> SiteLinks:
    return read_site_links(f"<html><head><title> A  <b>site</b> </title>{head}</head></html>".encode(), url)


def link(href: str, kind: str = "application/rss+xml", rel: str = "alternate") -> str:
    return f"<link rel='{rel}' type='{kind}' href='{href}'>"


def test_feeds_of_every_kind_with_whole_addresses() -> None:
    found = read(
        link("/feed") + link("atom.xml", "application/atom+xml") + link("//f.example/x.json", "application/feed+json")
        + link("/style.css", "text/css", "stylesheet") + link("/en/", "text/html") + link("/feed")
        + link("/f2", "", "feed") + link("/up", "APPLICATION/RSS+XML ", "Alternate Home")
    )  # fmt: skip
    assert found.feeds == (
        "https://e.org/feed", "https://e.org/blog/atom.xml", "https://f.example/x.json", "https://e.org/f2",
        "https://e.org/up",
    )  # fmt: skip


FOUL = ["", "#", "javascript:alert(1)", "file:///etc/passwd", "http://[::1", "data:text/xml,x", "//"]


@pytest.mark.parametrize("href", FOUL)
def test_broken_and_foul_links_are_passed_over(href: str) -> None:
    assert read(link(href) + link("/good")).feeds == ("https://e.org/good",)


def test_a_base_counts_and_a_title_is_one_clean_line() -> None:
    found = read("<base href='https://cdn.example/x/'>" + link("feed"))
    assert found.feeds == ("https://cdn.example/x/feed",)
    assert "<" not in found.title


def test_hundreds_of_feeds_are_capped() -> None:
    assert len(read("".join(link(f"/{n}") for n in range(400))).feeds) == FEEDS_CAP


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("<link rel='https://api.w.org/' href='https://e.org/wp-json/'>", ("https://e.org/wp-json/wp/v2/posts",)),
        ("<meta name=generator content='WordPress 6.5'>", ("https://e.org/wp-json/wp/v2/posts",)),
        ("<meta name=generator content='blogger'>", ("https://e.org/feeds/posts/default",)),
        ("<meta name=generator content='Ghost 5.8'>", ("https://e.org/blog/",)),
        ("<link rel=next href='/blog/page/2/'>", ("https://e.org/blog/",)),
        ("<meta name=generator content='Hugo 0.1'>", ()),
    ],
)
def test_the_archive_is_where_its_maker_puts_it(head: str, expected: tuple[str, ...]) -> None:
    assert archives(read(head)) == expected


def test_the_usual_places_begin_with_the_maker_s() -> None:
    assert usual_places(read(""))[0] == "https://e.org/feed/"
    blogger = usual_places(read("<meta name=generator content='blogger'>"))
    assert blogger[0] == "https://e.org/feeds/posts/default"
    assert len(blogger) == len(set(blogger))


def test_news_sitemaps_are_those_that_sound_so_else_the_usual_places() -> None:
    links = read("")
    assert news_sitemaps(("https://e.org/post.xml", "/sitemap-actu.xml"), links) == (
        "https://e.org/sitemap-actu.xml",
    )
    assert "https://e.org/news-sitemap.xml" in news_sitemaps((), links)


@given(st.binary(max_size=200) | st.text(alphabet="<>/linkhrefba=' \"", max_size=200).map(str.encode))
def test_any_bytes_are_a_page_that_says_something_or_nothing(page: bytes) -> None:
    for start in (b"", b"<html><head><link rel=alternate type=application/rss+xml href="):
        assert read_site_links(start + page, "https://e.org/").url == "https://e.org/"
