"""Every network's reader, pure: an answer in tests/golden/networks, beside the request for it and what is read."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.collect.networks.asking import Access, Question
from tocsin.collect.networks.memory import Memory, Place, read_memory, write_memory
from tocsin.collect.networks.posts import read_page
from tocsin.collect.networks.table import NETWORKS, credentials_of, lacking
from tocsin.errors import TocsinError, TransientError
from tocsin.model import Source, SourceKind
from tocsin.ports import FetchRequest, FetchResponse

GOLDEN = Path(__file__).parent.parent / "golden" / "networks"
CASES = sorted(path for path in GOLDEN.glob("*/*.json") if ".expected." not in path.name)
NOW = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)


def source(kind: str) -> Source:
    network = NETWORKS[SourceKind(kind)]
    return Source(f"my-{network.name}", SourceKind(kind), network.url, network.name)


def question(kind: str, **told: str) -> Question:
    names = (*NETWORKS[SourceKind(kind)].credentials, "token")
    known = {name: f"<{name}>" for name in names}
    return Question(source(kind), told.pop("words", "Bulla"), NOW, credentials=known, **told)


def written(request: FetchRequest) -> dict[str, Any]:
    return {"url": request.url, "headers": dict(request.headers), "body": request.body.decode()}


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_golden(path: Path, update_golden: bool) -> None:
    kind, told = path.parent.name, json.loads(path.read_text(encoding="utf-8"))
    network = NETWORKS[SourceKind(kind)]
    asked = question(kind, **{name: told.get(name, "") for name in ("words", "cursor", "reached", "page")})
    request = network.ask(asked)
    got: dict[str, Any] = {"request": written(request)}
    body = told["text"] if "text" in told else json.dumps(told["body"])
    answer = FetchResponse(request.url, told.get("status", 200), body.encode(), link=told.get("link", ""))
    try:
        page = network.read(answer, asked)
        items, bad = read_page(
            page, source(kind), now=NOW, pseudonym=lambda author, name: author and f"{name}:{author}"
        )
        got |= {"cursor": page.cursor, "next": page.next, "items": items, "bad": bad}
    except TocsinError as exc:
        wait = exc.retry_after if isinstance(exc, TransientError) else None
        got["error"] = {"kind": type(exc).__name__, "says": str(exc), "retry_after": wait}
    text = json.dumps(msgspec.to_builtins(got), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    expected = path.with_name(f"{path.stem}.expected.json")
    if update_golden:
        expected.write_text(text, encoding="utf-8")
    assert text == expected.read_text(encoding="utf-8")


KEYS = """
    hits posts statuses items data children error errors reason message code id name uri objectID record createdAt
    created_at created_at_i created_utc created_time indexedAt snippet topLevelComment comments paging cursors after
    account author content text title spoiler_text reblog visibility language langs url words spent day from
"""
WORDS = st.sampled_from(KEYS.split())
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)
"""JSON of any shape under the very words that the readers look for."""


@pytest.mark.parametrize("kind", NETWORKS)
@given(body=ANYTHING, page=st.sampled_from(["", "100", "900_p1|x", "v1 v2"]), status=st.sampled_from([200, 400, 403]))
def test_no_answer_breaks_a_reader(kind: SourceKind, body: Any, page: str, status: int) -> None:
    asked = question(kind, page=page, words="#bulla")
    answer = FetchResponse("https://e.org/", status, json.dumps(body).encode())
    try:
        read_one = NETWORKS[kind].read(answer, asked)
    except TocsinError:
        return
    items, bad = read_page(read_one, source(kind), now=NOW, pseudonym=lambda author, _: author)
    assert len(items) + len(bad) == len(read_one.posts) + len(read_one.bad)
    assert all(item.title or item.text for item in items)


@pytest.mark.parametrize("kind", NETWORKS)
def test_secrets_are_shown_nowhere_but_in_headers_and_bodies(kind: SourceKind) -> None:
    asked = question(kind)
    network = NETWORKS[kind]
    requests = [network.ask(asked), *([network.sign_in.ask(asked)] if network.sign_in else [])]
    told = " ".join([repr(asked), *(repr(request) for request in requests)])
    assert [name for name in asked.credentials if f"<{name}>" in told] == []
    if network.credentials and kind is not SourceKind.X:  # There tweepy asks, and signs on the way out.
        assert any(value for request in requests for _, value in request.headers)


def test_a_name_is_asked_for_by_hashtag_where_nobody_may_search() -> None:
    mastodon = NETWORKS[SourceKind.MASTODON]
    names = ("Crédit Agricole", "#Bulla", "L'Oréal", "@", "credit-agricole")
    blank = Question(source("mastodon"), "", NOW)
    assert mastodon.words(names, blank) == ("#creditagricole", "#bulla", "#loreal")
    assert mastodon.words(names[:2], replace(blank, credentials={"token": "t"})) == ("Crédit Agricole", "#bulla")


@pytest.mark.parametrize(
    ("kind", "query", "known", "expected"),
    [
        ("feed", "", {}, ""),
        ("hackernews", "", {}, ""),
        ("mastodon", "", {}, ""),
        ("mastodon", "#bulla", {}, ""),
        ("mastodon", "Bulla", {}, "needs TOCSIN_MASTODON_TOKEN, or Airflow's connection tocsin_mastodon"),
        ("mastodon", "Bulla", {"token": "t"}, ""),
        (
            "reddit",
            "",
            {},
            "needs TOCSIN_REDDIT_CLIENT_ID and TOCSIN_REDDIT_CLIENT_SECRET, or Airflow's connection tocsin_reddit",
        ),
        (
            "bluesky",
            "",
            {"handle": "me"},
            "needs TOCSIN_BLUESKY_PASSWORD, or Airflow's connection tocsin_bluesky",
        ),
        ("youtube", "", {"key": "k"}, ""),
        ("facebook", "", {"token": ""}, "needs TOCSIN_FACEBOOK_TOKEN, or Airflow's connection tocsin_facebook"),
    ],
)
def test_what_a_source_lacks_is_said_with_where_to_set_it(kind: str, query: str, known: dict, expected: str) -> None:
    assert lacking(Source("s", SourceKind(kind), "https://e.org", query=query), known) == expected


def test_a_secret_is_for_one_server() -> None:
    access = Access(credentials={"mastodon": {"token": "t", "url": "https://mastodon.social"}})
    here = source("mastodon")
    assert credentials_of(here, access)["token"] == "t"
    for other in ("https://mastodon.example", "http://mastodon.social", "https://mastodon.social:444"):
        assert credentials_of(replace(here, url=other), access) == {}


def test_memory_reads_back_what_it_wrote_and_asks_in_turn() -> None:
    memory = Memory().moved("a", Place("1")).moved("b", Place("2", "3", "p")).moved("c", Place("4"))
    memory = memory.charged("x", "2026-03-03").charged("x", "2026-03-03")
    assert read_memory(write_memory(memory)) == memory
    assert memory.turns(["a", "b", "c", "new"]) == ["b", "new", "a", "c"]
    assert memory.moved("a", Place("9")).turns(["a", "c"]) == ["c", "a"]
    assert memory.kept(["c"]).places == {"c": Place("4")}
    assert (memory.cost("x", "2026-03-03"), memory.cost("x", "2026-03-04")) == (2, 0)
    assert memory.charged("x", "2026-03-04").cost("x", "2026-03-04") == 1


@given(st.text(max_size=40) | ANYTHING.map(json.dumps))
def test_any_cursor_is_a_memory(cursor: str) -> None:
    assert read_memory(write_memory(read_memory(cursor))) == read_memory(cursor)
