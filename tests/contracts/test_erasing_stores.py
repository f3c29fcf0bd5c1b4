"""A person asks to be forgotten: nothing of theirs is findable in any store, and what others wrote stays."""

import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

from tocsin.adapters.elastic import ElasticStores
from tocsin.adapters.sqlite import open_sqlite
from tocsin.model import BadItem, Counts, Mention, Window

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
YEAR = Window(NOON - timedelta(days=200), NOON + timedelta(days=200))


def told_of(stores, brand: str = "tonic") -> list[object]:
    """Everything that a store tells of its mentions, as text to look into."""
    mentions = stores.mentions
    found = [mentions.search(word, limit=100) for word in ("secret", "echo", "title", "text")]
    return [
        *found,
        list(mentions.story_origins(YEAR)),
        list(mentions.story_starts(YEAR, [brand])),
        mentions.top_stories(brand, YEAR, 50),
        mentions.counts(YEAR, [brand]),
        mentions.total(),
        mentions.first_at(),
    ]


@pytest.fixture
def posts(mention: Callable[..., Mention]) -> list[Mention]:
    """Two posts of Ann's, months apart and one the origin of a story, Bob's copy of it and one of his own."""
    months = 80 * 24 * 60
    return [
        mention("ann-1", text="a secret told", author="ann"),
        mention("ann-2", months, text="another secret", author="ann"),
        mention("bob-1", 5, text="an echo told", author="bob", story_id="ann-1"),
        mention("bob-2", 9, text="an echo of nothing", author="bob"),
    ]


def test_nothing_of_an_erased_author_is_findable_and_the_others_stay(stores, fresh, posts) -> None:
    stores.mentions.add(posts)
    assert (stores.mentions.by_author("ann"), stores.mentions.by_author("bob")) == (2, 2)
    assert stores.mentions.erase("ann") == 2
    assert stores.mentions.by_author("ann") == 0
    assert [stores.mentions.get(post.id) for post in posts] == [None, None, *posts[2:]]
    assert "secret" not in str(told_of(stores))
    untouched = fresh()
    untouched.mentions.add(posts[2:])
    assert told_of(stores) == told_of(untouched), "as if only the others had ever been stored"


def test_a_copy_keeps_its_story_when_the_origin_goes(stores, posts) -> None:
    stores.mentions.add(posts)
    stores.mentions.erase("ann")
    assert stores.mentions.get("bob-1").story_id == "ann-1"
    assert [origin.story_id for origin in stores.mentions.story_origins(YEAR)] == ["bob-2"]
    stories = {story.story_id: story.text for story in stores.mentions.top_stories("tonic", YEAR, 9)}
    assert stories == {"ann-1": "an echo told", "bob-2": "an echo of nothing"}


def test_erasing_twice_or_a_stranger_or_nobody_changes_nothing(stores, posts, mention) -> None:
    stores.mentions.add([*posts, mention("unsigned", author="")])
    assert stores.mentions.erase("ann") == 2
    before = told_of(stores)
    assert [stores.mentions.erase(author) for author in ("ann", "nobody", "", "an", "bo%")] == [0] * 5
    assert [stores.mentions.by_author(author) for author in ("", "an", "*")] == [0] * 3
    assert told_of(stores) == before


def test_a_text_that_looks_like_an_author_is_no_author(stores, mention) -> None:
    kept = mention("a", text='he wrote "author":"ann" here', title='"author":"ann"', author="bob")
    odd = mention("b", author='an"n\\é')
    stores.mentions.add([kept, odd])
    assert stores.mentions.erase("ann") == 0
    assert stores.mentions.erase('an"n\\é') == 1
    assert stores.mentions.get("a") == kept


def test_an_author_of_thousands_of_posts_goes_whole(stores, mention) -> None:
    stores.mentions.add(mention(f"m{n}", n, author="ann" if n % 2 else "bob") for n in range(2500))
    assert stores.mentions.erase("ann") == 1250
    assert stores.mentions.total() == stores.mentions.by_author("bob") == 1250
    assert stores.mentions.counts(YEAR, ["tonic"])["tonic"].negatives == 1250


def test_an_id_is_free_again_and_is_stored_once(stores, posts, mention) -> None:
    """The same link may come again by somebody else, dated in another month."""
    stores.mentions.add(posts)
    stores.mentions.erase("ann")
    again = [mention("ann-1", 60 * 24 * 60, author="eve"), mention("ann-1", author="eve", text="later")]
    added = [stores.mentions.add([one]) for one in again]
    assert [(one.created, one.duplicate) for one in added] == [(1, 0), (0, 1)]
    assert stores.mentions.get("ann-1") == again[0]
    assert stores.mentions.total() == 3


def test_refusals_are_kept_once_each(stores) -> None:
    assert stores.erasures.all() == frozenset()
    assert not stores.erasures.remove("ann")
    for author in ("ann", "bob", "ann"):
        stores.erasures.add(author, NOON)
    assert stores.erasures.all() == {"ann", "bob"}
    assert stores.erasures.remove("ann")
    assert not stores.erasures.remove("ann")
    assert stores.erasures.all() == {"bob"}


def test_more_refusals_than_a_page(stores) -> None:
    authors = {f"{n:024x}" for n in range(1001)} if isinstance(stores, ElasticStores) else {"a", "b"}
    if isinstance(stores, ElasticStores):  # One by one would take a minute.
        stores.erasures.add("first", NOON)
        index = stores.indices.name("erasures")
        lines = [line for one in authors for line in ({"index": {"_index": index}}, {"author": one})]
        stores.cluster.ask(lambda es: es.bulk(operations=lines, refresh=True))
        authors.add("first")
    else:
        for one in authors:
            stores.erasures.add(one, NOON)
    assert stores.erasures.all() == authors


def bad(item_id: str, minutes: float = 0, record: str = "") -> BadItem:
    return BadItem(item_id, "index", "news", "odd", "excerpt", NOON + timedelta(minutes=minutes), record)


def test_items_are_read_and_dropped_one_by_one(stores) -> None:
    stores.quarantine.put([bad("a", 2), bad("b", 1, record='{"x": "é"}'), bad("c")])
    assert stores.quarantine.get("b") == bad("b", 1, record='{"x": "é"}')
    assert stores.quarantine.get("z") is None
    assert stores.quarantine.drop([]) == 0
    assert stores.quarantine.drop(["b", "z", "b"]) == 1
    assert stores.quarantine.get("b") is None
    assert stores.quarantine.all() == tuple(stores.quarantine.stream()) == (bad("c"), bad("a", 2))
    assert stores.quarantine.drop(["b"]) == 0


def test_streaming_gives_each_item_once_while_they_go_and_change(stores) -> None:
    items = [bad(f"i{n:03}", n // 7) for n in range(65)]
    stores.quarantine.put(reversed(items))
    came = []
    for item in stores.quarantine.stream():
        came.append(item.id)
        if len(came) % 2:
            stores.quarantine.drop([item.id])
        else:
            stores.quarantine.put([bad(item.id, (len(came) - 1) // 7, record="changed")])
    assert came == [item.id for item in items]
    assert len(stores.quarantine.all()) == 32


def test_a_record_of_a_megabyte_is_kept_and_found_by_no_word(stores) -> None:
    record = '{"text": "' + "needle " * 150_000 + '"}'
    stores.quarantine.put([bad("a", record=record)])
    assert stores.quarantine.get("a").record == record
    if isinstance(stores, ElasticStores):
        index = stores.indices.name("quarantine")
        stores.cluster.refresh(index)
        found = stores.cluster.search(index, {"query": {"query_string": {"query": "needle"}}, "size": 1})
        assert found["hits"]["total"]["value"] == 0


def test_the_bytes_of_an_erased_author_leave_the_file(tmp_path: Path, mention) -> None:
    path = tmp_path / "tocsin.db"
    with open_sqlite(str(path)) as stores:
        stores.mentions.add(mention(f"m{n}", n, author=f"bob{n}", text=f"plainmark {n} " * 20) for n in range(800))
        marks = {"author": "ann", "text": "zyzzyvamark " * 30, "title": "Zyzzyvatitle"}
        stores.mentions.add(mention(f"zyzzyvaid-{n}", n, **marks) for n in range(300))
        stores.quarantine.put([bad("q", record='{"author": "ann", "text": "zyzzyvarecord"}')])
        assert b"zyzzyva" in held(path)
        stores.mentions.erase("ann")
        stores.quarantine.drop(["q"])
        assert stores.erasures.scrub()
        assert b"zyzzyva" not in held(path).lower(), "while the file is open, log and all"
        assert len(stores.mentions.search("plainmark", limit=999)) == 800
        assert stores.mentions.search("zyzzyvamark") == ()
    assert b"plainmark" in held(path)
    assert b"zyzzyva" not in held(path).lower()
    with sqlite3.connect(path) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        raw.execute("INSERT INTO mention_words (mention_words) VALUES ('integrity-check')")
    raw.close()


def held(path: Path) -> bytes:
    """Every byte of the database, its log and its index of the log."""
    return b"".join(one.read_bytes() for one in path.parent.iterdir() if one.name.startswith(path.name))


def test_a_reader_that_holds_the_log_is_told_and_stops_nobody(tmp_path: Path, mention) -> None:
    path = tmp_path / "tocsin.db"
    with open_sqlite(str(path)) as stores:
        stores.mentions.add([mention("a", author="ann")])
        reader = sqlite3.connect(path, isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT COUNT(*) FROM mentions").fetchone()
        stores.mentions.erase("ann")
        stores.database.rows("PRAGMA busy_timeout = 50")
        assert not stores.erasures.scrub()
        reader.close()
        assert stores.erasures.scrub()


@pytest.fixture
def on_elastic(elastic_place: str) -> Iterator[ElasticStores]:
    from tocsin.adapters.elastic import open_elastic

    url, key, prefix = elastic_place.split(" ")
    with open_elastic(url, api_key=key or None, prefix=prefix) as stores:
        yield stores


@pytest.mark.timeout(200)
def test_what_was_deleted_leaves_the_segments(on_elastic, posts, elastic_place) -> None:
    assert on_elastic.erasures.scrub(), "nothing was ever stored"
    on_elastic.mentions.add(posts)
    on_elastic.quarantine.put([bad("q"), bad("r")])
    on_elastic.mentions.erase("ann")
    on_elastic.quarantine.drop(["q"])
    prefix = elastic_place.split(" ")[2]
    with Elasticsearch(on_elastic.cluster.url, api_key=elastic_place.split(" ")[1] or None) as es:
        kept = {kind: es.indices.stats(index=f"{prefix}-{kind}", metric="docs") for kind in ("mentions", "ids")}
        assert any(told["_all"]["total"]["docs"]["deleted"] for told in kept.values()), "nothing to scrub"
        assert on_elastic.erasures.scrub()
        for kind in ("mentions", "ids", "quarantine"):
            docs = es.indices.stats(index=f"{prefix}-{kind}", metric="docs")["_all"]["total"]["docs"]
            assert docs["deleted"] == 0
    assert on_elastic.mentions.counts(YEAR, ["tonic"])["tonic"] == Counts(2, 2, 2, 1)


def test_the_claim_on_an_id_goes_with_the_mention(on_elastic, posts) -> None:
    on_elastic.mentions.add(posts)
    on_elastic.mentions.erase("ann")
    index = on_elastic.indices.name("ids")
    on_elastic.cluster.refresh(index)
    held = on_elastic.cluster.search(index, {"size": 10})["hits"]["hits"]
    assert sorted(hit["_id"] for hit in held) == ["bob-1", "bob-2"]
