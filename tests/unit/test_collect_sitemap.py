"""A news sitemap is read as a feed; what is another sitemap is refused, and nothing of a hostile one acts."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.collect.parse_feed import parse_feed
from tocsin.errors import PermanentError

NEWS = (
    "xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'"
)


def sitemap(*urls: str, before: str = "", start: str = NEWS) -> bytes:
    return f"<?xml version='1.0' encoding='UTF-8'?>{before}<urlset {start}>{''.join(urls)}</urlset>".encode()


def url(title: str, at: str = "2026-03-03T09:05:00+01:00", loc: str = "https://e.org/a") -> str:
    return (
        f"<url><loc> {loc} </loc><news:news><news:publication><news:name>P</news:name></news:publication>"
        f"<news:publication_date>{at}</news:publication_date><news:title>{title}</news:title></news:news></url>"
    )


def test_titles_times_and_addresses() -> None:
    one, two = parse_feed(sitemap(url("Été &amp; hiver"), url("Deux", at="2026-03-03"), "<url><loc>x</loc></url>"))
    assert (one.title, one.link) == ("Été & hiver", "https://e.org/a")
    assert one.published == datetime(2026, 3, 3, 8, 5, tzinfo=UTC)
    assert two.published == datetime(2026, 3, 3, tzinfo=UTC)


def test_one_without_news_for_now_is_calm_and_one_of_pages_is_no_source() -> None:
    assert parse_feed(sitemap()) == ()
    with pytest.raises(PermanentError, match="not of news"):
        parse_feed(sitemap("<url><loc>https://e.org/a</loc></url>"))


def test_entities_are_not_expanded_and_nothing_is_fetched() -> None:
    bomb = "<!DOCTYPE u [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'><!ENTITY f SYSTEM 'file:///etc/passwd'>]>"
    (entry,) = parse_feed(sitemap(url("x &b; &f; y"), before=bomb))
    assert "aaaa" not in entry.title
    assert "root" not in entry.title


def test_items_are_capped() -> None:
    assert len(parse_feed(sitemap(*(url(str(n)) for n in range(2_500))))) == 2_000


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    for document in (b"<urlset" + body, sitemap(body.decode("latin-1"))):
        try:
            parse_feed(document)
        except PermanentError:
            continue
