"""A month that moves into a new index while others write, read and delete: nobody sees a gap, nothing is lost."""

import json
import secrets
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

from tocsin.adapters.elastic import ElasticStores, open_elastic
from tocsin.adapters.sqlite import open_sqlite
from tocsin.errors import PermanentError, TransientError
from tocsin.index import schema
from tocsin.index.document import checked_document
from tocsin.model import Counts, Harm, Hourly, Judgement, Mention, SeriesPoint, Tone, Window
from tocsin.node import Address
from tocsin.ports import MentionStore

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def mention(number: int) -> Mention:
    at = NOON + timedelta(seconds=number % 80_000)
    return Mention(
        id=f"m{number}",
        source_id="news",
        network="web",
        url=f"https://example.org/{number}",
        title=f"Scandale {number}",
        text=f"Texte de {number}",
        author=f"a{number % 97}",
        published_at=at,
        discovered_at=at,
        language="fr",
        brands=("tonic",),
        tone=Tone.NEGATIVE,
        compound=-0.5,
        story_id=f"m{number}",
    )


WRITER = """
import sys
sys.path.insert(0, sys.argv[4])
from test_reindex import mention
from tocsin.adapters.elastic import open_elastic
from tocsin.errors import TransientError
url, key, prefix = sys.argv[1:4]
stores = open_elastic(url, api_key=key or None, prefix=prefix)
print("ready", flush=True)
created, number = 0, 10_000_000
import select
while not select.select([sys.stdin], [], [], 0)[0]:
    created += stores.mentions.add([mention(number + at) for at in range(50)]).created
    number += 50
print(created)
"""
READER = """
import sys
from datetime import UTC, datetime
from tocsin.adapters.elastic import open_elastic
from tocsin.model import Window
url, key, prefix = sys.argv[1:4]
stores = open_elastic(url, api_key=key or None, prefix=prefix)
print("ready", flush=True)
import select
seen = looks = 0
whole = Window(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
while not select.select([sys.stdin], [], [], 0)[0]:
    found = stores.mentions.counts(whole, ["tonic"])["tonic"].negatives
    assert found >= seen, f"{found} after {seen}"
    seen, looks = found, looks + 1
print(looks)
"""


@pytest.fixture
def place(elasticsearch_node: Address) -> Iterator[tuple[str, str, str]]:
    prefix = f"test-{secrets.token_hex(4)}"
    yield elasticsearch_node.url, elasticsearch_node.api_key or "", prefix
    with Elasticsearch(elasticsearch_node.url, api_key=elasticsearch_node.api_key) as es:
        for index in es.indices.get(index=f"{prefix}-*", filter_path="*.aliases"):
            es.indices.delete(index=index)
        for template in (
            es.options(ignore_status=404).indices.get_index_template(name=f"{prefix}-*").get("index_templates", ())
        ):
            es.indices.delete_index_template(name=template["name"])


@pytest.fixture
def stores(place: tuple[str, str, str]) -> Iterator[ElasticStores]:
    url, key, prefix = place
    with open_elastic(url, api_key=key or None, prefix=prefix) as opened:
        yield opened


@pytest.fixture
def es(place: tuple[str, str, str]) -> Iterator[Elasticsearch]:
    with Elasticsearch(place[0], api_key=place[1] or None) as client:
        yield client


def beside(code: str, place: tuple[str, str, str]) -> subprocess.Popen[str]:
    """Run the code in a process of its own, which goes on until a line is sent to it."""
    here = str(Path(__file__).parent)
    process = subprocess.Popen(
        [sys.executable, "-c", code, *place, here], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "ready\n"
    return process


def stop(process: subprocess.Popen[str]) -> int:
    said, _ = process.communicate("stop\n", timeout=60)
    assert process.returncode == 0
    return int(said)


def index_behind(es: Elasticsearch, month: str) -> str:
    return next(iter(es.indices.get(index=month)))


def outdate(es: Elasticsearch, month: str) -> None:
    """Make the month look as an earlier version wrote it."""
    es.indices.put_mapping(index=month, meta={"tocsin": {"version": 0}}, dynamic=False)


def test_a_month_moves_while_others_write_and_read(place, stores, es):
    stores.mentions.add(mention(number) for number in range(5_000))
    month = f"{place[2]}-mentions-2026.11"
    outdate(es, month)
    assert stores.reindexing("mentions").outdated() == (month,)
    writer, reader = beside(WRITER, place), beside(READER, place)
    moved = stores.reindexing("mentions").move(month)
    written, looks = stop(writer), stop(reader)
    assert written > 0 < looks
    assert stores.mentions.total() == 5_000 + written >= moved.documents >= 5_000
    assert stores.reindexing("mentions").outdated() == ()
    assert stores.mentions.get("m17") == mention(17)
    assert [found.id for found in stores.mentions.search("scandales 4711")] == ["m4711"]
    assert set(es.indices.get(index=f"{place[2]}-mentions")) == {index_behind(es, month)} != {month}
    assert stores.mentions.add([mention(3), mention(10_000_000)]).unchanged == 2


JUDGEMENT_FIELDS = ("harmed", "harmed_name", "harm", "towards")
WHOLE = Window(NOON - timedelta(days=1), NOON + timedelta(days=1))
BOTH = ("soda", "tonic")


def old_month(es: Elasticsearch, prefix: str, documents: list[dict]) -> str:
    """Make a month as the version wrote it that did not judge texts brand by brand."""
    month, shape = f"{prefix}-mentions-2026.11", schema.shape("mentions")
    for field in JUDGEMENT_FIELDS:
        del shape["mappings"]["properties"][field]
    shape["mappings"]["_meta"]["tocsin"]["version"] = 2
    es.indices.create(index=month, aliases={f"{prefix}-mentions": {}}, **shape)
    for document in documents:
        for field in JUDGEMENT_FIELDS:
            document.pop(field, None)
        es.index(index=month, id=document["event"]["id"], document=document)
    es.indices.refresh(index=month)
    return month


def told(mentions: MentionStore) -> list[object]:
    """Every answer that hangs on harm."""
    return [
        mentions.counts(WHOLE, BOTH),
        list(mentions.story_starts(WHOLE, BOTH)),
        list(mentions.buckets(WHOLE, BOTH)),
        [mentions.top_stories(brand, WHOLE, 9) for brand in BOTH],
    ]


def test_a_month_of_before_is_counted_by_tone_until_it_moves_and_afterwards_too(place, stores, es):
    old = [
        replace(mention(1), brands=BOTH, compound=-0.75),
        mention(2),
        replace(mention(3), tone=Tone.NEUTRAL, compound=0.0),
        replace(mention(4), story_id="m1"),
    ]
    month = old_month(es, place[2], [json.loads(checked_document(one, "")) for one in old])
    with open_sqlite(":memory:") as sqlite:
        sqlite.mentions.add(old)
        expected = told(sqlite.mentions)
    assert expected[0] == {"soda": Counts(1, 1, 1, 1), "tonic": Counts(4, 3, 2, 3)}
    assert told(stores.mentions) == expected
    assert stores.reindexing("mentions").outdated() == (month,)
    stores.reindexing("mentions").move(month)
    assert es.count(index=month, query={"term": {"harmed": "soda"}})["count"] == 1
    assert told(stores.mentions) == expected


def test_what_is_judged_after_the_update_counts_by_tone_in_a_month_of_before_and_by_harm_once_it_moved(
    place, stores, es
):
    month = old_month(es, place[2], [])
    harm = Judgement("soda", Tone.NEGATIVE, -0.5, Harm.HARMFUL, 0.5, ("scandale",))
    judged = (harm, Judgement("tonic", Tone.POSITIVE, 0.5, Harm.NONE, 0.0))
    stores.mentions.add([replace(mention(1), brands=BOTH, judgements=judged)])
    october = replace(mention(2), brands=BOTH, judgements=judged, published_at=NOON - timedelta(days=31))
    stores.mentions.add([october])  # in a month of today beside it
    year = Window(NOON - timedelta(days=60), NOON + timedelta(days=1))
    assert stores.mentions.counts(year, BOTH) == {"soda": Counts(2, 2, 2, 2), "tonic": Counts(2, 1, 1, 1)}
    stores.reindexing("mentions").move(month)
    assert stores.mentions.counts(year, BOTH) == {"soda": Counts(2, 2, 2, 2), "tonic": Counts(2)}
    assert [story.words for story in stores.mentions.top_stories("soda", WHOLE, 9)] == [("scandale",)]


def test_moving_again_takes_the_moved_index(place, stores, es):
    stores.mentions.add(map(mention, range(10)))
    month = f"{place[2]}-mentions-2026.11"
    first = (stores.reindexing("mentions").move(month), index_behind(es, month))
    second = (stores.reindexing("mentions").move(month), index_behind(es, month))
    assert first[0].documents == second[0].documents == 10
    assert first[1] != second[1]
    assert not es.indices.exists(index=first[1])
    assert stores.mentions.total() == 10


def test_what_is_deleted_while_it_moves_stays_deleted(place, stores, es):
    stores.mentions.add(map(mention, range(3_000)))
    month = f"{place[2]}-mentions-2026.11"
    reindexing = stores.reindexing("mentions")
    numbers = count()
    rewrite = reindexing._rewrite

    def deleting(source):
        if next(numbers) == 2_500:
            es.delete(index=month, id="m5", refresh=True)
        return rewrite(source)

    reindexing._rewrite = deleting
    assert reindexing.move(month).documents == 2_999
    assert stores.mentions.get("m5") is None


def test_a_document_that_does_not_fit_moves_nothing(place, stores, es):
    stores.mentions.add(map(mention, range(10)))
    month = f"{place[2]}-mentions-2026.11"
    reindexing = stores.reindexing("mentions")
    reindexing._rewrite = lambda source: b'{"@timestamp": "never"}'
    with pytest.raises(PermanentError, match="nothing moved"):
        reindexing.move(month)
    assert index_behind(es, month) == month
    assert es.indices.get(index=f"{place[2]}-moved-*") == {}
    assert stores.mentions.add([mention(11)]).created == 1


def test_a_second_move_that_clears_the_first_one_s_draft_away_spoils_nothing(place, stores, es):
    stores.mentions.add(map(mention, range(1_500)))
    month = f"{place[2]}-mentions-2026.11"
    moving, other = stores.reindexing("mentions"), stores.reindexing("mentions")
    rewrite, numbers = moving._rewrite, count()

    def disturbed(source):
        # As a second move begins. What is written after that would make the draft anew, with a mapping of no one's.
        if next(numbers) == 0:
            other._clear(month)
        return rewrite(source)

    moving._rewrite = disturbed
    with pytest.raises(TransientError, match="somebody else"):
        moving.move(month)
    assert index_behind(es, month) == month
    assert es.indices.get(index=f"{place[2]}-moved-*") == {}
    assert moving.move(month).documents == 1_500
    assert stores.mentions.get("m17") == mention(17)


MOVER = """
import sys
from tocsin.adapters.elastic import open_elastic
from tocsin.errors import TransientError
url, key, prefix = sys.argv[1:4]
moving = open_elastic(url, api_key=key or None, prefix=prefix).reindexing("mentions")
print("ready", flush=True)
sys.stdin.readline()
moved = 0
for _ in range(4):
    try:
        moved += moving.move(f"{prefix}-mentions-2026.11").documents == 300
    except TransientError:
        pass
print(moved)
"""


def test_two_that_move_at_once_lose_nothing(place, stores, es):
    stores.mentions.add(map(mention, range(300)))
    month = f"{place[2]}-mentions-2026.11"
    movers = [beside(MOVER, place) for _ in range(2)]
    for mover in movers:
        mover.stdin.write("go\n")
        mover.stdin.flush()
    for mover in movers:
        said, _ = mover.communicate(timeout=120)
        assert mover.returncode == 0, said
    assert stores.reindexing("mentions").move(month).documents == 300
    assert (
        es.indices.get_mapping(index=index_behind(es, month))[index_behind(es, month)]["mappings"]["dynamic"]
        == "false"
    )
    assert len(es.indices.get(index=f"{place[2]}-moved-*")) == 1
    assert stores.mentions.add([mention(300)]).created == 1
    assert stores.mentions.total() == 301


KILLED = """
import os, signal, sys
from tocsin.adapters.elastic import open_elastic
url, key, prefix = sys.argv[1:4]
stores = open_elastic(url, api_key=key or None, prefix=prefix)
moving = stores.reindexing("mentions")
def die(*_): os.kill(os.getpid(), signal.SIGKILL)
setattr(moving, sys.argv[4], die)
moving.move(f"{prefix}-mentions-2026.11")
"""


@pytest.mark.parametrize("moment", ["_copy", "_settle", "_drop_deleted", "_swap"])
def test_killed_at_any_moment_it_moves_when_run_again(place, stores, es, moment):
    stores.mentions.add(map(mention, range(100)))
    month = f"{place[2]}-mentions-2026.11"
    assert subprocess.run([sys.executable, "-c", KILLED, *place, moment], check=False).returncode == -9
    assert stores.mentions.total() == 100
    assert stores.reindexing("mentions").move(month).documents == 100
    assert len(es.indices.get(index=f"{place[2]}-moved-*")) == 1
    assert stores.mentions.add([mention(100)]).created == 1
    assert stores.mentions.total() == 101


def test_the_series_moves_too_with_what_was_replaced_meanwhile(place, stores):
    points = [
        SeriesPoint("tonic", NOON + timedelta(minutes=5 * at), at, Hourly(at, 1, 0, 3, 5), 0.5, 1.0)
        for at in range(50)
    ]
    stores.series.save(points)
    moving = stores.reindexing("series")
    rewrite, late = moving._rewrite, replace(points[3], counted=99)

    def replacing(source):
        if source["counted"] == 40:
            stores.series.save([late])
        return rewrite(source)

    moving._rewrite = replacing
    (month,) = moving.months()
    assert moving.move(month).documents == 50
    held = stores.series.read("tonic", Window(NOON, NOON + timedelta(days=1)))
    assert held == (*points[:3], late, *points[4:])
