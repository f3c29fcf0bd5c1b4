"""When each thing has had its time: decided from the brands and the settings, at a given moment."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin.model import Brand, Limits

LEFTOVERS = timedelta(days=1)
"""Drafts of killed writers and verdicts nobody could be told of; a younger one may still be at work."""


@dataclass(frozen=True, slots=True)
class Keep:
    """How long each kind of thing is kept."""

    mentions: timedelta
    """Also the series; a brand may say its own."""
    raw: timedelta
    incidents: timedelta
    """Counted from their closing."""
    quarantine: timedelta
    reports: timedelta


def limits_of(brands: Iterable[Brand], keep: timedelta, now: datetime) -> Limits:
    """The moment before which a brand's mentions have had their time: by its own `keep`, else by the one for all."""
    own = {brand.id: now - brand.keep for brand in brands if brand.keep is not None}
    return Limits(now - keep, own)
