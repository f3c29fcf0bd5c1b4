"""What hubs promised us, on every kind of store: kept whole, changed only by who saw it, forgotten."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tocsin.errors import ConflictError
from tocsin.model import Standing, Subscription

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
LONG = "https://e.org/" + "é" * 2_000
FULL = Subscription(
    "00ff",
    "news",
    "https://hub.example.org/",
    LONG,
    "https://e.org/feed",
    "https://hooks.example.org/websub/00ff",
    Standing.ACTIVE,
    NOON,
    NOON + timedelta(seconds=1),
    NOON + timedelta(days=10),
    2,
    "denied: é",
    "sha256",
)


def test_one_is_kept_whole_and_read_back_by_any(stores) -> None:
    assert stores.subscriptions.get("00ff") is None
    assert stores.subscriptions.all() == ()
    saved = stores.subscriptions.save(FULL)
    assert replace(saved, revision="") == FULL
    assert stores.subscriptions.get("00ff") == saved
    other = stores.subscriptions.save(replace(FULL, id="00aa", verified_at=None, until=None))
    assert stores.subscriptions.all() == (other, saved)


def test_who_is_late_hears_so(stores) -> None:
    first = stores.subscriptions.save(FULL)
    second = stores.subscriptions.save(replace(first, standing=Standing.LEAVING))
    for late in (FULL, first, replace(first, revision="never")):
        with pytest.raises(ConflictError):
            stores.subscriptions.save(late)
    assert stores.subscriptions.get("00ff") == second


def test_what_is_forgotten_is_gone_and_may_come_back(stores) -> None:
    first = stores.subscriptions.save(FULL)
    second = stores.subscriptions.save(replace(first, failures=3))
    assert not stores.subscriptions.drop(first), "it changed since"
    assert stores.subscriptions.get("00ff") == second
    assert stores.subscriptions.drop(second)
    assert not stores.subscriptions.drop(second)
    assert not stores.subscriptions.drop(FULL)
    assert stores.subscriptions.all() == ()
    assert replace(stores.subscriptions.save(FULL), revision="") == FULL
