"""When a source is asked again: often enough for a crisis, seldom enough to stay welcome."""

from datetime import datetime, timedelta
from hashlib import blake2b

from tocsin.model import Source, SourceState

LONGEST_REST = timedelta(days=1)
"""A failing source is never left alone for longer, unless it is read more seldom anyway: feeds come back."""
_JITTER = 0.1


def is_due(state: SourceState | None, source: Source, now: datetime) -> bool:
    """Say whether the source should be read now: never read, its time has come, or `every` was made shorter.

    One that was last read in the future, by a clock since put right, is due: else nobody reads it until then.
    """
    if state is None or state.due_at is None or (state.checked_at is not None and state.checked_at > now):
        return True
    if state.failures == 0 and state.checked_at is not None:
        return now >= min(state.due_at, due_after_success(source, state.checked_at))
    return now >= state.due_at


def due_after_success(source: Source, now: datetime) -> datetime:
    """Give `every` from now and up to a tenth more; the same source always gets the same more."""
    return now + source.every * (1 + _JITTER * _share(source.id))


def due_after_failure(source: Source, failures: int, now: datetime, retry_after: float | None = None) -> datetime:
    """Give `every` times the failures in a row (this one counted), at most a day; never before `retry_after` seconds.

    Up to a tenth is added, the same for the same source, so that those who failed together do not return together.
    """
    longest = max(LONGEST_REST, source.every)
    rest = min(source.every * max(1, failures), longest)
    asked = timedelta(seconds=retry_after or 0.0)
    return now + max(rest, asked) * (1 + _JITTER * _share(source.id))


def _share(source_id: str) -> float:
    """A number from 0 to 1 that looks like chance and is the same for ever."""
    return blake2b(source_id.encode("utf-8", "replace"), digest_size=1).digest()[0] / 255
