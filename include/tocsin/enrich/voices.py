"""Say whose voice a post is, as the team ranks voices: an authority, a great newspaper, a large account, unknown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tocsin.model import RawItem, Tier


@dataclass(frozen=True, slots=True)
class Voices:
    """The team's ranking: sites by host, authors by the pseudonym that `collect` gives them."""

    sites: Mapping[str, Tier] = field(default_factory=dict)
    authors: Mapping[str, Tier] = field(default_factory=dict)
    large_from: int = 100_000
    """Followers from which an author is a large account."""

    def tier_of(self, item: RawItem) -> Tier:
        """Give the post's tier: its author's if ranked, else its site's (or the site above it), else by followers."""
        if item.author in self.authors:
            return self.authors[item.author]
        if tier := self._site(item.url):
            return tier
        return Tier.LARGE if (item.audience or 0) >= self.large_from else Tier.UNKNOWN

    def _site(self, url: str) -> Tier | None:
        labels = _host(url).split(".") if self.sites else []
        above = (".".join(labels[at:]) for at in range(len(labels)))
        return next((self.sites[site] for site in above if site in self.sites), None)


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
