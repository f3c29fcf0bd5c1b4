"""The filtered stream by the real tweepy: every post once in the raw batches, whatever is cut, and never too dear."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from tocsin.collect.networks.memory import read_memory
from tocsin.collect.x.rules import LIMITS, rules_of
from tocsin.collect.x.stream import LISTENING, Listener, follow
from tocsin.collect.x.visit import visit_x
from tocsin.errors import PermanentError
from x_house import BULLA, House, house_of
from x_server import NOON, XServer, post, problem

STREAM, RECENT = "/2/tweets/search/stream", "/2/tweets/search/recent"
MINUTE = timedelta(minutes=1)
SETTLE = timedelta(seconds=0.15)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with house_of(tmp_path) as made:
        made.brands = made.brands[:1]
        yield made


class Listening:
    """`follow` in a thread of its own; waits are noted and not slept."""

    def __init__(self, house: House, settle: timedelta = SETTLE) -> None:
        self.house, self.settle = house, settle
        self.waits: list[float] = []
        self.error: Exception | None = None
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self.run)

    def wait(self, seconds: float) -> bool:
        if seconds:
            self.waits.append(seconds)
        return self.stop.wait(min(seconds, 0.02))

    def run(self) -> None:
        access = self.house.access
        try:
            listener = Listener(self.house.web.clock, self.wait, self.settle)
            follow(self.house.source(every=MINUTE), access.x, self.house.around(access), listener)
        except Exception as exc:
            self.error = exc

    def is_over(self) -> bool:
        self.thread.join(20)
        return not self.thread.is_alive()


@contextmanager
def listening(house: House, **told) -> Iterator[Listening]:
    access = house.access
    if not house.web.rules:
        access.x.door.add_rules(rules_of(house.brands, LIMITS["self_serve"]))
    talk = Listening(house, **told)
    talk.thread.start()
    try:
        yield talk
    finally:
        talk.stop.set()
        house.web.send(b"\r\n")
        assert talk.is_over(), "it did not stop"


def until(what: Callable[[], bool], web: XServer, push: bool = True) -> None:
    """Wait for a condition; `push` puts the clock forward, so that a batch that waits is written."""
    pause = threading.Event()
    for _ in range(800):
        if what():
            return
        if push:
            web.clock.ahead += timedelta(seconds=1)
        pause.wait(0.02)
    raise AssertionError("it did not happen")


def said(house: House, text: str, number: int, **told) -> dict:
    return post(house.web.clock.now(), text, number, **told)


def newest(house: House) -> str:
    return max((one["id"] for one in house.web.posts), key=int)


def connected(house: House) -> bool:
    return len(house.web.streams) == 1


def test_what_is_said_is_kept_once_and_nobody_polls_meanwhile(house: House) -> None:
    with listening(house):
        until(lambda: connected(house), house.web, push=False)
        for n in range(25):
            one = said(house, f"Bulla {n}", n)
            house.web.say(one)
            if n % 5 == 0:
                house.web.say(one, stored=False)  # X may send a post twice.
        until(lambda: len(house.kept()) == 25, house.web)
        until(lambda: house.memory().place(BULLA).cursor == newest(house), house.web)
        state = house.state()
        assert (state.note, state.failures) == (LISTENING, 0)
        assert house.collect(house.source(every=MINUTE)).reports[-1].counts["resting"] == 1
    assert max(house.texts().values()) == 1
    assert house.spent() >= 25
    totals = house.stores.reports.totals()["collect"]
    assert totals["new"] == 25


@pytest.mark.parametrize("hidden", [3, 350])
def test_a_gap_is_filled_after_a_cut_and_every_post_is_there_once(house: House, hidden: int) -> None:
    with listening(house) as talk:
        until(lambda: connected(house), house.web, push=False)
        house.web.say(said(house, "Bulla before", 1))
        until(lambda: len(house.kept()) == 1, house.web)
        house.web.send(None)
        house.web.say(*(said(house, f"Bulla in the gap {n}", 10 + n) for n in range(hidden)), hidden=True)
        until(lambda: house.web.connections == 2, house.web, push=False)
        house.web.say(said(house, "Bulla after", 2))
        until(lambda: len(house.kept()) == hidden + 2, house.web)
        until(lambda: house.memory().place(BULLA).cursor == newest(house), house.web)
    assert len(house.kept()) == hidden + 2
    assert max(house.texts().values()) == 1
    assert talk.waits == [], "after a connection that lived the next try is at once"


def test_a_post_that_the_cut_stream_owed_us_is_found_though_it_is_older_than_what_came(house: House) -> None:
    """A stream is some seconds out of order: the last post that came is not the last that there was."""
    with listening(house):
        until(lambda: connected(house), house.web, push=False)
        heard = said(house, "Bulla heard", 1)
        house.web.say(heard)
        until(lambda: house.memory().place(BULLA).cursor == heard["id"], house.web)
        owed = post(house.web.clock.now() - 20 * MINUTE, "Bulla owed", 2)
        owed |= {"id": str(int(heard["id"]) - (20_000 << 22)), "created_at": heard["created_at"]}
        house.web.say({**owed, "edit_history_tweet_ids": [owed["id"]]}, hidden=True)
        house.web.send(None)
        until(lambda: "Bulla owed" in house.texts(), house.web)
    assert house.texts() == {"Bulla heard": 1, "Bulla owed": 1}


def test_what_search_finds_late_is_found_since_the_gap_is_filled_later(house: House) -> None:
    """Recent search ends half a minute before it is asked: asked at once, it would miss the end of the gap."""
    house.web.lag = timedelta(seconds=30)
    with listening(house, settle=timedelta(seconds=45)):
        house.web.say(said(house, "Bulla, a second before we came", 1), hidden=True)
        until(lambda: connected(house), house.web, push=False)
        assert house.kept() == []
        until(lambda: len(house.kept()) == 1, house.web)
    assert sum(house.texts().values()) == 1


def test_until_the_gap_is_filled_the_cursor_stays_before_it(house: House) -> None:
    house.web.posts = [post(NOON - 10 * MINUTE, "Bulla old", 1)]
    house.collect(house.source(every=MINUTE))
    cursor = house.memory().place(BULLA).cursor
    house.web.say(post(NOON - MINUTE, "Bulla in the gap", 2), hidden=True)
    with listening(house, settle=timedelta(hours=9)):
        until(lambda: connected(house), house.web, push=False)
        house.web.say(said(house, "Bulla heard", 3))
        until(lambda: len(house.kept()) == 2, house.web)
    assert house.memory().place(BULLA).cursor == cursor
    house.web.clock.ahead += timedelta(hours=1)  # It was killed: polling takes over, and finds what was missed.
    house.collect(house.source(every=MINUTE))
    assert house.texts() == {"Bulla old": 1, "Bulla in the gap": 1, "Bulla heard": 1}


def test_a_search_that_fails_is_asked_again_until_the_gap_is_filled(house: House) -> None:
    for _ in range(3):
        house.web.faults.then(RECENT, 503, problem("x", "Over capacity", "Over capacity"))
    with listening(house):
        house.web.say(said(house, "Bulla missed", 1), hidden=True)
        until(lambda: len(house.kept()) == 1, house.web)
    assert len(house.asked()) >= 4


def test_it_waits_as_x_asks_before_each_try(house: House) -> None:
    reset = str(int((house.web.clock.now() + timedelta(seconds=431)).timestamp()))
    limited = problem("rate-limit-exceeded", "Too Many Requests", "Too Many Requests")
    for fault in ((503, "busy", {}), (503, "busy", {}), (429, limited, {"x_rate_limit_reset": reset})):
        house.web.faults.then(STREAM, fault[0], fault[1], **fault[2])
    with listening(house) as talk:
        until(lambda: connected(house), house.web, push=False)
        house.web.say(said(house, "Bulla", 1))
        until(lambda: len(house.kept()) == 1, house.web)
    assert talk.waits[:2] == [5.0, 10.0]
    assert talk.waits[2] == pytest.approx(431, abs=3)
    assert len(talk.waits) == 3


def test_a_wrong_token_ends_it_at_once(house: House) -> None:
    with listening(house) as talk:
        house.web.faults.then(STREAM, 401, {"title": "Unauthorized"})
        house.web.send(None)
        assert talk.is_over()
    assert isinstance(talk.error, PermanentError)
    assert "TOCSIN_X_BEARER_TOKEN" in str(talk.error)


def test_it_stops_before_the_budget_is_spent_and_says_so(house: House) -> None:
    house.budget = 60
    with listening(house) as talk:
        until(lambda: connected(house), house.web, push=False)
        for n in range(80):
            house.web.say(said(house, f"Bulla {n}", n), stored=False)
        assert talk.is_over()
    assert 40 <= house.spent() <= 60
    assert len(house.kept()) == house.spent()
    assert house.state().note.startswith("the month's budget is spent: ")
    assert house.state().failures == 3
    asked = len(house.web.asked)
    with listening(house) as talk:
        assert talk.is_over()
    assert [one for one in house.web.asked[asked:] if "/stream?" in one] == [], "X is not asked again this month"


def test_an_edit_that_is_heard_takes_the_place_of_what_it_edits(house: House) -> None:
    with listening(house):
        until(lambda: connected(house), house.web, push=False)
        first = said(house, "Bulla rapelle", 1)
        house.web.say(first)
        until(lambda: len(house.kept()) == 1, house.web)
        newer = said(house, "Bulla rappelle", 2)
        newer["edit_history_tweet_ids"] = [first["id"], newer["id"]]
        house.web.say(newer)
        until(lambda: house.texts() == {"Bulla rappelle": 1}, house.web)
        house.web.say(first, stored=False)  # The older one again: nothing changes.
        house.web.say(said(house, "Bulla last", 3))
        until(lambda: len(house.kept()) == 2, house.web)
    assert house.texts() == {"Bulla rappelle": 1, "Bulla last": 1}


def test_what_others_spend_meanwhile_is_not_forgotten(house: House) -> None:
    house.web.posts = [post(NOON - MINUTE, f"Bulla {n}", n) for n in range(30)]
    with listening(house, settle=timedelta(hours=9)):
        until(lambda: connected(house), house.web, push=False)
        house.web.say(said(house, "Bulla heard", 99))
        until(lambda: house.spent() == 1, house.web)
        access = house.access
        asyncio.run(visit_x(house.source(), house.state(), house.around(access)))
        house.web.say(said(house, "Bulla again", 100))
        until(lambda: "Bulla again" in house.texts(), house.web)
        until(lambda: house.spent() >= 32, house.web)
    assert max(house.texts().values()) == 1


def test_a_stream_that_falls_silent_is_made_again(house: House) -> None:
    house.web.beat = 60
    with listening(house) as talk:
        until(lambda: talk.waits == [0.25], house.web, push=False)
        house.web.beat = 0.02
        house.web.send(None)  # X notices later that nobody is there.
        until(lambda: house.web.connections >= 2, house.web, push=False)
        house.web.say(said(house, "Bulla", 1))
        until(lambda: len(house.kept()) == 1, house.web)


def test_memory_is_what_the_state_says(house: House) -> None:
    with listening(house):
        until(lambda: connected(house), house.web, push=False)
        until(lambda: house.state() is not None and house.state().note == LISTENING, house.web)
    assert read_memory(house.state().cursor).place(BULLA).cursor
