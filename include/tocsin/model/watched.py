"""Whom we watch, what we read, who hears of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum


class Severity(IntEnum):
    """How far now is from usual."""

    CALM = 0
    WATCH = 1
    CRITICAL = 2


@dataclass(frozen=True, slots=True)
class Brand:
    """A name that we watch. `aliases` are matched as words, `patterns` as regexes; `never` vetoes a match."""

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    min_authors: int = 3
    """Distinct authors below which nothing is an incident, however loud."""
    keep: timedelta | None = None
    """How long its mentions are kept; None: as long as all others."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who hears of incidents; `brands` empty means every brand."""

    id: str
    name: str
    email: str
    language: str = "en"
    time_zone: str = "Europe/Paris"
    severity: Severity = Severity.CRITICAL
    brands: tuple[str, ...] = ()


class SourceKind(StrEnum):
    """How a source is read."""

    FEED = "feed"
    FILE = "file"
    MASTODON = "mastodon"
    BLUESKY = "bluesky"
    REDDIT = "reddit"
    HACKERNEWS = "hackernews"
    YOUTUBE = "youtube"
    FACEBOOK = "facebook"


class FullText(StrEnum):
    """Whether the pages of posts that concern a brand are read for their full text."""

    AUTO = "auto"
    """Where a feed of articles gives only a summary."""
    NEVER = "never"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class Source:
    """Somewhere mentions come from: a feed's URL, an archive file's path, or the API of a social network."""

    id: str
    kind: SourceKind
    url: str
    network: str = "web"
    language: str | None = None
    every: timedelta = timedelta(minutes=10)
    columns: str | None = None
    """Path of the column map, for files."""
    query: str = ""
    """What a social network is asked for; empty: the names of the brands."""
    brands: tuple[str, ...] = ()
    """Ids of the brands that all of it concerns, such as a brand's own page; empty: each text is looked at."""
    full_text: FullText = FullText.AUTO
    time_zone: str = ""
    """IANA name of the zone of times that state none; empty: the team's."""


@dataclass(frozen=True, slots=True)
class SourceState:
    """What we remember of a source between fetches; `revision` is the store's token against lost updates."""

    source_id: str
    etag: str | None = None
    last_modified: str | None = None
    recent_ids: tuple[str, ...] = ()
    """Ids of the items in the last document, so that a feed's repeated items are known at once."""
    checked_at: datetime | None = None
    succeeded_at: datetime | None = None
    due_at: datetime | None = None
    failures: int = 0
    note: str = ""
    cursor: str = ""
    """Where reading a social network stopped, as `collect.networks.memory` writes it."""
    revision: str = ""
