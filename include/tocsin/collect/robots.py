"""What a site asks of those who read it by machine: its robots.txt, read as RFC 9309 says."""

from dataclasses import dataclass, field

from protego import Protego

AGENT = "Tocsin"
"""The name that a site's rules may call us by."""
ROBOTS_CAP = 500 * 1024
"""Bytes of a robots.txt that count; the RFC asks for as many."""
LONGEST_DELAY = 30.0
"""Seconds of Crawl-delay that are kept: a site that asks for more is read as slowly as that."""


@dataclass(frozen=True, slots=True)
class Robots:
    """A site's rules; those of a site that has none allow everything."""

    rules: Protego = field(default_factory=lambda: Protego.parse(""))

    def allow(self, url: str) -> bool:
        """Say whether we may read this address."""
        return bool(self.rules.can_fetch(url, AGENT))

    @property
    def delay(self) -> float:
        """Seconds that the site wants between two requests, at most LONGEST_DELAY; 0 where it says nothing."""
        said = self.rules.crawl_delay(AGENT)
        return min(max(float(said), 0.0), LONGEST_DELAY) if said else 0.0

    @property
    def sitemaps(self) -> tuple[str, ...]:
        """Addresses of the site's sitemaps, as it writes them; at most 50."""
        return tuple(str(address) for address, _ in zip(self.rules.sitemaps, range(50), strict=False))


def read_robots(body: bytes) -> Robots:
    """Read a robots.txt; whatever is no rule is passed over, as the RFC says."""
    return Robots(Protego.parse(body[:ROBOTS_CAP].decode("utf-8", "replace")))
