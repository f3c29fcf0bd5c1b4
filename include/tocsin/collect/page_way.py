"""What it takes to read pages that are made for people, beside a round's own things."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from tocsin.ports import ArticleReader, Fetcher


@dataclass(frozen=True, slots=True)
class PageWay:
    """The way to pages, and what makes articles of them."""

    fetcher: Fetcher
    """One with manners: it keeps robots.txt and the pauses between two requests to a host."""
    reader: ArticleReader
    zone: ZoneInfo
    """Of times that state none, where the source says no other."""
