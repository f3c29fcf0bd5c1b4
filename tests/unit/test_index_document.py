"""How a mention becomes a document and comes back, and the shape of each index."""

import json
import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.errors import BadItemError
from tocsin.index import schema
from tocsin.index.document import (
    LARGEST,
    LONGEST,
    checked_document,
    document_id,
    from_document,
    from_micros,
    from_record,
    micros,
    month_of,
    to_document,
    to_record,
    words_of,
)
from tocsin.model import Entity, Harm, Incident, IncidentState, Judgement, Mention, Severity, Tier, Tone

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
PLAIN = Mention(
    id="m1",
    source_id="news",
    network="web",
    url="https://Example.org:8080/a",
    title="L'Oréal",
    text="retire sa crème",
    author="3f",
    published_at=NOON,
    discovered_at=NOON + timedelta(minutes=1),
    language="fr",
    brands=("tonic", "soda"),
    tone=Tone.NEGATIVE,
    compound=-0.123456789,
    story_id="m0",
    entities=(Entity("Paris", "LOC", 0, 5),),
    judgements=(
        Judgement("tonic", Tone.NEGATIVE, -0.25, Harm.HARMFUL, 0.5, ("retire",)),
        Judgement("soda", Tone.POSITIVE, 0.5, Harm.NONE, 0.0),
    ),
    tier=Tier.REGULATOR,
    audience=0,
)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
moments = st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis' own
mentions = st.builds(
    Mention,
    id=texts.filter(bool),
    source_id=texts,
    network=texts,
    url=texts | st.just("http://[::1"),
    title=texts,
    text=texts,
    author=texts,
    published_at=moments,
    discovered_at=moments,
    language=texts,
    brands=st.lists(texts, max_size=3).map(tuple),
    tone=st.sampled_from(Tone),
    compound=st.floats(-1, 1),
    story_id=texts.filter(bool),
    entities=st.lists(st.builds(Entity, texts, texts, st.integers(0, 9), st.integers(0, 9)), max_size=2).map(tuple),
    judgements=st.lists(
        st.builds(
            Judgement,
            texts,
            st.sampled_from(Tone),
            st.floats(-1, 1),
            st.sampled_from(Harm),
            st.floats(0, 1),
            st.lists(texts, max_size=2).map(tuple),
        ),
        max_size=2,
    ).map(tuple),
)


@given(mentions)
def test_a_mention_comes_back_as_it_was(mention: Mention) -> None:
    document = json.loads(checked_document(mention, "call.7"))
    assert from_document(document) == mention
    assert document["event"]["mark"] == "call.7"


def test_a_document_of_before_has_no_judgements() -> None:
    document = json.loads(checked_document(PLAIN, ""))
    del document["harm"]
    assert from_document(document) == replace(PLAIN, judgements=())


def paths(mapping: dict, at: str = "") -> set[str]:
    """Every field of a mapping by its path, without multi-fields."""
    found = set()
    for name, field in mapping["properties"].items():
        found |= paths(field, f"{at}{name}.") if "properties" in field else {at + name}
    return found


def leaves(document: object, at: str = "") -> set[str]:
    if isinstance(document, dict):
        return {path for name, value in document.items() for path in leaves(value, f"{at}.{name}" if at else name)}
    if isinstance(document, list) and document and isinstance(document[0], dict):
        return {path for value in document for path in leaves(value, at)}
    return {at}


def test_a_mention_fills_exactly_the_fields_of_the_mapping() -> None:
    assert leaves(json.loads(checked_document(PLAIN, ""))) == paths(schema.shape("mentions")["mappings"])


def test_what_is_counted_and_found_stands_in_its_field() -> None:
    document = to_document(PLAIN)
    assert document["event"]["micros"] == micros(NOON)
    assert document["url"] == {"full": "https://Example.org:8080/a", "domain": "example.org"}
    assert document["story"] == {"id": "m0", "is_copy": True}
    assert to_document(replace(PLAIN, story_id="m1"))["story"]["is_copy"] is False
    assert document["words"] == words_of("L'Oréal\nretire sa crème")
    assert {"oreal", "loreal", "retire", "sa", "creme"} <= set(document["words"])


BROKEN = {
    "no id": ({"id": ""}, "no id"),
    "no story": ({"story_id": ""}, "no story id"),
    "not a number": ({"compound": math.nan}, "compound nan"),
    "half a surrogate pair": ({"text": "a\ud800"}, "cannot be written"),
    "a surrogate as id": ({"id": "\ud800"}, "cannot be written"),
    "no zone": ({"published_at": datetime(2026, 1, 1)}, "without its zone"),  # noqa: DTZ001 - the broken case
    "a list where a tuple belongs": ({"brands": ["tonic"]}, "read back"),
    "a tone that is none": ({"tone": "sad"}, "not a Mention"),
    "an author too long to be counted": ({"author": "x" * (LONGEST + 1)}, "author has 8192 characters"),
    "a brand too long to be counted": ({"brands": ("x" * (LONGEST + 1),)}, "brand has 8192 characters"),
    "larger than any post": ({"text": "x" * (LARGEST + 1)}, "bytes, more than 10,485,760"),
    "before the calendar": (
        {"published_at": datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=2)))},
        "outside the calendar",
    ),
}


@pytest.mark.parametrize(("broken", "reason"), BROKEN.values(), ids=BROKEN)
def test_what_cannot_be_kept_is_refused_with_its_reason(broken: dict, reason: str) -> None:
    with pytest.raises(BadItemError, match=reason):
        checked_document(replace(PLAIN, **broken), "")


@pytest.mark.parametrize("lost", ["event", "title", "story"])
def test_a_document_of_another_version_is_named(lost: str) -> None:
    document = {name: value for name, value in to_document(PLAIN).items() if name != lost}
    with pytest.raises(BadItemError, match=lost):
        from_document(document)


@pytest.mark.parametrize(
    ("published", "discovered", "month"),
    [
        ("2026-11-22T12:00:00+00:00", "2026-11-22T12:01:00+00:00", "2026.11"),
        ("2026-12-01T00:30:00+01:00", "2026-12-01T00:31:00+01:00", "2026.11"),
        ("2031-01-01T00:00:00+00:00", "2026-11-22T12:01:00+00:00", "2026.11"),
        ("1970-01-01T00:00:00+00:00", "2026-11-22T12:01:00+00:00", "2000.01"),
        ("2019-05-31T23:59:59+00:00", "2026-11-22T12:01:00+00:00", "2019.05"),
    ],
)
def test_the_month_is_that_of_the_event_within_reason(published: str, discovered: str, month: str) -> None:
    times = {"published_at": datetime.fromisoformat(published), "discovered_at": datetime.fromisoformat(discovered)}
    assert month_of(replace(PLAIN, **times)) == month


@given(moments)
def test_microseconds_are_exact(at: datetime) -> None:
    assert from_micros(micros(at)) == at


@given(st.text(max_size=600))
def test_every_name_has_one_id_that_a_store_takes(name: str) -> None:
    try:
        key = document_id(name)
    except BadItemError:
        assert any("\ud800" <= char <= "\udfff" for char in name)
        return
    assert 0 < len(key.encode()) <= 512
    assert key == name or key.startswith("sha256:")
    assert document_id(name + "x") != key


def test_another_value_comes_back_under_its_revision() -> None:
    incident = Incident(
        "i1", "tonic", IncidentState.OPEN, Severity.CRITICAL, NOON, NOON, told_at=NOON, revision="4.1"
    )
    record = to_record(incident, NOON)
    assert "revision" not in record
    assert (record["micros"], record["brand"]) == (micros(NOON), "tonic")
    assert from_record(json.loads(json.dumps(record, default=str)), Incident, "4.1") == incident


EVERYWHERE = {"object", "keyword", "text", "date", "float", "double", "long", "boolean", "ip", "flattened"}


def types(mapping: dict) -> set[str]:
    found = set()
    for field in mapping.get("properties", {}).values():
        found |= {field["type"]} if "type" in field else set()
        found |= types(field) | types({"properties": field.get("fields", {})})
    return found


@pytest.mark.parametrize("kind", schema.KINDS)
def test_each_mapping_is_explicit_versioned_and_of_types_that_every_build_has(kind: str) -> None:
    mapping = schema.shape(kind)["mappings"]
    assert mapping["dynamic"] is False
    assert schema.version(kind) >= 1
    assert types(mapping) <= EVERYWHERE


@pytest.mark.parametrize("kind", schema.KINDS)
def test_each_template_covers_our_own_names_only(kind: str) -> None:
    body = schema.template(kind, "acme")
    assert all(pattern.startswith(f"acme-{kind}") for pattern in body["index_patterns"])
    assert body["priority"] > 200
    assert body["version"] == schema.version(kind)
    assert ("aliases" in body["template"]) == (kind in schema.MONTHLY)
