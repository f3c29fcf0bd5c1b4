"""The one way out to the web: polite, conditional, and deaf to every trick to make us dial our own network."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.cookiejar import CookieJar, DefaultCookiePolicy
from ssl import SSLContext
from types import TracebackType
from typing import Self

import httpcore
import httpx

from tocsin.adapters.freshness import fresh_for, limit_reset, retry_after
from tocsin.adapters.guard import GuardedBackend, Network, NoAddressError
from tocsin.adapters.inflate import read_capped
from tocsin.errors import PermanentError, RefusedError, TocsinError, TransientError, UnknownHostError
from tocsin.ports import FetchRequest, FetchResponse

MAX_BYTES = 15 * 1024 * 1024
MAX_REDIRECTS = 5
USER_AGENT = "Tocsin/0.1 (feed reader)"

_ACCEPT = "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_POOLS = 32
_FOR_GOOD = frozenset({301, 308})
_BUSY = frozenset({408, 425, 429})


class GuardedFetcher:
    """Keeps the promise of the port Fetcher. Use as `async with GuardedFetcher() as fetcher`.

    `allow`: networks that are dialled although they are not public, for tests and in-house feeds. `timeout`: seconds
    for a whole fetch, redirects included. `max_bytes`: cap on the unpacked body. Proxies, cookies and `.netrc` are
    not used. Retry-After is told in `TransientError.retry_after`, 0 to 24 h, its date read against the answer's own.
    """

    def __init__(
        self,
        allow: Sequence[Network] = (),
        *,
        timeout: float = 30.0,
        max_bytes: int = MAX_BYTES,
        user_agent: str = USER_AGENT,
    ) -> None:
        self._timeout = timeout
        self._max_bytes = max_bytes
        headers = {"User-Agent": user_agent, "Accept": _ACCEPT, "Accept-Encoding": "gzip"}
        self._client = web_client(allow, headers, httpx.Timeout(timeout, connect=min(10.0, timeout)))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def fetch(self, request: FetchRequest) -> FetchResponse:
        """Answer with 200 or 304; errors as the port says."""
        try:
            with translated(request.url):
                async with asyncio.timeout(self._timeout):
                    return await self._follow(request)
        except TimeoutError as exc:
            raise TransientError(f"no whole answer within {self._timeout:g} s") from exc

    async def _follow(self, request: FetchRequest) -> FetchResponse:
        first = url = httpx.URL(request.url)
        headers = {**_validators(request), **dict(request.headers)}
        method = "POST" if request.body else "GET"
        for_good = True
        for _ in range(MAX_REDIRECTS + 1):
            _check_url(url)
            asked = self._client.build_request(method, url, headers=headers, content=request.body or None)
            response = await self._client.send(asked, stream=True)
            try:
                if response.status_code not in _REDIRECTS:
                    moved = str(url) if for_good and str(url) != request.url else ""
                    return await self._answer(request, response, moved)
                for_good = for_good and response.status_code in _FOR_GOOD
                url = url.join(_next_place(response))
                if request.body:
                    raise RefusedError("what is sent in a body is not sent on to another address")
                if _origin(url) != _origin(first):
                    headers = _validators(request)  # For good: whoever sends us back has chosen the address.
            finally:
                await response.aclose()
        raise RefusedError(f"more than {MAX_REDIRECTS} redirects")

    async def _answer(self, request: FetchRequest, response: httpx.Response, moved: str) -> FetchResponse:
        headers = response.headers
        if response.status_code == httpx.codes.NOT_MODIFIED:
            if not _validators(request):
                raise TransientError("answered 304 to a question without conditions")
            body = b""
        elif response.status_code == httpx.codes.OK or response.status_code in request.errors:
            body = await read_capped(response.aiter_raw(), headers.get("content-encoding", ""), self._max_bytes)
        else:
            raise refusal(response)
        return FetchResponse(
            url=str(response.url),
            status=response.status_code,
            body=body,
            content_type=headers.get("content-type", ""),
            etag=headers.get("etag"),
            last_modified=headers.get("last-modified"),
            link=headers.get("link", ""),
            fresh_for=fresh_for(headers),
            moved_to=moved,
        )


class _GuardedTransport(httpx.AsyncBaseTransport):
    """Each host by one of several pools: for each request a pool looks at every connection that it holds."""

    def __init__(self, allow: Sequence[Network]) -> None:
        context, backend = httpx.create_ssl_context(trust_env=False), GuardedBackend(allow)
        self._parts = [_PartTransport(context, backend) for _ in range(_POOLS)]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request by its host's pool."""
        return await self._parts[hash(request.url.host) % _POOLS].handle_async_request(request)

    async def aclose(self) -> None:
        """Close all connections."""
        for part in self._parts:
            await part.aclose()


class _PartTransport(httpx.AsyncHTTPTransport):
    """httpx's own transport over a pool that dials through the guard; httpx offers no argument for it."""

    def __init__(self, context: SSLContext, backend: GuardedBackend) -> None:
        super().__init__(verify=context, trust_env=False)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=context,
            max_connections=500,
            max_keepalive_connections=100,
            keepalive_expiry=5.0,
            network_backend=backend,
        )


def web_client(allow: Sequence[Network], headers: Mapping[str, str], timeout: httpx.Timeout) -> httpx.AsyncClient:
    """Make a client that dials through the guard and follows, keeps and borrows nothing."""
    return httpx.AsyncClient(
        transport=_GuardedTransport(allow),
        headers=dict(headers),
        timeout=timeout,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        trust_env=False,
        follow_redirects=False,
    )


def _check_url(url: httpx.URL) -> None:
    if url.scheme not in {"http", "https"} or not url.host:
        raise RefusedError(f"not an http(s) address: {_shown(url)}")
    if url.userinfo:
        raise RefusedError(f"{url.host}: the address holds a user name or password")


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _shown(url: httpx.URL | str) -> str:
    """As much of an address as may be told: no password, no key in a query."""
    return repr(str(url).partition("?")[0].rpartition("@")[2][:200])


def _validators(request: FetchRequest) -> dict[str, str]:
    told = {"If-None-Match": request.etag, "If-Modified-Since": request.last_modified}
    return {name: value for name, value in told.items() if value}


def _next_place(response: httpx.Response) -> str:
    place: str = response.headers.get("location", "")
    if not place:
        raise PermanentError(f"answered {response.status_code} without saying where to go")
    return place


def refusal(response: httpx.Response) -> TocsinError:
    """Give the error for an answer that is none: TransientError, with the wait it asks for, or PermanentError."""
    status, wait = response.status_code, retry_after(response.headers)
    if status in _BUSY or status >= httpx.codes.INTERNAL_SERVER_ERROR:
        if wait is None and status == httpx.codes.TOO_MANY_REQUESTS:
            wait = limit_reset(response.headers)
        return TransientError(f"answered {status}", retry_after=wait, status=status)
    return PermanentError(f"answered {status}", retry_after=wait, status=status)


@contextmanager
def translated(url: str) -> Iterator[None]:
    """Turn httpx's errors into ours."""
    try:
        yield
    except httpx.UnsupportedProtocol as exc:
        raise RefusedError(f"not an http(s) address: {_shown(url)}") from exc
    except (httpx.InvalidURL, UnicodeError, ValueError) as exc:
        raise PermanentError(f"not an address: {_shown(url)}: {exc}") from exc
    except httpx.TimeoutException as exc:
        raise TransientError(f"no answer in time ({type(exc).__name__})") from exc
    except httpx.RemoteProtocolError as exc:
        if "too long" in str(exc):  # h11's own words for 100 kB without an end.
            raise RefusedError("the answer's headers do not end") from exc
        raise TransientError(f"{type(exc).__name__}: {exc}") from exc
    except httpx.HTTPError as exc:
        if isinstance(exc.__cause__, NoAddressError):
            raise UnknownHostError(str(exc)) from exc
        raise TransientError(f"{type(exc).__name__}: {exc}") from exc
