"""The stores that keep the same contract: a second kind joins by one more entry in BACKENDS."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tocsin.adapters.sqlite import SqliteStores, open_sqlite
from tocsin.model import Mention, Tone

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Backend:
    """A kind of store: how to make a new empty one, and how another process opens it."""

    make: Callable[[str], SqliteStores]
    code: str | None = None
    """Python that opens, as `stores`, what `make` made at `sys.argv[1]`; None when no other process can."""


BACKENDS = {
    "sqlite-memory": Backend(lambda _: open_sqlite(":memory:")),
    "sqlite-file": Backend(
        open_sqlite,
        "import sys; from tocsin.adapters.sqlite import open_sqlite; stores = open_sqlite(sys.argv[1])",
    ),
}
SHARED = [name for name, backend in BACKENDS.items() if backend.code]


@pytest.fixture(params=BACKENDS)
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], SqliteStores]]:
    """A maker of new empty stores, for tests that need many."""
    backend, opened, numbers = BACKENDS[request.param], [], itertools.count()

    def make() -> SqliteStores:
        stores = backend.make(str(tmp_path / f"{next(numbers)}.db"))
        opened.append(stores)
        return stores

    yield make
    for stores in opened:
        stores.close()


@pytest.fixture
def stores(fresh: Callable[[], SqliteStores]) -> SqliteStores:
    """New empty stores of each kind in turn."""
    return fresh()


@pytest.fixture(params=SHARED)
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[SqliteStores, str, str]]:
    """Stores that other processes can open too: the stores, their place, and the code that opens them."""
    backend, place = BACKENDS[request.param], str(tmp_path / "shared.db")
    stores = backend.make(place)
    yield stores, place, backend.code
    stores.close()


@pytest.fixture(scope="session")
def mention() -> Callable[..., Mention]:
    """A maker of mentions: negative, of brand `tonic`, at noon plus `minutes`; any field can be said."""

    def make(mention_id: str, minutes: float = 0, **said: object) -> Mention:
        at = NOON + timedelta(minutes=minutes)
        fields = {
            "source_id": "news",
            "network": "web",
            "url": f"https://example.org/{mention_id}",
            "title": f"Title of {mention_id}",
            "text": f"Text of {mention_id}",
            "author": f"author-{mention_id}",
            "published_at": at,
            "discovered_at": at + timedelta(minutes=1),
            "language": "en",
            "brands": ("tonic",),
            "tone": Tone.NEGATIVE,
            "compound": -0.5,
            "story_id": mention_id,
        }
        return Mention(id=mention_id, **(fields | said))

    return make
