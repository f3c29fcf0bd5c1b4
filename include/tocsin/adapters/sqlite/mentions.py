"""Mentions in SQLite: each id once, counted by brand without reading its text, found by its words."""

import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from tocsin.adapters.sqlite import erasing
from tocsin.adapters.sqlite.columns import from_body, from_micros, to_body, to_micros
from tocsin.adapters.sqlite.connection import Database
from tocsin.adapters.sqlite.leaving import count_outdated, delete_outdated
from tocsin.errors import BadItemError, PermanentError
from tocsin.index.document import domain_of, refuse_uncountable
from tocsin.index.driving import driving_words
from tocsin.index.words import words_to_find, words_to_index
from tocsin.model import (
    BUCKET,
    Added,
    BucketCounts,
    Counts,
    Harm,
    Limits,
    Mention,
    Rejection,
    StoryOrigin,
    StoryStart,
    StorySummary,
    Tier,
    Window,
    reach_of,
)

TRANSACTION = 500
"""Mentions per transaction: enough to share one wait for the disk, short enough to let other writers in."""

_PAGE = 1000
_MICROSECOND = timedelta(microseconds=1)
_LONG_AGO = -(2**63)
_STORIES = 500
"""Stories that tell what drove a storm, the most copied ones; more would tell the same."""
_OTHERS_READ = 1000
"""Negatives, and as many others, that they are compared with: the newest, since what is talked about changes."""
_MOST = 2**31

# `negative` says that the mention harms the brand. Rows that are older than the judging brand by brand hold its tone
# there, which is what `Mention.harmed` says of them too.
_STORY_STARTS = """
    SELECT story_id, MIN(published_at) FROM mention_brands
    WHERE brand = ? AND negative = 1 AND published_at >= ? AND published_at < ?
    GROUP BY story_id ORDER BY story_id"""

_NEGATIVES = """
    SELECT COUNT(*), COUNT(DISTINCT story_id), COUNT(DISTINCT author) FROM mention_brands
    WHERE brand = ? AND negative = 1 AND published_at >= ? AND published_at < ?"""

_OTHERS = """
    SELECT COUNT(*) FROM mention_brands
    WHERE brand = ? AND negative = 0 AND published_at >= ? AND published_at < ?"""

# Rounded down: what SQLite gives before 1970 is rounded towards it.
_BUCKETS = """
    SELECT published_at / :step - (published_at % :step < 0) AS bucket,
           COUNT(*), COUNT(DISTINCT story_id), COUNT(DISTINCT author) FROM mention_brands
    WHERE brand = :brand AND negative = 1 AND published_at >= :start AND published_at < :end
    GROUP BY bucket ORDER BY bucket"""

_TOP_STORIES = """
    SELECT story_id, COUNT(*) AS copies, COUNT(DISTINCT author), MIN(compound) AS lowest FROM mention_brands
    WHERE brand = ? AND negative = 1 AND published_at >= ? AND published_at < ?
    GROUP BY story_id ORDER BY copies DESC, lowest, story_id LIMIT ?"""

_EARLIEST_COPY = """
    SELECT body FROM mention_brands JOIN mentions USING (n)
    WHERE brand = ? AND negative = 1 AND mention_brands.published_at >= ? AND mention_brands.published_at < ?
      AND story_id = ?
    ORDER BY mention_brands.published_at, id LIMIT 1"""

_REACH = """
    SELECT json_extract(body, '$.url'), COALESCE(json_extract(body, '$.tier'), 'unknown'),
      json_extract(body, '$.audience') FROM (
        SELECT CAST(body AS TEXT) AS body FROM mention_brands JOIN mentions USING (n)
        WHERE brand = ? AND negative = 1 AND mention_brands.published_at >= ? AND mention_brands.published_at < ?
          AND story_id = ?
    )"""

_ORIGINS = """
    SELECT published_at, id, body FROM mentions
    WHERE is_origin = 1 AND (published_at, id) > (?, ?) AND published_at < ?
    ORDER BY published_at, id LIMIT ?"""

_STORM = """
    SELECT body FROM mentions WHERE n IN (
        SELECT MIN(n) FROM mention_brands
        WHERE brand = ? AND negative = 1 AND published_at >= ? AND published_at < ?
        GROUP BY story_id ORDER BY COUNT(*) DESC, story_id LIMIT ?
    )"""

_AROUND = """
    SELECT body FROM (
        SELECT n FROM mention_brands
        WHERE brand = :brand AND negative = :negative
          AND NOT (negative = 1 AND published_at >= :start AND published_at < :end)
        ORDER BY published_at DESC LIMIT :limit
    ) JOIN mentions USING (n)"""

_STREAM = """
    SELECT published_at, id, body FROM mentions
    WHERE (published_at, id) > (?, ?) ORDER BY published_at, id LIMIT ?"""

_SEARCH = """
    SELECT body FROM mention_words JOIN mentions ON mentions.n = mention_words.rowid
    WHERE mention_words MATCH :words AND (:brand IS NULL OR EXISTS (
        SELECT 1 FROM mention_brands AS b
        WHERE b.brand = :brand AND b.negative IN (0, 1)
          AND b.published_at = mentions.published_at AND b.n = mentions.n
    ))
    ORDER BY mentions.published_at DESC, id LIMIT :limit"""


class SqliteMentions:
    """All mentions of one file."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, mentions: Iterable[Mention]) -> Added:
        """Store what is new, a few hundred at a time, each lot on disk before the next; only ids stay in memory."""
        became: Counter[str] = Counter()
        rejected: list[Rejection] = []
        coming, seen = iter(mentions), set[str]()
        while lot := list(islice(coming, TRANSACTION)):
            became.update(self._store(_readable(lot, rejected), seen))
        return Added(**became, rejected=tuple(rejected))

    def total(self) -> int:
        """Count the mentions stored."""
        return int(self._database.rows("SELECT COUNT(*) FROM mentions")[0][0])

    def first_at(self) -> datetime | None:
        """Event time of the earliest mention; None when empty."""
        (micros,) = self._database.rows("SELECT MIN(published_at) FROM mentions")[0]
        return None if micros is None else from_micros(micros)

    def get(self, mention_id: str) -> Mention | None:
        """Read one mention back, equal to what was stored."""
        found = self._database.rows("SELECT body FROM mentions WHERE id = ?", (mention_id,))
        return from_body(found[0][0], Mention) if found else None

    def stream(self) -> Iterator[Mention]:
        """All mentions by event time, then id; read in pages, so that memory stays flat."""
        last: tuple[int, str] = (_LONG_AGO, "")
        while page := self._database.rows(_STREAM, (*last, _PAGE)):
            yield from (from_body(body, Mention) for _, _, body in page)
            last = page[-1][:2]

    def story_starts(self, window: Window, brands: Sequence[str]) -> Iterator[StoryStart]:
        """First negative moment of each brand's stories in the window; one brand at a time is held in memory."""
        for brand in sorted(set(brands)):
            for story_id, micros in self._database.rows(_STORY_STARTS, (brand, *_span(window))):
                yield StoryStart(brand=brand, story_id=story_id, first_at=from_micros(micros))

    def counts(self, window: Window, brands: Sequence[str]) -> Mapping[str, Counts]:
        """Counts per brand inside the window; a brand without mentions has Counts()."""
        return {brand: self._counts(window, brand) for brand in brands}

    def buckets(self, window: Window, brands: Sequence[str], step: timedelta = BUCKET) -> Iterator[BucketCounts]:
        """Negatives per brand and bucket; one brand at a time is held in memory."""
        start, end = _span(window)
        wide = step // _MICROSECOND
        for brand in sorted(set(brands)):
            rows = self._database.rows(_BUCKETS, {"step": wide, "brand": brand, "start": start, "end": end})
            for bucket, *counted in rows:
                yield BucketCounts(brand, from_micros(bucket * wide), *counted)

    def top_stories(self, brand: str, window: Window, limit: int) -> tuple[StorySummary, ...]:
        """Stories that harm the brand in the window; `compound` is that of the most negative copy towards it."""
        values = (brand, *_span(window), _limit(limit))
        stories = self._database.rows(_TOP_STORIES, values)
        return tuple(self._summary(brand, window, *story) for story in stories)

    def story_origins(self, window: Window) -> Iterator[StoryOrigin]:
        """Origins in the window by time, then id; read in pages, so that memory stays flat."""
        start, end = _span(window)
        last: tuple[int, str] = (start, "")  # No id is empty, so none is skipped.
        while page := self._database.rows(_ORIGINS, (*last, end, _PAGE)):
            for _, _, body in page:
                mention = from_body(body, Mention)
                yield StoryOrigin(mention.story_id, mention.published_at, mention.title, mention.text)
            last = page[-1][:2]

    def search(self, words: str, *, brand: str | None = None, limit: int = 20) -> tuple[Mention, ...]:
        """Mentions that hold all the words, newest first; an input without any word finds nothing."""
        asked = words_to_find(words)
        if not asked:
            return ()
        # Words hold only letters and digits, so quoting is enough to keep them plain.
        query = " ".join(f'"{word}"' for word in asked)
        found = self._database.rows(_SEARCH, {"words": query, "brand": brand, "limit": _limit(limit)})
        return tuple(from_body(body, Mention) for (body,) in found)

    def by_author(self, author: str) -> int:
        """Count the mentions of this pseudonym; reads every text, as no query of each minute asks by author."""
        return erasing.count(self._database, author)

    def erase(self, author: str) -> int:
        """Delete every mention of this pseudonym with its words, some hundred at a time."""
        return erasing.erase(self._database, author)

    def erase_posts(self, ids: Collection[str]) -> int:
        """Delete these mentions with their words, a hundred at a time."""
        return erasing.erase_posts(self._database, ids)

    def prune(self, limits: Limits, *, dry_run: bool = False) -> int:
        """Delete what has had its time for every brand, a few hundred per transaction; `dry_run` only counts."""
        return count_outdated(self._database, limits) if dry_run else delete_outdated(self._database, limits)

    def driving_words(self, brand: str, window: Window, limit: int) -> tuple[str, ...]:
        """Words that set the brand's negatives in the window apart from its other mentions; each story tells once."""
        start, end = _span(window)
        storm = self._texts(_STORM, (brand, start, end, _STORIES))
        around = {"brand": brand, "start": start, "end": end, "limit": _OTHERS_READ}
        others = [text for negative in (0, 1) for text in self._texts(_AROUND, {**around, "negative": negative})]
        return driving_words(storm, others, limit)

    def _texts(self, sql: str, values: Sequence[Any] | Mapping[str, Any]) -> list[str]:
        return [from_body(body, Mention).text_of for (body,) in self._database.rows(sql, values)]

    def _store(self, ready: list[tuple[Mention, bytes]], seen: set[str]) -> list[str]:
        became = []
        with self._database.transaction() as connection:
            for mention, body in ready:
                status = _insert(connection, mention, body) or _held(connection, mention, body)
                became.append("duplicate" if mention.id in seen else status)
                seen.add(mention.id)
        return became

    def _counts(self, window: Window, brand: str) -> Counts:
        values = (brand, *_span(window))
        negatives, stories, authors = self._database.rows(_NEGATIVES, values)[0]
        (others,) = self._database.rows(_OTHERS, values)[0]
        return Counts(mentions=negatives + others, negatives=negatives, stories=stories, authors=authors)

    def _summary(
        self, brand: str, window: Window, story_id: str, copies: int, authors: int, compound: float
    ) -> StorySummary:
        asked = (brand, *_span(window), story_id)
        first = from_body(self._database.rows(_EARLIEST_COPY, asked)[0][0], Mention)
        urls, tiers, audiences = zip(*self._database.rows(_REACH, asked), strict=True)
        return StorySummary(
            story_id=story_id,
            title=first.title,
            text=first.text,
            url=first.url,
            network=first.network,
            first_at=first.published_at,
            copies=copies,
            authors=authors,
            compound=compound,
            words=first.judgement_of(brand).words,
            reach=reach_of(map(domain_of, urls), map(Tier, tiers), audiences),
        )


def _readable(lot: list[Mention], rejected: list[Rejection]) -> list[tuple[Mention, bytes]]:
    ready = []
    for mention in lot:
        try:
            ready.append((mention, _body_of(mention)))
        except BadItemError as exc:
            rejected.append(Rejection(mention, str(exc)))
    return ready


def _body_of(mention: Mention) -> bytes:
    """The mention as stored. BadItemError: it would not read back equal, or could not be counted."""
    refuse_uncountable(mention)
    to_micros(mention.published_at)
    to_micros(mention.discovered_at)
    body = to_body(mention)
    try:
        same = from_body(body, Mention) == mention
    except PermanentError as exc:
        raise BadItemError(f"would not read back: {exc.__cause__}") from exc
    if not same:
        raise BadItemError("would not read back as it was")
    return body


def _insert(connection: sqlite3.Connection, mention: Mention, body: bytes) -> str | None:
    """Insert what is new; None when the id is held."""
    at = to_micros(mention.published_at)
    cursor = connection.execute(
        "INSERT INTO mentions (id, published_at, is_origin, body) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
        (mention.id, at, mention.story_id == mention.id, body),
    )
    if cursor.rowcount == 0:
        return None
    n = cursor.lastrowid
    connection.executemany(
        "INSERT INTO mention_brands VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (b, judged.harm is Harm.HARMFUL, at, n, mention.story_id, mention.author, judged.compound)
            for b, judged in ((b, mention.judgement_of(b)) for b in set(mention.brands))
        ],
    )
    words = words_to_index(mention.text_of)
    connection.execute("INSERT INTO mention_words (rowid, words) VALUES (?, ?)", (n, words))
    return "created"


def _held(connection: sqlite3.Connection, mention: Mention, body: bytes) -> str:
    """Name what a held id is in `Added`, whoever stored it: an earlier try, or another process at this moment."""
    (held,) = connection.execute("SELECT body FROM mentions WHERE id = ?", (mention.id,)).fetchone()
    return "unchanged" if held == body else "duplicate"


def _span(window: Window) -> tuple[int, int]:
    return to_micros(window.start), to_micros(window.end)


def _limit(limit: int) -> int:
    # SQLite reads a negative limit as "no limit" and refuses more than 64 bits.
    return min(max(limit, 0), _MOST)
