"""What an answer says of its own future: how long it stays good, and how long the server wants to be left alone."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

LONGEST_WAIT = 24 * 3600.0
"""Seconds of Retry-After above which we come back anyway: 88 hours have been seen."""
LONGEST_FRESH = 30 * 24 * 3600.0

_NUMBER = re.compile(r"\d{1,12}(?:\.\d{1,6})?")
_A_YEAR = 366 * 24 * 3600.0
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,9})")
_NEVER_KEPT = re.compile(r"(?:^|[\s,])(?:no-store|no-cache)\b")


def retry_after(headers: httpx.Headers) -> float | None:
    """Seconds of Retry-After, 0 to 24 h, said as a number or a date; None: it is not said, or not understood."""
    said = headers.get("retry-after", "").strip()
    if said.isascii() and said.isdecimal():
        return min(float(said), LONGEST_WAIT)
    return _capped(_until(said, headers))


def limit_reset(headers: httpx.Headers) -> float | None:
    """Seconds to a limit's new start: told as seconds (Reddit), seconds since 1970 (Bluesky), ISO 8601 (Mastodon)."""
    said = (headers.get("x-ratelimit-reset") or headers.get("ratelimit-reset") or "").strip()
    try:
        if not _NUMBER.fullmatch(said):
            return _capped(_between(datetime.fromisoformat(said), headers))
        if float(said) < _A_YEAR:
            return min(float(said), LONGEST_WAIT)
        return _capped(_between(datetime.fromtimestamp(float(said), UTC), headers))
    except (ValueError, TypeError, OverflowError, OSError):
        return None


def fresh_for(headers: httpx.Headers) -> float | None:
    """Seconds that the answer stays good, by Cache-Control, else by Expires; None: it says nothing of it."""
    control = headers.get("cache-control", "").lower()
    if _NEVER_KEPT.search(control):
        return None
    if found := _MAX_AGE.search(control):
        return _some(float(found[1]) - _age(headers))
    wait = _until(headers.get("expires", "").strip(), headers)
    return None if wait is None else _some(wait)


def _some(seconds: float) -> float | None:
    return min(seconds, LONGEST_FRESH) if seconds > 0 else None


def _age(headers: httpx.Headers) -> float:
    said = headers.get("age", "").strip()
    return float(said) if said.isascii() and said.isdecimal() and len(said) < 10 else 0.0


def _capped(wait: float | None) -> float | None:
    return None if wait is None else min(max(wait, 0.0), LONGEST_WAIT)


def _until(said: str, headers: httpx.Headers) -> float | None:
    try:
        return _between(parsedate_to_datetime(said), headers)
    except (ValueError, TypeError):
        return None


def _between(at: datetime, headers: httpx.Headers) -> float:
    """Seconds to `at` by the server's own clock: ours may be off, and the difference is what it means."""
    return (at - parsedate_to_datetime(headers.get("date", ""))).total_seconds()
