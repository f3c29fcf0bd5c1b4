"""Bluesky: search of posts, newest first; it has asked for a log-in since January 2025."""

import json
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from tocsin.collect.networks.answers import (
    ERRORS,
    items,
    listed,
    moment,
    needed,
    parsed,
    part,
    read_each,
    read_json,
    refusal,
    said,
    take_token,
    text,
)
from tocsin.collect.networks.asking import (
    FIRST_LOOK,
    OVERLAP,
    Network,
    Page,
    Post,
    Question,
    SignIn,
    phrase,
)
from tocsin.errors import PermanentError
from tocsin.ports import FetchRequest, FetchResponse

LIMIT = 100
_JSON = ("Content-Type", "application/json")
_LOGGED_OUT = frozenset({"ExpiredToken", "InvalidToken", "AuthMissing", "AuthenticationRequired"})
"""What it answers, with 400 too, when the log-in is what is wrong and no other words would do."""


def ask_token(question: Question) -> FetchRequest:
    """Log in with the handle and an app password."""
    known = {"identifier": question.credentials["handle"], "password": question.credentials["password"]}
    url = f"{question.source.url}/xrpc/com.atproto.server.createSession"
    return FetchRequest(url, headers=(_JSON,), body=json.dumps(known).encode(), errors=ERRORS)


def read_token(answer: FetchResponse) -> str:
    """Take the token of the session, good for about two hours."""
    return take_token(answer, "accessJwt")


def ask(question: Question) -> FetchRequest:
    """Ask for what holds the words as a phrase, or the hashtag, from the cursor on."""
    since = moment(question.cursor) or question.now - FIRST_LOOK
    wanted = question.words if question.words.startswith("#") else phrase(question.words)
    told = {"q": wanted, "sort": "latest", "limit": str(LIMIT), "since": written(since - OVERLAP)}
    if question.page:
        told["cursor"] = question.page
    url = f"{question.source.url}/xrpc/app.bsky.feed.searchPosts?{urlencode(told)}"
    return FetchRequest(url, headers=(("Authorization", f"Bearer {question.credentials['token']}"),), errors=ERRORS)


def read(answer: FetchResponse, question: Question) -> Page:
    """Read a page of posts; the newest moment of the first page becomes the cursor."""
    if text(part(parsed(answer), "error")) in _LOGGED_OUT:
        raise PermanentError(str(refusal(answer.status, said(parsed(answer)))))
    document = read_json(answer)
    found = listed(document, "posts")
    posts, bad = read_each(found, read_view)
    moments = [at for view in found if (at := _sorted_at(view)) and at <= question.now]
    newest = max([*map(written, moments), question.cursor])
    following = text(part(document, "cursor")) if found else ""
    return Page(posts, bad, question.reached or newest, following if following != question.page else "")


def written(at: datetime) -> str:
    """Write a moment as the network does, and as a cursor."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _sorted_at(view: Any) -> datetime | None:
    """What the network sorts by: the author's clock, unless that runs ahead of the network's."""
    stated, indexed = moment(part(view, "record", "createdAt")), moment(part(view, "indexedAt"))
    return min(stated, indexed) if stated and indexed else stated or indexed


def read_view(view: Any) -> Post:
    """Read a post as the network shows it. BadItemError: it has no name."""
    uri = needed(part(view, "uri"), "uri")
    author = text(part(view, "author", "did"))
    languages = items(part(view, "record", "langs"))
    return Post(
        id=uri,
        url=f"https://bsky.app/profile/{author}/post/{uri.rpartition('/')[2]}" if author else "",
        author=author,
        text=text(part(view, "record", "text")),
        published=_sorted_at(view),
        # Several languages say nothing of one text.
        language=text(languages[0]) if len(languages) == 1 else None,
    )


BLUESKY = Network(
    "bluesky",
    "https://bsky.social",
    ("handle", "password"),
    ask,
    read,
    takes_company=True,
    sign_in=SignIn(ask_token, read_token, timedelta(minutes=90)),
)
