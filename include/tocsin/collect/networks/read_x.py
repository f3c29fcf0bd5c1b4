"""X: a search's answer or a post of the stream, as API v2 gives them; tweepy does the asking (`collect/x`)."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from tocsin.collect.networks.answers import items, moment, needed, part, read_each, read_json, text
from tocsin.collect.networks.asking import Network, Page, Post, Question
from tocsin.errors import BadItemError, TransientError
from tocsin.ports import FetchRequest, FetchResponse

URL = "https://api.x.com"
LINK = "https://x.com/i/web/status/"
"""A post's address without its author's name."""
LEAST, MOST, MOST_OF_ARCHIVE = 10, 100, 500
"""Posts on one page, as X allows them."""
FIRST_LOOK = timedelta(days=1)
"""How far back a source is read that was never read before: each post of it is paid for."""
OLDEST = timedelta(days=7) - timedelta(minutes=5)
"""How far back recent search goes, with room for a slow way there."""
ARCHIVE = "archive "
"""Begins the words of a question to the full archive: `archive START END query`."""
FIELDS: Mapping[str, str] = {
    # No users: each would be paid for twice as dear as a post, and their names are not kept.
    "tweet.fields": "author_id,created_at,edit_history_tweet_ids,entities,lang,note_tweet,referenced_tweets,text",
    "expansions": "referenced_tweets.id",
}

_EPOCH = datetime(2010, 11, 4, 1, 42, 54, 657000, UTC)
"""From which the upper bits of an id count milliseconds."""
_NAME = re.compile(r"\d{1,19}")
_LANGUAGE = re.compile(r"[a-z]{2}(?:-[A-Za-z]{2,4})?")
_FORMER = {"in": "id", "iw": "he"}
"""Codes of Indonesian and Hebrew that X still writes in their old form."""
_ITSELF = re.compile(
    r"https?://(?:mobile\.)?(?:x|twitter)\.com/(?:i/web|\w{1,15})/status/\d+(?:/(?:photo|video)/\d)?"
)


def ask(question: Question) -> FetchRequest:
    """Ask for what is newer than the cursor, newest first; or for a part of the full archive. Tweepy signs."""
    if question.words.startswith(ARCHIVE):
        _, start, end, query = question.words.split(" ", 3)
        told = {"query": query, "max_results": str(MOST_OF_ARCHIVE), "start_time": start, "end_time": end}
    else:
        told = {"query": question.words, "max_results": str(MOST), **_since(question)}
    more = {"next_token": question.page} if question.page else {}
    path = "/2/tweets/search/all" if question.words.startswith(ARCHIVE) else "/2/tweets/search/recent"
    return FetchRequest(f"{question.source.url}{path}?{urlencode({**told, **FIELDS, **more})}", errors=(400,))


def limited(request: FetchRequest, posts: int) -> FetchRequest:
    """The same for a page of at most so many posts, as far as X has pages so small."""
    parts = urlsplit(request.url)
    told = dict(parse_qsl(parts.query))
    told["max_results"] = str(max(LEAST, min(posts, int(told["max_results"]))))
    return FetchRequest(urlunsplit(parts._replace(query=urlencode(told))), errors=request.errors)


def read(answer: FetchResponse, question: Question) -> Page:
    """Read a page of posts; the newest id of the reading's first page becomes the cursor."""
    document = read_json(answer)
    if not isinstance(document, dict) or not ({"data", "meta"} & document.keys()):
        raise TransientError("answered JSON without posts and without word of them")
    page = read_document(document)
    newest = question.reached or newest_of([question.cursor, text(part(document, "meta", "newest_id")), page.cursor])
    return Page(page.posts, page.bad, newest, text(part(document, "meta", "next_token")))


def read_document(document: Any) -> Page:
    """Read the posts of a page or of one event of the stream; its cursor is the newest id among them."""
    posts = _data(document)
    others = {name: one for one in items(part(document, "includes", "tweets")) if (name := text(part(one, "id")))}
    latest = {_versions(one)[0]: one for one in sorted(posts, key=_number)}
    newest = [one for one in posts if not _number(one) or latest[_versions(one)[0]] is one]
    read_posts, bad = read_each(newest, lambda one: _post(one, others))
    return Page(read_posts, bad, newest_of(text(part(one, "id")) for one in posts))


def edits_in(document: Any) -> dict[str, str]:
    """Give the newest id of each post that was edited, by the address that all its versions share."""
    posts = sorted(_data(document), key=_number)
    return {LINK + ids[0]: text(part(one, "id")) for one in posts if len(ids := _versions(one)) > 1}


def paid_in(document: Any) -> int:
    """Count the posts that were read: those found and those that came with them, each once."""
    both = [*_data(document), *items(part(document, "includes", "tweets"))]
    return len({text(part(one, "id")) for one in both})


def newest_of(ids: Iterable[str]) -> str:
    """Give the greatest id: they grow with time. "" where there is none."""
    return next(iter(newest_first(ids)), "")


def newest_first(ids: Iterable[str]) -> list[str]:
    """Give those that are ids at all, the greatest first."""
    return sorted((name for name in ids if _NAME.fullmatch(name)), key=int, reverse=True)


def id_at(at: datetime) -> str:
    """Give the id that a post of that moment would have at least."""
    return str(max(0, (at - _EPOCH) // timedelta(milliseconds=1)) << 22)


def time_of(name: str) -> datetime | None:
    """When a post of that id was written; None where the id does not say."""
    if not _NAME.fullmatch(name) or int(name) < 1 << 22:
        return None
    return _EPOCH + timedelta(milliseconds=int(name) >> 22)


def _since(question: Question) -> dict[str, str]:
    """X refuses a `since_id` of more than a week ago."""
    since = time_of(question.cursor)
    if since and since > question.now - OLDEST:
        return {"since_id": question.cursor}
    start = question.now - (OLDEST if since else FIRST_LOOK)
    return {"start_time": start.strftime("%Y-%m-%dT%H:%M:%SZ")}


def _data(document: Any) -> list[Any]:
    found = part(document, "data")
    return [found] if isinstance(found, dict) else items(found)


def _number(post: Any) -> int:
    return int(newest_of([text(part(post, "id"))]) or 0)


def _versions(post: Any) -> list[str]:
    ids = [name for name in items(part(post, "edit_history_tweet_ids")) if _NAME.fullmatch(text(name))]
    own = text(part(post, "id"))
    return ids if own in ids else [own]


def _post(post: Any, others: Mapping[str, Any]) -> Post:
    if not _NAME.fullmatch(needed(part(post, "id"), "id")):
        raise BadItemError("an id that is no number")
    first = _versions(post)[0]
    code = text(part(post, "lang"))
    return Post(
        # Named by its first version: an edited post is one mention.
        id=first,
        url=LINK + first,
        author=text(part(post, "author_id")),
        text=_whole(post, others),
        published=(moment(part(post, "created_at")) if first == text(part(post, "id")) else None) or time_of(first),
        # `und`, `qme`, `zxx` and the like say that there is no language.
        language=_FORMER.get(code, code) if _LANGUAGE.fullmatch(code) else None,
    )


def _whole(post: Any, others: Mapping[str, Any]) -> str:
    """A repost says what its original says, in full; a quote says its own words, then those that it quotes."""
    named = {text(part(one, "type")): text(part(one, "id")) for one in items(part(post, "referenced_tweets"))}
    if original := others.get(named.get("retweeted", "")):
        return _words(original)
    quoted = others.get(named.get("quoted", ""))
    return "\n".join(filter(None, (_words(post), _words(quoted) if quoted else "")))


def _words(post: Any) -> str:
    """The text in full, its short links written out; those to itself, its pictures or the quoted post left out."""
    note = part(post, "note_tweet")
    full = note if text(part(note, "text")) else post
    said = text(part(full, "text"))
    for link in items(part(full, "entities", "urls")):
        short, whole = text(part(link, "url")), text(part(link, "expanded_url"))
        if short and whole:
            said = said.replace(short, "" if _ITSELF.fullmatch(whole) else whole)
    return said.strip()


X = Network("x", URL, ("bearer_token",), ask, read, budgets=("x_posts",))
