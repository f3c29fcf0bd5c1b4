"""Facebook: comments under the newest posts of the brand's own page, by the Graph API with the page's token."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

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
    text,
)
from tocsin.collect.networks.asking import FIRST_LOOK, OVERLAP, Network, Page, Post, Question
from tocsin.errors import BadItemError, PermanentError, TransientError
from tocsin.ports import FetchRequest, FetchResponse

POSTS, COMMENTS = 25, 50

_FIELDS = "id,message,created_time,permalink_url,from{id}"
_ZONE = re.compile(r"([+-]\d\d)(\d\d)$")
_BUSY = frozenset({4, 17, 32, 613, 80001})
"""Codes of limits that are counted by the hour."""
_PASSING = frozenset({1, 2})
_STRANGERS = frozenset({10, 102, 190, *range(200, 300)})
"""Codes of tokens that are over, or that lack a right."""
_HOUR = 3600.0


def ask(question: Question) -> FetchRequest:
    """Ask for the page's newest posts with the newest comments of each, then for more comments where there are."""
    post, after, _ = _queue(question.page)
    if post:
        path = f"{quote(post, safe='')}/comments"
        told = {
            "fields": _FIELDS,
            "filter": "stream",
            "order": "reverse_chronological",
            "limit": str(COMMENTS),
            "after": after,
        }
    else:
        path = f"{quote(question.words, safe='')}/feed"
        comments = f"comments.limit({COMMENTS}).order(reverse_chronological).filter(stream){{{_FIELDS}}}"
        told = {"fields": f"id,{comments}", "limit": str(POSTS)}
    headers = (("Authorization", f"Bearer {question.credentials['token']}"),)
    return FetchRequest(f"{question.source.url}/{path}?{urlencode(told)}", headers=headers, errors=ERRORS)


def read(answer: FetchResponse, question: Question) -> Page:
    """Read comments until the cursor, which is the moment that the reading began; the page's own are left out."""
    document = _document(answer)
    since = (moment(question.cursor) or question.now - FIRST_LOOK) - OVERLAP
    post, _, waiting = _queue(question.page)
    found = listed(document, "data")
    threads = [(post, document)] if post else [(text(part(one, "id")), part(one, "comments")) for one in found]
    posts, bad = read_each(_foreign(threads, since, question.now), _post)
    more = [token for name, comments in threads if (token := _more(name, comments, since))]
    token = " ".join([*more, *waiting])
    return Page(posts, bad, question.reached or question.now.isoformat(), token if token != question.page else "")


def _document(answer: FetchResponse) -> Any:
    try:
        return read_json(answer)
    except (PermanentError, BadItemError) as exc:
        # Graph answers 400 to nearly all; its code says what is meant.
        code = part(parsed(answer), "error", "code")
        if code in _BUSY:
            raise TransientError(str(exc), retry_after=_HOUR) from exc
        if code in _PASSING:
            raise TransientError(str(exc)) from exc
        if code in _STRANGERS:
            raise PermanentError(str(exc)) from exc
        raise


def _queue(page: str) -> tuple[str, str, list[str]]:
    """The post whose comments come next, after which of them, and the posts that wait."""
    first, *waiting = page.split(" ")
    post, _, after = first.partition("|")
    return post, after, waiting


def _foreign(threads: list[tuple[str, Any]], since: datetime, now: datetime) -> Iterator[Any]:
    """Recent comments by others than the page itself; a post's id begins with that of its page."""
    for post, comments in threads:
        for comment in items(part(comments, "data")):
            is_own = text(part(comment, "from", "id")) == post.partition("_")[0]
            if not is_own and (_at(comment) or now) >= since:
                yield comment


def _more(post: str, comments: Any, since: datetime) -> str:
    """Where the next comments of a post are, unless the oldest of these were known."""
    after = text(part(comments, "paging", "cursors", "after"))
    moments = [at for comment in items(part(comments, "data")) if (at := _at(comment))]
    is_over = not after or not part(comments, "paging", "next") or not moments or min(moments) < since
    return "" if is_over else f"{post}|{after}"


def _at(comment: Any) -> datetime | None:
    """Graph writes `+0000`, which Python reads with a colon only."""
    return moment(_ZONE.sub(r"\1:\2", text(part(comment, "created_time"))))


def _post(comment: Any) -> Post:
    name = needed(part(comment, "id"), "id of a comment")
    return Post(
        id=name,
        url=text(part(comment, "permalink_url")) or f"https://www.facebook.com/{name}",
        # Without the right to see who wrote, there is no `from`.
        author=text(part(comment, "from", "id")),
        text=text(part(comment, "message")),
        published=_at(comment),
    )


FACEBOOK = Network(
    "facebook",
    "https://graph.facebook.com/v25.0",
    ("token",),
    ask,
    read,
    words=lambda *_: ("me",),
)
