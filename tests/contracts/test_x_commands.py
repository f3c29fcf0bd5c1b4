"""`tocsin x ...` against a server that speaks X: what a person asks, and what they are told."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tocsin.cli import app
from tocsin.model import Stage, Tone
from tocsin.wiring import open_app
from tocsin.wiring.outside import SystemClock
from tocsin.wiring.x import name_of, waiting_for
from x_server import TOKEN, XServer, post, problem, x_server

BRANDS = "brands: [{id: bulla, name: Bulla}, {id: orange, name: Orange, never: [orange juice]}]"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def web() -> Iterator[XServer]:
    with x_server() as server:
        server.clock = SystemClock()
        yield server


@pytest.fixture
def environ(tmp_path: Path, web: XServer) -> dict[str, str]:
    files = {
        "brands": BRANDS,
        "sources": f"sources: [{{id: x, kind: x, url: '{web.url}', every: 1m}}]",
        "people": "people: [{id: ana, name: Ana, email: ana@example.org}]",
    }
    for name, text in files.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    return {
        "TOCSIN_HOME": str(tmp_path / "home"),
        "TOCSIN_CONFIG": str(tmp_path),
        "TOCSIN_X_URL": web.url,
        "TOCSIN_X_BEARER_TOKEN": TOKEN,
        "TOCSIN_X_POSTS": "100",
        "COLUMNS": "200",
    }


@pytest.fixture
def run(environ: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.chdir(tmp_path)
    return lambda *words, **more: CliRunner().invoke(app, list(words), env=environ | more)


def recent(web: XServer, count: int, text: str = "Bulla") -> list[dict]:
    return [post(web.clock.now() - MINUTE * (n + 1), f"{text} {n}", n) for n in range(count)]


def test_rules_are_shown_then_set_then_left_alone(run, web) -> None:
    web.rules = [{"id": "1", "value": '"Other"', "tag": "marketing"}, {"id": "2", "value": "x", "tag": "tocsin:gone"}]
    shown = run("x", "rules", "--dry-run")
    assert "2 would be added, 1 would be deleted" in shown.output
    assert len(web.rules) == 2
    result = run("x", "rules")
    assert result.exit_code == 0, result.exception
    assert '+ tocsin:orange  "Orange" -"orange juice" -is:retweet' in result.output
    assert sorted(rule["tag"] for rule in web.rules) == ["marketing", "tocsin:bulla", "tocsin:orange"]
    assert "0 added, 0 deleted" in run("x", "rules").output


def test_the_budget_is_told_with_its_end(run, web) -> None:
    web.posts = recent(web, 60)
    assert run("collect").exit_code == 0
    result = run("x", "budget")
    assert "60 of 100 posts read this month, 40 left" in result.output
    assert "9 posts a day" in result.output
    assert "posts a day" not in run("x", "budget", "--no-count").output


def test_posts_that_are_gone_leave_store_and_archive(run, web, environ) -> None:
    web.posts = recent(web, 4)
    for step in ("collect", "enrich", "index"):
        assert run(step).exit_code == 0
    gone = web.posts[1]["id"]
    web.deleted = {gone: "deleted", web.posts[2]["id"]: "scrub_geo"}
    result = run("x", "recheck")
    assert result.exit_code == 0, result.exception
    assert result.output == "4 posts asked for, 1 gone: 1 in archive, 1 in mentions\n"
    with open_app(environ) as opened:
        kept = {name_of(mention.url) for mention in opened.stores.mentions.stream()}
        (batch,) = opened.batches.pending(Stage.ARCHIVE)
        archived = list(opened.batches.read(Stage.ARCHIVE, batch, object))
    assert kept == {one["id"] for one in web.posts} - {gone}
    assert (len(archived), gone in str(archived)) == (3, False)
    assert run("x", "recheck").output == "3 posts asked for, 0 gone: nothing to erase\n"
    assert len([asked for asked in web.asked if "/search/" in asked]) == 2, "no post was read for it"


def test_an_edited_post_is_one_mention_in_the_store(run, web, environ) -> None:
    first = post(web.clock.now() - 20 * MINUTE, "Bulla est une honte", 1)
    web.posts = [first]
    for step in ("collect", "enrich", "index"):
        assert run(step).exit_code == 0
    newer = post(web.clock.now() - MINUTE, "Bulla est une merveille", 2)
    newer["edit_history_tweet_ids"] = [first["id"], newer["id"]]
    web.posts.append(newer)
    with open_app(environ) as opened:
        state = opened.stores.sources.get("x")
        opened.stores.sources.save(replace(state, due_at=None, checked_at=None))
    for step in ("collect", "enrich", "index"):
        assert run(step).exit_code == 0
    with open_app(environ) as opened:
        (mention,) = opened.stores.mentions.stream()
    assert mention.text == "Bulla est une merveille"
    assert mention.tone is not Tone.NEGATIVE


def test_an_archive_is_read_where_there_is_one(run, web) -> None:
    web.posts = recent(web, 3)
    day = f"{web.clock.now():%Y-%m-%d}"
    result = run("x", "archive", "2020-01-01", f"{web.clock.now() + timedelta(days=1):%Y-%m-%d}")
    assert "3 new" in result.output, result.exception
    web.has_archive = False
    refused = run("x", "archive", "2020-01-01", day)
    assert refused.exit_code == 1
    assert "answered 403" in str(refused.exception)
    assert "ends before" in str(run("x", "archive", day, "2020-01-01").exception)
    assert "is no moment" in str(run("x", "archive", "yesterday", day).exception)


def test_without_token_source_or_place_it_says_so(run, web, tmp_path) -> None:
    assert "needs TOCSIN_X_BEARER_TOKEN" in str(run("x", "rules", TOCSIN_X_BEARER_TOKEN="").exception)
    (tmp_path / "sources.yaml").write_text("sources: []", encoding="utf-8")
    assert "no source of kind x" in str(run("x", "recheck").exception)
    two = f"sources: [{{id: a, kind: x, url: '{web.url}'}}, {{id: b, kind: x, url: '{web.url}', query: tea}}]"
    (tmp_path / "sources.yaml").write_text(two, encoding="utf-8")
    assert "say which with --source: a, b" in str(run("x", "stream").exception)
    assert "no source of kind x is called 'c'" in str(run("x", "stream", "--source", "c").exception)
    assert "take `query` out" in str(run("x", "stream", "--source", "b").exception)


def test_a_token_is_not_sent_to_a_source_elsewhere(run, web, tmp_path) -> None:
    with x_server() as elsewhere:
        text = f"sources: [{{id: x, kind: x, url: '{elsewhere.url}'}}]"
        (tmp_path / "sources.yaml").write_text(text, encoding="utf-8")
        assert run("collect").exit_code == 0
        assert (elsewhere.asked, web.asked) == ([], [])


def test_the_stream_ends_after_its_time_and_says_what_it_heard(run, web) -> None:
    result = run("x", "stream", "--minutes", "0.02")
    assert result.exit_code == 0, result.exception
    assert result.output == "heard: nothing\n"
    assert web.connections == 1
    assert len(web.rules) == 2
    web.faults.then("/2/tweets/search/stream", 403, problem("client-forbidden", "Forbidden", "Not at your level."))
    refused = run("x", "stream")
    assert (refused.exit_code, str(refused.exception)) == (1, "answered 403: Not at your level.")


def test_a_wait_ends_with_its_span() -> None:
    wait = waiting_for(timedelta(seconds=0.05))
    assert not wait(0)
    assert wait(60)
    assert wait(0)
