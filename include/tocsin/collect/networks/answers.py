"""What all networks' answers have in common: JSON that may be broken, refusals that say why, fields of any type."""

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from tocsin.collect.clean import clean_line
from tocsin.collect.networks.asking import Post, Unread
from tocsin.errors import BadItemError, PermanentError, TocsinError, TransientError
from tocsin.ports import FetchResponse

ERRORS = (400, 401, 403, 404, 410, 422)
"""Refusals whose bodies say why."""
ITEMS_CAP = 1_000
"""More on one page than any network gives."""

_STRANGERS = frozenset({401, 403})
_OK = 200
_SAID_CAP = 150
_SECOND_DIGITS = 11


def read_json(answer: FetchResponse) -> Any:
    """Give the answer's JSON. TransientError: none, or cut off; else what `refusal` makes of its status."""
    document = parsed(answer)
    if answer.status != _OK:
        raise refusal(answer.status, said(document))
    if not isinstance(document, dict | list):
        start = clean_line(answer.body[:80].decode("utf-8", "replace"), 40)
        raise TransientError(f"answered something else than whole JSON: {start!r}")
    return document


def parsed(answer: FetchResponse) -> Any:
    """Give the answer's JSON whatever its status; None where it has none."""
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):  # UnicodeDecodeError is a ValueError too.
        return None


def take_token(answer: FetchResponse, name: str) -> str:
    """Give the token of an answer to a log-in. PermanentError: there is none, and why."""
    document = read_json(answer)
    if not (token := text(part(document, name))):
        raise PermanentError(f"no token: {said(document) or 'the network gives no reason'}")
    return token


def refusal(status: int, reason: str) -> TocsinError:
    """Give the error for a status: PermanentError for who we are, BadItemError for what we asked."""
    told = f"answered {status}: {reason}" if reason else f"answered {status}"
    return PermanentError(told) if status in _STRANGERS else BadItemError(told)


def said(document: Any) -> str:
    """Give what a refusal says for itself, on one short line; networks put it under `message` or `error`."""
    error = part(document, "error")
    words = (
        text(part(error, "message")),
        text(part(document, "message")),
        text(error),
        *(text(part(one, "message")) for one in items(part(document, "errors"))[:1]),
        text(part(document, "detail")),
    )
    return clean_line(next((word for word in words if word), ""), _SAID_CAP)


def part(value: Any, *keys: str) -> Any:
    """Give what lies under the keys, one inside the other; None where there is nothing."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def text(value: Any) -> str:
    """Give the value where it is text, else ""."""
    return value if isinstance(value, str) else ""


def count(value: Any) -> int | None:
    """Give a number of things, 0 or more; None where it is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53 else None


def listed(document: Any, *keys: str) -> list[Any]:
    """Give the list that an answer is about. TransientError: it has none there: that is not an empty one."""
    found = part(document, *keys) if keys else document
    if not isinstance(found, list):
        raise TransientError(f"answered JSON without its list of {keys[-1] if keys else 'posts'}")
    return items(found)


def second(cursor: str) -> int:
    """Give a cursor that is seconds since 1970, else 0: the source may have been of another kind."""
    return int(cursor) if cursor.isascii() and cursor.isdecimal() and len(cursor) <= _SECOND_DIGITS else 0


def items(value: Any) -> list[Any]:
    """Give the value where it is a list, at most 1,000 of it."""
    return value[:ITEMS_CAP] if isinstance(value, list) else []


def moment(value: Any) -> datetime | None:
    """Read ISO 8601 or seconds since 1970 as aware UTC; None where it is neither."""
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC)
        read = datetime.fromisoformat(text(value))
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None


def read_each(found: Iterable[Any], read: Callable[[Any], Post]) -> tuple[tuple[Post, ...], tuple[Unread, ...]]:
    """Read each thing on a page as a post; what `read` refuses by BadItemError is told apart, in the page's order."""
    both = list(_each(found, read))
    posts = tuple(one for one in both if isinstance(one, Post))
    return posts, tuple(one for one in both if isinstance(one, Unread))


def needed(value: Any, what: str) -> str:
    """Give the value as text. BadItemError: it is empty or none."""
    if not (found := text(value).strip()):
        raise BadItemError(f"no {what}")
    return found


def _each(found: Iterable[Any], read: Callable[[Any], Post]) -> Iterator[Post | Unread]:
    for one in found:
        try:
            yield read(one)
        except BadItemError as exc:
            yield Unread(str(exc), _shape(one))


def _shape(thing: Any) -> str:
    """Name the fields only: what is in them would tell who wrote it."""
    return f"fields: {', '.join(thing)}" if isinstance(thing, dict) else f"no fields, but {type(thing).__name__}"
