"""Recorded posts in a table become raw items by a map of its columns: this is how history comes in."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from typing import Any
from zoneinfo import ZoneInfo

from tocsin.collect.clean import clean_line, clean_text
from tocsin.collect.dates import read_date
from tocsin.collect.identity import canonical_url, mention_id
from tocsin.collect.read_feed import EARLIEST, bad_item
from tocsin.errors import BadItemError, ConfigError, PermanentError
from tocsin.model import BadItem, RawItem, Source
from tocsin.ports import ArchiveRow, FileForm

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
"""Discovery time of a row before the recording sets it: a replay never asks what time it is."""

_NUMBER = re.compile(r"-?\d{9,16}(?:[.,]\d+)?")
_SPACES = re.compile(r"(?<=\d)[ \xa0\u202f](?=\d{3})")
"""What parts thousands in French: 1 424 158 565,25."""
_LONGEST_NUMBER = 12
_MILLIS = 100_000_000_000
"""Numbers from here on are milliseconds: in seconds this is the year 5138."""
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
"""From here on a time is a mark for "never", such as 9999-12-31; a replay could not even reckon beyond that one."""
_NEVER = datetime(2180, 2, 29, 12, tzinfo=UTC)
"""Two moments from which words are read: a time that both do not share counts from when it is read."""
_SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
_COLUMNS = ("id", "time", "text", "title", "author", "brand", "source", "url", "language", "network", "audience")


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """Which column of an archive holds what; None means that it has no such column.

    `time_format` is strptime's; without one, times are ISO 8601, or seconds or milliseconds since 1970; with
    `time_words` they are what `collect.dates` reads, French or English. Times that
    state no offset are in `time_zone`, an IANA name (ConfigError for an unknown one): of the hour that comes twice in
    autumn the first is meant, and an hour that spring leaves out is read with the offset from before the change.
    `brand_names` turns what the brand column says into brand ids; what it does not list is taken to be an id.
    """

    time: str
    text: str | None = None
    id: str | None = None
    title: str | None = None
    author: str | None = None
    brand: str | None = None
    source: str | None = None
    url: str | None = None
    language: str | None = None
    network: str | None = None
    audience: str | None = None
    time_zone: str = "UTC"
    time_format: str | None = None
    time_words: bool = False
    brand_names: Mapping[str, str] = field(default_factory=dict)
    format: str | None = None
    encoding: str | None = None
    separator: str | None = None
    """A word: comma, semicolon, tab, pipe."""

    def __post_init__(self) -> None:
        if not self.text and not self.title:
            raise ConfigError("a column map needs `text` or `title`")
        try:
            ZoneInfo(self.time_zone)
        except (KeyError, ValueError, OSError) as exc:
            raise ConfigError(f"unknown time zone {self.time_zone!r}: use an IANA name such as Europe/Paris") from exc

    @property
    def form(self) -> FileForm:
        """What the map tells of the file itself."""
        separator = _SEPARATORS.get(self.separator or "", "")
        columns = tuple(self.named().values())
        return FileForm(self.format or "", self.encoding or "", separator, self.time_zone, columns)

    def named(self) -> dict[str, str]:
        """Columns by what they hold, without those that the archive lacks."""
        return {word: column for word in _COLUMNS if (column := getattr(self, word))}


def own_map(columns: Collection[str], time_zone: str = "") -> ColumnMap:
    """Give the map of a file whose columns are called as in a map, such as a mailbox."""
    same: dict[str, Any] = {word: word for word in _COLUMNS if word in columns}
    return ColumnMap(**same, time_zone=time_zone or "UTC")


def read_rows(
    rows: Iterable[ArchiveRow],
    columns: ColumnMap,
    source: Source,
    now: datetime,
    pseudonym: Callable[[str, str], str],
) -> Iterator[RawItem | BadItem]:
    """Read the rows one by one: each is an item, or a bad item whose reason names its line and column.

    PermanentError: the archive lacks a column of the map; the text names both and the nearest column there is.
    """
    checked = False
    for row in rows:
        if row.problem:
            yield bad_item(source, f"{row.where}: {row.problem}", row.excerpt, now)
            continue
        if not checked:
            _check_columns(columns, row.values, source.url)
            checked = True
        try:
            yield _read_row(row, columns, source, now, pseudonym)
        except BadItemError as exc:
            yield bad_item(source, f"{row.where}, {exc}", "; ".join(row.values.values()), now)


def read_time(value: str, columns: ColumnMap) -> datetime:
    """Read one cell as aware UTC. BadItemError: it says no time, one before 1995 or one after 2200."""
    value = value.strip()
    try:
        if columns.time_words:
            return _in_words(value, columns)
        if columns.time_format:
            stated = datetime.strptime(value, columns.time_format)  # noqa: DTZ007 - the map's zone follows below
        elif _NUMBER.fullmatch(digits := _SPACES.sub("", value)):
            number = float(digits.replace(",", "."))
            stated = datetime.fromtimestamp(number / 1000 if abs(number) >= _MILLIS else number, UTC)
        else:
            stated = datetime.fromisoformat(value)
        aware = stated if stated.tzinfo else stated.replace(tzinfo=ZoneInfo(columns.time_zone))
        at = aware.astimezone(UTC)
    except (ValueError, OverflowError, OSError) as exc:
        if not value:
            raise BadItemError(f"column {columns.time!r}: no time") from exc
        told = f"column {columns.time!r}: not a time: {value[:60]!r}"
        raise BadItemError(f"{told}; say how times are written by time_format or time_words") from exc
    if at < EARLIEST:
        raise BadItemError(f"column {columns.time!r}: before 1995: {value[:60]!r}")
    if at >= LATEST:
        raise BadItemError(f"column {columns.time!r}: after 2200: {value[:60]!r}")
    return at


def _in_words(value: str, columns: ColumnMap) -> datetime:
    """Read "le 12 mars 2011 à 9h05", "12/03/2011 09:05"; ValueError for "yesterday" and other words that go stale."""
    zone = ZoneInfo(columns.time_zone)
    read, again = (read_date(value, now=now, zone=zone) for now in (_NEVER, _NEVER + timedelta(days=1000)))
    if read is None or read != again:
        raise ValueError(value)
    return read


def _check_columns(columns: ColumnMap, present: Mapping[str, str], path: str) -> None:
    for word, column in columns.named().items():
        if column not in present:
            near = get_close_matches(column, present, n=1, cutoff=0.0)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise PermanentError(
                f"{path}: no column {column!r} for `{word}`{hint} It has: {', '.join(present)[:500]}"
            )


def _read_row(
    row: ArchiveRow, columns: ColumnMap, source: Source, now: datetime, pseudonym: Callable[[str, str], str]
) -> RawItem:
    cell = {word: row.values[column] for word, column in columns.named().items()}
    published = read_time(cell["time"], columns)
    title, text = clean_line(cell.get("title", "")), clean_text(cell.get("text", ""))
    if not title and not text:
        raise BadItemError(f"column {columns.text or columns.title!r}: no text")
    network = clean_line(cell.get("network", ""), 60) or source.network
    author = pseudonym(clean_line(cell.get("author", "")), network)
    url = canonical_url(cell.get("url", ""))
    name = mention_id(
        url=url,
        guid=cell.get("id", "").strip(),
        source_id=source.id,
        author=author,
        title=title,
        published=published,
        text=text,
    )
    return RawItem(
        id=name,
        source_id=_part_of(source, cell.get("source", "")),
        network=network,
        url=url,
        title=title,
        text=text,
        author=author,
        published_at=published,
        discovered_at=now,
        language=clean_line(cell.get("language", ""), 35).lower() or source.language,
        brands=_brands(cell.get("brand", ""), columns.brand_names) or source.brands or None,
        audience=_audience(cell.get("audience", "")),
    )


def _audience(value: str) -> int | None:
    """A number of followers as exports write it, "12 345" or "12,345"; anything else says nothing."""
    digits = re.sub(r"[\s,.'\u202f]", "", value)
    return int(digits) if digits.isdecimal() and digits.isascii() and len(digits) <= _LONGEST_NUMBER else None


def _part_of(source: Source, part: str) -> str:
    """An archive that holds several sources keeps them apart under its own id."""
    part = clean_line(part, 100)
    return f"{source.id}/{part}" if part else source.id


def _brands(value: str, names: Mapping[str, str]) -> tuple[str, ...] | None:
    """An empty cell names no brand, so that the text is looked at."""
    value = clean_line(value, 200)
    return (names.get(value, value),) if value else None
