"""Archives of sites come in pages: how the address of a page is made, and what is read on one, whatever made it."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import StrEnum
from itertools import islice
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from zoneinfo import ZoneInfo

from tocsin.collect.dates import read_date
from tocsin.collect.entry import Entry
from tocsin.collect.html_tree import parse_html
from tocsin.collect.parse_feed import parse_feed
from tocsin.errors import PermanentError
from tocsin.ports import FetchResponse

ENTRIES_CAP = 200
"""Entries of a page of HTML; archives show 5 to 50."""
REST_PAGE = 100
BLOGGER_PAGE = 100
_PLACE = "{page}"
_NUMBERED = re.compile(r"/page/\d+/?$")
_POSTS = (
    "//article",
    "//*[contains(concat(' ',normalize-space(@class),' '),' hentry ')]",
    "//*[contains(concat(' ',normalize-space(@class),' '),' post ')]",
    "//main//li[.//h2 or .//h3] | //main//div[h2/a or h3/a]",
)
_TITLE = ".//a[@rel='bookmark'] | .//h1//a | .//h2//a | .//h3//a | .//h4//a | .//a[h1 or h2 or h3 or h4]"
_WHEN = ".//time | .//*[contains(@class,'date') or contains(@class,'published')]"


class Paging(StrEnum):
    """How an archive counts its pages."""

    TEMPLATE = "template"
    """The address says `{page}` where the number goes."""
    WORDPRESS = "wordpress"
    """WordPress's REST interface: `/wp-json/wp/v2/posts`."""
    BLOGGER = "blogger"
    """Blogger's feed: `/feeds/posts/default`, by the number of the first post."""
    QUERY = "query"
    """`?paged=N`: WordPress's feeds, and its archives without pretty addresses."""
    PATH = "path"
    """`/page/N/`: WordPress's tags and categories, Ghost, and many others."""


def paging_of(url: str) -> Paging:
    """Say how the archive at this address counts its pages, by the address alone."""
    parts = urlsplit(url)
    if _PLACE in url:
        return Paging.TEMPLATE
    if "/wp-json/" in parts.path or "rest_route=" in parts.query:
        return Paging.WORDPRESS
    if "/feeds/posts/" in parts.path:
        return Paging.BLOGGER
    names = {name for name, _ in parse_qsl(parts.query)}
    is_feed = parts.path.rstrip("/").endswith("/feed") or "feed" in names
    # A plain WordPress (`?cat=3`, `?s=words`) has no paths to add to.
    return Paging.QUERY if is_feed or names & {"paged", "cat", "tag", "s", "p"} else Paging.PATH


def page_url(url: str, number: int) -> str:
    """Give the address of the archive's page `number`, from 1. What the address asks for besides stays."""
    paging = paging_of(url)
    if paging is Paging.TEMPLATE:
        return url.replace(_PLACE, str(number))
    if paging is Paging.WORDPRESS:
        return _asking(url, per_page=REST_PAGE, orderby="date", order="desc", page=number)
    if paging is Paging.BLOGGER:
        first = (number - 1) * BLOGGER_PAGE + 1
        return _asking(url, **{"max-results": BLOGGER_PAGE, "start-index": first})
    if paging is Paging.QUERY:
        return _asking(url, paged=number)
    parts = urlsplit(url)
    path = _NUMBERED.sub("/", parts.path).rstrip("/")
    # The first page has no number: many sites send its address elsewhere.
    return urlunsplit(parts._replace(path=f"{path}/" if number == 1 else f"{path}/page/{number}/"))


def read_archive_page(answer: FetchResponse, *, now: datetime, zone: ZoneInfo) -> tuple[Entry, ...]:
    """Read the posts of a page in its order: JSON of WordPress, a feed, or a list in HTML.

    A post of HTML may have no time; one that it states without an offset is on the clock of `zone`. PermanentError:
    it is nothing of that.
    """
    start = answer.body[:500].lstrip().lower()
    if start.startswith(b"["):
        return _from_rest(answer.body)
    if not start.startswith((b"<!doctype html", b"<html")):
        try:
            return parse_feed(answer.body, answer.content_type)
        except PermanentError:
            if b"<html" not in answer.body[:5_000].lower():
                raise
    return _from_html(answer, now=now, zone=zone)


def _asking(url: str, **told: object) -> str:
    parts = urlsplit(url)
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in told]
    query = urlencode([*kept, *((name, str(value)) for name, value in told.items())])
    return urlunsplit(parts._replace(query=query))


def _from_rest(body: bytes) -> tuple[Entry, ...]:
    try:
        posts = json.loads(body)
    except (ValueError, RecursionError) as exc:
        raise PermanentError("JSON that cannot be read") from exc
    return tuple(_post(post) for post in islice(posts, REST_PAGE) if isinstance(post, dict))


def _post(post: dict[str, Any]) -> Entry:
    def rendered(name: str) -> str:
        held = post.get(name)
        value = held.get("rendered") if isinstance(held, dict) else held
        return value if isinstance(value, str) else ""

    return Entry(
        link=rendered("link"),
        guid=rendered("guid"),
        title=rendered("title"),
        content=rendered("content"),
        summary=rendered("excerpt"),
        published=_utc(rendered("date_gmt")),
    )


def _utc(stated: str) -> datetime | None:
    try:
        return datetime.fromisoformat(stated).replace(tzinfo=UTC)
    except ValueError:
        return None


def _from_html(answer: FetchResponse, *, now: datetime, zone: ZoneInfo) -> tuple[Entry, ...]:
    tree = parse_html(answer.body, answer.content_type)
    try:
        tree.make_links_absolute(answer.url, handle_failures="discard")
    except ValueError as exc:
        raise PermanentError("a page whose links cannot be read") from exc
    for place in _POSTS:
        found = {entry.link: entry for entry in _listed(islice(tree.xpath(place), ENTRIES_CAP), now, zone)}
        if found:
            return tuple(found.values())
    return ()


def _listed(elements: Iterator[Any], now: datetime, zone: ZoneInfo) -> Iterator[Entry]:
    for element in elements:
        links = [
            link for link in islice(element.xpath(_TITLE), 5) if link.get("href") and link.text_content().strip()
        ]
        if links:
            yield Entry(
                link=links[0].get("href"),
                title=links[0].text_content()[:500],
                summary=" ".join(part.text_content() for part in islice(element.iterfind(".//p"), 5))[:2_000],
                published=_when(element, now, zone),
            )


def _when(element: Any, now: datetime, zone: ZoneInfo) -> datetime | None:
    for told in islice(element.xpath(_WHEN), 5):
        if moment := read_date(told.get("datetime") or told.text_content()[:200], now=now, zone=zone):
            return moment
    return None
