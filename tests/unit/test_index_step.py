"""The index room: every mention counted once, nothing settled before it is stored, one failure alone."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tocsin.adapters.batches import FsspecBatches
from tocsin.adapters.sqlite import open_sqlite
from tocsin.errors import PermanentError, TransientError
from tocsin.index.quarantined import mention_in
from tocsin.index.step import index_batches
from tocsin.model import Added, Mention, Stage, Tone

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def mention(mention_id: str, **said: object) -> Mention:
    fields = {
        "source_id": "news",
        "network": "web",
        "url": "",
        "title": "Title",
        "text": f"text of {mention_id}",
        "author": "ann",
        "published_at": NOW,
        "discovered_at": NOW,
        "language": "en",
        "brands": ("tonic",),
        "tone": Tone.NEGATIVE,
        "compound": -0.5,
        "story_id": "s",
    }
    return Mention(id=mention_id, **(fields | said))


def unreadable(mention_id: str) -> dict[str, object]:
    return msgspec.to_builtins(mention(mention_id)) | {"tone": "furious"}


@pytest.fixture
def stores():
    with open_sqlite(":memory:") as stores:
        yield stores


@pytest.fixture
def batches() -> FsspecBatches:
    return FsspecBatches(f"memory://{uuid4().hex}")


def put(batches, batch_id: str, records) -> None:
    batches.write(Stage.RAW, batch_id, [])
    batches.write(Stage.ENRICHED, batch_id, records)


def index(batches, stores, *batch_ids: str, mentions=None):
    return index_batches(
        batch_ids,
        batches=batches,
        mentions=mentions or stores.mentions,
        quarantine=stores.quarantine,
        reports=stores.reports,
        erasures=stores.erasures,
        now=NOW,
    )


def counts(reports) -> list[dict[str, int]]:
    return [dict(report.counts) for report in reports]


class AwayAfter:
    """A store that goes away after some batches."""

    def __init__(self, mentions, batches: int) -> None:
        self.mentions = mentions
        self.left = batches

    def add(self, coming) -> Added:
        if not self.left:
            raise TransientError("the store is away")
        self.left -= 1
        return self.mentions.add(coming)


class Damaged:
    """Batches of which some cannot be read to the end."""

    def __init__(self, batches, damaged: dict[str, Exception]) -> None:
        self.batches = batches
        self.damaged = damaged
        self.pending, self.settle = batches.pending, batches.settle

    def read(self, stage, batch_id, kind):
        yield from self.batches.read(stage, batch_id, kind)
        if batch_id in self.damaged:
            raise self.damaged[batch_id]


def test_mentions_are_stored_and_the_batch_is_settled(batches, stores) -> None:
    put(batches, "b1", [mention("a"), mention("b"), mention("a", text="edited")])
    put(batches, "b2", [mention("b", text="met elsewhere"), mention("c")])
    reports = index(batches, stores, "b2", "b1")
    assert [(report.step, report.key, report.at, report.came_in) for report in reports] == [
        ("index", "b2", NOW, 2),
        ("index", "b1", NOW, 3),
    ]
    assert counts(reports) == [
        {"created": 2, "duplicate": 0, "rejected": 0},
        {"created": 1, "duplicate": 2, "rejected": 0},
    ]
    assert stores.mentions.total() == 3
    assert batches.pending(Stage.ENRICHED) == batches.pending(Stage.RAW) == ()


def test_an_empty_batch_is_settled(batches, stores) -> None:
    put(batches, "b1", [])
    assert [report.came_in for report in index(batches, stores, "b1")] == [0]
    assert batches.pending(Stage.ENRICHED) == ()


def test_running_twice_changes_nothing_and_reports_nothing(batches, stores) -> None:
    put(batches, "b1", [mention("a")])
    index(batches, stores, "b1", "b1")
    assert index(batches, stores, "b1") == ()
    assert stores.mentions.total() == 1
    assert stores.quarantine.all() == ()


def test_a_batch_that_nobody_knows_gives_no_report(batches, stores) -> None:
    put(batches, "b1", [mention("a")])
    assert [report.key for report in index(batches, stores, "unknown", "b1")] == ["b1"]
    assert batches.pending(Stage.ENRICHED) == ()


def test_refused_mentions_go_to_quarantine_with_their_reason(batches, stores) -> None:
    put(
        batches,
        "b1",
        [mention("a"), mention("", text="<b>" * 200), mention("", text="other"), mention("x", compound=-2.0)],
    )
    assert counts(index(batches, stores, "b1")) == [{"created": 1, "duplicate": 0, "rejected": 3}]
    bad = stores.quarantine.all()
    assert len(bad) == 3
    assert {(item.step, item.source_id, item.at) for item in bad} == {("index", "news", NOW)}
    assert sorted(item.reason for item in bad) == ["compound -2.0 is not in [-1, 1]", "no id", "no id"]
    assert max(len(item.excerpt) for item in bad) == 200
    put(batches, "b2", [mention("", text="other")])
    index(batches, stores, "b2")
    assert len(stores.quarantine.all()) == 3


def test_a_record_that_does_not_decode_does_not_hide_the_others(batches, stores) -> None:
    put(batches, "b1", [mention("a"), unreadable("b"), unreadable("c"), mention("d")])
    assert counts(index(batches, stores, "b1")) == [{"created": 2, "duplicate": 0, "rejected": 2}]
    bad = stores.quarantine.all()
    assert [item.id for item in bad] == ["index-b1-1", "index-b1-2"]
    assert all("b1" in item.reason and "tone" in item.reason for item in bad)
    assert batches.pending(Stage.ENRICHED) == ()


def test_a_damaged_batch_keeps_waiting_and_the_others_go_on(batches, stores) -> None:
    for batch_id in ("b1", "b2", "b3"):
        put(batches, batch_id, [mention(batch_id)])
    faults = {"b1": PermanentError("cut short"), "b2": TransientError("the disk is away")}
    reports = index(Damaged(batches, faults), stores, "b1", "b2", "b3")
    assert counts(reports) == [{"waiting": 1}, {"waiting": 1}, {"created": 1, "duplicate": 0, "rejected": 0}]
    assert batches.pending(Stage.ENRICHED) == ("b1", "b2")
    (bad,) = stores.quarantine.all()
    assert bad.id == "index-b1"
    assert "cut short" in bad.reason
    # What the broken-off run stored of these batches is theirs.
    assert counts(index(batches, stores, "b1", "b2")) == [{"created": 1, "duplicate": 0, "rejected": 0}] * 2
    assert batches.pending(Stage.ENRICHED) == ()


class QuickerTwin:
    """A store during whose first work another process indexes everything that waits."""

    def __init__(self, batches, stores) -> None:
        self.batches, self.stores, self.left = batches, stores, 1

    def add(self, coming) -> Added:
        if self.left:
            self.left = 0
            index(self.batches, self.stores, *self.batches.pending(Stage.ENRICHED))
        return self.stores.mentions.add(coming)


def test_what_another_process_indexed_meanwhile_keeps_its_report(batches, stores) -> None:
    for batch_id in ("b1", "b2", "b3"):
        put(batches, batch_id, [mention(batch_id)])
    reports = index(batches, stores, "b1", "b2", "b3", mentions=QuickerTwin(batches, stores))
    assert reports == ()
    assert stores.quarantine.all() == ()
    assert stores.reports.totals() == {"index": {"came_in": 3, "created": 3, "duplicate": 0, "rejected": 0}}


def test_a_store_that_is_away_from_the_start_is_told(batches, stores) -> None:
    put(batches, "b1", [mention("a")])
    with pytest.raises(TransientError):
        index(batches, stores, "b1", mentions=AwayAfter(stores.mentions, 0))
    assert batches.pending(Stage.ENRICHED) == ("b1",)


def test_a_store_that_goes_away_keeps_what_was_done(batches, stores) -> None:
    for batch_id in ("b1", "b2", "b3"):
        put(batches, batch_id, [mention(batch_id)])
    reports = index(batches, stores, "b1", "b2", "b3", mentions=AwayAfter(stores.mentions, 1))
    assert [report.key for report in reports] == ["b1", "b2", "b3"]
    assert counts(reports) == [{"created": 1, "duplicate": 0, "rejected": 0}, {"waiting": 1}, {"waiting": 1}]
    assert batches.pending(Stage.ENRICHED) == ("b2", "b3")


def test_a_later_run_replaces_the_report_of_a_batch_that_waited(batches, stores) -> None:
    for batch_id in ("b1", "b2"):
        put(batches, batch_id, [mention(batch_id)])
    for mentions in (AwayAfter(stores.mentions, 1), stores.mentions):
        index(batches, stores, "b1", "b2", mentions=mentions)
    assert stores.reports.totals() == {"index": {"came_in": 2, "created": 2, "duplicate": 0, "rejected": 0}}


records = st.lists(
    st.tuples(st.sampled_from(["", *"abcdef"]), st.sampled_from(["good", "refused", "unreadable"])), max_size=12
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lots=st.lists(records, max_size=4))
def test_counts_add_up_and_twice_is_once(lots) -> None:
    batches = FsspecBatches(f"memory://{uuid4().hex}")
    makers = {
        "good": lambda i, n: mention(i, discovered_at=NOW + timedelta(minutes=n)),
        "refused": lambda i, n: mention(i, compound=7.0),
        "unreadable": lambda i, n: unreadable(i),
    }
    with open_sqlite(":memory:") as stores:
        for number, lot in enumerate(lots):
            put(batches, f"b{number}", [makers[kind](i, number) for i, kind in lot])
        ids = [f"b{number}" for number in range(len(lots))]
        reports = index(batches, stores, *ids)
        assert [report.came_in for report in reports] == [len(lot) for lot in lots]
        good = {i for lot in lots for i, kind in lot if kind == "good" and i}
        assert sum(report.counts["created"] for report in reports) == stores.mentions.total() == len(good)
        before = stores.quarantine.all()
        for number, lot in enumerate(lots):
            put(batches, f"b{number}", [makers[kind](i, number) for i, kind in lot])
        again = index(batches, stores, *ids)
        assert sum(report.counts["created"] for report in again) >= len(good)
        assert stores.mentions.total() == len(good)
        assert [r.counts["rejected"] for r in again] == [r.counts["rejected"] for r in reports]
        assert stores.quarantine.all() == before


def test_a_refused_mention_is_kept_as_it_was_so_that_it_can_be_tried_again(batches, stores) -> None:
    odd = mention("x", compound=-2.0, text="L’été 😡\n")
    put(batches, "b1", [mention("a"), odd])
    index(batches, stores, "b1")
    (bad,) = stores.quarantine.all()
    assert mention_in(bad) == odd


def test_who_is_to_be_forgotten_is_left_out_and_counted(batches, stores) -> None:
    stores.erasures.add("eve", NOW)
    put(batches, "b1", [mention("a"), mention("b", author="eve"), mention("c", author="eve", compound=9.0)])
    put(batches, "b2", [mention("d", author="eve")])
    assert counts(index(batches, stores, "b1", "b2")) == [
        {"created": 1, "duplicate": 0, "rejected": 0, "erased": 2},
        {"created": 0, "duplicate": 0, "rejected": 0, "erased": 1},
    ]
    assert stores.mentions.total() == 1
    assert stores.quarantine.all() == ()


def test_what_a_killed_run_had_stored_before_the_refusal_goes(batches, stores) -> None:
    put(batches, "b1", [mention("a"), mention("b", author="eve")])
    stores.mentions.add([mention("b", author="eve")])  # As a run that was killed before it settled.
    stores.erasures.add("eve", NOW)
    index(batches, stores, "b1")
    assert stores.mentions.by_author("eve") == 0
    assert stores.mentions.total() == 1


class RefusedMeanwhile:
    """A store during whose work two authors are erased, one after the other, sweep and all."""

    def __init__(self, stores, *authors: str) -> None:
        self.stores, self.authors = stores, list(authors)
        self.erase = stores.mentions.erase

    def add(self, coming) -> Added:
        mentions = list(coming)
        if self.authors:
            author = self.authors.pop(0)
            self.stores.erasures.add(author, NOW)
            self.stores.mentions.erase(author)
        return self.stores.mentions.add(mentions)


def test_who_is_refused_while_a_batch_is_stored_does_not_come_back(batches, stores) -> None:
    put(batches, "b1", [mention("a"), mention("b", author="eve"), mention("c", author="bob", compound=9.0)])
    reports = index(batches, stores, "b1", mentions=RefusedMeanwhile(stores, "eve", "bob"))
    assert counts(reports) == [{"created": 1, "duplicate": 0, "rejected": 0, "erased": 2}]
    assert [stores.mentions.by_author(author) for author in ("ann", "eve", "bob")] == [1, 0, 0]
    assert stores.quarantine.all() == ()
