"""Visits to X by the real tweepy: each post once, none lost, never more read than the month allows."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tocsin.adapters.x import TweepyX
from tocsin.collect.networks.asking import Access, XAccess
from tocsin.collect.x.archive import read_archive
from tocsin.collect.x.counting import outlook, pace
from tocsin.errors import PermanentError, TransientError
from x_house import BULLA, House, house_of
from x_server import NOON, post, problem, snowflake

RECENT = "/2/tweets/search/recent"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with house_of(tmp_path) as made:
        yield made


def posts(count: int, *, until: datetime = NOON, first: int = 0, text: str = "Bulla") -> list[dict]:
    return [post(until - timedelta(seconds=count - n), f"{text} {first + n}", first + n) for n in range(count)]


def told(asked: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(asked).query).items()}


def statuses(house: House, *sources) -> dict[str, int]:
    return {name: n for name, n in house.collect(*sources).reports[-1].counts.items() if n}


def test_every_post_is_kept_once_over_pages_and_visits(house: House) -> None:
    house.web.posts = posts(330)
    assert statuses(house) == {"fetched": 1}, house.state().note
    assert len(house.kept()) == 330
    house.web.clock.ahead += HOUR
    house.web.posts += posts(120, until=NOON + HOUR, first=1000) + posts(3, until=NOON + HOUR, text="rien")
    house.web.posts += posts(2, until=NOON + HOUR, text="Orange", first=5) + posts(2, until=NOON, text="orange juice")
    house.collect()
    assert len(house.kept()) == 452
    assert max(house.texts().values()) == 1
    assert told(house.asked()[-1]).get("since_id") or told(house.asked()[-2]).get("since_id")
    assert house.spent() == 452
    house.web.clock.ahead += HOUR
    house.collect()
    assert (len(house.kept()), house.spent(), house.state().note) == (452, 452, "")


def test_the_cursor_moves_only_when_all_pages_are_durable(house: House) -> None:
    house.web.posts = posts(250)
    house.web.faults.waiting[RECENT] = []
    house.collect()
    before = house.memory().place(BULLA)
    house.web.clock.ahead += HOUR
    house.web.posts += posts(250, until=NOON + HOUR, first=1000)
    house.brands = house.brands[:1]
    plain = Counter(house.texts())
    house.web.faults.then("/nothing", 200, "")
    asked = len(house.asked())
    house.web.faults.waiting[RECENT] = []
    broken = _breaks_after(house, 2)
    house.collect(access=broken)
    place = house.memory().place(BULLA)
    assert (place.cursor, bool(place.page), place.reached > place.cursor) == (before.cursor, True, True)
    assert house.state().failures == 1
    assert len(house.kept()) == 450
    house.web.clock.ahead += HOUR
    house.collect()
    assert len(house.kept()) == 500, "it went on at its page"
    assert len(house.asked()) == asked + 4
    assert max(house.texts().values()) == 1
    assert plain <= house.texts()
    assert house.memory().place(BULLA).cursor == place.reached


def _breaks_after(house: House, pages: int) -> Access:
    """Access whose door is shut by a fault of the server after some pages."""
    seen = len(house.asked())
    route = house.web.RequestHandlerClass.answer

    def answer(handler) -> None:
        if len(house.asked()) - seen >= pages and not house.web.faults.waiting.get(RECENT):
            house.web.faults.then(RECENT, 503, problem("x", "Over capacity", "Over capacity"))
            house.web.RequestHandlerClass.answer = route
        route(handler)

    house.web.RequestHandlerClass.answer = answer
    return house.access


def test_a_limit_is_kept_until_its_reset(house: House) -> None:
    house.web.posts = posts(5)
    reset = house.web.clock.now() + timedelta(minutes=14)
    gone = problem("rate-limit-exceeded", "Too Many Requests", "Too Many Requests")
    house.web.faults.then(RECENT, 429, gone, x_rate_limit_reset=str(int(reset.timestamp())))
    source = house.source(every=MINUTE)
    house.collect(source)
    assert house.state().due_at >= reset - timedelta(seconds=1)
    asked = len(house.asked())
    house.web.clock.ahead += timedelta(minutes=13)
    assert statuses(house, source) == {"resting": 1}
    assert len(house.asked()) == asked
    house.web.clock.ahead += timedelta(minutes=3)
    house.collect(source)
    assert len(house.kept()) == 5


def test_a_refused_query_stops_no_other_and_a_wrong_token_stops_all(house: House) -> None:
    house.web.posts = posts(3) + posts(2, text="Orange")
    house.web.faults.then(RECENT, 400, problem("invalid-request", "Invalid Request", "missing ')'"))
    house.collect()
    assert house.state().note.startswith("1 of 2 queries refused: answered 400: missing ')'")
    assert len(house.kept()) in {2, 3}
    house.web.clock.ahead += HOUR
    house.collect()
    assert len(house.kept()) == 5
    house.web.clock.ahead += HOUR
    access = Access(
        credentials={"x": {"bearer_token": "wrong", "url": house.web.url}},
        budgets={"x_posts": 9_000},
        x=XAccess(TweepyX(house.web.url, "wrong"), house.brands),
    )
    asked = len(house.web.asked)
    house.collect(access=access)
    assert "TOCSIN_X_BEARER_TOKEN" in house.state().note
    assert len(house.web.asked) <= asked + 1


def test_without_a_token_it_says_what_it_lacks(house: House) -> None:
    house.collect(access=Access(budgets={"x_posts": 100}))
    assert house.state().note == "needs TOCSIN_X_BEARER_TOKEN, or Airflow's connection tocsin_x"
    assert house.web.asked == []


def test_reading_stops_before_the_budget_is_spent_and_goes_on_next_month(house: House) -> None:
    house.budget, house.brands = 250, house.brands[:1]
    house.web.clock.ahead = timedelta(days=6)
    house.web.posts = posts(400, until=house.web.clock.now())
    house.collect()
    assert len(house.kept()) == 250
    assert house.spent() == 250
    assert [told(asked)["max_results"] for asked in house.asked()] == ["100", "100", "50"]
    state = house.state()
    again = "reading goes on on 2026-12-01"
    assert state.note == f"the month's budget is spent: 250 of 250 posts read (TOCSIN_X_POSTS); {again}"
    assert state.failures == 3, "so that the check-up names it"
    asked = len(house.web.asked)
    house.web.clock.ahead += timedelta(hours=3)
    assert statuses(house) == {"failed": 1}
    assert len(house.web.asked) == asked, "X is not asked"
    house.web.clock.ahead = datetime(2026, 12, 1, 0, 0, 5, tzinfo=UTC) - NOON
    house.collect()
    assert (house.spent(), house.state().failures) == (150, 0)
    assert len(house.kept()) == 400, "it went on at its page"
    assert max(house.texts().values()) == 1


def test_the_budget_is_one_over_all_sources_and_restarts(house: House) -> None:
    house.budget = 120
    house.web.posts = posts(100) + posts(100, text="#bulla", first=500)
    mine, other = house.source(query="Bulla"), house.source("other", query="#bulla")
    house.collect(mine)
    used = house.spent()
    house.collect(other)
    assert used + house.spent("other") <= 120
    assert "budget is spent" in house.state("other").note + house.state().note


def test_posts_that_come_along_are_paid_for(house: House) -> None:
    original = post(NOON - DAY, "Bulla s'excuse", 7)
    house.web.tweets = [original]
    quote = {"referenced_tweets": [{"type": "quoted", "id": original["id"]}]}
    house.web.posts = [post(NOON - MINUTE, f"Bulla, honte {n}", n, **quote) for n in range(3)]
    house.collect()
    assert house.spent() == 4
    assert all(item.text.endswith("\nBulla s'excuse") for item in house.kept())


def test_an_edited_post_is_one_with_its_newest_text(house: House) -> None:
    first = post(NOON - timedelta(minutes=20), "Bulla rapelle", 1)
    house.web.posts = [first, post(NOON - MINUTE, "Bulla tient bon", 9)]
    house.collect()
    for n, text in ((2, "Bulla rappelle"), (3, "Bulla rappelle tout")):
        house.web.clock.ahead += timedelta(minutes=15)
        newer = post(house.web.clock.now() - MINUTE, text, n)
        newer["edit_history_tweet_ids"] = [
            *house.web.posts[-1 if n > 2 else 0]["edit_history_tweet_ids"],
            newer["id"],
        ]
        house.web.posts.append(newer)
        house.collect()
    assert house.texts() == {"Bulla rappelle tout": 1, "Bulla tient bon": 1}
    (item,) = [item for item in house.kept() if "tout" in item.text]
    assert item.url.endswith(first["id"])
    assert abs(item.published_at - (NOON - timedelta(minutes=20))) < timedelta(seconds=1)
    assert house.forgotten == [item.id, item.id]


def test_a_week_of_silence_is_read_as_far_as_search_goes(house: House) -> None:
    house.web.posts = posts(2)
    house.collect()
    house.web.clock.ahead += 10 * DAY
    house.web.posts += posts(4, until=house.web.clock.now() - DAY, first=50)
    house.collect()
    assert house.state().note == ""
    assert len(house.kept()) == 6


def test_reposts_are_read_only_where_it_is_said(house: House) -> None:
    original = post(NOON - HOUR, "Bulla ment à tous ses clients depuis des années", 7)
    house.web.tweets = [original]
    about = {"referenced_tweets": [{"type": "retweeted", "id": original["id"]}]}
    house.web.posts = [post(NOON - MINUTE, "RT @ana: Bulla ment à tous", 8, **about)]
    house.collect()
    assert house.kept() == []
    house.collect(house.source("all", reposts=True))
    assert [item.text for item in house.kept()] == ["Bulla ment à tous ses clients depuis des années"]


def test_the_archive_goes_on_at_its_page_and_says_where_there_is_none(house: House, monkeypatch) -> None:
    monkeypatch.setattr("tocsin.adapters.x.client.ARCHIVE_PACE", 0.0)
    start, end = datetime(2019, 5, 1, tzinfo=UTC), datetime(2019, 5, 3, tzinfo=UTC)
    house.brands = house.brands[:1]
    house.web.posts = posts(1200, until=start + DAY)
    house.collect()
    everyday = house.memory().place(BULLA)

    def read() -> Counter[str]:
        access = house.access
        visit = asyncio.run(read_archive(house.source(), start, end, access.x, house.around(access)))
        return Counter(visit.counts)

    house.budget = 700
    with pytest.raises(TransientError, match="budget is spent"):
        read()
    assert len(house.kept()) == 700
    house.budget = 10_000
    assert read()["new"] == 500
    assert len(house.kept()) == 1200
    assert max(house.texts().values()) == 1
    assert house.memory().place(BULLA) == everyday, "polling is not moved by it"
    assert house.spent() == 1200
    house.web.has_archive = False
    with pytest.raises(PermanentError, match=r"403.*enrolled"):
        read()


def test_the_pace_says_when_the_budget_ends_and_reads_no_post(house: House) -> None:
    house.budget = 1000
    house.web.posts = posts(70) + posts(7, text="Orange")
    access = house.access
    assert asyncio.run(pace([house.source()], access.x)) == 11.0
    house.collect()
    around = house.around(access)
    seen = outlook(around, 200.0)
    assert (seen.limit, seen.used, seen.spent_on.date().isoformat()) == (1000, 77, "2026-11-27")
    assert outlook(around, 1.0).spent_on is None
    assert outlook(around, None).per_day is None


def test_brands_share_queries_so_that_many_cost_few_requests(house: House) -> None:
    from tocsin.model import Brand

    house.brands = tuple(Brand(f"b{n}", f"Marque{n:03}") for n in range(100))
    house.web.posts = [post(NOON - MINUTE, f"Marque{n:03} encore", n) for n in range(100)]
    house.collect()
    assert len(house.kept()) == 100
    assert len(house.asked()) <= 5


def test_ids_out_of_the_server_are_snowflakes() -> None:
    assert int(snowflake(NOON)) < int(snowflake(NOON, 1)) < int(snowflake(NOON + MINUTE))
