"""Reddit: search over all of it, or what is new in one community, by the API for registered apps; newest first."""

import re
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from tocsin.collect.networks.answers import (
    ERRORS,
    listed,
    moment,
    needed,
    part,
    read_each,
    read_json,
    second,
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
from tocsin.ports import FetchRequest, FetchResponse

LIMIT = 100
DEFAULT_URL = "https://oauth.reddit.com"

_COMMUNITY = re.compile(r"r/(\w{2,30})(/comments)?")
_GONE = frozenset({"[deleted]", "[removed]"})


def ask_token(question: Question) -> FetchRequest:
    """Ask for a token as the app itself, without any user."""
    url = question.source.url
    host = "https://www.reddit.com" if urlsplit(url)[:2] == urlsplit(DEFAULT_URL)[:2] else url
    known = f"{question.credentials['client_id']}:{question.credentials['client_secret']}"
    headers = (
        ("Authorization", f"Basic {b64encode(known.encode()).decode()}"),
        ("Content-Type", "application/x-www-form-urlencoded"),
        _agent(question),
    )
    body = b"grant_type=client_credentials"
    return FetchRequest(f"{host}/api/v1/access_token", headers=headers, body=body, errors=ERRORS)


def read_token(answer: FetchResponse) -> str:
    """Take the token, good for a day."""
    return take_token(answer, "access_token")


def ask(question: Question) -> FetchRequest:
    """Ask for posts that hold the words as a phrase; for `r/name` its new posts, `r/name/comments` its comments."""
    told = {"limit": str(LIMIT), "raw_json": "1", **({"after": question.page} if question.page else {})}
    if community := _COMMUNITY.fullmatch(question.words):
        path = f"/r/{community[1]}{community[2] or '/new'}"
    else:
        path = "/search"
        told |= {"q": phrase(question.words), "sort": "new", "type": "link", "t": "all"}
    headers = (("Authorization", f"Bearer {question.credentials['token']}"), _agent(question))
    return FetchRequest(f"{question.source.url}{path}?{urlencode(told)}", headers=headers, errors=ERRORS)


def read(answer: FetchResponse, question: Question) -> Page:
    """Read a listing until the cursor, the second of the newest post of the first page."""
    data = part(read_json(answer), "data")
    found = [part(child, "data") for child in listed(data, "children")]
    known = second(question.cursor)
    since = (datetime.fromtimestamp(known, UTC) if known else question.now - FIRST_LOOK) - OVERLAP
    # A post without a time is read, and said to be so; it neither ends the reading nor moves the cursor.
    recent = [post for post in found if (moment(part(post, "created_utc")) or question.now) >= since]
    posts, bad = read_each(recent, _post)
    seconds = [int(at.timestamp()) for post in found if (at := moment(part(post, "created_utc")))]
    newest = min(max([*seconds, known]), int(question.now.timestamp()))
    following = text(part(data, "after")) if len(recent) == len(found) else ""
    return Page(posts, bad, question.reached or str(newest or ""), following if following != question.page else "")


def _agent(question: Question) -> tuple[str, str]:
    """Reddit wants each app to call itself by a name of its own, and slows down those that do not."""
    return "User-Agent", f"linux:tocsin:0.1 (app {question.credentials['client_id']})"


def _post(thing: Any) -> Post:
    link = text(part(thing, "permalink"))
    return Post(
        id=needed(part(thing, "name"), "name"),
        url=f"https://www.reddit.com{link}" if link else "",
        author=_present(text(part(thing, "author"))),
        title=_present(text(part(thing, "title"))),
        text=_present(text(part(thing, "selftext")) or text(part(thing, "body"))),
        published=moment(part(thing, "created_utc")),
    )


def _present(said: str) -> str:
    return "" if said.strip() in _GONE else said


REDDIT = Network(
    "reddit",
    DEFAULT_URL,
    ("client_id", "client_secret"),
    ask,
    read,
    sign_in=SignIn(ask_token, read_token, timedelta(hours=20)),
)
