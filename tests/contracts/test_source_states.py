"""States saved together: all of them, or word of those that were late; on every kind of store."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from tocsin.errors import BadItemError
from tocsin.model import Fetch, Moved, Rhythm, SourceState

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
FULL = SourceState(
    "news",
    etag='"é"',
    recent_ids=("a", "b"),
    checked_at=NOON,
    succeeded_at=NOON,
    due_at=NOON,
    failures=2,
    note="429",
    body_hash="00ff",
    read_at=NOON,
    interval=75.5,
    hint=1200.0,
    weight=0.75,
    throttled_until=NOON,
    matched_at=NOON,
    moved=Moved("0123", "https://e.org/é", NOON, 4),
    rhythm=Rhythm(date(2026, 11, 22), 3, (0, 7, 1), NOON),
    fetches=(Fetch(NOON, "fetched", 340, 1, 19, "é"), Fetch(NOON, "throttled", 12)),
)


def plain(states) -> list[SourceState]:
    return [replace(state, revision="") for state in states]


def test_all_that_a_state_remembers_is_read_back(stores) -> None:
    saved = stores.sources.save(FULL)
    assert replace(saved, revision="") == FULL
    assert stores.sources.get("news") == saved
    assert stores.sources.save_all([saved]) == ()
    assert plain(stores.sources.all()) == [FULL]
    assert isinstance(stores.sources.get("news").fetches[0], Fetch)


def test_states_are_saved_together_and_again(stores) -> None:
    given = [SourceState(f"s{n:04}", note=f"{n}") for n in range(1_200)]
    assert stores.sources.save_all(given) == ()
    held = stores.sources.all()
    assert plain(held) == given
    assert stores.sources.save_all([replace(state, failures=1) for state in held]) == ()
    assert {state.failures for state in stores.sources.all()} == {1}
    assert stores.sources.save_all([]) == ()


@pytest.mark.parametrize("revision", ["", "other", "9", "9.9"])
def test_who_is_late_is_named_and_the_others_are_saved(stores, revision) -> None:
    saved = stores.sources.save(SourceState("b", note="first"))
    late = [SourceState("a"), SourceState("b", note="late", revision=revision), SourceState("c")]
    assert stores.sources.save_all(late) == ("b",)
    assert [state.source_id for state in stores.sources.all()] == ["a", "b", "c"]
    assert stores.sources.get("b") == saved


@pytest.mark.parametrize("revision", ["1", "1.1"])
def test_a_state_that_is_there_no_more_is_late(stores, revision) -> None:
    stores.sources.save(SourceState("a"))
    assert stores.sources.save_all([SourceState("gone", revision=revision)]) == ("gone",)
    assert stores.sources.get("gone") is None


def test_what_has_no_json_form_is_refused(stores) -> None:
    with pytest.raises(BadItemError):
        stores.sources.save_all([SourceState("a", note="\ud800")])
    assert stores.sources.all() == ()
