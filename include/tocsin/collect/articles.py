"""A feed's summary becomes the article: pages of posts that concern a brand are read, once, before enrichment."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from tocsin.collect.identity import Authors
from tocsin.collect.read_feed import event_time
from tocsin.errors import BadItemError, PermanentError, RefusedError, TocsinError
from tocsin.model import FullText, RawItem, Report, Source, SourceKind, Stage
from tocsin.ports import Article, ArticleReader, BatchStore, Fetcher, FetchRequest, MentionStore, ReportLog

LONGEST = 60.0
"""Seconds that all pages of a run may take: a summary now tells of a crisis sooner than an article later."""
SUMMARY = 600
"""Characters below which a text is taken for a summary; chapeaux have 100 to 400."""

_ARTICLES = frozenset({"web", "news", "blog"})
_CUT = ("…", "...", "lire la suite", "read more", "continue reading", "en savoir plus")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading pages needs."""

    fetcher: Fetcher
    """One with manners: it keeps robots.txt and the pauses between two requests to a host."""
    reader: ArticleReader
    mentions: MentionStore
    authors: Authors
    concerns: Callable[[Sequence[RawItem]], Sequence[bool]]
    """Whether each item concerns a brand."""
    zone: ZoneInfo
    """Of times that state none, where the source says no other."""
    longest: float = LONGEST


_NOTHING = Article()


@dataclass(frozen=True, slots=True)
class _Read:
    status: str
    article: Article = _NOTHING


async def read_articles(
    batch_ids: Sequence[str],
    sources: Sequence[Source],
    *,
    batches: BatchStore,
    reports: ReportLog,
    reading: Reading,
    now: datetime,
) -> tuple[Report, ...]:
    """Read the pages that these raw batches want, and write what they say into the batches; a report per batch.

    Wanted are pages of feeds' and archives' items that concern a brand, as the source's `full_text` says. A page is
    asked for once, whatever came of it, also when the run is repeated, and one run asks for an address once. The
    feed's text stays where the page has no more; its author and time stay where it states them. Counted: `full` (the
    page gave more text), `short` (it did not), `known` (the post is stored already: not asked for), `refused` (by
    robots.txt or our own guards), `failed` (no answer, or none with a page), `late` (no time was left). A batch
    without such items has no report.
    """
    by_id = {source.id: source for source in sources if source.kind in {SourceKind.FEED, SourceKind.ARCHIVE}}
    wanted = {batch_id: _wanted(batch_id, by_id, batches, reading) for batch_id in batch_ids}
    items = {item.url: item for batch in wanted.values() for item in batch}
    read = await _read_all(items, by_id, reading, now)
    done = []
    for batch_id, batch in wanted.items():
        if not batch or not _rewrite(batch_id, {item.id: read[item.url] for item in batch}, batches, reading, now):
            continue
        counts = Counter(read[item.url].status for item in batch)
        done.append(Report("pages", batch_id, now, len(batch), counts))
        reports.save(done[-1])
    return tuple(done)


def wants_page(item: RawItem, source: Source) -> bool:
    """Say whether the item's page may hold more than the item and may be asked for; brands are not looked at."""
    if item.page or source.full_text is FullText.NEVER or not urlsplit(item.url).path.strip("/"):
        return False
    return source.full_text is FullText.ALWAYS or (source.network in _ARTICLES and is_summary(item.text))


def is_summary(text: str) -> bool:
    """Say whether a text is short, or says itself that it goes on elsewhere."""
    return len(text) < SUMMARY or text.rstrip(" ])»>→").lower().endswith(_CUT)


def with_article(item: RawItem, article: Article, authors: Authors, now: datetime) -> RawItem:
    """Give the item with what its page adds: a longer text; author and time where its feed states none."""
    text = article.text if len(article.text) > len(item.text) else item.text
    author = item.author or authors.pseudonym(article.author.partition(";")[0].strip(), item.network)
    # A feed that states no time has that of discovery.
    is_undated = item.published_at == item.discovered_at
    at = event_time(article.published, now) if is_undated and article.published else item.published_at
    return replace(item, text=text, author=author, published_at=at)


def _wanted(batch_id: str, sources: Mapping[str, Source], batches: BatchStore, reading: Reading) -> list[RawItem]:
    """The items of a batch whose pages are to be read; none of one that cannot be read whole: enrichment says so."""
    try:
        items = [
            item
            for item in batches.read(Stage.RAW, batch_id, RawItem)
            if (source := sources.get(item.source_id)) and wants_page(item, source)
        ]
    except (BadItemError, PermanentError):
        return []
    erased = reading.authors.erased() if items else frozenset[str]()
    concerned = zip(items, reading.concerns(items), strict=True)
    return [item for item, is_concerned in concerned if is_concerned and item.author not in erased]


async def _read_all(
    items: Mapping[str, RawItem], sources: Mapping[str, Source], reading: Reading, now: datetime
) -> dict[str, _Read]:
    """Read each address once; those that are not read in time are late."""
    if not items:
        return {}
    tasks = {
        url: asyncio.create_task(_read(item, sources[item.source_id], reading, now)) for url, item in items.items()
    }
    _, waiting = await asyncio.wait(tasks.values(), timeout=reading.longest)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    return {url: _Read("late") if task.cancelled() else task.result() for url, task in tasks.items()}


async def _read(item: RawItem, source: Source, reading: Reading, now: datetime) -> _Read:
    if reading.mentions.get(item.id) is not None:
        return _Read("known")
    zone = ZoneInfo(source.time_zone) if source.time_zone else reading.zone
    try:
        page = await reading.fetcher.fetch(FetchRequest(item.url))
        article = await reading.reader.read(page, now=now, zone=zone)
    except TocsinError as exc:
        _log.info("%s: a page was not read: %s", source.id, exc)
        return _Read("refused" if isinstance(exc, RefusedError | BadItemError) else "failed")
    return _Read("full" if len(article.text) > len(item.text) else "short", article)


def _rewrite(batch_id: str, read: Mapping[str, _Read], batches: BatchStore, reading: Reading, now: datetime) -> bool:
    """Write the batch with what its pages said; False when it is raw no more."""
    if batch_id not in batches.pending(Stage.RAW):
        return False
    items = list(batches.read(Stage.RAW, batch_id, RawItem))
    changed = [
        replace(with_article(item, read[item.id].article, reading.authors, now), page=read[item.id].status)
        if item.id in read
        else item
        for item in items
    ]
    longer = [at for at, item in enumerate(changed) if item.page == "full" and item.id in read]
    for at, is_concerned in zip(longer, reading.concerns([changed[at] for at in longer]), strict=True):
        if not is_concerned:  # The brand stood in the summary only.
            changed[at] = replace(changed[at], text=f"{items[at].text}\n{changed[at].text}".strip())
    # Asked last: an author may have asked to be forgotten while the pages were read.
    erased = reading.authors.erased()
    batches.write(Stage.RAW, batch_id, [item for item in changed if item.author not in erased])
    return True
