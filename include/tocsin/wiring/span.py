"""A span of time as people write it on the command line."""

from datetime import datetime, timedelta

from tocsin.config import parse_moment, shown
from tocsin.errors import ConfigError
from tocsin.model import Window
from tocsin.wiring.outside import SystemClock

DAY = timedelta(days=1)


def window_between(start: str | None, end: str | None, zone: str) -> Window:
    """The window from `--from` (None: a day before its end) to `--to` (None: now).

    Times are ISO 8601; without a zone they are meant in `zone`. ConfigError: what cannot be understood.
    """
    until = _moment("--to", end, zone) if end else SystemClock().now()
    since = _moment("--from", start, zone) if start else until - DAY
    if until <= since:
        raise ConfigError(f"--from {shown(start or '')} is not before {'--to ' + shown(end) if end else 'now'}")
    return Window(since, until)


def _moment(option: str, text: str, zone: str) -> datetime:
    try:
        return parse_moment(text, zone)
    except ValueError as exc:
        raise ConfigError(f"{option}: {exc}") from exc
