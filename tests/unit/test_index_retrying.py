"""The way back from quarantine: each item counted once, dropped only when the store holds it, once."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.adapters.sqlite import SqliteStores, open_sqlite
from tocsin.errors import TransientError
from tocsin.index.quarantined import refused_item
from tocsin.index.retrying import LOT, SHOWN, Retried, retry_items
from tocsin.model import Added, BadItem, Mention, Rejection, Tone

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=2)


def mention(mention_id: str, text: str = "text", **said: object) -> Mention:
    fields = {
        "source_id": "news",
        "network": "web",
        "url": "",
        "title": "",
        "text": text,
        "author": "ann",
        "published_at": NOON,
        "discovered_at": NOON,
        "language": "en",
        "brands": ("tonic",),
        "tone": Tone.NEGATIVE,
        "compound": -0.5,
        "story_id": "s",
    }
    return Mention(id=mention_id, **(fields | said))


def item(refused: Mention, reason: str = "the disk was full") -> BadItem:
    return refused_item(Rejection(refused, reason), NOON)


@pytest.fixture
def stores() -> Iterator[SqliteStores]:
    with open_sqlite(":memory:") as opened:
        yield opened


def retry(stores: SqliteStores, mentions=None, items=None) -> Retried:
    return retry_items(
        stores.quarantine.stream() if items is None else items,
        mentions=mentions or stores.mentions,
        quarantine=stores.quarantine,
        reports=stores.reports,
        erasures=stores.erasures,
        now=LATER,
    )


def test_each_item_is_counted_once_and_what_the_store_holds_leaves_quarantine(stores) -> None:
    stores.mentions.add([mention("same"), mention("held", "as it is held")])
    stores.erasures.add("eve", NOON)
    unread = BadItem("collect-1", "collect", "news", "no date", "x", NOON)
    stores.quarantine.put(
        [
            item(mention("new")),
            item(mention("same")),
            item(mention("held", "met another way")),
            item(mention("", "no id")),
            item(mention("by-eve", author="eve")),
            unread,
        ]
    )
    retried = retry(stores)
    assert retried.counts == {"created": 2, "duplicate": 1, "rejected": 1, "erased": 1, "no_record": 1}
    assert stores.mentions.get("new") == mention("new")
    assert stores.mentions.get("by-eve") is None
    again = item(mention("", "no id"), reason="no id")
    assert set(stores.quarantine.all()) == set(retried.left) == {again, unread}
    assert stores.reports.totals() == {
        "retry": {"came_in": 5, "created": 2, "duplicate": 1, "rejected": 1, "erased": 1}
    }


def test_twice_is_once(stores) -> None:
    stores.quarantine.put([item(mention("a")), item(mention("", "odd"))])
    retry(stores)
    before = stores.quarantine.all()
    assert retry(stores).counts == {"rejected": 1}
    assert stores.quarantine.all() == before
    assert stores.mentions.total() == 1


class AwayAfter:
    """A store that takes some lots and is gone."""

    def __init__(self, mentions, lots: int) -> None:
        self.mentions, self.left = mentions, lots

    def add(self, coming) -> Added:
        if not self.left:
            raise TransientError("the store is away")
        self.left -= 1
        return self.mentions.add(coming)


def test_nothing_leaves_quarantine_that_the_store_did_not_confirm(stores) -> None:
    stores.quarantine.put(item(mention(f"m{n:04}")) for n in range(2 * LOT + 50))
    with pytest.raises(TransientError):
        retry(stores, AwayAfter(stores.mentions, 1))
    assert stores.mentions.total() == LOT
    assert len(stores.quarantine.all()) == LOT + 50
    assert retry(stores).counts == {"created": LOT + 50}
    assert stores.mentions.total() == 2 * LOT + 50
    assert stores.quarantine.all() == ()


def test_what_stays_is_told_up_to_a_number(stores) -> None:
    stores.quarantine.put(item(mention("", str(n))) for n in range(SHOWN + 5))
    retried = retry(stores)
    assert retried.counts == {"rejected": SHOWN + 5}
    assert len(retried.left) == SHOWN


def test_long_records_go_in_small_lots(stores) -> None:
    stores.quarantine.put(item(mention(f"m{n}", "x" * 1_000_000)) for n in range(12))
    lots = []

    class Counting:
        def add(self, coming) -> Added:
            taken = list(coming)
            lots.append(len(taken))
            return stores.mentions.add(taken)

    retry(stores, Counting())
    assert sum(lots) == 12
    assert max(lots) < 12


kinds = st.sampled_from(["good", "held", "odd", "erased", "none"])


@settings(max_examples=40)
@given(asked=st.lists(kinds, max_size=30))
def test_counts_add_up_whatever_is_asked(asked) -> None:
    with open_sqlite(":memory:") as stores:
        stores.erasures.add("eve", NOON)
        makers = {
            "good": lambda n: item(mention(f"m{n}")),
            "held": lambda n: item(mention("held", f"other {n}")),
            "odd": lambda n: item(mention("", f"odd {n}")),
            "erased": lambda n: item(mention(f"m{n}", author="eve")),
            "none": lambda n: BadItem(f"n{n}", "collect", "news", "no date", "", NOON),
        }
        stores.mentions.add([mention("held")])
        stores.quarantine.put(makers[kind](n) for n, kind in enumerate(asked))
        retried = retry(stores)
        assert sum(retried.counts.values()) == len(asked)
        names = {"good": "created", "held": "duplicate", "odd": "rejected", "erased": "erased", "none": "no_record"}
        assert retried.counts == {name: n for kind, name in names.items() if (n := asked.count(kind))}
        assert stores.mentions.total() == 1 + asked.count("good")
        assert len(stores.quarantine.all()) == asked.count("odd") + asked.count("none")
