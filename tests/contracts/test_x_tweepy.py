"""X by the real tweepy against a server that speaks API v2: what arrives, what refusals become, what stays secret."""

import asyncio
import logging
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from tocsin.adapters.x import TweepyX
from tocsin.collect.networks.asking import Question
from tocsin.collect.networks.read_x import FIELDS, X, limited
from tocsin.errors import PermanentError, TransientError
from tocsin.model import Source, SourceKind
from tocsin.ports import FetchResponse, StreamEndedError, StreamRule, Trouble
from x_server import NOON, TOKEN, XServer, post, problem, x_server

RECENT = "/2/tweets/search/recent"
STREAM = "/2/tweets/search/stream"
RULE = StreamRule('"Bulla"', "tocsin:bulla")


@pytest.fixture
def web() -> Iterator[XServer]:
    with x_server() as server:
        yield server


@pytest.fixture
def x(web: XServer) -> TweepyX:
    return TweepyX(web.url, TOKEN, timeout=5, silence=1, pause=0.01, patience=5)


def ask(x: TweepyX, web: XServer, words: str = '"Bulla"', posts: int = 100, **told: str) -> FetchResponse:
    source = Source("x", SourceKind.X, web.url, "x")
    request = X.ask(Question(source, words, web.clock.now(), **told))
    return asyncio.run(x.fetch(limited(request, posts)))


def test_a_search_carries_the_token_our_fields_and_what_was_asked(x, web) -> None:
    web.posts = [post(NOON - timedelta(minutes=1))]
    answer = ask(x, web, posts=37)
    assert answer.status == 200
    assert b'"Bulla"' in answer.body
    told = {name: values[0] for name, values in parse_qs(urlsplit(web.asked[0]).query).items()}
    assert {name: told[name] for name in FIELDS} == dict(FIELDS)
    assert (told["query"], told["max_results"], told["start_time"]) == ('"Bulla"', "37", "2026-11-21T12:00:00Z")
    assert web.headers[0]["authorization"] == f"Bearer {TOKEN}"
    assert "cookie" not in web.headers[0]


@pytest.mark.parametrize(
    ("status", "body", "kind", "says"),
    [
        (401, {"title": "Unauthorized", "detail": "Unauthorized"}, PermanentError, "TOCSIN_X_BEARER_TOKEN"),
        (
            403,
            problem("client-forbidden", "Forbidden", "Not enrolled."),
            PermanentError,
            "answered 403: Not enrolled.",
        ),
        (404, "", PermanentError, "answered 404"),
        (500, "<html>", TransientError, "answered 500"),
        (503, {"errors": [{"code": 130, "message": "Over capacity"}]}, TransientError, "answered 503: Over capacity"),
        (429, problem("rate-limit-exceeded", "Too Many Requests", "Too Many"), TransientError, "answered 429"),
        (200, '{"data": [{"id"', None, ""),
    ],
)
def test_each_refusal_becomes_ours_and_says_why(x, web, status, body, kind, says) -> None:
    web.faults.then(RECENT, status, body)
    if kind is None:
        assert ask(x, web).body.startswith(b'{"data"'), "the reader judges what came"
        return
    with pytest.raises(kind, match=says) as caught:
        ask(x, web)
    assert TOKEN not in str(caught.value)


def test_a_wrong_query_is_an_answer_that_says_why(x, web) -> None:
    answer = ask(x, web, words='"' + "b" * 600 + '"')
    assert (answer.status, b"between 1 and 512" in answer.body) == (400, True)


def test_a_limit_names_the_seconds_to_its_reset_by_the_servers_own_clock(x, web) -> None:
    web.clock.ahead = timedelta(days=40)  # Ours may be off as well.
    reset = int((web.clock.now() + timedelta(seconds=431)).timestamp())
    web.faults.then(RECENT, 429, problem("rate-limit-exceeded", "Too", "Too"), x_rate_limit_reset=str(reset))
    with pytest.raises(TransientError) as caught:
        ask(x, web)
    assert caught.value.retry_after == pytest.approx(431, abs=2)


@pytest.mark.parametrize("reset", ["soon", "", "nan", "inf", "-1e400"])
def test_a_reset_that_is_none_is_still_a_limit(x, web, reset) -> None:
    web.faults.then(RECENT, 429, {}, x_rate_limit_reset=reset)
    with pytest.raises(TransientError) as caught:
        ask(x, web)
    assert caught.value.retry_after is None or 0 <= caught.value.retry_after <= 86_400


def test_xs_own_cap_rests_a_day(x, web) -> None:
    told = problem("usage-capped", "UsageCapExceeded", "Usage cap exceeded: Monthly product cap", period="Monthly")
    web.faults.then(RECENT, 429, told)
    with pytest.raises(TransientError, match="X's own cap of posts is reached") as caught:
        ask(x, web)
    assert caught.value.retry_after == 86_400


def test_nobody_there_and_a_redirect_are_errors_of_ours(web) -> None:
    web.faults.then(RECENT, 302, "", Location="http://127.0.0.1:9/2/tweets/search/recent")
    with pytest.raises(PermanentError, match="redirect"):
        ask(TweepyX(web.url, TOKEN), web)
    with pytest.raises(TransientError, match="no whole answer"):
        ask(TweepyX("http://127.0.0.1:9", TOKEN, timeout=1), web)


def test_neither_logs_nor_errors_nor_reprs_hold_the_token(x, web, caplog, monkeypatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    with caplog.at_level(logging.DEBUG):
        web.posts = [post(NOON - timedelta(minutes=1), "Bulla, a secret")]
        ask(x, web)
        x.add_rules([RULE])
        assert x.rules()
        web.faults.then(RECENT, 403, {"detail": "no"})
        with pytest.raises(PermanentError) as caught:
            ask(x, web)
    told = f"{caplog.text} {caught.value!r} {caught.value.__cause__!r} {x!r} {vars(x)!r}"
    assert TOKEN not in told
    assert "a secret" not in caplog.text, "nor what people write"


def test_the_token_is_in_no_log_even_when_tweepy_tells_all(x, web, caplog) -> None:
    with caplog.at_level(logging.DEBUG, logger="tweepy"), caplog.at_level(logging.DEBUG, logger="tweepy.client"):
        ask(x, web)
        x.add_rules([RULE])
    assert "Making API request" in caplog.text
    assert TOKEN not in caplog.text


def test_rules_are_added_listed_and_deleted(x, web) -> None:
    assert x.rules() == ()
    x.add_rules([StreamRule(f'"n{n}"', "tocsin:n") for n in range(150)])
    held = x.rules()
    assert (len(held), held[0].value, held[0].tag) == (150, '"n0"', "tocsin:n")
    x.delete_rules([rule.id for rule in held[1:]])
    assert [rule.value for rule in x.rules()] == ['"n0"']
    x.add_rules([])
    x.delete_rules([])
    assert len([asked for asked in web.asked if asked.startswith("POST")]) == 4


def test_a_rule_that_x_refuses_is_an_error_though_it_answers_201(x, web) -> None:
    x.add_rules([RULE])
    with pytest.raises(PermanentError, match="X refused 1 rules: DuplicateRule"):
        x.add_rules([RULE])
    with pytest.raises(PermanentError, match="too long"):
        x.add_rules([StreamRule('"' + "b" * 1100 + '"', "tocsin:b")])


def hear(x: TweepyX, web: XServer, wanted: int) -> list:
    heard: list = []

    def take(event) -> bool:
        heard.append(event)
        return sum(one is not None for one in heard) < wanted

    x.listen(take, FIELDS)
    return heard


def test_a_stream_gives_posts_and_keep_alives_until_we_have_enough(x, web) -> None:
    x.add_rules([RULE])
    heard: list = []

    def take(event) -> bool:
        heard.append(event)
        if heard.count(None) == 2 and len(heard) == 2:
            web.say(post(NOON, "Bulla en crise"), post(NOON, "rien", 1), post(NOON, "encore Bulla 😡", 2))
        return sum(one is not None for one in heard) < 2

    x.listen(take, FIELDS)
    texts = [one["data"]["text"] for one in heard if one]
    assert texts == ["Bulla en crise", "encore Bulla 😡"]
    assert next(one for one in heard if one)["matching_rules"][0]["tag"] == "tocsin:bulla"
    assert heard.count(None) >= 2
    assert f"{parse_qs(urlsplit(web.asked[-1]).query)['tweet.fields'][0]}" == FIELDS["tweet.fields"]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (None, "closed the stream|no connection"),
        (b'{"errors":[{"title":"operational-disconnect"}]}\r\n', "operational-disconnect"),
        (b'{"data": {"id": "1", "te\r\n', "cut in the middle"),
    ],
)
def test_each_end_of_a_stream_is_told(x, web, line, says) -> None:
    x.add_rules([RULE])

    def take(_) -> bool:
        web.send(line)
        return True

    with pytest.raises(StreamEndedError, match=says) as caught:
        x.listen(take, FIELDS)
    assert caught.value.trouble is Trouble.NETWORK


def test_a_stream_without_keep_alives_is_dead(x, web) -> None:
    web.beat = 60
    x.add_rules([RULE])
    with pytest.raises(StreamEndedError, match="nothing came"):
        x.listen(lambda _: True, FIELDS)
    web.send(None)


def test_a_refused_stream_says_how_and_for_how_long(x, web) -> None:
    with pytest.raises(PermanentError, match="no rules"):
        x.listen(lambda _: True, FIELDS)
    reset = str(int((web.clock.now() + timedelta(seconds=90)).timestamp()))
    web.faults.then(STREAM, 429, problem("rate-limit-exceeded", "Too", "Too Many"), x_rate_limit_reset=reset)
    with pytest.raises(StreamEndedError) as limited_:
        x.listen(lambda _: True, FIELDS)
    assert (limited_.value.trouble, limited_.value.retry_after) == (Trouble.LIMIT, pytest.approx(90, abs=2))
    web.faults.then(STREAM, 503, "busy")
    with pytest.raises(StreamEndedError) as busy:
        x.listen(lambda _: True, FIELDS)
    assert busy.value.trouble is Trouble.HTTP
    web.faults.then(STREAM, 401, {"title": "Unauthorized"})
    with pytest.raises(PermanentError, match="TOCSIN_X_BEARER_TOKEN"):
        x.listen(lambda _: True, FIELDS)
    assert len([asked for asked in web.asked if asked.startswith(f"GET {STREAM}?")]) == 4, (
        "tweepy tried nothing again"
    )


def test_an_error_of_our_own_stores_comes_out_of_the_stream(x, web) -> None:
    x.add_rules([RULE])

    def take(_) -> bool:
        raise TransientError("the store is away")

    with pytest.raises(TransientError, match="the store is away"):
        x.listen(take, FIELDS)


def test_a_compliance_job_tells_which_posts_are_gone(x, web) -> None:
    web.deleted = {"2": "deleted", "4": "suspended", "5": "scrub_geo", "9": "deleted"}
    assert x.gone(["1", "2", "3", "4", "5"]) == {"2": "deleted", "4": "suspended"}
    assert x.gone([]) == {}
    store = [n for n, asked in enumerate(web.asked) if "/store/" in asked]
    assert len(store) == 2
    assert all("authorization" not in web.headers[n] for n in store), "the signed address wants no token"
    assert web.headers[store[0]]["content-type"] == "text/plain"


def test_a_compliance_job_that_fails_or_lasts_is_tried_again_later(x, web) -> None:
    web.looks = 10**9
    slow = TweepyX(web.url, TOKEN, pause=0.01, patience=0.05)
    with pytest.raises(TransientError, match="still at the compliance job"):
        slow.gone(["1"])
    job = {"id": "j", "status": "failed", "upload_url": f"{web.url}/store/job1/up", "download_url": web.url}
    web.faults.then("/2/compliance/jobs/job2", 200, {"data": job})
    with pytest.raises(TransientError, match="failed"):
        x.gone(["1"])


@pytest.mark.parametrize(
    "place", ["http://storage.example/x", "https://10.0.0.7/x", "https://169.254.169.254/x", "ftp://e.org"]
)
def test_a_job_that_leads_elsewhere_is_not_followed(x, web, place) -> None:
    job = {"id": "j", "status": "created", "upload_url": place, "download_url": place}
    web.faults.then("/2/compliance/jobs", 200, {"data": job})
    with pytest.raises(PermanentError, match="not ours to go to"):
        x.gone(["1"])
