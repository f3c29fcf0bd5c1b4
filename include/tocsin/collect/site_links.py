"""What a page says of where its site can be read: feeds it links to, what made it, and the usual places besides."""

import re
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urljoin, urlsplit

from tocsin.collect.clean import clean_line
from tocsin.collect.html_tree import parse_html
from tocsin.collect.identity import canonical_url
from tocsin.errors import PermanentError

HEAD_CAP = 1024 * 1024
"""Bytes of a page in which its head stands; the rest of a huge one is not read."""
FEEDS_CAP = 12
"""Feeds that a page may name: some name one for each of hundreds of sections."""

_FEED_TYPES = {"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"}
_USUAL = ("feed/", "rss.xml", "feed.xml", "atom.xml", "rss/", "rss", "index.xml", "feed.json", "feeds/posts/default")
_OF_MAKER = {"wordpress": "feed/", "ghost": "rss/", "blogger": "feeds/posts/default", "hugo": "index.xml"}
_NEWS_SITEMAPS = ("news-sitemap.xml", "sitemap-news.xml", "sitemap_news.xml")
_NEWS = re.compile(r"news|actu|google", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SiteLinks:
    """What was found on a page; addresses are whole and canonical."""

    url: str
    title: str = ""
    maker: str = ""
    """What made the page, in small letters: wordpress, ghost, blogger …"""
    feeds: tuple[str, ...] = ()
    rest: str = ""
    """Address of WordPress's REST interface."""
    has_next: bool = False
    """Whether the page says that another one follows it: it is one of an archive."""


def read_site_links(page: bytes, url: str, content_type: str = "") -> SiteLinks:
    """Read what a page at `url` says; nothing of it where the page cannot be read."""
    try:
        tree = parse_html(page[:HEAD_CAP], content_type)
    except PermanentError:
        return SiteLinks(url)
    base = urljoin(url, next(iter(tree.xpath("//base/@href")), ""))
    feeds: dict[str, None] = {}
    rest, has_next = "", False
    for link in islice(tree.iterfind(".//link"), 500):
        names, kind = set((link.get("rel") or "").lower().split()), (link.get("type") or "").lower().strip()
        address = canonical_url(link.get("href") or "", base)
        if not address or address in {canonical_url(base), canonical_url(url)}:
            continue
        if names & {"alternate", "feed"} and (kind in _FEED_TYPES or "feed" in names):
            feeds[address] = None
        if "https://api.w.org/" in names:
            rest = address
        has_next = has_next or "next" in names
    return SiteLinks(
        url=url,
        title=clean_line(tree.findtext(".//title") or "", 200),
        maker=_maker(tree.xpath("//meta[@name='generator']/@content")[:3]),
        feeds=tuple(islice(feeds, FEEDS_CAP)),
        rest=rest,
        has_next=has_next,
    )


def usual_places(links: SiteLinks) -> tuple[str, ...]:
    """Give where feeds usually are on such a site, the likeliest first."""
    first = next((place for maker, place in _OF_MAKER.items() if maker in links.maker), None)
    places = ([first] if first else []) + [place for place in _USUAL if place != first]
    return tuple(urljoin(_root(links.url), place) for place in places)


def news_sitemaps(stated: tuple[str, ...], links: SiteLinks) -> tuple[str, ...]:
    """Give what may be the site's news sitemaps: those of its robots.txt that sound so, else the usual places."""
    root = _root(links.url)
    named = tuple(address for place in stated if _NEWS.search(place) and (address := canonical_url(place, root)))
    return named[:3] or tuple(urljoin(root, place) for place in _NEWS_SITEMAPS)


def archives(links: SiteLinks) -> tuple[str, ...]:
    """Give where the site's old posts may be read, by what made it, as `kind: archive` takes it."""
    if links.rest:
        return (urljoin(f"{links.rest.rstrip('/')}/", "wp/v2/posts"),) if "rest_route" not in links.rest else ()
    if "wordpress" in links.maker:
        return (urljoin(_root(links.url), "wp-json/wp/v2/posts"),)
    if "blogger" in links.maker:
        return (urljoin(_root(links.url), "feeds/posts/default"),)
    return (links.url,) if links.has_next or "ghost" in links.maker else ()


def _root(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/"


def _maker(said: list[str]) -> str:
    return clean_line(" ".join(str(one) for one in said), 100).lower()
