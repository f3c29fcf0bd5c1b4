"""Mastodon: the timeline of a hashtag, open on most servers, or a search in full text where we have a token."""

import re
import unicodedata
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from tocsin.collect.networks.answers import (
    ERRORS,
    count,
    listed,
    moment,
    needed,
    part,
    read_each,
    read_json,
    text,
)
from tocsin.collect.networks.asking import OVERLAP, Network, Page, Post, Question, alone, phrase
from tocsin.ports import FetchRequest, FetchResponse

LIMIT = 40
DEFAULT_URL = "https://mastodon.social"

_PUBLIC = frozenset({"public", "unlisted"})
_PREVIOUS = re.compile(r'<([^<>]+)>\s*;[^,<]*\brel="?prev"?')
_QUOTED = '<p class="quote-inline">'
_TIMED = 15
"""Digits from which an id is a time: milliseconds since 1970, shifted by 16 bits. Older ids only count up."""


def ask(question: Question) -> FetchRequest:
    """Ask for a hashtag's posts from the cursor on, oldest first; or search for words, newest first."""
    if question.words.startswith("#"):
        tag = quote(question.words.removeprefix("#"), safe="")
        after = question.page or _overlapped(question.cursor)
        told = {"limit": str(LIMIT), **({"min_id": after} if after else {})}
        path = f"/api/v1/timelines/tag/{tag}"
    else:
        told = {"q": phrase(question.words), "type": "statuses", "limit": str(LIMIT), "offset": question.page or "0"}
        path = "/api/v2/search"
    return FetchRequest(f"{question.source.url}{path}?{urlencode(told)}", headers=bearer(question), errors=ERRORS)


def read(answer: FetchResponse, question: Question) -> Page:
    """Read a page of posts that anybody may see; the newest id becomes the cursor."""
    document = read_json(answer)
    found = listed(document) if question.words.startswith("#") else listed(document, "statuses")
    posts, bad = read_each(filter(is_public, map(original, found)), read_status)
    ids = [name for one in found if (name := text(part(one, "id")))]
    if question.words.startswith("#"):
        newest = max([*ids, question.reached or question.cursor], key=age)
        return Page(posts, bad, newest, _previous(answer.link) if ids and _overlapped(question.cursor) else "")
    newest = question.reached or max([*ids, question.cursor], key=age)
    oldest = min(ids, key=age, default="")
    is_new = bool(question.cursor and oldest) and age(oldest) > age(_overlapped(question.cursor))
    return Page(posts, bad, newest, str(int(question.page or "0") + len(ids)) if is_new else "")


def hashtag(name: str) -> str:
    """Give a name as people tag it: `#creditagricole`, as servers fold it."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    return "#" + "".join(char for char in plain if char.isalnum() or char == "_")


def _words(names: tuple[str, ...], question: Question) -> tuple[str, ...]:
    """Names are searched for where we may search; elsewhere their hashtags are read."""
    can_search = bool(bearer(question))
    words = (name if can_search and not name.startswith("#") else hashtag(alone(name)) for name in names)
    return tuple(dict.fromkeys(word for word in words if word != "#"))


def bearer(question: Question) -> tuple[tuple[str, str], ...]:
    """Give the header that says who we are, where we have a token."""
    token = question.credentials.get("token", "")
    return (("Authorization", f"Bearer {token}"),) if token else ()


def age(name: str) -> tuple[int, str]:
    """Ids are ordered by this: they grow with time: a longer one is younger."""
    return len(name), name


def _overlapped(cursor: str) -> str:
    """An id some minutes before the cursor: posts of other servers arrive late, under the id of their own time."""
    if not cursor.isdecimal() or len(cursor) < _TIMED:
        return cursor
    return str(max(0, (int(cursor) >> 16) - OVERLAP.seconds * 1000) << 16)


def _previous(link: str) -> str:
    """The `min_id` of the page of newer posts, off the header `Link`; only that word is taken, not its address."""
    found = _PREVIOUS.search(link)
    return (parse_qs(urlsplit(found[1]).query).get("min_id") or [""])[0] if found else ""


def is_public(status: Any) -> bool:
    """Say whether anybody may see a post."""
    return part(status, "visibility") in (None, *_PUBLIC)


def original(status: Any) -> Any:
    """Give what a boost boosts, since it says nothing itself; any other post as it is."""
    return part(status, "reblog") or status


def _own_words(content: str) -> str:
    """Leave out the first paragraph where it is the server's own: the address of the post that is quoted."""
    return content.partition("</p>")[2] if content.startswith(_QUOTED) else content


def read_status(status: Any) -> Post:
    """Read a post as servers give it. BadItemError: it has no name."""
    account = part(status, "account")
    return Post(
        id=needed(part(status, "uri") or part(status, "url"), "uri"),
        url=text(part(status, "url")),
        # Its name in the whole network: `acct` lacks the server's name for those of the server that we ask.
        author=text(part(account, "uri")) or text(part(account, "url")),
        title=text(part(status, "spoiler_text")),
        text=_own_words(text(part(status, "content"))),
        published=moment(part(status, "created_at")),
        language=text(part(status, "language")) or None,
        audience=count(part(account, "followers_count")),
    )


MASTODON = Network(
    "mastodon",
    DEFAULT_URL,
    ("token",),
    ask,
    read,
    is_open=lambda words: words.startswith("#"),
    words=_words,
    takes_company=True,
)
