"""Copies are free, and cost no correctness: what is remembered is what would be said again."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.enrich.recall import Recall, digest
from tocsin.enrich.tagger import Tagger, build_tagger
from tocsin.enrich.tags import Tags
from tocsin.model import Brand, RawItem

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
BRANDS = (Brand("bulla", "Bulla"), Brand("coca", "Coca-Cola"))
POST = RawItem("m1", "s", "web", "https://x.example/1", "", "Bulla lost my order, what a shame", "ann", NOON, NOON)


@cache
def tools() -> Tagger:
    return build_tagger(BRANDS, ("fr", "en"), models={})


def tagger(capacity: int = 100) -> Tagger:
    return replace(tools(), recall=Recall(capacity))


def test_a_copy_by_another_in_another_call_is_not_judged_again() -> None:
    reader = tagger()
    copy = replace(POST, id="m2", author="bob", url="https://y.example/2")
    (first,), (second,) = reader.tag([POST]), reader.tag([copy])
    assert first is second
    assert len(reader.recall) == 1


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(replace(POST, text="Bulla found my order, what a joy"), id="other words"),
        pytest.param(replace(POST, text="Bulla lol", language="fr"), id="a language claimed"),
        pytest.param(replace(POST, brands=("coca",)), id="brands that the source names"),
        pytest.param(replace(POST, title="Bulla", text="Bulla lost my order, what a shame!"), id="a title"),
    ],
)
def test_what_else_matters_is_judged_by_itself(other: RawItem) -> None:
    reader = tagger()
    reader.tag([POST])
    assert reader.tag([other]) == tagger().tag([other])
    assert len(reader.recall) == 2


def test_what_concerns_no_brand_is_not_remembered() -> None:
    reader = tagger()
    assert reader.tag([replace(POST, text="nothing to see")]) == (Tags(),)
    assert len(reader.recall) == 0


def test_the_one_not_asked_for_longest_is_forgotten_first() -> None:
    recall, keys = Recall(2), [digest(at) for at in range(3)]
    recall.keep(keys[0], Tags(("a",)))
    recall.keep(keys[1], Tags(("b",)))
    assert recall.of(keys[0]) == Tags(("a",))
    recall.keep(keys[2], Tags(("c",)))
    assert [recall.of(key) for key in keys] == [Tags(("a",)), None, Tags(("c",))]


texts = st.sampled_from(["Bulla is a shame", "merci Bulla", "Coca-Cola et Bulla, quelle honte", "lol", "Bulla"])
posts = st.builds(
    replace,
    st.just(POST),
    text=texts,
    language=st.sampled_from([None, "fr", "en"]),
    brands=st.sampled_from([None, ("bulla",), ("coca", "bulla"), ("nobody",)]),
)


@given(st.lists(posts, max_size=12), st.integers(1, 3))
def test_a_memory_of_any_size_changes_nothing(items: list[RawItem], capacity: int) -> None:
    reader = tagger(capacity)
    together = reader.tag(items)
    assert together == tuple(tagger().tag([item])[0] for item in items)
    assert reader.tag(items) == together
