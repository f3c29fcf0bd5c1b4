"""What is due between us and a hub, and what is believed of it: a table of cases, no hub in sight."""

import hmac
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.collect.due import is_due
from tocsin.collect.hubs import HEAD, Offer, find_offer, usable_hub
from tocsin.collect.websub import (
    DENIED_REST,
    LEASE,
    LONGEST_LEASE,
    SELDOM,
    UNSAID_LEASE,
    Act,
    Place,
    asked,
    confirmed,
    decide,
    denied,
    lease_of,
    plan,
    signed_by,
    takes_pushes,
)
from tocsin.model import Source, SourceKind, SourceState, Standing, Subscription, is_heard

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FEED = "https://news.example.org/feed"
HUB = "https://hub.example.org/"
OFFER = Offer(HUB, FEED, FEED)
SOURCE = Source("news", SourceKind.FEED, FEED)
PLACE = Place("https://hooks.example.org", b"k" * 32)
ASKED = PLACE.subscription("news", OFFER, NOON)
ACTIVE = replace(ASKED, standing=Standing.ACTIVE, verified_at=NOON, until=NOON + timedelta(days=9), revision="1")


def head(links: str, after: str = "") -> bytes:
    return (
        f"<rss version='2.0' xmlns:atom='http://www.w3.org/2005/Atom'><channel>{links}"
        f"<item><title>x</title>{after}</item></channel></rss>"
    ).encode()


RSS = head(f"<atom:link rel='hub' href='{HUB}'/><atom:link rel='self' href='{FEED}'/>")
ATOM = f"<feed xmlns='http://www.w3.org/2005/Atom'><link rel='self hub' href='{HUB}'/><entry/></feed>".encode()
JSON = (
    f'{{"feed_url": "{FEED}", "hubs": [{{"type": "rssCloud", "url": "x:"}}, {{"type": "WebSub", "url": "{HUB}"}}]}}'
)
BOTH = f'<{HUB}>; rel="hub", </feed>; title="a, b"; rel=self'


@pytest.mark.parametrize(
    ("link", "body", "hub", "topic"),
    [
        ("", RSS, HUB, FEED),
        ("", ATOM, HUB, HUB),
        ("", JSON.encode(), HUB, FEED),
        (BOTH, b"no feed", HUB, FEED),
        (BOTH, head("<atom:link rel='hub' href='https://other.example/'/>"), HUB, FEED),
        (f"<{FEED}?page=2>; rel=next", RSS, HUB, FEED),
        (f"<{HUB}>; rel=hub", RSS, "", ""),  # The headers name a hub and no address: the document is not asked.
        ("", RSS[:-20], HUB, FEED),
        ("", head(f"<atom:link rel='hub' href='{HUB}'/>"), "", ""),
        ("", head("", after=f"<atom:link rel='hub' href='{HUB}'/><atom:link rel='self' href='{FEED}'/>"), "", ""),
        ("", head(f"<link>{HUB}</link>"), "", ""),
        ("", head("<atom:link rel='hub' href='ftp://hub/'/><atom:link rel='self' href='/feed'/>"), "", ""),
        ("", head("<atom:link rel='hub' href='http://[x'/><atom:link rel='self' href='/feed'/>"), "", ""),
        ("", head(f"{' ' * HEAD}<atom:link rel='hub' href='{HUB}'/>"), "", ""),
        ("", b"", "", ""),
        ("", b"{]", "", ""),
        ("", b'{"hubs": 3, "feed_url": []}', "", ""),
    ],
)
def test_where_a_feed_offers_a_hub(link, body, hub, topic) -> None:
    assert find_offer(FEED, link, body) == Offer(hub, topic, FEED)


@given(st.text(max_size=300), st.binary(max_size=300))
def test_no_header_and_no_body_breaks_the_search(link, body) -> None:
    assert find_offer(FEED, link, body).base == FEED
    find_offer(FEED, f"<{link}>; rel=hub, <{link}>; rel=self", b"{" + body)


@pytest.mark.parametrize(
    ("url", "asked_at"),
    [
        (HUB, HUB),
        ("http://hub.example.org/x?y", "https://hub.example.org/x?y"),
        ("http://hub.example.org:80/", "https://hub.example.org/"),
        ("http://hub.example.org:8080/", ""),
        ("http://127.0.0.1:9/hub", "http://127.0.0.1:9/hub"),
        ("https://me:secret@hub.example.org/", ""),
        ("https://hub.example.org/" + "x" * 3000, ""),
        ("javascript:alert(1)", ""),
    ],
)
def test_a_hub_is_told_a_secret_so_it_is_asked_by_https(url, asked_at) -> None:
    assert usable_hub(url) == asked_at


def test_address_and_secret_hang_on_all_that_matters_and_stand_in_no_record() -> None:
    places = [PLACE, Place("https://other.example", PLACE.key), Place(PLACE.callback, b"another key " * 3)]
    offers = [OFFER, replace(OFFER, hub="https://h2.example/"), replace(OFFER, topic=FEED + "2")]
    made = [place.subscription(who, one, NOON) for place in places for who in ("a", "b") for one in offers]
    assert len({one.id for one in made}) == len(made)
    assert PLACE.subscription("a", OFFER, NOON).id == PLACE.subscription("a", OFFER, NOON + DAY).id
    assert ASKED.callback == f"https://hooks.example.org/websub/{ASKED.id}"
    secret = PLACE.secret(ASKED)
    assert len(secret) == 64
    assert secret not in repr(ASKED)
    assert "kkkk" not in repr(PLACE)


DENIED = replace(ASKED, standing=Standing.DENIED, revision="1")
LEAVING = replace(ACTIVE, standing=Standing.LEAVING)


@pytest.mark.parametrize(
    ("held", "after", "act", "why"),
    [
        (ASKED, 59 * HOUR / 60, Act.WAIT, "asked"),
        (ASKED, HOUR, Act.ASK, "not confirmed so far"),
        (replace(ASKED, failures=2), 3 * HOUR, Act.WAIT, "asked"),
        (replace(ASKED, failures=2), 4 * HOUR, Act.ASK, "not confirmed so far"),
        (replace(ASKED, failures=99), DAY, Act.ASK, "not confirmed so far"),
        (ACTIVE, 6 * DAY - HOUR, Act.WAIT, "good"),
        (ACTIVE, 6 * DAY, Act.ASK, "the lease ends soon"),
        (replace(ACTIVE, asked_at=NOON + 6 * DAY), 6 * DAY + HOUR / 2, Act.WAIT, "the lease ends soon"),
        (replace(ACTIVE, asked_at=NOON + 6 * DAY), 6 * DAY + HOUR, Act.ASK, "the lease ends soon"),
        (ACTIVE, 9 * DAY, Act.ASK, "the lease has ended"),
        (replace(ACTIVE, until=NOON + timedelta(seconds=1)), SELDOM / 2, Act.WAIT, "the lease has ended"),
        (replace(ACTIVE, until=NOON + timedelta(seconds=1)), SELDOM, Act.ASK, "the lease has ended"),
        (DENIED, DENIED_REST - HOUR, Act.WAIT, "denied"),
        (DENIED, DENIED_REST, Act.ASK, "denied a week ago"),
        (LEAVING, HOUR, Act.ASK, "wanted again"),
    ],
)
def test_what_is_due_for_one_that_we_want(held, after, act, why) -> None:
    move = decide(held, "", NOON + after)
    assert (move.act, move.why) == (act, why)


@pytest.mark.parametrize(
    ("held", "after", "act"),
    [
        (ACTIVE, HOUR, Act.LEAVE),
        (ACTIVE, 9 * DAY, Act.FORGET),
        (ASKED, HOUR, Act.FORGET),
        (DENIED, HOUR, Act.FORGET),
        (LEAVING, HOUR / 2, Act.WAIT),
        (replace(LEAVING, asked_at=NOON + timedelta(1)), DAY + HOUR, Act.LEAVE),
        (replace(LEAVING, failures=3), HOUR, Act.FORGET),
        (LEAVING, 9 * DAY, Act.FORGET),
    ],
)
def test_what_is_due_for_one_that_we_want_no_more(held, after, act) -> None:
    assert decide(held, "the source is not read any more", NOON + after).act is act


@pytest.mark.parametrize(
    ("sources", "offers", "held", "place", "expected"),
    [
        ([SOURCE], {"news": OFFER}, [], PLACE, [(Act.ASK, "the feed offers a hub")]),
        ([SOURCE], {"news": Offer(base=FEED)}, [], PLACE, []),
        ([SOURCE], {}, [], PLACE, []),
        ([SOURCE], {"news": OFFER}, [], None, []),
        ([], {"news": OFFER}, [], PLACE, []),
        ([SOURCE], {"news": OFFER}, [ACTIVE], PLACE, []),
        ([SOURCE], {}, [ACTIVE], PLACE, []),
        ([], {}, [ACTIVE], PLACE, [(Act.LEAVE, "the source is not read any more")]),
        ([SOURCE], {"news": Offer(base=FEED)}, [ACTIVE], PLACE, [(Act.LEAVE, "the feed offers no hub any more")]),
        ([SOURCE], {}, [ACTIVE], None, [(Act.LEAVE, "no callback is configured any more")]),
        (
            [SOURCE],
            {"news": replace(OFFER, topic=FEED + "2")},
            [ACTIVE],
            PLACE,
            [
                (Act.ASK, "the feed offers a hub"),
                (Act.LEAVE, "the feed's hub or address, our callback or our key is another one now"),
            ],
        ),
    ],
)
def test_the_plan_of_a_round(sources, offers, held, place, expected) -> None:
    assert [(move.act, move.why) for move in plan(sources, offers, held, place, NOON + HOUR)] == expected


def test_a_question_without_an_answer_counts_as_a_failure_once_it_is_asked_again() -> None:
    first = replace(asked(ASKED, Act.ASK, NOON), revision="1")
    assert (first.standing, first.failures) == (Standing.ASKED, 0)
    second = asked(first, Act.ASK, NOON + HOUR)
    assert (second.standing, second.failures, second.asked_at) == (Standing.ASKED, 1, NOON + HOUR)
    renewing = asked(ACTIVE, Act.ASK, NOON + 6 * DAY)
    assert (renewing.standing, renewing.failures) == (Standing.ACTIVE, 0), "pushes are taken meanwhile"
    assert asked(renewing, Act.ASK, NOON + 7 * DAY).failures == 1
    assert asked(ACTIVE, Act.ASK, NOON + 10 * DAY).standing is Standing.ASKED
    leaving = asked(replace(ACTIVE, failures=2), Act.LEAVE, NOON)
    assert (leaving.standing, leaving.failures) == (Standing.LEAVING, 0)
    assert asked(leaving, Act.LEAVE, NOON).failures == 1


def said(mode: str = "subscribe", **other: str) -> dict[str, str]:
    told = {"hub.mode": mode, "hub.topic": FEED, "hub.challenge": "abc", "hub.lease_seconds": "3600"}
    return told | {f"hub.{name}": value for name, value in other.items()}


def test_a_hub_that_asks_what_we_asked_is_confirmed() -> None:
    later = NOON + HOUR
    now_held = confirmed(ASKED, said(), later)
    assert now_held == replace(ASKED, standing=Standing.ACTIVE, verified_at=later, until=later + HOUR)
    assert takes_pushes(now_held, later)
    assert confirmed(LEAVING, said("unsubscribe"), later) == LEAVING


def test_a_lease_moves_only_when_we_asked() -> None:
    assert confirmed(ACTIVE, said(lease_seconds="99"), NOON + DAY) == ACTIVE
    renewing = replace(ACTIVE, asked_at=NOON + 6 * DAY)
    assert confirmed(renewing, said(lease_seconds="60"), NOON + 6 * DAY).until == NOON + 6 * DAY + HOUR / 60


@pytest.mark.parametrize(
    ("held", "told"),
    [
        (ASKED, said(topic=FEED + "/other")),
        (ASKED, said(topic=FEED + "/")),
        (ASKED, said(challenge="")),
        (ASKED, said(challenge="a b")),
        (ASKED, said(challenge="x" * 1025)),
        (ASKED, said(challenge="<é>")),
        (ASKED, said("unsubscribe")),
        (ACTIVE, said("unsubscribe")),
        (ASKED, said("publish")),
        (ASKED, {}),
        (LEAVING, said()),
        (DENIED, said()),
    ],
)
def test_what_we_did_not_ask_for_is_not_confirmed(held, told) -> None:
    assert confirmed(held, told, NOON) is None


def test_a_denial_ends_it_and_says_why() -> None:
    ended = denied(ACTIVE, {"hub.topic": FEED, "hub.reason": "<b>no</b>\n" + "x" * 999}, NOON + HOUR)
    assert (ended.standing, ended.asked_at) == (Standing.DENIED, NOON + HOUR)
    assert ended.note.startswith("denied: no")
    assert len(ended.note) <= 210
    assert not takes_pushes(ended, NOON + HOUR)
    assert denied(ACTIVE, {"hub.topic": FEED + "2"}, NOON) is None


@pytest.mark.parametrize(
    ("told", "lease"),
    [
        ("864000", LEASE),
        ("99999999", LONGEST_LEASE),
        ("9" * 40, UNSAID_LEASE),
        ("0", UNSAID_LEASE),
        ("-5", UNSAID_LEASE),
    ],
)
def test_a_lease_is_believed_within_reason(told, lease) -> None:
    assert lease_of(told) == lease


def sign(method: str, body: bytes = b"body", key: str = "s") -> str:
    return f"{method}={hmac.new(key.encode(), body, method).hexdigest()}"


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_each_method_of_the_recommendation_is_understood(method) -> None:
    assert signed_by(ACTIVE, "s", sign(method), b"body") == method
    assert signed_by(ACTIVE, "s", sign(method).replace(sign(method)[7:], sign(method)[7:].upper()), b"body") == method
    for wrong in (sign(method, b"body2"), sign(method, key="t"), sign(method)[:-1], sign(method) + "0"):
        assert signed_by(ACTIVE, "s", wrong, b"body") == ""


@pytest.mark.parametrize("header", ["", "sha256", "sha256=", "md5=" + "0" * 32, "sha256=" + "g" * 64, "é"])
def test_what_is_no_signature_is_none(header) -> None:
    assert signed_by(ACTIVE, "s", header, b"body") == ""


def test_a_hub_that_can_do_better_is_not_believed_in_less() -> None:
    strong = replace(ACTIVE, method="sha256")
    assert signed_by(strong, "s", sign("sha1"), b"body") == ""
    assert signed_by(strong, "s", sign("sha256"), b"body") == "sha256"
    assert signed_by(strong, "s", sign("sha512"), b"body") == "sha512"


def test_pushes_are_taken_while_the_lease_lasts() -> None:
    assert takes_pushes(ACTIVE, NOON + 9 * DAY)
    assert not takes_pushes(ACTIVE, NOON + 9 * DAY + HOUR)
    assert not any(takes_pushes(one, NOON) for one in (ASKED, DENIED, LEAVING))


def polled(**told: object) -> SourceState:
    return replace(
        SourceState("news", checked_at=NOON, succeeded_at=NOON, due_at=NOON + timedelta(minutes=11)), **told
    )


@pytest.mark.parametrize(
    ("pushed_at", "minutes", "due", "heard"),
    [
        (None, 30, True, True),
        (None, 40, True, False),
        (NOON, 50, False, True),
        (NOON, 67, True, True),
        (NOON - DAY, 40, True, False),  # It stopped a day ago: polled as before.
        (NOON + 2 * DAY, 40, True, False),  # By a clock since put right.
    ],
)
def test_polling_slows_down_while_a_hub_pushes_and_comes_back(pushed_at, minutes, due, heard) -> None:
    now = NOON + timedelta(minutes=minutes)
    state = polled(pushed_at=pushed_at)
    assert is_due(state, SOURCE, now) is due
    assert is_heard(SOURCE, state, now) is heard


def test_a_source_that_is_read_seldom_is_not_read_more_often_for_being_pushed() -> None:
    seldom = replace(SOURCE, every=6 * HOUR)
    state = polled(pushed_at=NOON, due_at=NOON + 6 * HOUR)
    assert not is_due(state, seldom, NOON + 5 * HOUR)
    assert isinstance(ACTIVE, Subscription)
