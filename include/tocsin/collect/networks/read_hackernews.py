"""Hacker News: stories and comments by Algolia's public search, newest first, without credentials."""

from typing import Any
from urllib.parse import urlencode

from tocsin.collect.networks.answers import ERRORS, listed, moment, needed, part, read_each, read_json, second, text
from tocsin.collect.networks.asking import FIRST_LOOK, OVERLAP, Network, Page, Post, Question, phrase
from tocsin.ports import FetchRequest, FetchResponse

HITS = 100
_ITEM = "https://news.ycombinator.com/item?id="


def ask(question: Question) -> FetchRequest:
    """Ask for what holds the words as a phrase, from the cursor on; a page is what is not newer than its second."""
    since = second(question.cursor) or int((question.now - FIRST_LOOK).timestamp())
    spans = [f"created_at_i>={since - OVERLAP.seconds}"]
    if question.page:
        spans.append(f"created_at_i<={question.page}")
    told = {
        "query": phrase(question.words),
        "advancedSyntax": "true",
        "typoTolerance": "false",
        "tags": "(story,comment)",
        "numericFilters": ",".join(spans),
        "hitsPerPage": str(HITS),
    }
    return FetchRequest(f"{question.source.url}/api/v1/search_by_date?{urlencode(told)}", errors=ERRORS)


def read(answer: FetchResponse, question: Question) -> Page:
    """Read a page of hits; the newest second of the first page becomes the cursor."""
    hits = listed(read_json(answer), "hits")
    posts, bad = read_each(hits, _post)
    seconds = [int(at.timestamp()) for hit in hits if (at := moment(part(hit, "created_at_i")))]
    newest = min(max([*seconds, second(question.cursor)]), int(question.now.timestamp()))
    return Page(
        posts, bad, question.reached or str(newest or ""), _next(seconds, question) if len(hits) >= HITS else ""
    )


def _next(seconds: list[int], question: Question) -> str:
    """The oldest second again, since it may hold more; a page of that second alone is passed over."""
    oldest = min(seconds, default=0)
    return str(oldest - 1 if str(oldest) == question.page else oldest) if oldest else ""


def _post(hit: Any) -> Post:
    name = needed(part(hit, "objectID"), "objectID")
    return Post(
        id=name,
        url=_ITEM + name,
        author=text(part(hit, "author")),
        title=text(part(hit, "title")),
        text=text(part(hit, "story_text")) or text(part(hit, "comment_text")),
        published=moment(part(hit, "created_at_i")) or moment(part(hit, "created_at")),
    )


HACKERNEWS = Network("hackernews", "https://hn.algolia.com", (), ask, read, is_open=lambda _: True)
