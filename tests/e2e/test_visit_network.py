"""Visits to social networks against a real server that speaks their paging and limits: each post once, none lost."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from network_server import CHANNEL, CREDENTIALS, Networks, Said, running
from tocsin.adapters.batches import FsspecBatches
from tocsin.adapters.files import LocalArchive
from tocsin.adapters.http import GuardedFetcher
from tocsin.adapters.sqlite import SqliteStores, open_sqlite
from tocsin.adapters.tokens import FileTokens
from tocsin.collect.identity import Authors
from tocsin.collect.networks.asking import Access
from tocsin.collect.networks.memory import Place, read_memory
from tocsin.collect.step import Collected, collect_due
from tocsin.collect.visit_network import PAGES_A_VISIT
from tocsin.errors import PermanentError
from tocsin.model import RawItem, Source, SourceKind, Stage

NOW = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
SECOND = int(NOW.timestamp())
LATER = timedelta(hours=2)

WAYS = {
    "hackernews": ("hackernews", "Bulla"),
    "mastodon-search": ("mastodon", "Bulla"),
    "bluesky": ("bluesky", "Bulla"),
    "reddit": ("reddit", "Bulla"),
    "youtube-channel": ("youtube", CHANNEL),
    "facebook": ("facebook", "me"),
}


@dataclass
class House:
    """A place to collect into, and the networks' server."""

    web: Networks
    stores: SqliteStores
    batches: FsspecBatches

    def source(self, kind: str, query: str = "", name: str = "mine", **told: Any) -> Source:
        return Source(name, SourceKind(kind), self.web.url, kind, query=query, **told)

    def collect(self, *sources: Source, at: datetime = NOW, access: Access | None = None) -> Collected:
        return asyncio.run(self._collect(sources, at, access or Access(("Bulla",), CREDENTIALS)))

    async def _collect(self, sources: tuple[Source, ...], at: datetime, access: Access) -> Collected:
        async with GuardedFetcher([ip_network("127.0.0.0/8")], timeout=10) as fetcher:
            return await collect_due(
                sources,
                states=self.stores.sources,
                fetcher=fetcher,
                archive=LocalArchive(),
                batches=self.batches,
                quarantine=self.stores.quarantine,
                reports=self.stores.reports,
                authors=Authors(lambda author, network: author and f"{network}:{author}", self.stores.erasures.all),
                now=at,
                access=access,
            )

    def kept(self) -> list[RawItem]:
        ids = self.batches.pending(Stage.RAW)
        return [item for one in ids for item in self.batches.read(Stage.RAW, one, RawItem)]

    def state(self, name: str = "mine"):
        return self.stores.sources.get(name)

    def place(self, words: str) -> Place:
        return read_memory(self.state().cursor).place(words)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with running() as web, open_sqlite(":memory:") as stores:
        yield House(web, stores, FsspecBatches(str(tmp_path / "batches")))


def posts(count: int, first: int = 0, every: int = 60, until: int = SECOND) -> list[Said]:
    return [Said(first + n, until - (count - n) * every, f"Bulla {first + n}") for n in range(count)]


def counts(collected: Collected) -> dict[str, int]:
    return {status: n for status, n in collected.reports[0].counts.items() if n}


def statuses(collected: Collected) -> dict[str, int]:
    return {status: n for status, n in collected.reports[-1].counts.items() if n}


@pytest.mark.parametrize("way", WAYS)
def test_every_post_is_kept_once_over_many_pages_and_visits(house: House, way: str) -> None:
    kind, words = WAYS[way]
    source = house.source(kind, words)
    house.web.posts = posts(1, until=SECOND - 86_400)
    house.collect(source, at=NOW - timedelta(days=1))
    house.web.posts += posts(330, first=10)
    first = house.collect(source)
    assert statuses(first) == {"fetched": 1}, house.state().note
    assert (house.state().note, house.place(words).page) == ("", "")

    asked = len(house.web.asked)
    house.web.posts += posts(3, first=900, until=int((NOW + LATER).timestamp()))
    again = house.collect(source, at=NOW + LATER)
    assert counts(again)["new"] == 3
    assert len(house.web.asked) - asked <= 4, "what is known was read again page by page"
    names = Counter(item.url for item in house.kept())
    assert set(names.values()) == {1}
    assert len(names) == 334


def test_a_hashtag_is_read_upwards_from_where_it_was(house: House) -> None:
    source = house.source("mastodon", "#bulla")
    house.web.posts = posts(60)
    house.collect(source, access=Access())
    assert len(house.kept()) == 40, "the first look takes the newest page"
    house.web.posts += posts(130, first=100, until=int((NOW + LATER).timestamp()))
    # Late: it comes from another server after younger ones, with an id of its own time.
    house.web.posts.append(Said(999, SECOND - 70, "Bulla, en retard"))
    house.collect(source, at=NOW + LATER, access=Access())
    assert len(house.kept()) == 171
    assert len({item.id for item in house.kept()}) == 171
    house.collect(source, at=NOW + 2 * LATER, access=Access())
    assert len(house.kept()) == 171


def test_a_search_on_youtube_reads_its_videos_one_by_one(house: House) -> None:
    house.web.posts = posts(150)
    house.collect(house.source("youtube", "Bulla"))
    found = Counter(item.url.partition("lc=")[0] for item in house.kept())
    assert sum(found.values()) == 152, "150 comments and two videos"
    memory = read_memory(house.state().cursor)
    assert memory.spent == {"youtube_searches": 1, "youtube_units": 3}
    assert house.state().note == ""


def test_a_limit_rests_the_source_until_its_reset_and_the_reading_goes_on_at_its_page(house: House) -> None:
    source = house.source("hackernews", "Bulla")
    house.web.posts = posts(330)
    house.web.faults[2] = (429, {"X-RateLimit-Reset": "5400"}, {"message": "slow down"})
    assert statuses(house.collect(source)) == {"failed": 1}
    state = house.state()
    # 199 of two pages of 100: the last second of one page is the first of the next.
    assert (len(house.kept()), state.failures, state.note) == (199, 1, "answered 429")
    assert NOW + timedelta(seconds=5400) <= state.due_at <= NOW + timedelta(seconds=5400 * 1.1)
    assert house.place("Bulla").page, "the page to go on at is forgotten"

    assert statuses(house.collect(source, at=NOW + timedelta(hours=1))) == {"resting": 1}
    house.collect(source, at=NOW + LATER)
    assert "created_at_i%3C%3D" in house.web.asked[3], "the first pages were read again"
    assert sorted(Counter(item.id for item in house.kept()).values()) == [1] * 330
    assert (house.state().failures, house.place("Bulla").page) == (0, "")


FAULTS = {
    "401": (401, {}, {"message": "who are you, reddit-s3cret?"}),
    "403": (403, {}, b"<html>403 Forbidden</html>"),
    "500": (500, {}, b"oops"),
    "half json": (200, {}, b'{"data": {"children": [{"kind": "t3", "da'),
    "html": (200, {"Content-Type": "text/html"}, b"<!doctype html><h1>Down</h1>"),
    "not utf-8": (200, {}, b'{"data": "\xff\xfe"}'),
    "no list": (200, {}, {"data": {}}),
    "deep": (200, {}, b'{"data":' + b"[" * 100_000),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_noted_moves_no_cursor_and_passes(house: House, fault: str) -> None:
    source = house.source("reddit", "Bulla")
    house.web.posts = posts(5)
    house.web.faults[1] = FAULTS[fault]
    assert statuses(house.collect(source)) == {"failed": 1}
    state = house.state()
    assert (state.failures, state.succeeded_at, house.kept()) == (1, None, [])
    assert house.place("Bulla").cursor == ""
    assert state.note.startswith("answered ")
    assert "s3cret" not in state.note + state.cursor
    house.collect(source, at=NOW + LATER)
    assert (house.state().failures, len(house.kept())) == (0, 5)


def test_a_mark_that_would_bloat_the_state_is_refused(house: House) -> None:
    house.web.faults[1] = (200, {}, {"cursor": "x" * 30_000, "posts": [{}]})
    assert statuses(house.collect(house.source("bluesky", "Bulla"))) == {"failed": 1}
    assert len(house.state().cursor) < 100
    assert "20000" in house.state().note


def test_a_page_that_the_network_forgot_is_asked_for_once_then_all_is_read_anew(house: House) -> None:
    source = house.source("hackernews", "Bulla")
    house.web.posts = posts(150)
    house.web.faults |= {1: (503, {}, b""), 2: (400, {}, {"message": "no such page"})}
    house.collect(source)
    assert house.place("Bulla").page
    house.collect(source, at=NOW + LATER)
    assert house.place("Bulla") == Place()
    house.collect(source, at=NOW + 2 * LATER)
    assert sorted(Counter(item.id for item in house.kept()).values()) == [1] * 150


@pytest.mark.parametrize("kind", ["bluesky", "reddit", "youtube", "facebook"])
def test_without_credentials_nothing_is_asked_and_the_note_says_what_to_set(house: House, kind: str) -> None:
    assert statuses(house.collect(house.source(kind), access=Access(("Bulla",)))) == {"failed": 1}
    assert house.web.asked == []
    assert f"TOCSIN_{kind.upper()}_" in house.state().note
    assert f"tocsin_{kind}" in house.state().note


@pytest.mark.parametrize("kind", CREDENTIALS)
def test_wrong_credentials_are_said_to_be_wrong_and_shown_nowhere(house: House, kind: str) -> None:
    wrong = dict.fromkeys(CREDENTIALS[kind], "wr0ng")
    source = house.source(kind, CHANNEL if kind == "youtube" else "Bulla" if kind != "facebook" else "me")
    assert statuses(house.collect(source, access=Access((), {kind: wrong}))) == {"failed": 1}
    assert house.state().note.startswith("answered 40")
    assert not any("wr0ng" in path for path in house.web.asked)
    assert "wr0ng" not in house.state().note


def logins(house: House) -> int:
    return sum("createSession" in path or "access_token" in path for path in house.web.asked)


@pytest.mark.parametrize("kind", ["bluesky", "reddit"])
def test_sources_of_one_network_log_in_once_and_the_token_outlives_the_round(
    house: House, tmp_path: Path, kind: str
) -> None:
    shelved = Access((), CREDENTIALS, tokens=FileTokens(tmp_path / "tokens"))
    sources = [house.source(kind, word, name=word) for word in ("one", "two", "three")]
    house.collect(*sources, access=shelved)
    house.collect(*sources, at=NOW + timedelta(hours=1), access=shelved)
    assert (logins(house), len(house.web.asked)) == (1, 7)
    house.collect(*sources, at=NOW + timedelta(days=1), access=shelved)
    assert logins(house) == 2
    house.collect(*sources, at=NOW + timedelta(days=2))
    assert logins(house) == 3, "without a shelf each round logs in"


def test_a_token_that_is_refused_is_not_tried_again(house: House, tmp_path: Path) -> None:
    house.web.posts = posts(1)
    shelved = Access((), CREDENTIALS, tokens=FileTokens(tmp_path / "tokens"))
    source = house.source("bluesky", "Bulla")
    house.web.faults[1] = (400, {}, {"error": "ExpiredToken", "message": "bluesky-token is over"})
    house.collect(source, access=shelved)
    assert house.state().note == "answered 400: *** is over"
    house.collect(source, at=NOW + timedelta(minutes=30), access=shelved)
    assert (logins(house), len(house.kept())) == (2, 1)


def test_many_words_are_shared_out_over_the_visits(house: House) -> None:
    names = tuple(f"brand {n}" for n in range(PAGES_A_VISIT + 15))
    source = house.source("hackernews")
    house.collect(source, access=Access(names))
    assert (len(house.web.asked), house.state().failures) == (PAGES_A_VISIT, 0)
    assert house.state().note == "15 of 45 words wait for the next visit"
    house.collect(source, at=NOW + LATER, access=Access(names))
    asked = Counter(path.partition("query=")[2].partition("&")[0] for path in house.web.asked)
    assert (len(asked), max(asked.values())) == (45, 2)
    assert house.state().note == ""


def test_one_word_with_more_pages_than_a_visit_goes_on_at_the_next(house: House) -> None:
    source = house.source("hackernews", "Bulla")
    house.web.posts = posts(100 * PAGES_A_VISIT + 150)
    house.collect(source)
    assert (len(house.web.asked), house.state().note) == (PAGES_A_VISIT, "1 of 1 words wait for the next visit")
    house.collect(source, at=NOW + LATER)
    assert len(house.web.asked) <= PAGES_A_VISIT + 3
    assert sorted(Counter(item.id for item in house.kept()).values()) == [1] * (100 * PAGES_A_VISIT + 150)


def test_a_slow_network_ends_its_visit_and_goes_on_at_the_next(house: House) -> None:
    source = house.source("reddit", "Bulla")
    house.web.posts = posts(150)
    hurried = Access((), CREDENTIALS, patience=timedelta(0))
    assert statuses(house.collect(source, access=hurried)) == {"fetched": 1}
    assert (len(house.kept()), house.state().note) == (100, "1 of 1 words wait for the next visit")
    house.collect(source, at=NOW + LATER, access=hurried)
    assert (len(house.kept()), house.state().note) == (150, "")


def test_a_word_that_is_refused_stops_no_other(house: House) -> None:
    house.web.posts = posts(2)
    source = house.source("hackernews")
    collected = house.collect(source, access=Access(("refused", "Bulla")))
    assert (statuses(collected), counts(collected)) == ({"fetched": 1}, {"new": 2})
    assert house.state().note == "1 of 2 words refused: answered 400: these words are not taken"
    house.collect(house.source("hackernews", "refused", name="other"))
    assert (house.state("other").failures, house.state("other").note) == (
        1,
        "answered 400: these words are not taken",
    )


def test_the_budget_of_a_day_is_kept_over_all_sources_and_rests_until_midnight_at_google(house: House) -> None:
    access = Access((), CREDENTIALS, {"youtube_units": 3})
    ones = [house.source("youtube", CHANNEL, name=name) for name in ("a", "b", "c", "d")]
    assert statuses(house.collect(*ones, access=access)) == {"fetched": 3, "failed": 1}
    assert len(house.web.asked) == 3
    state = house.state("d")
    assert state.note == "the budget of the day is spent: TOCSIN_YOUTUBE_UNITS is 3"
    midnight = datetime(2026, 3, 4, tzinfo=ZoneInfo("America/Los_Angeles"))
    assert state.due_at >= midnight
    # Another day in UTC, but not there.
    early = house.collect(*ones, at=datetime(2026, 3, 4, 2, tzinfo=UTC), access=access)
    assert statuses(early) == {"failed": 3, "resting": 1}
    assert statuses(house.collect(*ones, at=midnight + timedelta(hours=3), access=access)) == {
        "fetched": 3,
        "failed": 1,
    }


def test_what_a_source_is_about_and_who_wrote_is_kept_with_the_post(house: House) -> None:
    house.web.posts = posts(1)
    house.collect(house.source("facebook", "me", brands=("bulla",)), house.source("hackernews", "Bulla", name="hn"))
    items = {item.network: item for item in house.kept()}
    assert (items["facebook"].brands, items["hackernews"].brands) == (("bulla",), None)
    assert (items["facebook"].author, items["hackernews"].author) == ("facebook:u1", "hackernews:ana")
    assert items["hackernews"].published_at == NOW - timedelta(minutes=1)


def test_an_error_of_the_stores_is_raised_and_no_cursor_moves(house: House, tmp_path: Path) -> None:
    house.web.posts = posts(1)
    (tmp_path / "file").touch()
    house.batches = FsspecBatches(str(tmp_path / "file"))
    with pytest.raises(PermanentError):
        house.collect(house.source("hackernews", "Bulla"))
    assert house.stores.sources.all() == ()
