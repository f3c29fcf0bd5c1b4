"""The ways out of the house: the clock, one guarded way to the web, recorded files, a channel to people."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from tocsin.model import Message


class Clock(Protocol):
    """The only place that knows what time it is."""

    def now(self) -> datetime:
        """Give the present moment; never runs backwards within one step's use of it."""
        ...


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """A conditional GET: the validators of the copy that we already have, if any; with a `body`, a POST of it."""

    url: str
    etag: str | None = None
    last_modified: str | None = None
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """Sent to the scheme, host and port of `url` only: a redirect elsewhere does not carry them on."""
    body: bytes = field(default=b"", repr=False)
    errors: tuple[int, ...] = ()
    """Other statuses whose answer is wanted too: above 399 since its body says why, or 202 to what we sent."""


@dataclass(frozen=True, slots=True)
class FetchResponse:
    """An answer of 200 with its body, 304 with none, or one of the request's `errors`; `url`: where redirects led."""

    url: str
    status: int
    body: bytes
    content_type: str = ""
    etag: str | None = None
    last_modified: str | None = None
    link: str = ""
    """The header `Link`, by which some networks name the next page."""
    fresh_for: float | None = None
    """Seconds that the answer stays good by its own word (Cache-Control, else Expires)."""
    moved_to: str = ""
    """Where redirects led when each of them said that it is for good (301, 308); else empty."""


class Fetcher(Protocol):
    """One guarded way out: http(s) to public addresses only, capped in time and size, no cookies kept."""

    async def fetch(self, request: FetchRequest) -> FetchResponse:
        """Answer with 200, 304 or one of `request.errors`.

        RefusedError: the address, scheme, size or redirect is forbidden (any redirect, where there is a body).
        TransientError: time-out, connection lost, 429, 5xx. PermanentError: any other status. Both with the `status`,
        and with `retry_after` where the server said so; UnknownHostError, a TransientError: the name has no address.
        """
        ...


class TokenShelf(Protocol):
    """Log-ins that are good for some hours, kept from one round to the next where nobody else reads them.

    Keeping is a help and no duty: what cannot be kept or read is as if it had never been there.
    """

    def find(self, name: str, now: datetime) -> str | None:
        """Give the token kept under the name; None when there is none or its time is over."""
        ...

    def keep(self, name: str, token: str, until: datetime) -> None:
        """Keep a token; the same name again replaces."""
        ...

    def forget(self, name: str) -> None:
        """Let go of a token that is not taken any more."""
        ...


@dataclass(frozen=True, slots=True)
class FileForm:
    """What is told of a file of recorded posts beside its name; what is empty, the file itself is asked."""

    format: str = ""
    """csv, jsonl, parquet, mbox, warc or feed."""
    encoding: str = ""
    separator: str = ""
    """The sign between the values of a CSV."""
    time_zone: str = ""
    """IANA name of the zone of times that state none, where reading the file means reading times."""
    columns: tuple[str, ...] = ()
    """The columns that are wanted: where that saves work, the others are not read."""


AS_IT_IS = FileForm()
"""Nothing is told."""


@dataclass(frozen=True, slots=True)
class ArchiveRow:
    """One row of a file of recorded posts: its first line, counted from 1, and its values by column.

    `problem` says why the row could not be read; it then has no values, and `excerpt` shows how it begins.
    """

    line: int
    values: Mapping[str, str]
    problem: str = ""
    excerpt: str = ""
    place: str = ""
    """Where reading goes on behind this row, for `Archive.rows`; empty: behind the row before it."""
    name: str = ""
    """How a person finds the row, where it has no line: `message 7`."""

    @property
    def where(self) -> str:
        """How a person finds the row."""
        return self.name or f"line {self.line}"


class Archive(Protocol):
    """Files of recorded posts on this machine; every error names the file."""

    def rows(self, path: str, form: FileForm = AS_IT_IS, after: str = "") -> Iterator[ArchiveRow]:
        """Stream the rows in the file's order; a broken row is a row with a problem, and the rest goes on.

        All rows without a problem have the same columns; what a row lacks is "". `after` is the `place` of a row that
        was read before: only what comes behind it is given. PermanentError: no such file, not ours to read, of an
        unknown kind, or packed so tightly that it can only be meant to harm (RefusedError).
        """
        ...

    def own_columns(self, path: str, form: FileForm = AS_IT_IS) -> tuple[str, ...]:
        """Give the columns that all files of this kind have; empty where each file has its own.

        PermanentError: of an unknown kind.
        """
        ...

    def fingerprint(self, path: str) -> str:
        """Give a mark that changes when the file's content does. PermanentError as above."""
        ...

    def continues(self, path: str, mark: str) -> bool:
        """Say whether the file is still that of `mark`, perhaps with more behind it. PermanentError as above."""
        ...

    def column_map(self, path: str) -> Mapping[str, object]:
        """Read a column map as it is written. PermanentError: no such file, or not a mapping."""
        ...


@dataclass(frozen=True, slots=True)
class Article:
    """What a page says; a field that was not found is empty. Cleaned of markup; the author is still a name."""

    text: str = ""
    title: str = ""
    author: str = ""
    published: datetime | None = None
    """Aware UTC. A page that tells only the day is meant at noon of its zone."""


class ArticleReader(Protocol):
    """Reads the article off a page that a stranger's server sent, in time and memory that have an end."""

    async def read(self, page: FetchResponse, *, now: datetime, zone: ZoneInfo) -> Article:
        """Give what the page says; empty where it has no article. A time without an offset is on `zone`'s clock.

        BadItemError: the page is too large, or cost more time or memory than a page may.
        """
        ...


class Notifier(Protocol):
    """A channel to people."""

    @property
    def channel(self) -> str:
        """Name in the ledger, such as `email`."""
        ...

    def send(self, message: Message) -> None:
        """Hand the message over; return only when the other side took it. TransientError or PermanentError else."""
        ...
