"""Manners against a real server: its robots.txt is asked for once and kept, requests come one by one, with pauses."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from ipaddress import ip_network
from itertools import pairwise
from typing import Any

import pytest

from site_server import Site, serve_site
from tocsin.adapters.http import GuardedFetcher
from tocsin.adapters.polite import PoliteFetcher
from tocsin.errors import PermanentError, RefusedError, TocsinError, TransientError
from tocsin.ports import FetchRequest, FetchResponse

LOOPBACK = (ip_network("127.0.0.0/8"),)


@pytest.fixture
def site() -> Iterator[Site]:
    with serve_site() as running:
        yield running


def visit(
    do: Callable[[PoliteFetcher], Coroutine[Any, Any, Any]], spacing: float = 0.0, allow: Any = LOOPBACK
) -> Any:
    async def run() -> Any:
        async with GuardedFetcher(allow=allow) as fetcher:
            return await do(PoliteFetcher(fetcher, spacing=spacing))

    return asyncio.run(run())


def get(site: Site, *paths: str, spacing: float = 0.0) -> list[FetchResponse | TocsinError]:
    """Ask for all paths at once; errors are given back."""

    async def ask(web: PoliteFetcher) -> list[Any]:
        asked = (web.fetch(FetchRequest(site.url + path)) for path in paths)
        return await asyncio.gather(*asked, return_exceptions=True)

    return visit(ask, spacing)


def test_robots_txt_is_asked_for_once_and_kept(site: Site) -> None:
    site.put("/robots.txt", "User-agent: *\nDisallow: /private")
    for path in ("/a", "/b", "/private/c"):
        site.put(path, "x")
    answers = get(site, "/a", "/private/c", "/b")
    assert [type(answer) for answer in answers] == [FetchResponse, RefusedError, FetchResponse]
    assert "robots.txt" in str(answers[1])
    assert sorted(site.asked) == ["/a", "/b", "/robots.txt"]
    assert site.asked[0] == "/robots.txt"


def test_a_site_without_rules_may_be_read_and_one_whose_rules_cannot_be_had_not_now(site: Site) -> None:
    site.put("/a", "x")
    assert isinstance(get(site, "/a")[0], FetchResponse)
    site.pages["/robots.txt"] = (503, {"Retry-After": "120"}, b"")
    (error,) = get(site, "/a")
    assert isinstance(error, TransientError)
    assert error.retry_after == 120
    assert site.asked_for("/a") == 1


def test_one_at_a_time_with_a_pause(site: Site) -> None:
    site.put("/robots.txt", "User-agent: *\nCrawl-delay: 0.2")
    for number in range(4):
        site.put(f"/{number}", "x")
    answers = get(site, *(f"/{number}" for number in range(4)), spacing=0.05)
    assert all(isinstance(answer, FetchResponse) for answer in answers)
    assert site.most_at_once == 1
    # The pause is counted from an answer to the next request; the first one is after robots.txt.
    assert min(later - earlier for earlier, later in pairwise(site.times[1:])) > 0.18


def test_a_host_that_asks_us_to_wait_is_not_asked_again(site: Site) -> None:
    site.pages["/busy"] = (429, {"Retry-After": "60"}, b"")
    site.put("/b", "x")

    async def ask(web: PoliteFetcher) -> list[Any]:
        one = await asyncio.gather(web.fetch(FetchRequest(site.url + "/busy")), return_exceptions=True)
        two = await asyncio.gather(web.fetch(FetchRequest(site.url + "/b")), return_exceptions=True)
        return [*one, *two]

    first, second = visit(ask)
    assert isinstance(first, TransientError)
    assert isinstance(second, TransientError)
    assert 0 < (second.retry_after or 0) <= 60
    assert site.asked_for("/b") == 0


def test_a_missing_page_is_no_reason_to_leave_the_host_alone(site: Site) -> None:
    site.put("/a", "x")
    missing, there = get(site, "/missing", "/a")
    assert isinstance(missing, PermanentError)
    assert isinstance(there, FetchResponse)


def test_a_page_that_leads_to_another_site_is_held_to_the_rules_of_that_one(site: Site) -> None:
    with serve_site() as other:
        other.put("/robots.txt", "User-agent: Tocsin\nDisallow: /")
        other.put("/there", "x")
        site.pages["/away"] = (302, {"Location": f"{other.url}/there"}, b"")
        (answer,) = get(site, "/away")
    assert isinstance(answer, RefusedError)


@pytest.mark.parametrize("address", ["http://10.0.0.1/a", "http://[::1/", "file:///etc/passwd", "http://localhost/a"])
def test_what_the_guard_refuses_stays_refused(address: str) -> None:
    with pytest.raises(PermanentError):
        visit(lambda web: web.fetch(FetchRequest(address)), allow=())
