"""What the Elasticsearch store promises beyond the ports: months, stems, exact answers over pages, items refused."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from elasticsearch import Elasticsearch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tocsin.adapters.elastic import ElasticStores, adding, open_elastic
from tocsin.adapters.elastic.adding import Adding
from tocsin.adapters.sqlite import open_sqlite
from tocsin.errors import PermanentError
from tocsin.index import queries, schema
from tocsin.index.document import to_document
from tocsin.index.labels import Labels
from tocsin.model import BUCKET, Added, Counts, Harm, Judgement, Tone, Window

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
OCTOBER = NOON - timedelta(days=31)
ALWAYS = Window(datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC))
MONTH = timedelta(days=31)


@pytest.fixture
def place(elastic_place: str) -> tuple[str, str | None, str]:
    url, key, prefix = elastic_place.split(" ")
    return url, key or None, prefix


@pytest.fixture
def stores(place):
    url, key, prefix = place
    with open_elastic(url, api_key=key, prefix=prefix) as opened:
        yield opened


@pytest.fixture
def fresh_elastic(elastic_places):
    """A maker of new empty stores; what is closed serves again, emptied."""
    opened: dict[str, ElasticStores] = {}

    def make() -> ElasticStores:
        for place in [place for place, stores in opened.items() if stores.cluster.closed]:
            del opened[place]
            elastic_places.give_back(place)
        place = elastic_places.take()
        url, key, prefix = place.split(" ")
        opened[place] = open_elastic(url, api_key=key or None, prefix=prefix)
        return opened[place]

    yield make
    for place, stores in opened.items():
        stores.close()
        elastic_places.give_back(place)


@pytest.fixture
def es(place):
    """The bare client, to look at what the store made."""
    with Elasticsearch(place[0], api_key=place[1]) as client:
        yield client


def held(es: Elasticsearch, prefix: str) -> dict[str, int]:
    """Documents per month."""
    es.indices.refresh(index=f"{prefix}-mentions")
    rows = es.cat.indices(index=f"{prefix}-mentions-*", format="json")
    return {row["index"].removeprefix(f"{prefix}-mentions-"): int(row["docs.count"]) for row in rows}


def test_each_mention_lies_in_its_month_behind_one_alias(stores, place, es, mention) -> None:
    stores.mentions.add([mention("a"), mention("b", published_at=OCTOBER), mention("c", published_at=OCTOBER)])
    found = held(es, place[2])
    assert {month: count for month, count in found.items() if count} == {"2026.10": 2, "2026.11": 1}
    assert es.count(index=f"{place[2]}-mentions")["count"] == 3
    assert stores.mentions.counts(ALWAYS, ["tonic"]) == {"tonic": Counts(3, 3, 3, 3)}
    assert stores.mentions.first_at() == OCTOBER


def test_an_id_meets_its_twin_whatever_month_it_claims(stores, place, es, mention) -> None:
    stores.mentions.add([mention("a"), mention("b")])
    moved = mention("a", published_at=OCTOBER)
    assert stores.mentions.add([moved]) == Added(duplicate=1)
    assert stores.mentions.add([moved, mention("a"), mention("b")]) == Added(duplicate=1, unchanged=2)
    assert stores.mentions.get("a") == mention("a")
    assert {month: count for month, count in held(es, place[2]).items() if count} == {"2026.11": 2}


def test_in_one_call_the_first_of_two_months_wins(stores, mention) -> None:
    first, second = mention("a", published_at=OCTOBER), mention("a")
    assert stores.mentions.add([first, second]) == Added(created=1, duplicate=1)
    assert stores.mentions.get("a") == first


def test_the_first_of_one_id_wins_though_lots_fly_side_by_side(stores, mention, monkeypatch) -> None:
    monkeypatch.setattr(adding, "LOT", 3)
    store = Adding._store

    def slow_at_first(self, lot):
        if lot[0].mention.text == "number 0":
            time.sleep(0.3)  # Long enough for every other lot to overtake it.
        return store(self, lot)

    monkeypatch.setattr(Adding, "_store", slow_at_first)
    coming = [mention(f"m{n % 7}", minutes=n, text=f"number {n}") for n in range(60)]
    assert stores.mentions.add(iter(coming)) == Added(created=7, duplicate=53)
    assert [stores.mentions.get(f"m{n}").text for n in range(7)] == [f"number {n}" for n in range(7)]


def test_a_claim_that_a_crash_left_is_fulfilled_by_the_next_try(stores, place, es, mention) -> None:
    stores.mentions.add([mention("other")])
    # Killed between the two steps: claimed for October, and never stored.
    es.create(index=f"{place[2]}-ids", id="a", document={"month": "2026.10"})
    assert stores.mentions.add([mention("a")]) == Added(created=1)
    assert stores.mentions.add([mention("a"), mention("a", minutes=1)]) == Added(unchanged=1, duplicate=1)
    assert stores.mentions.total() == 2


def test_our_own_lost_try_counts_as_created(stores, mention) -> None:
    indices = stores.mentions._indices
    first, second = (Adding(stores.cluster, indices, Labels()) for _ in range(2))
    second._call = first._call
    assert first.add([mention("a"), mention("b")]) == Added(created=2)
    assert second.add([mention("a"), mention("b")]) == Added(created=2)
    assert stores.mentions.total() == 2


def test_one_document_that_the_node_refuses_does_not_stop_ten_thousand(stores, place, es, mention) -> None:
    stores.mentions.add([mention("first", published_at=OCTOBER)])
    # A month whose mapping somebody broke: a date where networks are written.
    body = schema.template("mentions", place[2])["template"]
    body["mappings"]["properties"]["network"] = {"type": "date"}
    es.indices.create(index=schema.month_index(place[2], "2001.05"), **body)
    bad = mention("bad", published_at=datetime(2001, 5, 5, tzinfo=UTC))
    coming = [mention(f"m{n}", minutes=n / 100) for n in range(9_999)]
    added = stores.mentions.add([*coming[:5000], bad, *coming[5000:]])
    assert (added.created, added.duplicate, len(added.rejected)) == (9_999, 0, 1)
    assert added.rejected[0].mention is bad
    assert "network" in added.rejected[0].reason
    assert stores.mentions.total() == 10_000
    es.indices.delete(index=schema.month_index(place[2], "2001.05"))


def test_an_odd_name_is_stored_and_found_by_it(stores, mention) -> None:
    names = ["x" * 600, "_doc", "../..", "a/b?c#d", " ", "é\x00"]
    assert stores.mentions.add([mention(name) for name in names]) == Added(created=len(names))
    assert [stores.mentions.get(name).id for name in names] == names
    assert stores.mentions.add([mention(name) for name in names]) == Added(unchanged=len(names))


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("fr", "Le scandale de la boisson", "scandales"),
        ("fr", "Des scandales à répétition", "scandale"),
        ("fr", "Les clients boycottent la marque", "client boycotte"),
        ("fr", "Les produits d'entretien rappelés", "produit rappelé"),
        ("fr", "L’enquête sur l’usine", "usines enquêtes"),
        ("en", "The recalls were late", "recall"),
        ("en", "Customers are complaining", "customer complained"),
    ],
)
def test_another_form_of_a_word_finds_it(stores, mention, language, text, words) -> None:
    stores.mentions.add([mention("a", title="", text=text, language=language), mention("b", text="rien à voir")])
    assert [one.id for one in stores.mentions.search(words)] == ["a"]


@pytest.mark.parametrize("typed", ["loreal", "LOREAL", "l'oréal", "L’Oréal", "oreal", "scandales", "scandale"])
def test_what_people_type_in_kibana_finds_it_too(stores, place, es, mention, typed) -> None:
    stores.mentions.add([mention("a", title="L'Oréal", text="Le scandale"), mention("b")])
    found = es.search(index=f"{place[2]}-mentions", query={"query_string": {"query": typed}})["hits"]["hits"]
    assert [hit["_id"] for hit in found] == ["a"]


def test_a_question_longer_than_a_request_is_answered_exactly(stores, mention) -> None:
    words = [f"w{n}" for n in range(queries.MOST_WORDS + 50)]
    stores.mentions.add([mention("all", text=" ".join(words)), mention("most", text=" ".join(words[:-1]))])
    assert [one.id for one in stores.mentions.search(" ".join(words))] == ["all"]
    assert len(stores.mentions.search(" ".join(words[:-1]))) == 2


def test_answers_are_whole_though_they_come_in_pages(stores, mention, monkeypatch) -> None:
    monkeypatch.setattr(queries, "BUCKETS", 3)
    monkeypatch.setattr(queries, "SKETCHED", 3)
    monkeypatch.setattr(queries, "PAGE", 2)
    coming = [mention(f"m{n:02}", minutes=n, brands=("tonic", "soda")[: 1 + n % 2]) for n in range(10)]
    stores.mentions.add([*coming, mention("copy", minutes=3, story_id="m07")])
    starts = list(stores.mentions.story_starts(ALWAYS, ["tonic"]))
    assert [start.story_id for start in starts] == [f"m{n:02}" for n in range(10)]
    minutes = stores.mentions.buckets(ALWAYS, ["tonic"], timedelta(minutes=1))
    assert [one.negatives for one in minutes] == [1, 1, 1, 2, 1, 1, 1, 1, 1, 1]
    assert [story.story_id for story in stores.mentions.top_stories("tonic", ALWAYS, 3)] == ["m07", "m00", "m01"]
    assert len(list(stores.mentions.story_origins(ALWAYS))) == 10
    assert len(stores.mentions.search("text", limit=99)) == 11


def test_the_mapping_on_the_node_is_ours_and_nothing_is_added_to_it(stores, place, es, mention) -> None:
    stores.mentions.add([mention("a")])
    index = schema.month_index(place[2], "2026.11")
    es.index(index=index, id="stranger", document={"surprise": 1})
    mapping = es.indices.get_mapping(index=index)[index]["mappings"]
    ours = schema.shape("mentions")["mappings"]
    assert mapping["_meta"] == ours["_meta"]
    assert (mapping["dynamic"], set(mapping["properties"])) == ("false", set(ours["properties"]))


def test_a_template_of_a_newer_tocsin_is_left_alone(place, es, mention) -> None:
    url, key, prefix = place[0], place[1], f"{place[2]}-newer"
    body = schema.template("ids", prefix)
    es.indices.put_index_template(name=f"{prefix}-ids", meta=body.pop("_meta"), **{**body, "version": 999})
    with open_elastic(url, api_key=key, prefix=prefix) as stores, pytest.raises(PermanentError, match="newer Tocsin"):
        stores.mentions.add([mention("a")])


def test_an_older_template_is_brought_up_to_date_when_an_index_is_made(place, es, mention) -> None:
    url, key, prefix = place[0], place[1], f"{place[2]}-older"
    es.indices.put_index_template(name=f"{prefix}-ids", index_patterns=[f"{prefix}-ids"], version=0, priority=500)
    with open_elastic(url, api_key=key, prefix=prefix) as stores:
        stores.mentions.add([mention("a")])
    (found,) = es.indices.get_index_template(name=f"{prefix}-ids")["index_templates"]
    assert found["index_template"]["version"] == schema.version("ids")


names = st.sampled_from(["tonic", "soda", "", "L'Oréal", 'A&B "C"'])
ids = st.sampled_from([f"m{n}" for n in range(9)])
# No two share a stem, so that both stores must find the same: a stem is what Elasticsearch finds besides.
words = st.sampled_from(["scandale", "L'Oréal", "OEUF", "œuf", "crème", "boycott", "x1", "été", "McDonald's", "&"])
drafts = st.lists(
    st.tuples(
        ids,
        st.integers(-70, 70),
        st.sampled_from(list(Tone)),
        ids,
        st.lists(names, max_size=3).map(tuple),
        st.sampled_from(["", "ann", "bob", "Zoé"]),
        st.sampled_from([-1.0, -0.123456789, -0.1, 0.3]),
        st.lists(words, max_size=4).map(" ".join),
        st.dictionaries(
            names,
            st.tuples(st.sampled_from(Tone), st.sampled_from([-0.9, -0.1, 0.2]), st.sampled_from(Harm)),
            max_size=3,
        ),
    ),
    max_size=25,
)
some_examples = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


@some_examples
@given(
    drafts=drafts,
    start=st.integers(-70, 70),
    span=st.integers(0, 90),
    more=drafts,
    typed=st.lists(words, min_size=1, max_size=2).map(" ".join),
)
def test_every_answer_is_that_of_sqlite(fresh_elastic, mention, drafts, start, span, more, typed) -> None:
    window = Window(NOON + timedelta(days=start), NOON + timedelta(days=start + span))

    def build(drafts):
        return [
            mention(i, published_at=NOON + timedelta(days=days, microseconds=days), discovered_at=NOON + 3 * MONTH,
                    tone=tone, story_id=story, brands=brands, author=author, compound=compound, text=f"text {said}",
                    judgements=tuple(Judgement(brand, *told, 0.5, (said,)) for brand, told in judged.items()))
            for i, days, tone, story, brands, author, compound, said, judged in drafts
        ]  # fmt: skip

    def answers(stores):
        asked = ["tonic", "", "L'Oréal", 'A&B "C"', "nobody"]
        mentions = stores.mentions
        return [
            mentions.add(build(drafts)),
            mentions.add(build(more)),
            mentions.total(),
            mentions.first_at(),
            list(mentions.story_starts(window, asked)),
            mentions.counts(window, asked),
            [list(mentions.buckets(window, asked, step)) for step in (BUCKET, timedelta(days=1))],
            [mentions.top_stories(brand, window, 4) for brand in asked],
            list(mentions.story_origins(window)),
            mentions.search("text", limit=7),
            mentions.search("title", brand="L'Oréal"),
            mentions.search(typed, limit=5),
            mentions.search(typed, brand="tonic"),
            [mentions.get(f"m{n}") for n in range(9)],
        ]

    with fresh_elastic() as elastic, open_sqlite(":memory:") as sqlite:
        assert answers(elastic) == answers(sqlite)


def test_numbers_of_distinct_voices_are_exact_where_decisions_are_made(stores, mention) -> None:
    stores.mentions.add(mention(f"m{n}", author=f"a{n % 1900}", story_id=f"s{n % 1500}") for n in range(2000))
    told = stores.mentions.counts(ALWAYS, [*(f"b{n}" for n in range(999)), "tonic"])["tonic"]
    assert told == Counts(mentions=2000, negatives=2000, stories=1500, authors=1900)


def test_a_document_of_another_version_is_told_as_such(stores, place, es, mention) -> None:
    stores.mentions.add([mention("a")])
    broken = {name: value for name, value in to_document(mention("b")).items() if name not in {"title", "@timestamp"}}
    es.index(
        index=schema.month_index(place[2], "2026.11"), id="b", document={**broken, "event": {"id": "b"}}, refresh=True
    )
    with pytest.raises(PermanentError, match="cannot read: not a mention: it has no"):
        stores.mentions.get("b")


def test_what_a_broken_stream_gave_before_is_kept(stores, mention, monkeypatch) -> None:
    monkeypatch.setattr(adding, "LOT", 10)

    def stream():
        yield from (mention(f"m{n}") for n in range(95))
        raise RuntimeError("the source broke")

    with pytest.raises(RuntimeError, match="the source broke"):
        stores.mentions.add(stream())
    assert stores.mentions.add(mention(f"m{n}") for n in range(100)) == Added(created=10, unchanged=90)
    assert stores.mentions.total() == 100


def test_a_stream_is_read_no_further_than_its_lots_fly(stores, mention, monkeypatch) -> None:
    monkeypatch.setattr(adding, "LOT", 5)
    monkeypatch.setattr(adding, "LANES", 2)
    read, stored = [0], []
    store = Adding._store

    def watched(self, lot):
        outcome = store(self, lot)
        stored.append(len(lot))
        assert read[0] - sum(stored) <= 5 * 4, "the stream runs ahead of what is stored"
        return outcome

    def stream():
        for n in range(200):
            read[0] += 1
            yield mention(f"m{n}")

    monkeypatch.setattr(Adding, "_store", watched)
    assert stores.mentions.add(stream()) == Added(created=200)
