"""One page of a site's archive: read, made durable, and only then is the next one's number remembered."""

import json
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from tocsin.collect.archive_pages import page_url, read_archive_page
from tocsin.collect.articles import with_article
from tocsin.collect.entry import Entry
from tocsin.collect.page_way import PageWay
from tocsin.collect.poll import Round, Visit, keep_new, note_failure, note_success
from tocsin.collect.read_feed import EARLIEST, bad_item, read_entry
from tocsin.errors import BadItemError, PermanentError, RefusedError, TransientError
from tocsin.model import BadItem, RawItem, Source, SourceState
from tocsin.ports import Article, FetchRequest, FetchResponse


@dataclass(frozen=True, slots=True)
class Place:
    """How far an archive is read."""

    url: str
    """The archive's address; another one begins anew."""
    page: int = 1
    """The page to read next."""
    oldest: str = ""
    """Time of the oldest post so far, ISO 8601."""
    newest: str = ""
    """Time of the newest post on the last page that was read."""
    end: str = ""
    """Why there is no further page; empty while there may be one."""


async def visit_archive(source: Source, state: SourceState, around: Round) -> Visit:
    """Read the archive's next page; its failures are noted as those of feeds are, and its page comes again.

    What the page held is a raw batch before its number is passed. A post without a time has that of its own page; one
    that states none there either is a bad item: it must not count as new today. An archive ends where a page is
    missing, empty or says what the one before said, where all of a page is older than `until`, or after `pages`
    pages; from then on it is not asked any more.
    """
    place = read_place(state.cursor, source.url)
    if end_of(place, source):
        return note_success(Visit(source.id, "unchanged"), source, state, around, _note(place, source))
    visit, way = Visit(source.id, "fetched"), _way(around)
    try:
        answer, entries = await _read_page(place, source, around.now, way)
        known = frozenset(state.recent_ids)
        # What fails thrice in a row fails for good: one broken page must not hold up all that are older.
        asker = _Asker(source, around, way, is_patient=state.failures < 2)
        items, bad = await asker.items(entries, answer.url, known)
    except Exception as exc:  # Law 7: whatever one source's bytes do to a parser, the others are read.
        return _missing(exc, place, source, state, around)
    batch_ids, counts = keep_new(items, bad, known, source, around)
    place = _moved(place, items, bad, known)
    # An empty page must not make everything new again.
    ids = tuple(dict.fromkeys(item.id for item in items)) or state.recent_ids
    state = replace(state, cursor=json.dumps(asdict(place)), recent_ids=ids)
    visit = replace(visit, counts=counts, batch_ids=batch_ids)
    return note_success(visit, source, state, around, _note(place, source))


async def read_back(source: Source, around_now: Callable[[], Round]) -> AsyncIterator[tuple[Visit, SourceState]]:
    """Read the archive page after page to its end or a failure; tell of each page once it and its number are durable.

    Killed anywhere it goes on where it was. `around_now` gives a round with the time of the moment.
    """
    while True:
        around = around_now()
        state = around.states.get(source.id) or SourceState(source.id)
        if end_of(read_place(state.cursor, source.url), source):
            return
        visit = await visit_archive(source, state, around)
        yield visit, around.states.get(source.id) or state
        if visit.status == "failed":
            return


def end_of(place: Place, source: Source) -> str:
    """Say why nothing more is read of the archive; "" while something is. Wider limits go on where it was."""
    if place.end:
        return place.end
    if source.until and place.newest and datetime.fromisoformat(place.newest) < source.until:
        return f"all of page {place.page - 1} is older than {source.until:%Y-%m-%d}"
    return f"{source.pages} pages are read" if place.page > source.pages else ""


def read_place(cursor: str, url: str) -> Place:
    """Give how far the archive at this address was read; from the beginning where nothing is remembered of it."""
    try:
        told = json.loads(cursor)
        place = Place(str(told["url"]), int(told["page"]), str(told["oldest"]), str(told["newest"]), str(told["end"]))
        _ = [datetime.fromisoformat(at) for at in (place.oldest, place.newest) if at]
    except (ValueError, TypeError, KeyError, RecursionError):
        return Place(url)
    return place if place.url == url and place.page >= 1 else Place(url)


async def _read_page(
    place: Place, source: Source, now: datetime, way: PageWay
) -> tuple[FetchResponse, tuple[Entry, ...]]:
    answer = await way.fetcher.fetch(FetchRequest(page_url(source.url, place.page)))
    return answer, read_archive_page(answer, now=now, zone=_zone(source, way))


@dataclass(frozen=True, slots=True)
class _Asker:
    """Makes items of entries, asking for pages of posts where their time is not told."""

    source: Source
    around: Round
    way: PageWay
    is_patient: bool
    """Whether a page that cannot be had now is worth another visit."""

    async def items(
        self, entries: Sequence[Entry], base: str, known: frozenset[str]
    ) -> tuple[list[RawItem], list[BadItem]]:
        """Read each entry; what is known is not asked for."""
        read = []
        for entry in entries:
            item = read_entry(entry, base, self.source, self.around.now, self.around.authors.pseudonym)
            if isinstance(item, RawItem) and not self._is_past(entry.published) and item.id not in known:
                item = await self._dated(item)
            read.append(item)
        return [i for i in read if isinstance(i, RawItem)], [i for i in read if isinstance(i, BadItem)]

    async def _dated(self, item: RawItem) -> RawItem | BadItem:
        """Take the time, and with it the text, from the post's own page. TransientError: it cannot be had now."""
        article = await self._article(item.url)
        if not self._is_past(article.published):
            told = f"{item.url} {item.title}"
            return bad_item(self.source, "an old post that states no time", told, self.around.now)
        told_more = with_article(item, article, self.around.authors, self.around.now)
        return replace(told_more, page="full" if len(told_more.text) > len(item.text) else "short")

    async def _article(self, url: str) -> Article:
        try:
            page = await self.way.fetcher.fetch(FetchRequest(url))
            return await self.way.reader.read(page, now=self.around.now, zone=_zone(self.source, self.way))
        except TransientError:
            if self.is_patient:
                raise
        except (PermanentError, BadItemError):
            pass
        return Article()

    def _is_past(self, at: datetime | None) -> bool:
        return at is not None and EARLIEST <= at <= self.around.now


def _missing(error: Exception, place: Place, source: Source, state: SourceState, around: Round) -> Visit:
    """A page that is not there is the end of the archive, unless it is the first, or something else is wrong."""
    gone = isinstance(error, PermanentError) and not isinstance(error, RefusedError)
    if not gone or place.page == 1:
        return note_failure(Visit(source.id, "failed"), error, source, state, around)
    place = replace(place, end=f"page {place.page} is not there")
    state = replace(state, cursor=json.dumps(asdict(place)))
    return note_success(Visit(source.id, "fetched"), source, state, around, _note(place, source))


def _moved(place: Place, items: Sequence[RawItem], bad: Sequence[BadItem], known: frozenset[str]) -> Place:
    """Where the next visit begins, or why there is no further page."""
    times = [item.published_at.isoformat() for item in items]
    end = ""
    if not items and not bad:
        end = f"page {place.page} is empty"
    elif items and known.issuperset(item.id for item in items):
        end = f"page {place.page} says what the one before said"
    oldest = min([*times, *filter(None, [place.oldest])], default="")
    return Place(place.url, place.page + 1, oldest, max(times, default=place.newest), end)


def _note(place: Place, source: Source) -> str:
    back = f", back to {place.oldest[:10]}" if place.oldest else ""
    end = end_of(place, source)
    return f"read to its end{back}: {end}" if end else f"page {place.page} comes next{back}"


def _way(around: Round) -> PageWay:
    if around.way is None:
        raise AssertionError("an archive is read in a round without the way to pages")
    return around.way


def _zone(source: Source, way: PageWay) -> ZoneInfo:
    return ZoneInfo(source.time_zone) if source.time_zone else way.zone
