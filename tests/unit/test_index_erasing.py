"""A person asks to be forgotten: all places are swept, in an order that running steps cannot undo."""

from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.adapters.batches import FsspecBatches
from tocsin.adapters.sqlite import SqliteStores, open_sqlite
from tocsin.errors import PermanentError
from tocsin.index.erasing import Author, erase_author, find_author, is_theirs
from tocsin.index.quarantined import refused_item
from tocsin.index.step import index_batches
from tocsin.model import BadItem, Mention, RawItem, Rejection, Stage, Tone

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
ANN = Author("0f" * 12, "Ann Example")
PLACES = (Stage.RAW, Stage.ENRICHED, Stage.ARCHIVE)


def raw(item_id: str, author: str) -> RawItem:
    return RawItem(item_id, "news", "web", "", "", f"text {item_id}", author, NOON, NOON)


def mention(item_id: str, author: str, **said: object) -> Mention:
    item = raw(item_id, author)
    given = {
        field.name: getattr(item, field.name) for field in fields(RawItem) if field.name not in {"brands", "page"}
    }
    rest = {"language": "en", "brands": ("tonic",), "tone": Tone.NEGATIVE, "compound": -0.5, "story_id": item_id}
    return Mention(**(given | rest | said))


@pytest.fixture
def stores() -> Iterator[SqliteStores]:
    with open_sqlite(":memory:") as opened:
        yield opened


@pytest.fixture
def batches() -> FsspecBatches:
    return FsspecBatches(f"memory://{uuid4().hex}")


def fill(
    stores: SqliteStores, batches: FsspecBatches, authors: tuple[str, ...] = (ANN.pseudonym, "bob", ANN.pseudonym)
) -> None:
    """The same posts everywhere: waiting raw, waiting enriched, settled, stored, refused."""
    batches.write(Stage.RAW, "b1", [raw(f"r{n}", author) for n, author in enumerate(authors)])
    batches.write(Stage.RAW, "b2", [raw(f"e{n}", author) for n, author in enumerate(authors)])
    batches.write(Stage.ENRICHED, "b2", [mention(f"e{n}", author) for n, author in enumerate(authors)])
    batches.write(Stage.ARCHIVE, "b3", [raw(f"s{n}", author) for n, author in enumerate(authors)])
    stores.mentions.add(mention(f"s{n}", author) for n, author in enumerate(authors))
    refused = [Rejection(mention(f"q{n}", author, compound=7.0), "odd") for n, author in enumerate(authors)]
    stores.quarantine.put(refused_item(one, NOON) for one in refused)


def erase(stores, batches, author: Author = ANN, **other):
    ports = {"batches": batches, "mentions": stores.mentions, "quarantine": stores.quarantine}
    return erase_author(author, **(ports | {"erasures": stores.erasures, "now": NOON} | other))


def find(stores, batches, author: Author = ANN):
    return find_author(author, batches=batches, mentions=stores.mentions, quarantine=stores.quarantine)


def state(stores: SqliteStores, batches: FsspecBatches) -> tuple[object, ...]:
    held = {(s, i): list(batches.read(s, i, dict)) for s in Stage for i in batches.pending(s)}
    rows = stores.database.rows("SELECT body FROM mentions ORDER BY id")
    return held, rows, stores.quarantine.all(), stores.erasures.all()


def test_an_author_goes_from_everywhere_and_is_refused(stores, batches) -> None:
    fill(stores, batches)
    erased = erase(stores, batches)
    assert +erased.counts == {"raw": 4, "enriched": 2, "archive": 2, "mentions": 2, "quarantine": 2}
    assert erased.unreadable == ()
    assert stores.erasures.all() == {ANN.pseudonym}
    assert ANN.pseudonym not in str(state(stores, batches)[:3])
    assert stores.mentions.total() == len(stores.quarantine.all()) == 1
    assert [one.id for one in batches.read(Stage.RAW, "b1", RawItem)] == ["r1"]


def test_looking_counts_the_same_and_changes_nothing(stores, batches) -> None:
    fill(stores, batches)
    before = state(stores, batches)
    assert +find(stores, batches).counts == {"raw": 4, "enriched": 2, "archive": 2, "mentions": 2, "quarantine": 2}
    assert state(stores, batches) == before


def test_twice_is_once(stores, batches) -> None:
    fill(stores, batches)
    erase(stores, batches)
    before = state(stores, batches)
    assert not +erase(stores, batches).counts
    assert not +find(stores, batches).counts
    assert state(stores, batches) == before


def test_nobody_is_not_erased(stores, batches) -> None:
    fill(stores, batches, ("", ANN.pseudonym))
    before = state(stores, batches)
    with pytest.raises(PermanentError, match="empty"):
        erase(stores, batches, Author(""))
    assert state(stores, batches) == before


def test_batches_of_the_author_alone_go(stores, batches) -> None:
    fill(stores, batches, (ANN.pseudonym,))
    erase(stores, batches)
    assert [batches.pending(stage) for stage in PLACES] == [(), ("b2",), ()]
    index_batches(
        ["b2"],
        batches=batches,
        mentions=stores.mentions,
        quarantine=stores.quarantine,
        reports=stores.reports,
        erasures=stores.erasures,
        now=NOON,
    )
    assert [batches.pending(stage) for stage in PLACES] == [(), (), ()]
    assert (stores.mentions.total(), stores.quarantine.all()) == (0, ())


def test_a_damaged_batch_is_named_and_stops_nothing(stores, batches) -> None:
    fill(stores, batches)
    path = f"{batches._root}/archive/undated/b3.ndjson.zst"
    batches._files.pipe(path, batches._files.cat(path)[:-2])
    assert find(stores, batches).unreadable == ("archive/b3",)
    erased = erase(stores, batches)
    assert erased.unreadable == ("archive/b3",)
    assert +erased.counts == {"raw": 4, "enriched": 2, "mentions": 2, "quarantine": 2}


class IndexedMeanwhile:
    """A store during whose sweep another process carries on: what waits is indexed, by a Tocsin that asks nobody."""

    def __init__(self, stores, batches, rounds: int) -> None:
        self.stores, self.batches, self.rounds = stores, batches, rounds

    def erase(self, author: str) -> int:
        gone = self.stores.mentions.erase(author)
        if self.rounds:
            self.rounds -= 1
            self.stores.mentions.add([mention(f"late{self.rounds}", ANN.pseudonym)])
            self.batches.write(Stage.RAW, f"late{self.rounds}", [raw("late", ANN.pseudonym), raw("later", "bob")])
            self.batches.settle(f"late{self.rounds}")
        return gone


def test_it_sweeps_until_nothing_is_found(stores, batches) -> None:
    fill(stores, batches)
    erased = erase(stores, batches, mentions=IndexedMeanwhile(stores, batches, 3))
    assert erased.counts["mentions"] == 5
    assert erased.counts["archive"] == 5
    assert not +find(stores, batches).counts


def test_posts_that_never_end_are_an_error_and_no_endless_loop(stores, batches) -> None:
    fill(stores, batches)
    with pytest.raises(PermanentError, match="older Tocsin"):
        erase(stores, batches, mentions=IndexedMeanwhile(stores, batches, 10_000))


def bad(excerpt: str, **said: str) -> BadItem:
    return BadItem("i", "collect", "old", said.get("reason", "no time"), excerpt, NOON, said.get("record", ""))


@pytest.mark.parametrize(
    ("item", "theirs"),
    [
        (bad("7; ANN  example; a text"), True),
        (bad("7; Joann Example; a text"), False),
        (bad("7; Ann Examples; a text"), False),
        (bad("what Ann Example, of all people, said"), True),
        (bad("nothing"), False),
        (bad("", record=f'{{"author": "{ANN.pseudonym}", broken'), True),
        (refused_item(Rejection(mention("a", "bob", text="Ann Example said"), "odd"), NOON), False),
        (refused_item(Rejection(mention("a", ANN.pseudonym), "odd"), NOON), True),
    ],
)
def test_whose_an_item_in_quarantine_is(item, theirs) -> None:
    assert is_theirs(item, ANN) is theirs


def test_without_a_name_only_the_pseudonym_tells() -> None:
    assert not is_theirs(bad("7; Ann Example; a text"), Author("0e" * 12))
    assert is_theirs(bad(f"by {'0f' * 12}"), Author("0f" * 12))


def test_the_name_is_in_no_repr() -> None:
    assert "Example" not in repr(ANN)


@settings(max_examples=25)
@given(authors=st.lists(st.sampled_from([ANN.pseudonym, "bob", ""]), max_size=8))
def test_whoever_wrote_what_the_others_stay_untouched(authors) -> None:
    with open_sqlite(":memory:") as stores:
        batches = FsspecBatches(f"memory://{uuid4().hex}")
        fill(stores, batches, tuple(authors))
        found = find(stores, batches)
        erased = erase(stores, batches)
        assert +erased.counts == +found.counts
        assert ANN.pseudonym not in str(state(stores, batches)[:3])
        assert stores.mentions.total() == len(authors) - authors.count(ANN.pseudonym)
        assert len(stores.quarantine.all()) == len(authors) - authors.count(ANN.pseudonym)
