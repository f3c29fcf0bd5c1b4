"""A snapshot of one prefix: taken while a node runs, brought back beside it or after all is gone."""

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

from tocsin.adapters.elastic import ElasticStores, open_elastic
from tocsin.errors import PermanentError
from tocsin.model import Incident, IncidentState, Mention, Severity, SourceState, Tone
from tocsin.node import Node, ToolsMissingError

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def mention(number: int, month: int = 11) -> Mention:
    at = NOON.replace(month=month)
    return Mention(
        id=f"m{number}",
        source_id="news",
        network="web",
        url="",
        title="Scandale",
        text="Texte",
        author="a",
        published_at=at,
        discovered_at=at,
        language="fr",
        brands=("tonic",),
        tone=Tone.NEGATIVE,
        compound=-0.5,
        story_id=f"m{number}",
    )


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    """A node of our own: where it keeps snapshots must be known."""
    try:
        with Node(brief=True) as own:
            yield own
    except ToolsMissingError as exc:
        pytest.skip(f"no Elasticsearch to test on: {exc}")


@pytest.fixture
def stores(node: Node) -> Iterator[ElasticStores]:
    with open_elastic(node.address.url, prefix=f"tocsin{secrets.token_hex(3)}") as opened:
        yield opened


@pytest.fixture
def es(node: Node) -> Iterator[Elasticsearch]:
    with Elasticsearch(node.address.url) as client:
        yield client


def fill(stores: ElasticStores) -> Incident:
    stores.mentions.add([mention(1), mention(2, 10)])
    stores.reindexing().move(f"{stores.indices.prefix}-mentions-2026.11")
    stores.sources.save(SourceState("news", note="fine"))
    return stores.incidents.save(
        Incident("i1", "tonic", IncidentState.OPEN, Severity.CRITICAL, since=NOON, opened_at=NOON)
    )


def delete_all(es: Elasticsearch, prefix: str) -> None:
    for index in es.indices.get(index=f"{prefix}-*", filter_path="*.aliases"):
        es.indices.delete(index=index)


def test_all_comes_back_after_all_is_gone(node, stores, es):
    incident, prefix = fill(stores), stores.indices.prefix
    snapshots = stores.snapshots("nightly")
    snapshots.register(prefix)
    taken = snapshots.take("first")
    assert taken.state == "SUCCESS"
    stores.mentions.add([mention(3)])
    with pytest.raises(PermanentError, match="is there already"):
        snapshots.restore("first", prefix)
    delete_all(es, prefix)
    snapshots.restore("first", prefix)
    with open_elastic(node.address.url, prefix=prefix) as again:
        assert again.mentions.total() == 2
        assert [again.mentions.get("m1"), again.mentions.get("m2")] == [mention(1), mention(2, 10)]
        assert again.incidents.open_incident("tonic").id == incident.id
        assert [state.note for state in again.sources.all()] == ["fine"]
        assert again.mentions.add([mention(1), mention(3), mention(4, 12)]).created == 2
        assert again.reindexing().months() == stores.reindexing().months()
    delete_all(es, prefix)


def test_it_comes_back_beside_what_is_there_and_takes_nothing_of_another_prefix(node, stores, es):
    fill(stores)
    prefix = stores.indices.prefix
    with open_elastic(node.address.url, prefix=f"{prefix}-other") as other:
        other.mentions.add([mention(9)])
    snapshots = stores.snapshots("beside")
    snapshots.register(f"{prefix}-beside")
    taken = snapshots.take("first")
    assert not [index for index in taken.indices if "other" in index]
    restored = snapshots.restore("first", f"look{prefix}")
    assert all(index.startswith(f"look{prefix}-") for index in restored)
    with open_elastic(node.address.url, prefix=f"look{prefix}") as look:
        assert look.mentions.total() == 2
        assert look.mentions.add([mention(2, 10)]).unchanged == 1
    delete_all(es, prefix)
    delete_all(es, f"look{prefix}")


def test_what_cannot_be_is_said(stores, es):
    snapshots = stores.snapshots("sayings")
    with pytest.raises(PermanentError, match="repository"):
        snapshots.all()
    with pytest.raises(PermanentError, match=r"path\.repo"):
        snapshots.register(str(Path("/elsewhere")))
    snapshots.register(stores.indices.prefix)
    with pytest.raises(PermanentError, match="nothing to keep"):
        snapshots.take("first")
    with pytest.raises(PermanentError, match="no name"):
        snapshots.take("First!")
    with pytest.raises(PermanentError, match="has no snapshot"):
        snapshots.restore("never", "elsewhere")
