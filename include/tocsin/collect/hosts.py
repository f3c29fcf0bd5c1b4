"""Whom we burden together: sources of one host share its patience, also after it said to wait."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from urllib.parse import urlsplit

from courlan import extract_domain

from tocsin.model import Source, SourceState

WELL = timedelta(days=2)
"""How long after a good answer a 403 is taken for throttling: later it is an answer meant for us."""


class Scope(StrEnum):
    """Who rests when one source is told to wait: it alone, all of its host, or all of its registered domain."""

    FEED = "feed"
    HOST = "host"
    DOMAIN = "domain"


@dataclass(frozen=True, slots=True)
class Hosts:
    """What the states say of the hosts before a round: until when each wants rest, and when it last answered well."""

    scope: Scope = Scope.HOST
    rest: dict[str, datetime] = field(default_factory=dict)
    well: dict[str, datetime] = field(default_factory=dict)

    def rests_until(self, source: Source) -> datetime | None:
        """Give the moment before which the source is not to be asked; None: no server said so."""
        return self.rest.get(together(source, self.scope))

    def tell(self, source: Source, until: datetime) -> None:
        """Remember in this round that a server wants rest; the longer of two rests counts."""
        key = together(source, self.scope)
        self.rest[key] = max(until, self.rest.get(key, until))

    def answered_well(self, source: Source, now: datetime) -> bool:
        """Say whether the source's host gave a good answer in the last two days, to whichever source."""
        at = self.well.get(host_of(source.url))
        return at is not None and now - at <= WELL


def hosts_before(sources: Iterable[Source], states: Mapping[str, SourceState], scope: Scope, now: datetime) -> Hosts:
    """Read the hosts' rests and good answers off the states of the sources.

    A rest that was noted in the future, by a clock since put right, counts for nothing: else nobody of that host is
    read until then.
    """
    hosts = Hosts(scope)
    for source in sources:
        state = states[source.id]
        ahead = state.checked_at is not None and state.checked_at > now
        if state.throttled_until is not None and not ahead:
            hosts.tell(source, state.throttled_until)
        if state.succeeded_at is not None:
            host = host_of(source.url)
            hosts.well[host] = max(state.succeeded_at, hosts.well.get(host, state.succeeded_at))
    return hosts


def together(source: Source, scope: Scope) -> str:
    """Name what rests together with the source: equal for two sources that do."""
    if scope is Scope.FEED:
        return source.id
    host = host_of(source.url)
    return _domain(host) if scope is Scope.DOMAIN else host


@lru_cache(maxsize=65_536)
def host_of(url: str) -> str:
    """Host and port of an address, in small letters; of what is none, itself: the fetcher will say so."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2].lower() or url
    except ValueError:
        return url


@lru_cache(maxsize=65_536)
def _domain(host: str) -> str:
    """Registered domain by the public suffix list: news.bbc.co.uk belongs to bbc.co.uk; an IP address to itself."""
    return extract_domain(f"http://{host}/") or host
