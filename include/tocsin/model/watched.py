"""Whom we watch, what we read, who hears of it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

from tocsin.model.fetches import Fetch, Moved, Rhythm


class Severity(IntEnum):
    """How far now is from usual."""

    CALM = 0
    WATCH = 1
    CRITICAL = 2


@dataclass(frozen=True, slots=True)
class Brand:
    """A name that we watch: `aliases` match as words, `patterns` as regexes, or a `query`; `never` vetoes a match."""

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    min_authors: int = 3
    """Distinct authors below which nothing is an incident, however loud."""
    keep: timedelta | None = None
    """How long its mentions are kept; None: as long as all others."""
    people: tuple[str, ...] = ()
    """Who speaks for it or is spoken of with it; `products`: what it sells. Named in texts, not looked for."""
    products: tuple[str, ...] = ()
    query: str = ""
    """What it is found by in the language of `tocsin.query`; empty: by the others alone."""

    @property
    def looked_for(self) -> tuple[str, ...]:
        """What it is looked for as words: its aliases, or the name where nothing else finds it."""
        return self.aliases or (() if self.patterns or self.query else (self.name,))


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
    digest: bool = False
    """Whether they get the week's digest of the sources."""


class SourceKind(StrEnum):
    """How a source is read."""

    FEED = "feed"
    FILE = "file"
    ARCHIVE = "archive"
    MASTODON = "mastodon"
    BLUESKY = "bluesky"
    REDDIT = "reddit"
    HACKERNEWS = "hackernews"
    YOUTUBE = "youtube"
    FACEBOOK = "facebook"
    X = "x"


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
    conditional: bool = True
    """Whether it is asked for changes only; some servers say "unchanged" of what has changed."""
    until: datetime | None = None
    """How far back an archive is read; None: to its end, or to its last page by `pages`."""
    pages: int = 1_000
    """Pages of an archive that are read at most."""
    reposts: bool = False
    """Of X: read reposts too."""


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
    body_hash: str | None = None
    """Digest of the last document: servers send the same bytes under a new ETag."""
    read_at: datetime | None = None
    """When a whole document came last, and not only the word that nothing changed."""
    interval: float | None = None
    """Seconds between looks, as the source's own pace wants it; None: as configured."""
    hint: float | None = None
    """Seconds that the server wants us to wait between looks, if it says so."""
    weight: float = 0.0
    """The failures in a row, each by its weight: hard 1, soft 0.5, temporary 0.25."""
    throttled_until: datetime | None = None
    """Until when the server wants to be left alone."""
    matched_at: datetime | None = None
    """When it last brought something that seems to concern a watched brand."""
    moved: Moved | None = None
    rhythm: Rhythm = field(default_factory=Rhythm)
    fetches: tuple[Fetch, ...] = ()
    """The last 30, the oldest first."""
    pushed_at: datetime | None = None
    """When its hub last pushed something, if looks found nothing since that it had not pushed first."""
