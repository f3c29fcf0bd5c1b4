"""The door of enrichment: what goes in is counted, what comes out is the same however it was interrupted."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.adapters.batches import FsspecBatches
from tocsin.adapters.sqlite import open_sqlite
from tocsin.enrich.step import enrich_batches
from tocsin.enrich.tagger import Tagger, build_tagger
from tocsin.errors import PermanentError, TransientError
from tocsin.model import Brand, Mention, RawItem, Report, Stage, Tone
from tocsin.ports import BatchStore, MentionStore

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
BRANDS = (Brand("bulla", "Bulla"), Brand("coca", "Coca-Cola"), Brand("united", "United"))
PLACES = count()


@cache
def tagger() -> Tagger:
    return build_tagger(BRANDS, ("fr", "en"), models={})


def item(item_id: str, text: str, minutes: int = 0, **more: object) -> RawItem:
    at = NOON + timedelta(minutes=minutes)
    return replace(RawItem(item_id, "s", "web", f"https://x.example/{item_id}", "", text, "ann", at, at), **more)


@pytest.fixture
def mentions() -> Iterator[MentionStore]:
    stores = open_sqlite(":memory:")
    yield stores.mentions
    stores.close()


def fresh_batches() -> FsspecBatches:
    return FsspecBatches(f"memory://enrich{next(PLACES)}")


def filled(given_batches: dict[str, list[RawItem]]) -> FsspecBatches:
    batches = fresh_batches()
    for batch_id, items in given_batches.items():
        batches.write(Stage.RAW, batch_id, items)
    return batches


def enrich(
    batches: BatchStore, mentions: MentionStore, *ids: str, erased: tuple[str, ...] = ()
) -> tuple[Report, ...]:
    chosen = ids or batches.pending(Stage.RAW)
    with open_sqlite(":memory:") as stores:
        for author in erased:
            stores.erasures.add(author, NOON)
        told = enrich_batches(
            chosen,
            batches=batches,
            mentions=mentions,
            reports=stores.reports,
            erasures=stores.erasures,
            tagger=tagger(),
            now=NOON,
        )
        counted = Counter()
        for report in told:
            counted.update(report.counts if "waiting" not in report.counts else {})
        kept = stores.reports.totals().get("enrich", {})
        assert {status: n for status, n in kept.items() if status not in {"came_in", "waiting"}} == dict(counted)
    return told


def enriched(batches: BatchStore) -> dict[str, list[Mention]]:
    return {i: list(batches.read(Stage.ENRICHED, i, Mention)) for i in batches.pending(Stage.ENRICHED)}


def test_says_what_there_is_to_say(mentions: MentionStore) -> None:
    raw = item("m1", "Bulla a menti : ses avis étaient faux, c'est une honte", title="Scandale chez Bulla")
    batches = filled({"b1": [raw, item("m2", "Nothing of interest here")]})
    (report,) = enrich(batches, mentions)
    (mention,) = enriched(batches)["b1"]
    assert (mention.id, mention.url, mention.author, mention.published_at) == (raw.id, raw.url, raw.author, NOON)
    assert (mention.brands, mention.language, mention.tone, mention.story_id) == (
        ("bulla",),
        "fr",
        Tone.NEGATIVE,
        "m1",
    )
    assert -1 <= mention.compound < -0.05
    assert report == Report("enrich", "b1", NOON, 2, {"matched": 1, "unmatched": 1, "unknown_language": 0, "bad": 0})


def test_each_brand_of_a_text_is_judged_by_itself(mentions: MentionStore) -> None:
    text = "Bulla lied to us, a disgrace. I love Coca-Cola, it is great!"
    batches = filled({"b1": [item("m1", text), item("m2", text, brands=("coca", "bulla"))]})
    enrich(batches, mentions)
    for mention in enriched(batches)["b1"]:
        assert tuple(judged.brand for judged in mention.judgements) == mention.brands
        assert mention.harmed == ("bulla",)


def test_a_query_knows_of_an_item_what_there_is_to_know() -> None:
    queries = {"fr": "bulla lang:fr", "web": "bulla network:web -lang:fr", "s": "bulla source:s site:example.org"}
    reader = build_tagger(
        [Brand(name, name, query=query) for name, query in queries.items()], ("fr", "en"), models={}
    )
    french = item("m1", "Bulla ne répond plus depuis hier matin", network="mastodon")
    english = item("m2", "Bulla has not answered since yesterday", url="https://blog.example.org/2")
    short = item("m3", "Bulla !", language="fr-FR", network="mastodon")
    assert [tags.brands for tags in reader.tag([french, english, short])] == [("fr",), ("web", "s"), ("fr",)]


def test_a_brand_is_no_praise_of_itself(mentions: MentionStore) -> None:
    batches = filled({"b1": [item("m1", "United flies from here to Boston on Monday")]})
    enrich(batches, mentions)
    assert enriched(batches)["b1"][0].tone is Tone.NEUTRAL


def test_an_unknown_language_is_kept_and_counted(mentions: MentionStore) -> None:
    batches = filled(
        {
            "b1": [
                item("es", "La nueva bebida de Bulla es una vergüenza para todos los clientes"),
                item("lol", "Bulla lol"),
            ]
        }
    )
    (report,) = enrich(batches, mentions)
    assert report.counts == {"matched": 0, "unmatched": 0, "unknown_language": 2, "bad": 0}
    assert [(m.language, m.tone, m.compound) for m in enriched(batches)["b1"]] == [("und", Tone.UNKNOWN, 0.0)] * 2


def test_what_the_source_says_wins(mentions: MentionStore) -> None:
    batches = filled(
        {
            "b1": [
                item("a", "the bottle leaks, I hate it", brands=("coca", "nobody we watch", "coca")),
                item("b", "I hate Bulla", brands=()),
                item("c", "Bulla nul", language="fr-FR"),
            ]
        }
    )
    enrich(batches, mentions)
    said = [(m.id, m.brands, m.language, m.tone) for m in enriched(batches)["b1"]]
    assert said == [("a", ("coca",), "en", Tone.NEGATIVE), ("c", ("bulla",), "fr", Tone.NEGATIVE)]


def test_an_empty_batch_is_done_too(mentions: MentionStore) -> None:
    batches = filled({"b1": []})
    assert enrich(batches, mentions)[0].came_in == 0
    assert batches.pending(Stage.RAW) == ()


def test_the_earliest_text_names_the_story_whatever_the_order(mentions: MentionStore) -> None:
    text = "Bulla paid an agency to post fake comments about its lemonade"
    batches = filled({"b1": [item("late", text, 9), item("early", f"RT {text}", 1)], "b2": [item("later", text, 20)]})
    enrich(batches, mentions)
    found = enriched(batches)
    assert [(m.id, m.story_id) for m in found["b1"]] == [("late", "early"), ("early", "early")]
    assert [m.story_id for m in found["b2"]] == ["early"]


def test_stories_of_the_store_are_known(mentions: MentionStore) -> None:
    text = "Bulla paid an agency to post fake comments about its lemonade"
    batches = filled({"b1": [item("old", text)]})
    enrich(batches, mentions)
    mentions.add(enriched(batches)["b1"])
    batches.settle("b1")
    batches.write(Stage.RAW, "b2", [item("new", text, 70 * 60), item("too late", text, 73 * 60)])
    enrich(batches, mentions)
    assert [m.story_id for m in enriched(batches)["b2"]] == ["old", "too late"]


def test_a_record_that_does_not_decode_stops_nothing(mentions: MentionStore) -> None:
    batches = fresh_batches()
    batches.write(Stage.RAW, "b1", [{"id": "not an item"}, item("m1", "I hate Bulla"), ["neither"]])
    batches.write(Stage.RAW, "b2", [item("m2", "I love Bulla")])
    first, second = enrich(batches, mentions)
    assert (first.came_in, first.counts["bad"]) == (3, 2)
    assert [m.id for m in enriched(batches)["b1"]] == ["m1"]
    assert second.came_in == 1


class Damaged(FsspecBatches):
    """A real store in which one batch cannot be read to its end, or that goes away before one is written."""

    damaged = ""
    away_at = ""

    def read(self, stage, batch_id, kind):
        yield from super().read(stage, batch_id, kind)
        if batch_id == self.damaged:
            raise PermanentError("cut short")

    def write(self, stage, batch_id, records):
        if batch_id == self.away_at and stage is Stage.ENRICHED:
            raise TransientError("disk away")
        return super().write(stage, batch_id, records)


def test_a_damaged_batch_keeps_waiting_and_stops_no_other(mentions: MentionStore) -> None:
    batches = Damaged(f"memory://enrich{next(PLACES)}")
    batches.damaged = "b2"
    for batch_id in ("b1", "b2", "b3"):
        batches.write(Stage.RAW, batch_id, [item(batch_id, "I hate Bulla")])
    reports = enrich(batches, mentions)
    assert [(r.key, r.counts.get("waiting", 0)) for r in reports] == [("b1", 0), ("b2", 1), ("b3", 0)]
    assert batches.pending(Stage.RAW) == ("b2",)


def test_what_was_done_before_the_store_went_away_is_told(mentions: MentionStore) -> None:
    batches = Damaged(f"memory://enrich{next(PLACES)}")
    for batch_id in ("b1", "b2", "b3"):
        batches.write(Stage.RAW, batch_id, [item(batch_id, "I hate Bulla")])
    batches.away_at = "b2"
    reports = enrich(batches, mentions, "b1", "b2", "b3", "b4 was never written")
    assert [(r.key, r.counts.get("waiting", 0)) for r in reports] == [("b1", 0), ("b2", 1), ("b3", 1)]
    batches.away_at = "b1"
    with pytest.raises(TransientError):
        enrich(batches, mentions, "b1", "b2")


def test_a_batch_that_is_raw_no_more_gives_no_report(mentions: MentionStore) -> None:
    batches = filled({"b1": [item("m1", "I hate Bulla")]})
    enrich(batches, mentions)
    batches.drop(Stage.RAW, "b1")  # killed while it was settled
    assert enrich(batches, mentions, "b1") == ()
    batches.settle("b1")
    assert enrich(batches, mentions, "b1", "never written") == ()


STORM = "Bulla paid an agency to post fake comments about its lemonade"
SAID = (
    STORM,
    f"RT @news: {STORM}",
    f"{STORM} https://x.example",
    STORM.replace("lemonade", "tea"),
    "Coca-Cola rappelle des lots, quelle honte pour la marque",
    "Coca-Cola rappelle des lots, quelle honte pour le groupe",
    "@bulla lol",
    "nothing of interest here",
    "",
)
DRAWN = st.lists(st.lists(st.tuples(st.integers(0, 6000), st.sampled_from(SAID)), max_size=4), max_size=6)
Drawn = list[list[tuple[int, str]]]


def drawn_batches(drawn: Drawn) -> dict[str, list[RawItem]]:
    return {
        f"b{i}": [item(f"m{i}-{j}", text, minutes) for j, (minutes, text) in enumerate(items)]
        for i, items in enumerate(drawn)
    }


@given(DRAWN)
@settings(max_examples=40)
def test_each_item_is_counted_once_and_twice_is_once(drawn: Drawn) -> None:
    stores = open_sqlite(":memory:")
    batches = filled(drawn_batches(drawn))
    reports = enrich(batches, stores.mentions)
    assert [r.came_in for r in reports] == [len(items) for items in drawn]
    first = enriched(batches)
    assert [r.counts["matched"] + r.counts["unknown_language"] for r in reports] == [len(m) for m in first.values()]
    assert enrich(batches, stores.mentions, *first) == reports
    assert enriched(batches) == first
    stores.close()


@given(DRAWN, st.integers(0, 6), st.booleans(), st.sampled_from([1, 3, 1000]))
@settings(max_examples=40)
def test_interrupted_is_undisturbed(drawn: Drawn, done: int, indexed: bool, group: int) -> None:
    stores = open_sqlite(":memory:")
    undisturbed = filled(drawn_batches(drawn))
    enrich(undisturbed, stores.mentions)
    expected = enriched(undisturbed)

    batches = filled(drawn_batches(drawn))
    ids = batches.pending(Stage.RAW)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tocsin.enrich.step.GROUP", group)
        if ids[:done]:
            enrich(batches, stores.mentions, *ids[:done])
        kept = enriched(batches)
        if indexed:
            for batch_id, found in kept.items():
                stores.mentions.add(found)
                batches.settle(batch_id)
        assert [report.key for report in enrich(batches, stores.mentions)] == list(ids[done:])
    assert kept | enriched(batches) == expected
    stores.close()


def test_who_is_to_be_forgotten_is_struck_from_the_raw_batch_too(mentions: MentionStore) -> None:
    given = {
        "b1": [item("m1", "Bulla a menti", author="eve"), item("m2", "Bulla a menti")],
        "b2": [item("m3", "Bulla a menti, encore", author="eve")],
        "b3": [item("m4", "rien du tout", author="eve"), item("m5", "rien du tout")],
    }
    batches = filled(given)
    told = enrich(batches, mentions, erased=("eve",))
    assert [report.counts.get("erased", 0) for report in told] == [1, 1, 1]
    assert [report.came_in for report in told] == [2, 1, 2]
    assert {name: [one.id for one in found] for name, found in enriched(batches).items()} == {
        "b1": ["m2"],
        "b2": [],
        "b3": [],
    }
    for batch_id in given:
        batches.settle(batch_id)
    archived = {name: batches.read(Stage.ARCHIVE, name, RawItem) for name in batches.pending(Stage.ARCHIVE)}
    assert {name: [one.id for one in found] for name, found in archived.items()} == {"b1": ["m2"], "b3": ["m5"]}
