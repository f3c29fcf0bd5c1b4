"""The word that all readers of feeds, sitemaps and archives share: one entry, before anything is made of it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as its feed tells it: nothing cleaned, nothing resolved, `published` aware UTC or unknown."""

    link: str = ""
    guid: str = ""
    title: str = ""
    content: str = ""
    summary: str = ""
    author: str = ""
    published: datetime | None = None
