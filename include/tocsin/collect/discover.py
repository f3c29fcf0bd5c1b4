"""From a site's address to its feeds, news sitemaps and archives, each one tried: a person sees what it brings."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from zoneinfo import ZoneInfo

from tocsin.collect.archive_pages import Paging, page_url, paging_of, read_archive_page
from tocsin.collect.clean import clean_line
from tocsin.collect.entry import Entry
from tocsin.collect.identity import canonical_url
from tocsin.collect.parse_feed import feed_title, parse_feed
from tocsin.collect.robots import Robots
from tocsin.collect.site_links import SiteLinks, archives, news_sitemaps, read_site_links, usual_places
from tocsin.errors import PermanentError, TocsinError
from tocsin.model import SourceKind
from tocsin.ports import Fetcher, FetchRequest, FetchResponse

ASKED = 25
"""Requests for one site at most; robots.txt besides."""
SHOWN = 3
"""Newest entries that a preview shows."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that can be read as a source, with what it brought when it was tried."""

    url: str
    kind: SourceKind
    found: str
    """Where it was found: `link`, `usual place`, `news sitemap`, `archive` or `address`."""
    title: str
    entries: int
    newest: tuple[tuple[datetime | None, str], ...]
    """Time and title of the newest entries, newest first."""
    every: timedelta | None = None
    """Median time between two entries; None where there are not two times."""
    language: str | None = None
    known_as: str = ""
    """Id of the source that reads this address already."""


@dataclass(frozen=True, slots=True)
class Discovery:
    """What a site offers, the best first, and why other places are none."""

    url: str
    title: str
    candidates: tuple[Candidate, ...]
    refused: tuple[str, ...] = ()
    asked: int = 0
    """Requests that were made."""


@dataclass(frozen=True, slots=True)
class Asking:
    """What looking at a site needs."""

    fetcher: Fetcher
    """One with manners."""
    robots: Callable[[str], Awaitable[Robots]]
    """The rules of an address's site."""
    known: dict[str, str]
    """Canonical addresses that are read already, with the ids of their sources."""
    language_of: Callable[[str], str | None]
    """The language of a text; None for one that is not read here."""
    now: datetime
    zone: ZoneInfo
    asked: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


async def discover(address: str, asking: Asking) -> Discovery:
    """Look at a site: the page's link tags, else the usual places; news sitemaps; and an archive that can be read.

    At most 25 requests, one after the other. What gives the same entries as another is left out. PermanentError or
    TransientError: the address itself cannot be read.
    """
    url = canonical_url(address if "://" in address else f"https://{address}")
    if not url:
        raise PermanentError(f"{address!r} is no web address; write it as the browser copies it")
    page = await _get(url, asking)
    found = _as_feed(page, "address", asking)
    links = read_site_links(page.body, page.url, page.content_type) if found is None else SiteLinks(page.url)
    candidates = [found] if found else []
    if found is None:
        candidates += await _feeds(links, asking)
        candidates += await _try(await _sitemaps(links, asking), "news sitemap", asking, enough=1)
    for place in archives(links) if not found else ():
        candidates += await _archive(place, links, asking)
    return Discovery(url, links.title, tuple(_distinct(candidates)), tuple(asking.refused), len(asking.asked))


async def _feeds(links: SiteLinks, asking: Asking) -> list[Candidate]:
    named = await _try(links.feeds, "link", asking)
    # Who names feeds names those to read; only who names none is looked through.
    return named or await _try(usual_places(links), "usual place", asking, enough=1, quietly=True)


async def _sitemaps(links: SiteLinks, asking: Asking) -> Sequence[str]:
    try:
        stated = (await asking.robots(links.url)).sitemaps
    except TocsinError:
        stated = ()
    return news_sitemaps(stated, links)


async def _try(
    places: Iterable[str], found: str, asking: Asking, *, enough: int = 1_000, quietly: bool = False
) -> list[Candidate]:
    """Try each place until enough are feeds; a refusal is told, but not that a guess was wrong."""
    candidates: list[Candidate] = []
    for place in places:
        if len(candidates) >= enough:
            break
        try:
            candidate = _as_feed(await _get(place, asking), found, asking)
        except TocsinError as exc:
            if not quietly and found == "link":
                asking.refused.append(f"{place}: {exc}")
            continue
        if candidate:
            candidates.append(candidate)
        elif found == "link":
            asking.refused.append(f"{place}: not a feed")
    return candidates


async def _archive(place: str, links: SiteLinks, asking: Asking) -> list[Candidate]:
    """Try a page: that its posts can be read makes it an archive. Of a list in HTML the second one."""
    number = 2 if paging_of(place) is Paging.PATH else 1
    try:
        answer = await _get(page_url(place, number), asking)
        entries = read_archive_page(answer, now=asking.now, zone=asking.zone)
    except TocsinError:
        return []
    return [_candidate(place, SourceKind.ARCHIVE, "archive", links.title, entries, asking)] if entries else []


def _as_feed(page: FetchResponse, found: str, asking: Asking) -> Candidate | None:
    try:
        entries = parse_feed(page.body, page.content_type)
    except PermanentError:
        return None
    if not entries and found != "link":
        return None  # Of a guess, an empty answer says nothing.
    title = clean_line(feed_title(page.body), 200)
    return _candidate(page.url, SourceKind.FEED, found, title, entries, asking)


def _candidate(
    url: str, kind: SourceKind, found: str, title: str, entries: Sequence[Entry], asking: Asking
) -> Candidate:
    said = [(entry.published, clean_line(entry.title) or clean_line(entry.summary, 120)) for entry in entries[:200]]
    if kind is SourceKind.FEED:
        said.sort(key=lambda pair: -pair[0].timestamp() if pair[0] else 0.0)
    times = sorted((at for at, _ in said if at), reverse=True)
    gaps = [(later - earlier).total_seconds() for later, earlier in pairwise(times)]
    return Candidate(
        url=url,
        kind=kind,
        found=found,
        title=title,
        entries=len(entries),
        newest=tuple(said[:SHOWN]),
        every=timedelta(seconds=median(gaps)) if gaps else None,
        language=asking.language_of("\n".join(words for _, words in said[:20])),
        known_as=asking.known.get(canonical_url(url), ""),
    )


def _distinct(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Leave out what brings the same as one before it: sites give one feed under many addresses."""
    kept: dict[object, Candidate] = {}
    for candidate in candidates:
        says = (candidate.kind, candidate.newest) if candidate.entries else candidate.url
        first = kept.setdefault(says, candidate)
        if candidate.known_as and not first.known_as:
            kept[says] = candidate
    return list(kept.values())


async def _get(url: str, asking: Asking) -> FetchResponse:
    if len(asking.asked) >= ASKED:
        raise PermanentError(f"not asked: {ASKED} requests are enough for one site")
    asking.asked.append(url)
    return await asking.fetcher.fetch(FetchRequest(url))
