"""What a feed says becomes raw items: cleaned, named, dated; an entry that says nothing goes to quarantine."""

from collections.abc import Callable, Container
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

from tocsin.collect.clean import clean_line, clean_text
from tocsin.collect.entry import Entry
from tocsin.collect.identity import canonical_url, mention_id, own_name
from tocsin.collect.parse_feed import parse_feed
from tocsin.model import BadItem, RawItem, Source
from tocsin.ports import FetchResponse

EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
"""Before it there was nothing to read: a date of 1970 is an empty field, one of the year 26 a misprint."""
AHEAD = timedelta(days=1)
"""How far a date may lie ahead of us: a wrong zone, not a wrong day."""
EXCERPT_CAP = 300


@dataclass(frozen=True, slots=True)
class ReadFeed:
    """What one document held, in its order."""

    items: tuple[RawItem, ...]
    bad: tuple[BadItem, ...]
    known: tuple[str, ...] = ()
    """Ids of the entries that were known before; they are not read further."""


def read_feed(
    answer: FetchResponse,
    source: Source,
    *,
    now: datetime,
    pseudonym: Callable[[str, str], str],
    known: Container[str] = frozenset(),
) -> ReadFeed:
    """Read a fetched document; every entry is an item, a bad item or one of the `known` ids. PermanentError: no feed.

    An entry's time is what it states (publication before update); without a date, with one more than a day ahead of
    `now` or before 1995, it is `now`. `pseudonym` turns (author, network) into what we may keep.
    """
    entries = parse_feed(answer.body, answer.content_type)
    read = [
        _known(entry, answer.url, source, known) or read_entry(entry, answer.url, source, now, pseudonym)
        for entry in entries
    ]
    return ReadFeed(
        items=tuple(item for item in read if isinstance(item, RawItem) and item.id not in known),
        bad=tuple(item for item in read if isinstance(item, BadItem)),
        known=tuple(_name(item) for item in read if _name(item) in known),
    )


def bad_item(source: Source, reason: str, excerpt: str, now: datetime) -> BadItem:
    """Keep what could not be taken; the same item from the same source keeps the same id."""
    excerpt = clean_line(excerpt, EXCERPT_CAP)
    reason = clean_line(reason, EXCERPT_CAP)
    name = f"{source.id}\x1f{reason}\x1f{excerpt}".encode("utf-8", "replace")
    return BadItem(blake2b(name, digest_size=16).hexdigest(), "collect", source.id, reason, excerpt, now)


def read_entry(
    entry: Entry, base: str, source: Source, now: datetime, pseudonym: Callable[[str, str], str]
) -> RawItem | BadItem:
    """Make an item of an entry, or a bad item of one that says nothing; `base` is where it was read."""
    title = clean_line(entry.title)
    text = clean_text(entry.content) or clean_text(entry.summary)
    url = _address(entry, base)
    if not title and not text:
        return bad_item(source, "neither title nor text", " ".join((url or entry.link, entry.guid)), now)
    author = pseudonym(clean_line(entry.author), source.network)
    name = mention_id(
        url=url,
        guid=entry.guid,
        source_id=source.id,
        author=author,
        title=title,
        published=entry.published,
        text=text,
    )
    return RawItem(
        id=name,
        source_id=source.id,
        network=source.network,
        url=url,
        title=title,
        text=text,
        author=author,
        published_at=event_time(entry.published, now),
        discovered_at=now,
        # Not what the feed claims: blog software says English until somebody sets it.
        language=source.language,
        brands=source.brands or None,
    )


def _known(entry: Entry, base: str, source: Source, known: Container[str]) -> str:
    """Give the entry's id where it is known; cleaning costs ten times as much, and of 20 entries 19 are known."""
    name = own_name(url=_address(entry, base), guid=entry.guid, source_id=source.id)
    return name if name in known else ""


def _address(entry: Entry, base: str) -> str:
    # A guid that is an address stands in for a missing link, as RSS says.
    return canonical_url(entry.link, base) if entry.link.strip() else canonical_url(entry.guid)


def _name(read: RawItem | BadItem | str) -> str:
    return read if isinstance(read, str) else read.id if isinstance(read, RawItem) else ""


def event_time(stated: datetime | None, now: datetime) -> datetime:
    """Give the stated time where it can be true, else the time of discovery."""
    if stated is None or stated < EARLIEST or stated > now + AHEAD:
        return now
    return stated
