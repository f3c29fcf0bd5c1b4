"""Pages are read as a guest does: after a look at robots.txt, one at a time of each host, with pauses between."""

import asyncio
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tocsin.collect.robots import Robots, read_robots
from tocsin.errors import PermanentError, RefusedError, TransientError
from tocsin.ports import Fetcher, FetchRequest, FetchResponse

SPACING = 1.0
"""Seconds between two requests to one host."""


@dataclass(slots=True)
class _Host:
    """What one run knows of a host."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    robots: Robots | None = None
    free_at: float = 0.0
    """Loop time before which the host is left alone."""
    asked_to_wait: bool = False


class PoliteFetcher:
    """Keeps the promise of the port Fetcher, with manners; for one run, which remembers each robots.txt.

    RefusedError: robots.txt does not allow it. TransientError: robots.txt cannot be read now, which a site may mean
    as "not now"; or the host asked us to wait longer than a pause between two pages. A site without robots.txt (4xx)
    allows everything. Crawl-delay is kept, up to 30 s. `spacing` is in seconds.
    """

    def __init__(self, fetcher: Fetcher, *, spacing: float = SPACING) -> None:
        self._fetcher = fetcher
        self._spacing = spacing
        self._hosts: dict[str, _Host] = {}

    async def fetch(self, request: FetchRequest) -> FetchResponse:
        """Answer as the port says, once it is our turn."""
        await self._check(request.url)
        answer = await self._in_turn(request)
        if _site(answer.url) != _site(request.url):
            await self._check(answer.url)  # It led to another site, which has rules of its own.
        return answer

    async def robots(self, url: str) -> Robots:
        """Give the rules of the address's site, read once. TransientError, RefusedError: they cannot be had."""
        host = self._host(url)
        async with host.turn:
            if host.robots is None:
                host.robots = await self._read_robots(f"{_site(url)}/robots.txt", host)
            return host.robots

    async def _check(self, url: str) -> None:
        if not (await self.robots(url)).allow(url):
            raise RefusedError("the site's robots.txt does not allow it")

    async def _in_turn(self, request: FetchRequest) -> FetchResponse:
        host = self._host(request.url)
        async with host.turn:
            return await self._ask(request, host)

    async def _ask(self, request: FetchRequest, host: _Host) -> FetchResponse:
        clock = asyncio.get_running_loop().time
        wait = host.free_at - clock()
        if wait > 0 and host.asked_to_wait:
            raise TransientError("the host asked us to wait", retry_after=wait)
        await asyncio.sleep(max(wait, 0.0))
        pause = self._spacing if host.robots is None else max(self._spacing, host.robots.delay)
        try:
            return await self._fetcher.fetch(request)
        except TransientError as exc:
            host.asked_to_wait = bool(exc.retry_after)
            pause = max(pause, exc.retry_after or 0.0)
            raise
        finally:
            host.free_at = clock() + pause

    async def _read_robots(self, url: str, host: _Host) -> Robots:
        try:
            answer = await self._ask(FetchRequest(url), host)
        except RefusedError:
            raise
        except PermanentError:
            return Robots()
        except TransientError as exc:
            raise TransientError(f"robots.txt cannot be read now: {exc}", retry_after=exc.retry_after) from exc
        return read_robots(answer.body)

    def _host(self, url: str) -> _Host:
        return self._hosts.setdefault(_site(url), _Host())


def _site(url: str) -> str:
    """Scheme, host and port: what a robots.txt speaks for. PermanentError: not an address."""
    try:
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2].lower()}"
    except ValueError as exc:
        raise PermanentError("not an address") from exc
