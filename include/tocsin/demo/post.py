"""The words of a told story: feeds, chapters, posts."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Feed:
    """One place of the newsroom; `format` is rss or atom, `language` None where people mix."""

    id: str
    title: str
    format: str
    network: str
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Chapter:
    """A part of the story; 0 is the ordinary time before it."""

    number: int
    title: str
    headline: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Post:
    """One item of a feed. `html` stands in place of `text` where the markup itself is the point."""

    feed: str
    at: datetime
    author: str
    text: str = ""
    title: str = ""
    html: str = ""
    chapter: int = 0
    number: int = 0
    broken_link: str = ""
    """With `broken_date`: written into the feed as they are, so that a reader meets an item it cannot take."""
    broken_date: str = ""

    @property
    def path(self) -> str:
        """Where the newsroom shows this post."""
        return f"/{self.feed}/{self.number}"
