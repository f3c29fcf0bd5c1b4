"""What a store refused is kept so that it can be tried again, and what can be done about each item in quarantine."""

import hashlib
import json
from datetime import datetime

import msgspec

from tocsin.model import BadItem, Mention, Rejection

EXCERPT = 200
RECORD_CAP = 2**20
"""Bytes of a record that is kept; a longer post is nobody's, and quarantine must stay small enough to look at."""

READ_AGAIN = "its source is read again by itself: it comes back mended, or here once more"
READ_WHEN_CHANGED = "fix the file or its column map: a changed file is read again as a whole"
IN_ARCHIVE = "lost but for the excerpt, and for the raw batch in the archive while that is kept"


def refused_item(rejection: Rejection, now: datetime) -> BadItem:
    """The item that keeps a refused mention: under the same id whenever the same mention is refused."""
    mention = rejection.mention
    record, trouble = _record(mention)
    return BadItem(
        id=f"index-{_digest(mention)}",
        step="index",
        source_id=mention.source_id,
        reason=rejection.reason + trouble,
        excerpt=mention.text_of[:EXCERPT],
        at=now,
        record=record,
    )


def mention_in(item: BadItem) -> Mention | None:
    """The mention that the item's record holds, exactly as it was refused; None: none that can be read."""
    if not item.record:
        return None
    try:
        return msgspec.convert(json.loads(item.record), Mention)
    except (ValueError, RecursionError):  # msgspec's ValidationError is a ValueError
        return None


def what_happens(item: BadItem) -> str:
    """Say what becomes of an item that cannot be tried again; empty for one that can."""
    if mention_in(item) is not None:
        return ""
    if item.step != "collect":
        return IN_ARCHIVE
    return READ_WHEN_CHANGED if item.reason.startswith("line ") else READ_AGAIN


def _digest(mention: Mention) -> str:
    # Not the mention's own id: it may be what is wrong with it, and two bad items must not hide each other.
    return hashlib.sha256(repr(mention).encode("utf-8", "replace")).hexdigest()[:24]


def _record(mention: Mention) -> tuple[str, str]:
    """The mention as JSON, or none and what to add to the reason.

    In ASCII: half a surrogate pair, which no store takes, is kept as the escape that it is.
    """
    try:
        record = json.dumps(msgspec.to_builtins(mention), ensure_ascii=True)
    except (TypeError, ValueError, OverflowError) as exc:
        return "", f" (only its excerpt is kept: {exc})"
    if len(record) > RECORD_CAP:
        return "", f" (only its excerpt is kept: {len(record):,} bytes are more than {RECORD_CAP:,})"
    return record, ""
