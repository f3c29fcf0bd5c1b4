"""A corrupt document among 10,000, on a real node: the others come in, it waits, and comes in once when mended."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_hex

import pytest

from tocsin.adapters.batches import FsspecBatches
from tocsin.adapters.elastic import ElasticStores, open_elastic
from tocsin.index.quarantined import mention_in
from tocsin.index.retrying import retry_items
from tocsin.index.step import index_batches
from tocsin.model import Mention, Stage, Tone

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MANY = 10_000
MONTH = "mentions-2026.11"


@pytest.fixture
def stores(elasticsearch_node) -> Iterator[ElasticStores]:
    url, key = elasticsearch_node.url, elasticsearch_node.api_key
    with open_elastic(url, api_key=key, prefix=f"test-{token_hex(4)}") as opened:
        yield opened
        prefix = opened.indices.prefix
        held = opened.cluster.ask(lambda es: es.indices.get(index=f"{prefix}-*", filter_path="*.aliases"))
        for index in held:
            opened.cluster.ask(lambda es, name=index: es.indices.delete(index=name))
        told = opened.cluster.ask(lambda es: es.indices.get_index_template(name=f"{prefix}-*"))
        for one in told["index_templates"]:
            opened.cluster.ask(lambda es, name=one["name"]: es.indices.delete_index_template(name=name))


def mention(n: int) -> Mention:
    at = NOON + timedelta(seconds=n)
    network = "corrupt" if n == 7_777 else "7"
    rest = ("en", ("tonic",), Tone.NEGATIVE, -0.5, f"m{n}")
    return Mention(f"m{n}", "news", network, "", "", f"text {n}", f"author {n % 99}", at, at, *rest)


def map_as_number(stores: ElasticStores, *, strict: bool) -> None:
    """Somebody lets the month read the network as a number too; mended, what is none is passed over."""
    index = f"{stores.indices.prefix}-{MONTH}"
    held = stores.cluster.ask(lambda es: es.indices.get_mapping(index=index))[index]["mappings"]["properties"]
    number = {"type": "integer", "ignore_malformed": not strict}
    changed = {"network": {**held["network"], "fields": {"number": number}}}
    stores.cluster.ask(lambda es: es.indices.put_mapping(index=index, properties=changed))


def test_a_corrupt_document_among_ten_thousand(stores, tmp_path: Path) -> None:
    batches = FsspecBatches(str(tmp_path))
    batches.write(Stage.RAW, "b1", [])
    batches.write(Stage.ENRICHED, "b1", map(mention, range(MANY)))
    stores.indices.month("2026.11")
    map_as_number(stores, strict=True)
    ports = {
        "mentions": stores.mentions,
        "quarantine": stores.quarantine,
        "reports": stores.reports,
        "erasures": stores.erasures,
        "now": NOON,
    }
    (report,) = index_batches(["b1"], batches=batches, **ports)
    assert report.counts == {"created": MANY - 1, "duplicate": 0, "rejected": 1}
    assert batches.pending(Stage.ENRICHED) == ()
    (bad,) = stores.quarantine.all()
    assert "network.number" in bad.reason
    assert mention_in(bad) == mention(7_777)

    again = retry_items(stores.quarantine.stream(), **ports)
    assert again.counts == {"rejected": 1}, "not mended yet: it stays"
    assert [(one.id, one.record) for one in stores.quarantine.all()] == [(bad.id, bad.record)]

    map_as_number(stores, strict=False)
    assert retry_items(stores.quarantine.stream(), **ports).counts == {"created": 1}
    assert (stores.quarantine.all(), stores.mentions.total()) == ((), MANY)
    assert stores.mentions.get("m7777") == mention(7_777)
    assert retry_items([bad], **ports).counts == {"created": 1}, "given once more, it is the one that is held"
    assert stores.mentions.total() == MANY
