"""How much of what we should hear we do hear: a silence is only good news when somebody listened."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from tocsin.model import Source, SourceKind, SourceState

_MISSED = 3
"""Fetches that a source may miss before it counts as silent: one or two fail in normal life."""
_LEAST = timedelta(minutes=15)
"""Never call a source silent sooner than this, however often it is asked."""


def coverage(sources: Sequence[Source], states: Sequence[SourceState], now: datetime) -> float:
    """Share, 0 to 1, of the sources that answered lately; files do not count, and no sources at all are 1.

    Lately means within three times the source's own `every`, and at least 15 minutes.
    """
    heard = {state.source_id: state.succeeded_at for state in states}
    asked = [source for source in sources if source.kind is not SourceKind.FILE]
    answered = sum(_is_fresh(source, heard.get(source.id), now) for source in asked)
    return answered / len(asked) if asked else 1.0


def _is_fresh(source: Source, heard: datetime | None, now: datetime) -> bool:
    # Either way: an answer far in the future was noted by a clock since put right.
    return heard is not None and abs(now - heard) <= max(_MISSED * source.every, _LEAST)
