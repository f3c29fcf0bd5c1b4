"""YouTube: the comments under a channel's videos, or under new videos that a search finds; each question counts."""

import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

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
from tocsin.collect.networks.asking import FIRST_LOOK, OVERLAP, Network, Page, Post, Question, phrase
from tocsin.errors import BadItemError, PermanentError, TransientError
from tocsin.ports import FetchRequest, FetchResponse

DAY_ZONE = "America/Los_Angeles"
"""Google's day of the quota begins at midnight there."""
UNITS, SEARCHES = "youtube_units", "youtube_searches"
VIDEOS, COMMENTS = 50, 100

_CHANNEL = re.compile(r"UC[\w-]{22}")
_WATCH = "https://www.youtube.com/watch?v="
_SPENT = frozenset({"quotaExceeded", "dailyLimitExceeded"})
_HURRIED = frozenset({"rateLimitExceeded", "userRateLimitExceeded"})
_SILENT = frozenset({"commentsDisabled", "videoNotFound", "forbidden"})


def ask(question: Question) -> FetchRequest:
    """Ask for a channel's comments; or for new videos, then, page by page, for the comments of each of them."""
    channel, (video, token, _) = _CHANNEL.fullmatch(question.words), _queue(question.page)
    if not channel and not video:
        since = (question.now - FIRST_LOOK).strftime("%Y-%m-%dT%H:%M:%SZ")
        told = {"part": "snippet", "type": "video", "order": "date", "maxResults": VIDEOS, "publishedAfter": since}
        return _request("search", {**told, "q": phrase(question.words)}, question)
    under = {"videoId": video} if video else {"allThreadsRelatedToChannelId": question.words}
    told = {"part": "snippet,replies", "order": "time", "maxResults": COMMENTS, "textFormat": "plainText", **under}
    return _request("commentThreads", {**told, **({"pageToken": token} if token else {})}, question)


def read(answer: FetchResponse, question: Question) -> Page:
    """Read videos found, or comments until the cursor, which is the moment that the reading began."""
    _, _, others = _queue(question.page)
    reached = question.reached or question.now.isoformat()
    try:
        document = _document(answer, question)
    except _NoCommentsError:
        return Page((), (), reached, " ".join(others))
    found = listed(document, "items")
    if not question.page and not _CHANNEL.fullmatch(question.words):
        posts, bad = read_each(found, _video)
        return Page(posts, bad, reached, " ".join(post.id for post in posts))
    since = (moment(question.cursor) or question.now - FIRST_LOOK) - OVERLAP
    recent = [thread for thread in found if (_at(_top(thread)) or question.now) >= since]
    posts, bad = read_each((comment for thread in recent for comment in _comments(thread)), _comment)
    token = text(part(document, "nextPageToken")) if len(recent) == len(found) else ""
    return Page(posts, bad, reached, _following(question, token, others))


def cost(question: Question) -> str:
    """Name the budget: Google counts searches apart from all else."""
    return UNITS if question.page or _CHANNEL.fullmatch(question.words) else SEARCHES


def until_midnight(now: datetime) -> float:
    """Seconds until Google's next day."""
    there = now.astimezone(ZoneInfo(DAY_ZONE))
    midnight = (there + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight.timestamp() - now.timestamp()


class _NoCommentsError(BadItemError):
    """Under one video nothing may be read; under the others it may."""


def _request(method: str, told: dict[str, Any], question: Question) -> FetchRequest:
    headers = (("X-Goog-Api-Key", question.credentials["key"]),)
    return FetchRequest(f"{question.source.url}/{method}?{urlencode(told)}", headers=headers, errors=ERRORS)


def _document(answer: FetchResponse, question: Question) -> Any:
    try:
        return read_json(answer)
    except (PermanentError, BadItemError) as exc:
        error = part(parsed(answer), "error")
        reasons = {text(part(one, "reason")) for one in items(part(error, "errors"))}
        if reasons & _SPENT:
            wait = until_midnight(question.now)
            raise TransientError(f"Google's quota of the day is spent: {exc}", retry_after=wait) from exc
        if reasons & _HURRIED:
            raise TransientError(str(exc), retry_after=60) from exc
        if reasons & _SILENT and _queue(question.page)[0]:
            raise _NoCommentsError(str(exc)) from exc
        if "api key" in str(exc).lower():
            raise PermanentError(str(exc)) from exc
        raise


def _queue(page: str) -> tuple[str, str, list[str]]:
    """The video whose comments come next, the token of their page, the videos after it; `|token` for a channel."""
    first, *others = page.split(" ")
    video, _, token = first.partition("|")
    return video, token, others


def _following(question: Question, token: str, others: list[str]) -> str:
    video, last, _ = _queue(question.page)
    here = [f"{video}|{token}"] if token and token != last else []
    return " ".join([*here, *others])


def _video(found: Any) -> Post:
    name = needed(part(found, "id", "videoId"), "videoId")
    snippet = part(found, "snippet")
    return Post(
        id=name,
        url=_WATCH + name,
        author=text(part(snippet, "channelId")),
        # Search escapes what it gives as HTML, the comments come plain: cleaning reads both.
        title=text(part(snippet, "title")),
        text=text(part(snippet, "description")),
        published=moment(part(snippet, "publishedAt")),
    )


def _top(thread: Any) -> Any:
    return part(thread, "snippet", "topLevelComment")


def _at(comment: Any) -> datetime | None:
    return moment(part(comment, "snippet", "publishedAt"))


def _comments(thread: Any) -> list[Any]:
    return [_top(thread), *items(part(thread, "replies", "comments"))]


def _comment(comment: Any) -> Post:
    name = needed(part(comment, "id"), "id of a comment")
    snippet = part(comment, "snippet")
    video = text(part(snippet, "videoId"))
    return Post(
        id=name,
        url=f"{_WATCH}{video}&lc={name}" if video else "",
        author=text(part(snippet, "authorChannelId", "value")),
        text=text(part(snippet, "textOriginal")) or text(part(snippet, "textDisplay")),
        published=_at(comment),
    )


YOUTUBE = Network(
    "youtube",
    "https://www.googleapis.com/youtube/v3",
    ("key",),
    ask,
    read,
    budgets=(UNITS, SEARCHES),
    cost=cost,
    day_zone=DAY_ZONE,
)
