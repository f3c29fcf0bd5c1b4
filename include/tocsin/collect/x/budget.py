"""What may be read of X in a month: posts counted as they come, a forecast, and a stop before it is all spent."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tocsin.collect.networks.memory import Memory, read_memory
from tocsin.model import SourceState

POSTS = "x_posts"
"""Name of the budget, as in the settings: posts a calendar month (UTC), over all sources of kind x."""


def month_of(now: datetime) -> str:
    """The month that a post read now is counted in, `2026-11`, in UTC as X counts."""
    return f"{now.astimezone(UTC):%Y-%m}"


def next_month(now: datetime) -> datetime:
    """When the budget begins anew."""
    first = now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (first + timedelta(days=32)).replace(day=1)


def charged(memory: Memory, posts: int, now: datetime) -> Memory:
    """The same with posts more that were read; another month begins at nothing."""
    month = month_of(now)
    return replace(memory, day=month, spent={POSTS: memory.cost(POSTS, month) + posts})


def spent(states: Iterable[SourceState], now: datetime) -> int:
    """Add up what all sources read this month."""
    return sum(read_memory(state.cursor).cost(POSTS, month_of(now)) for state in states)


def spent_on(left: int, per_day: float, now: datetime) -> datetime | None:
    """When the budget will be spent at this pace; None: it lasts for the month."""
    if left <= 0:
        return now
    days = left / per_day if per_day > 0 else float("inf")
    end = next_month(now)
    return now + timedelta(days=days) if days < (end - now).total_seconds() / 86_400 else None


def told(limit: int, used: int, now: datetime) -> str:
    """Say that the budget is spent, and when reading goes on."""
    again = next_month(now)
    return (
        f"the month's budget is spent: {used:,} of {limit:,} posts read (TOCSIN_X_POSTS); "
        f"reading goes on on {again:%Y-%m-%d}"
    )
