"""Single posts that must be kept no more: out of every store and out of the batches, and nothing else with them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tocsin.adapters.batches import FsspecBatches
from tocsin.index.gone import erase_posts, stored_posts
from tocsin.index.quarantined import refused_item
from tocsin.model import Mention, RawItem, Rejection, Stage, Window

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
YEAR = Window(NOON - timedelta(days=200), NOON + timedelta(days=200))
ID = "20261122T204500Z-mine-ab12"
OLD = "20261101T204500Z-mine-cd34"
PLACES = [Stage.RAW, Stage.ENRICHED, Stage.ARCHIVE]
LINK = "https://x.com/i/web/status/"


def item(name: str, text: str = "text") -> RawItem:
    return RawItem(name, "mine", "x", LINK + name, "", text, "ann", NOON, NOON)


def name_of(url: str) -> str:
    return url.removeprefix(LINK) if url.startswith(LINK) else ""


@pytest.fixture
def batches(tmp_path: Path) -> FsspecBatches:
    return FsspecBatches(str(tmp_path))


@pytest.fixture
def posts(mention: Callable[..., Mention]) -> list[Mention]:
    months = 80 * 24 * 60
    return [
        mention("one", text="a secret told"),
        mention("two", months, text="another secret"),
        mention("three", 5, text="an echo told", story_id="one"),
    ]


def told_of(stores) -> list[object]:
    mentions = stores.mentions
    found = [mentions.search(word, limit=100) for word in ("secret", "echo")]
    counts = mentions.counts(YEAR, ["tonic"])
    return [*found, counts, mentions.total(), list(mentions.story_starts(YEAR, ["tonic"]))]


def test_posts_leave_every_month_and_the_others_stay(stores, fresh, posts) -> None:
    stores.mentions.add(posts)
    assert stores.mentions.erase_posts(["one", "two", "one", "nobody"]) == 2
    assert [stores.mentions.get(one.id) for one in posts] == [None, None, posts[2]]
    untouched = fresh()
    untouched.mentions.add(posts[2:])
    assert told_of(stores) == told_of(untouched), "as if only the other had ever been stored"
    assert stores.mentions.erase_posts(["one", "two"]) == 0
    assert stores.mentions.erase_posts([]) == 0


def test_an_erased_post_may_come_again_with_other_words(stores, posts, mention) -> None:
    stores.mentions.add(posts)
    stores.mentions.erase_posts(["one"])
    again = mention("one", text="mended words")
    assert stores.mentions.add([again]).created == 1
    assert stores.mentions.get("one") == again
    assert len(stores.mentions.search("mended")) == 1


def test_many_posts_go_at_once(stores, mention) -> None:
    stores.mentions.add(mention(f"m{n}", n) for n in range(2300))
    assert stores.mentions.erase_posts([f"m{n}" for n in range(2300) if n % 2]) == 1150
    assert stores.mentions.total() == 1150


@pytest.mark.parametrize("stage", PLACES)
def test_records_leave_a_batch_by_their_id_alone(batches, stage) -> None:
    records = [item("1"), item("2", '"id":"1"'), item("3")]
    batches.write(stage, ID, records)
    assert batches.strike_posts(stage, ID, {"1", "9"}) == 1
    assert list(batches.read(stage, ID, RawItem)) == records[1:]
    assert batches.strike_posts(stage, ID, {"1"}) == 0
    assert batches.strike_posts(stage, ID, {"2", "3"}) == 2
    assert batches.pending(stage) == ((ID,) if stage is Stage.ENRICHED else ())
    assert batches.strike_posts(stage, "20261122T204500Z-none-ab12", {"1"}) == 0


def test_a_record_that_does_not_decode_stays(batches) -> None:
    batches.write(Stage.RAW, ID, [{"id": 7}, ["1"], {"id": "1", "odd": True}])
    assert batches.strike_posts(Stage.RAW, ID, {"1", "7"}) == 1


def test_a_post_leaves_every_place_at_once(stores, batches, posts) -> None:
    for stage in PLACES:
        batches.write(stage, ID.replace("ab12", stage.value), [item("one"), item("three")])
    stores.mentions.add(posts)
    stores.quarantine.put([refused_item(Rejection(posts[0], "too long"), NOON)])
    found = erase_posts(["one"], batches=batches, mentions=stores.mentions, quarantine=stores.quarantine)
    assert {place: n for place, n in found.items() if n} == {
        "raw": 1,
        "enriched": 1,
        "archive": 1,
        "mentions": 1,
        "quarantine": 1,
    }
    assert stores.quarantine.all() == ()
    again = erase_posts(["one"], batches=batches, mentions=stores.mentions, quarantine=stores.quarantine)
    assert not any(again.values())


def test_batches_of_before_are_not_looked_into(stores, batches) -> None:
    for name in (OLD, ID):
        batches.write(Stage.ARCHIVE, name, [item("one"), item("two")])
    since = NOON - timedelta(minutes=31)
    assert erase_posts(["one"], batches=batches, mentions=stores.mentions, since=since)["archive"] == 1
    assert [one.id for one in batches.read(Stage.ARCHIVE, OLD, RawItem)] == ["one", "two"]


def test_posts_kept_are_found_in_the_store_and_in_batches_of_their_sources(stores, batches, mention) -> None:
    stores.mentions.add([mention("a", url=LINK + "11"), mention("b", url="https://e.org/12")])
    batches.write(Stage.ARCHIVE, ID, [item("13"), {"odd": 1}, item("14")])
    batches.write(Stage.RAW, ID.replace("ab12", "ef56"), [item("15")])
    batches.write(Stage.RAW, ID.replace("mine", "feed"), [item("16")])
    found = stored_posts(name_of, ["mine"], batches=batches, mentions=stores.mentions)
    assert found == {"11": "a", "13": "13", "14": "14", "15": "15"}
