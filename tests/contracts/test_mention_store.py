"""What MentionStore promises, sentence by sentence, on every kind of store."""

import math
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from threading import Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tocsin.errors import BadItemError
from tocsin.model import Added, BucketCounts, Counts, Entity, Harm, Judgement, Reach, StoryStart, Tier, Tone, Window

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = Window(NOON, NOON + timedelta(hours=1))
ALWAYS = Window(datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC))

many_examples = settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])

DAMNED = Judgement("tonic", Tone.NEGATIVE, -0.75, Harm.HARMFUL, 0.75, ("honte", "scandale"))
PRAISED = Judgement("soda", Tone.POSITIVE, 0.5, Harm.NONE, 0.0)


def test_a_mention_reads_back_equal(stores, mention) -> None:
    given_one = mention(
        "a",
        title="L’été, « vraiment »",
        text='line\none "two" \x00 \u2028 😡',
        published_at=datetime(2026, 11, 22, 13, 0, 0, 123456, tzinfo=timezone(timedelta(hours=1))),
        brands=("tonic", "soda"),
        entities=(Entity("Paris", "LOC", 0, 5),),
        compound=-0.123456789,
        tier=Tier.PRESS,
        audience=125_000,
        judgements=(DAMNED, PRAISED),
    )
    assert stores.mentions.add([given_one]) == Added(created=1)
    assert stores.mentions.get("a") == given_one
    assert stores.mentions.get("b") is None
    assert stores.mentions.first_at() == datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC)


def test_an_empty_store_says_so(stores) -> None:
    assert stores.mentions.total() == 0
    assert stores.mentions.first_at() is None
    assert stores.mentions.add([]) == Added()
    assert list(stores.mentions.story_starts(ALWAYS, ["tonic"])) == []
    assert list(stores.mentions.buckets(ALWAYS, ["tonic"])) == []
    assert stores.mentions.counts(ALWAYS, ["tonic"]) == {"tonic": Counts()}
    assert stores.mentions.top_stories("tonic", ALWAYS, 3) == ()
    assert list(stores.mentions.story_origins(ALWAYS)) == []


def test_a_second_mention_of_an_id_changes_nothing(stores, mention) -> None:
    stores.mentions.add([mention("a")])
    again = mention("a", minutes=5, text="other words", brands=("soda",), story_id="x")
    assert stores.mentions.add([again, again, mention("b")]) == Added(created=1, duplicate=2)
    assert stores.mentions.get("a") == mention("a")
    assert stores.mentions.counts(ALWAYS, ["tonic", "soda"]) == {"tonic": Counts(2, 2, 2, 2), "soda": Counts()}
    assert stores.mentions.search("other") == ()


BROKEN = {
    "half a surrogate pair": {"text": "a\ud800b"},
    "not a number": {"compound": math.nan},
    "too negative": {"compound": -1.5},
    "a time without its zone": {"published_at": datetime(2026, 11, 22)},  # noqa: DTZ001 - the broken case
    "a discovery without its zone": {"discovered_at": datetime(2026, 11, 22)},  # noqa: DTZ001 - the broken case
    "no story": {"story_id": ""},
    "a list where a tuple belongs": {"brands": ["tonic"]},
    "a valence of no number": {"judgements": (replace(DAMNED, compound=math.nan),)},
    "a score of more than all": {"judgements": (replace(DAMNED, score=1.5),)},
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_what_cannot_be_stored_is_rejected_and_the_rest_goes_in(stores, mention, broken) -> None:
    bad = mention("bad", **broken)
    added = stores.mentions.add([mention("a"), bad, mention("b"), mention("a")])
    assert (added.created, added.duplicate) == (2, 1)
    (rejection,) = added.rejected
    assert rejection.mention is bad
    assert rejection.reason
    assert stores.mentions.total() == 2


def test_a_mention_without_id_is_rejected(stores, mention) -> None:
    assert [r.reason for r in stores.mentions.add([mention("")]).rejected] == ["no id"]


def test_a_batch_stored_again_after_a_crash_is_told_from_a_post_met_twice(stores, mention) -> None:
    stores.mentions.add([mention("a"), mention("b")])
    again = stores.mentions.add([mention("a"), mention("b", minutes=1), mention("c"), mention("c")])
    assert again == Added(created=1, unchanged=1, duplicate=2)


def test_what_is_held_and_comes_twice_in_one_call_is_one_try_and_one_repeat(stores, mention) -> None:
    stores.mentions.add([mention("a")])
    assert stores.mentions.add([mention("a"), mention("a"), mention("a")]) == Added(unchanged=1, duplicate=2)


def test_more_than_one_transaction_goes_in_from_a_stream(stores, mention) -> None:
    added = stores.mentions.add(mention(f"m{n % 1200}") for n in range(1300))
    assert added == Added(created=1200, duplicate=100)
    assert stores.mentions.total() == 1200


def test_a_stream_that_breaks_leaves_a_store_that_works(stores, mention) -> None:
    def breaking():
        yield mention("a")
        raise BadItemError("the rest cannot be read")

    with pytest.raises(BadItemError):
        stores.mentions.add(breaking())
    stores.mentions.add([mention("a"), mention("b")])
    assert stores.mentions.total() == 2


def test_windows_are_half_open(stores, mention) -> None:
    tick = timedelta(microseconds=1)
    times = {"before": HOUR.start - tick, "start": HOUR.start, "last": HOUR.end - tick, "end": HOUR.end}
    stores.mentions.add([mention(name, published_at=at) for name, at in times.items()])
    assert [start.story_id for start in stores.mentions.story_starts(HOUR, ["tonic"])] == ["last", "start"]
    assert stores.mentions.counts(HOUR, ["tonic"])["tonic"].mentions == 2
    assert {story.story_id for story in stores.mentions.top_stories("tonic", HOUR, 9)} == {"last", "start"}
    assert [origin.story_id for origin in stores.mentions.story_origins(HOUR)] == ["start", "last"]
    assert stores.mentions.counts(Window(NOON, NOON), ["tonic"]) == {"tonic": Counts()}


def test_story_starts_are_the_first_negative_moments(stores, mention) -> None:
    stores.mentions.add(
        [
            mention("praise", minutes=1, story_id="s", tone=Tone.POSITIVE, compound=0.5),
            mention("later", minutes=9, story_id="s"),
            mention("first", minutes=4, story_id="s"),
            mention("both", minutes=2, story_id="r", brands=("tonic", "soda")),
            mention("other", minutes=2, story_id="q", brands=("water",)),
        ]
    )
    assert list(stores.mentions.story_starts(HOUR, ["tonic", "soda", "tonic"])) == [
        StoryStart("soda", "r", NOON + timedelta(minutes=2)),
        StoryStart("tonic", "r", NOON + timedelta(minutes=2)),
        StoryStart("tonic", "s", NOON + timedelta(minutes=4)),
    ]


def test_counts_tell_mentions_negatives_stories_and_authors(stores, mention) -> None:
    stores.mentions.add(
        [
            mention("a", story_id="s", author="ann"),
            mention("b", story_id="s", author="bob"),
            mention("c", story_id="t", author="bob", brands=("tonic", "soda")),
            mention("d", tone=Tone.NEUTRAL, compound=0.0, author="dan"),
            mention("e", tone=Tone.UNKNOWN, compound=0.0, author="eve"),
            mention("f", brands=()),
        ]
    )
    assert stores.mentions.counts(HOUR, ["tonic", "soda", "water"]) == {
        "tonic": Counts(mentions=5, negatives=3, stories=2, authors=2),
        "soda": Counts(mentions=1, negatives=1, stories=1, authors=1),
        "water": Counts(),
    }


def test_buckets_tell_negatives_stories_and_authors_by_brand_then_time(stores, mention) -> None:
    stores.mentions.add(
        [
            mention("a", minutes=1, story_id="s", author="ann"),
            mention("b", minutes=4.9, story_id="s", author="ann"),
            mention("c", minutes=5, story_id="s", author="bob", brands=("tonic", "soda")),
            mention("praise", minutes=1, tone=Tone.POSITIVE, compound=0.5),
            mention("other", minutes=1, brands=("water",)),
            mention("long ago", published_at=datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ]
    )
    five, last = NOON + timedelta(minutes=5), datetime(1969, 12, 31, 23, 55, tzinfo=UTC)
    told = list(stores.mentions.buckets(ALWAYS, ["tonic", "soda", "tonic"]))
    assert told == [
        BucketCounts("soda", five, 1, 1, 1),
        BucketCounts("tonic", last, 1, 1, 1),
        BucketCounts("tonic", NOON, 2, 1, 1),
        BucketCounts("tonic", five, 1, 1, 1),
    ]
    cut = Window(NOON + timedelta(minutes=2), NOON + timedelta(hours=2))
    hours = list(stores.mentions.buckets(cut, ["tonic"], timedelta(hours=1)))
    assert hours == [BucketCounts("tonic", NOON, 2, 1, 2)], (
        "a bucket's name is its start, also where the window cuts it"
    )


def test_what_harms_one_brand_counts_for_that_one_only(stores, mention) -> None:
    both = ("tonic", "soda")
    stores.mentions.add(
        [
            mention("a", brands=both, judgements=(DAMNED, PRAISED), tone=Tone.NEUTRAL, compound=0.0),
            mention("b", brands=both, judgements=(replace(DAMNED, harm=Harm.RESOLVED), PRAISED)),
            mention("stored before", brands=both),
        ]
    )
    told = {"tonic": Counts(3, 2, 2, 2), "soda": Counts(3, 1, 1, 1)}
    assert stores.mentions.counts(HOUR, both) == told
    starts = [(start.brand, start.story_id) for start in stores.mentions.story_starts(HOUR, both)]
    assert starts == [("soda", "stored before"), ("tonic", "a"), ("tonic", "stored before")]
    buckets = list(stores.mentions.buckets(HOUR, both))
    assert [(one.brand, one.negatives) for one in buckets] == [("soda", 1), ("tonic", 2)]
    assert [story.story_id for story in stores.mentions.top_stories("soda", HOUR, 9)] == ["stored before"]


def test_stories_are_ranked_by_what_they_say_of_the_brand_and_tell_the_words_that_decided_it(stores, mention) -> None:
    both = ("tonic", "soda")
    soda = Judgement("soda", Tone.NEGATIVE, -0.9, Harm.HARMFUL, 0.9, ("pire",))
    mild = replace(DAMNED, compound=-0.25, words=("dommage",))
    stores.mentions.add(
        [
            mention("worse for soda", brands=both, judgements=(mild, soda), compound=-0.9),
            mention("worse for tonic", brands=both, judgements=(DAMNED, replace(soda, compound=-0.3))),
            mention("wide", minutes=1, judgements=(DAMNED,)),
            mention("copy", minutes=2, story_id="wide", brands=both, judgements=(mild, soda)),
            mention("before", compound=-0.5),
        ]
    )
    tonic = [(s.story_id, s.copies, s.compound, s.words) for s in stores.mentions.top_stories("tonic", HOUR, 9)]
    assert tonic == [
        ("wide", 2, -0.75, ("honte", "scandale")),
        ("worse for tonic", 1, -0.75, ("honte", "scandale")),
        ("before", 1, -0.5, ()),
        ("worse for soda", 1, -0.25, ("dommage",)),
    ]
    soda_s = [(story.story_id, story.compound) for story in stores.mentions.top_stories("soda", HOUR, 2)]
    assert soda_s == [("wide", -0.9), ("worse for soda", -0.9)]


def test_a_story_tells_its_sites_its_highest_voice_and_its_largest_audience(stores, mention) -> None:
    at = {"story_id": "wide", "brands": ("tonic", "soda")}
    stores.mentions.add(
        [
            mention("a", url="https://blog.example/1", audience=900, **at),
            mention("b", url="https://news.example:8080/2", tier=Tier.PRESS, **at),
            mention("c", url="https://news.example/3", tier=Tier.LARGE, audience=125_000, **at),
            mention("d", url="", audience=0, **at),
            mention("e", url="https://third.example/", tier=Tier.REGULATOR, tone=Tone.POSITIVE, **at),
            mention("f", url="https://fourth.example/", tier=Tier.REGULATOR, minutes=90, **at),
            mention("alone", url=""),
        ]
    )
    wide, alone = stores.mentions.top_stories("tonic", HOUR, 9)
    assert wide.reach == Reach(2, Tier.PRESS, 125_000)
    assert alone.reach == Reach()


def test_a_brand_named_twice_counts_once(stores, mention) -> None:
    stores.mentions.add([mention("a", brands=("tonic", "tonic"))])
    assert stores.mentions.counts(HOUR, ["tonic"])["tonic"].mentions == 1


def test_top_stories_are_ordered_by_copies_then_harm_then_id(stores, mention) -> None:
    stores.mentions.add(
        [
            mention("late", minutes=9, story_id="wide", compound=-0.9, title="late copy"),
            mention("early", minutes=3, story_id="wide", author="author-late", title="early copy", network="x"),
            mention("harsh", compound=-0.8),
            mention("b-mild", compound=-0.2),
            mention("a-mild", compound=-0.2),
            mention("nice", story_id="harsh", tone=Tone.POSITIVE, compound=0.9),
        ]
    )
    stories = stores.mentions.top_stories("tonic", HOUR, 9)
    assert [story.story_id for story in stories] == ["wide", "harsh", "a-mild", "b-mild"]
    wide = stories[0]
    assert (wide.copies, wide.authors, wide.compound) == (2, 1, -0.9)
    assert (wide.title, wide.network, wide.url) == ("early copy", "x", "https://example.org/early")
    assert wide.first_at == NOON + timedelta(minutes=3)
    assert stories[1].copies == 1
    assert len(stores.mentions.top_stories("tonic", HOUR, 2)) == 2
    assert stores.mentions.top_stories("tonic", HOUR, 0) == ()
    assert stores.mentions.top_stories("tonic", HOUR, -1) == ()


def test_a_story_is_told_by_its_earliest_copy_inside_the_window(stores, mention) -> None:
    stores.mentions.add([mention("old", minutes=-5, story_id="s"), mention("new", minutes=5, story_id="s")])
    (story,) = stores.mentions.top_stories("tonic", HOUR, 1)
    assert (story.title, story.copies) == ("Title of new", 1)


def test_story_origins_are_the_first_copies_by_time_then_id(stores, mention) -> None:
    stores.mentions.add([mention("copy", minutes=1, story_id="b")])
    stores.mentions.add(mention(f"o{n:04}", minutes=2, brands=()) for n in reversed(range(1100)))
    stores.mentions.add([mention("b", minutes=1), mention("a", minutes=3, tone=Tone.POSITIVE, compound=0.1)])
    origins = list(stores.mentions.story_origins(HOUR))
    assert [origin.story_id for origin in origins] == ["b", *(f"o{n:04}" for n in range(1100)), "a"]
    assert (origins[0].published_at, origins[0].title) == (NOON + timedelta(minutes=1), "Title of b")
    assert origins[0].text == "Text of b"


def test_a_reader_may_write_between_two_answers(stores, mention) -> None:
    stores.mentions.add([mention("a"), mention("b", brands=("soda",))])
    seen = []
    for start in stores.mentions.story_starts(HOUR, ["tonic", "soda"]):
        stores.mentions.add([mention(f"new-{start.story_id}", brands=())])
        seen.append(start.story_id)
    assert seen == ["b", "a"]
    assert stores.mentions.total() == 4


def test_threads_share_the_stores(stores, mention) -> None:
    def work(worker: int) -> None:
        for n in range(20):
            stores.mentions.add([mention(f"m{n}"), mention(f"w{worker}-{n}")])
            stores.mentions.counts(HOUR, ["tonic"])

    threads = [Thread(target=work, args=(worker,)) for worker in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert stores.mentions.total() == 20 + 4 * 20


ids = st.sampled_from([f"m{n}" for n in range(8)])
drafts = st.lists(
    st.tuples(
        ids,
        st.integers(0, 90),
        st.sampled_from(list(Tone)),
        ids,
        st.sampled_from(["", "tonic", "soda"]),
        st.booleans(),
    ),
    max_size=20,
)


def build(mention, drafts):
    return [
        mention(i, minutes, tone=tone, story_id=story, brands=(brand,), compound=math.nan if bad else -0.5)
        for i, minutes, tone, story, brand, bad in drafts
    ]


def everything(stores):
    mentions = stores.mentions
    return (
        mentions.total(),
        mentions.first_at(),
        list(mentions.story_starts(HOUR, ["tonic", "soda"])),
        mentions.counts(HOUR, ["tonic", "soda"]),
        mentions.top_stories("tonic", HOUR, 9),
        list(mentions.story_origins(ALWAYS)),
        mentions.search("text", limit=99),
        [mentions.get(f"m{n}") for n in range(8)],
    )


@many_examples
@given(drafts=drafts)
def test_counts_add_up_and_twice_is_once(fresh, mention, drafts) -> None:
    with fresh() as stores:
        coming = build(mention, drafts)
        added = stores.mentions.add(coming)
        assert added.created + added.unchanged + added.duplicate + len(added.rejected) == len(coming)
        assert stores.mentions.total() == added.created
        once = everything(stores)
        again = stores.mentions.add(coming)
        assert (again.created, len(again.rejected)) == (0, len(added.rejected))
        assert again.unchanged >= added.created
        assert everything(stores) == once


@many_examples
@given(drafts=drafts, seed=st.integers(0, 99))
def test_order_does_not_matter(fresh, mention, drafts, seed) -> None:
    coming = list({one.id: one for one in build(mention, drafts)}.values())
    shuffled = random.Random(seed).sample(coming, len(coming))
    with fresh() as left, fresh() as right:
        left.mentions.add(coming)
        right.mentions.add(shuffled)
        assert everything(left) == everything(right)
