"""What a store refused is kept as it was, so that it can be tried again; what cannot be kept says so."""

import math
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.index.quarantined import (
    IN_ARCHIVE,
    READ_AGAIN,
    READ_WHEN_CHANGED,
    RECORD_CAP,
    mention_in,
    refused_item,
    what_happens,
)
from tocsin.model import BadItem, Entity, Mention, Rejection, Tone

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def mention(**said: object) -> Mention:
    fields = {
        "id": "m",
        "source_id": "news",
        "network": "web",
        "url": "",
        "title": "Title",
        "text": "text",
        "author": "ann",
        "published_at": NOON,
        "discovered_at": NOON,
        "language": "en",
        "brands": ("tonic",),
        "tone": Tone.NEGATIVE,
        "compound": -0.5,
        "story_id": "s",
        "entities": (Entity("Ann", "PER", 0, 3),),
    }
    return Mention(**(fields | said))


def kept(given_mention: Mention) -> BadItem:
    return refused_item(Rejection(given_mention, "odd"), NOON)


@given(text=st.text(), title=st.text(st.characters(categories=None)), compound=st.floats(allow_nan=False))
def test_any_refused_mention_comes_back_as_it_was(text: str, title: str, compound: float) -> None:
    refused = mention(text=text, title=title, compound=compound)
    item = kept(refused)
    assert item.record.isascii()
    assert mention_in(item) == refused
    assert what_happens(item) == ""


@pytest.mark.parametrize("broken", ["half a pair \ud83d here", "\udfff", "\x00\u202e\u2028"])
def test_broken_unicode_is_kept_as_the_escape_that_it_is(broken) -> None:
    item = kept(mention(text=broken))
    assert mention_in(item).text == broken
    assert item.reason == "odd"


def test_a_number_that_is_none_is_kept() -> None:
    assert math.isnan(mention_in(kept(mention(compound=float("nan")))).compound)
    assert mention_in(kept(mention(compound=7.0))).compound == 7.0


def test_a_time_without_zone_is_kept() -> None:
    refused = mention(published_at=NOON.replace(tzinfo=None))
    assert mention_in(kept(refused)) == refused


def test_what_is_too_long_or_no_json_says_so_in_the_reason() -> None:
    item = kept(mention(text="x" * RECORD_CAP))
    assert (item.record, item.reason.split(" (")[0]) == ("", "odd")
    assert "1,048,576" in item.reason
    assert kept(mention(text="x" * (RECORD_CAP - 1000))).record
    odd = kept(mention(brands=(object(),)))
    assert odd.record == ""
    assert "only its excerpt is kept" in odd.reason
    assert what_happens(odd) == IN_ARCHIVE


def test_the_same_mention_keeps_its_name_and_another_gets_its_own() -> None:
    assert kept(mention()) == kept(mention())
    assert kept(mention()).id != kept(mention(text="other")).id


@pytest.mark.parametrize("record", ["", "{", "[]", '{"id": "m"}', "null", "[" * 100_000, '{"id": 7}'])
def test_a_record_that_is_no_mention_cannot_be_tried(record) -> None:
    item = replace(kept(mention()), record=record)
    assert mention_in(item) is None
    assert what_happens(item) == IN_ARCHIVE


def test_what_collect_could_not_read_comes_again_with_its_source() -> None:
    of_feed = BadItem("a", "collect", "news", "neither title nor text", "", NOON)
    of_file = BadItem("b", "collect", "old", "line 7, column 'at': not a time: 'x'", "", NOON)
    assert (what_happens(of_feed), what_happens(of_file)) == (READ_AGAIN, READ_WHEN_CHANGED)
