"""The stores that keep the same contract: another kind joins by one more entry in BACKENDS."""

import itertools
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

from tocsin.adapters.elastic import ElasticStores, open_elastic
from tocsin.adapters.sqlite import SqliteStores, open_sqlite
from tocsin.model import Mention, Tone

Stores = SqliteStores | ElasticStores
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Backend:
    """A kind of store: how to make a new empty one at a place, and how another process opens it."""

    make: Callable[[str], Stores]
    code: str = ""
    """Python that opens, as `stores`, what `make` made at `sys.argv[1]`; empty when no other process can."""


def at_elastic(place: str) -> ElasticStores:
    """Open the stores at `url key prefix`."""
    url, key, prefix = place.split(" ")
    return open_elastic(url, api_key=key or None, prefix=prefix)


BACKENDS = {
    "sqlite-memory": Backend(lambda _: open_sqlite(":memory:")),
    "sqlite-file": Backend(
        open_sqlite,
        "import sys; from tocsin.adapters.sqlite import open_sqlite; stores = open_sqlite(sys.argv[1])",
    ),
    "elasticsearch": Backend(
        at_elastic,
        "import sys; from tocsin.adapters.elastic import open_elastic; url, key, prefix = sys.argv[1].split(' '); "
        "stores = open_elastic(url, api_key=key or None, prefix=prefix.replace('.', '-'))",
    ),
}
SHARED = [name for name, backend in BACKENDS.items() if backend.code]


class ElasticPlaces:
    """Empty places on the one Elasticsearch of all tests; what is given back is emptied and serves again.

    A new index takes longer than all that a small test does with it.
    """

    def __init__(self, url: str, key: str) -> None:
        self._es = Elasticsearch(url, api_key=key or None)
        self._start = f"{url} {key} test-{secrets.token_hex(4)}"
        self._free: list[str] = []
        self._made = 0

    def take(self) -> str:
        """Give a place, `url key prefix`, where nothing is stored."""
        if self._free:
            return self._free.pop()
        self._made += 1
        return f"{self._start}-{self._made}"

    def give_back(self, place: str) -> None:
        prefix = place.split(" ")[2]
        what = f"{prefix}-mentions,{prefix}-ids"
        self._es.indices.refresh(index=what, ignore_unavailable=True)  # Only what can be found is deleted.
        self._es.delete_by_query(index=what, **EVERYTHING)
        # Deleted ledger lines leave their version behind for a minute, so that index goes as a whole.
        self._delete(prefix, but=(f"{prefix}-mentions-", f"{prefix}-ids"))
        self._free.append(place)

    def close(self) -> None:
        """Leave nothing behind."""
        start = self._start.split(" ")[2]
        self._delete(start)
        held = self._es.options(ignore_status=404).indices.get_index_template(name=f"{start}-*")
        for template in held.get("index_templates", ()):
            self._es.indices.delete_index_template(name=template["name"])
        self._es.close()

    def _delete(self, start: str, but: tuple[str, ...] = ()) -> None:
        # One by one: a cluster may refuse to delete by a pattern.
        for index in self._es.indices.get(index=f"{start}-*", expand_wildcards="all", filter_path="*.aliases"):
            if not but or not index.startswith(but):
                self._es.indices.delete(index=index)


EVERYTHING = {"query": {"match_all": {}}, "refresh": True, "conflicts": "proceed", "ignore_unavailable": True}


@pytest.fixture(scope="session")
def elastic_places(request: pytest.FixtureRequest) -> Iterator[ElasticPlaces]:
    """Places for stores on a real Elasticsearch; asked for by name, so that tests of SQLite alone start none."""
    node = request.getfixturevalue("elasticsearch_node")
    places = ElasticPlaces(node.url, node.api_key or "")
    yield places
    places.close()


@pytest.fixture
def elastic_place(elastic_places: ElasticPlaces) -> Iterator[str]:
    """An empty place on Elasticsearch: `url key prefix`."""
    place = elastic_places.take()
    yield place
    elastic_places.give_back(place)


@pytest.fixture(params=BACKENDS)
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Stores]]:
    """A maker of new empty stores, for tests that need many; what is closed may serve again, emptied."""
    backend, opened, numbers = BACKENDS[request.param], {}, itertools.count()
    places = request.getfixturevalue("elastic_places") if request.param == "elasticsearch" else None

    def make() -> Stores:
        for place in [place for place, stores in opened.items() if places and stores.cluster.closed]:
            del opened[place]
            places.give_back(place)
        place = places.take() if places else str(tmp_path / f"{next(numbers)}.db")
        opened[place] = backend.make(place)
        return opened[place]

    yield make
    for place, stores in opened.items():
        stores.close()
        if places:
            places.give_back(place)


@pytest.fixture
def stores(fresh: Callable[[], Stores]) -> Stores:
    """New empty stores of each kind in turn."""
    return fresh()


@pytest.fixture(params=SHARED)
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Stores, str, str]]:
    """Stores that other processes can open too: the stores, their place, and the code that opens them."""
    backend = BACKENDS[request.param]
    elastic = request.param == "elasticsearch"
    place = request.getfixturevalue("elastic_place") if elastic else str(tmp_path / "shared.db")
    stores = backend.make(place)
    yield stores, place, backend.code
    stores.close()


@pytest.fixture(scope="session")
def race() -> Callable[..., list[list[int]]]:
    """Run pieces of Python in processes of their own that all start at once, each when it was told `go`."""

    def run(*runs: tuple[str, ...]) -> list[list[int]]:
        """Start each (code, *args) in its own process, let all go at once, and give the numbers they print."""
        processes = [
            subprocess.Popen([sys.executable, "-c", *run], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            for run in runs
        ]
        for process in processes:
            assert process.stdout.readline() == "ready\n"
        for process in processes:
            process.stdin.write("go\n")
            process.stdin.flush()
        said = [process.communicate(timeout=60)[0] for process in processes]
        assert [process.returncode for process in processes] == [0] * len(processes)
        return [[int(word) for word in words.split()] for words in said]

    return run


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
