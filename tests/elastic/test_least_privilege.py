"""The key that the docs describe is enough for the store, and one that may not read hears so and finds no calm."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tocsin.adapters.elastic import ElasticStores, examination, open_elastic
from tocsin.adapters.elastic.examination import Examination
from tocsin.errors import PermanentError
from tocsin.model import (
    BadItem,
    Counts,
    Delivery,
    Hourly,
    Incident,
    IncidentState,
    Limits,
    Mention,
    Reason,
    Report,
    SeriesPoint,
    Severity,
    SourceState,
    Standing,
    Subscription,
    Tone,
    Window,
)
from tocsin.node import Node, ToolsMissingError

DOCS = Path(__file__).resolve().parents[2] / "include" / "docs" / "elasticsearch.md"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = Window(NOON, NOON + timedelta(hours=1))
REST = ("en", ("tonic",), Tone.NEGATIVE, -0.5, "a")
MENTION = Mention("a", "news", "web", "https://example.org/a", "Title", "some words", "ann", NOON, NOON, *REST)

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    try:
        with Node("9.4.3", secure=True, brief=True) as running:
            yield running
    except ToolsMissingError as exc:
        pytest.skip(str(exc))


@pytest.fixture
def opened(node: Node) -> Iterator[Callable[..., ElasticStores]]:
    """Opens the stores with a key of these rights."""
    kept = []

    def open_with(roles: dict, prefix: str = "tocsin") -> ElasticStores:
        kept.append(open_elastic(node.address.url, api_key=node.new_api_key(roles=roles), prefix=prefix))
        return kept[-1]

    yield open_with
    for stores in kept:
        stores.close()


def described() -> dict:
    """The role descriptors of the docs."""
    (block,) = re.findall(r"```json\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    return json.loads(block)


def test_the_key_of_the_docs_is_enough(opened) -> None:
    stores = opened(described())
    assert stores.mentions.add([MENTION]).created == 1
    assert stores.mentions.get("a") == MENTION
    assert stores.mentions.counts(HOUR, ["tonic"]) == {"tonic": Counts(1, 1, 1, 1)}
    assert len(list(stores.mentions.story_starts(HOUR, ["tonic"]))) == 1
    assert len(stores.mentions.search("words")) == 1
    assert stores.mentions.driving_words("tonic", HOUR, 3) == ()
    stores.series.save([SeriesPoint("tonic", NOON, 1, Hourly(1.0, 0.5, None, None, None), 0.1, 1.0)])
    assert (stores.series.latest(), len(stores.series.read("tonic", HOUR))) == (NOON, 1)
    stores.sources.save(stores.sources.save(SourceState("news")))
    stores.incidents.save(Incident("i", "tonic", IncidentState.OPEN, Severity.CRITICAL, NOON, NOON))
    stores.incidents.record(Delivery("m", "i", "ann", "email", Reason.FIRST, "sent", NOON))
    assert stores.incidents.was_sent("m")
    stores.quarantine.put([BadItem("q", "index", "news", "odd", "x", NOON)])
    stores.reports.save(Report("index", "b", NOON, 1, {"created": 1}))
    assert (len(stores.quarantine.all()), len(stores.sources.all()), len(stores.incidents.all())) == (1, 1, 1)
    assert stores.reports.totals() == {"index": {"came_in": 1, "created": 1}}
    assert (stores.quarantine.drop(["q"]), stores.mentions.erase("ann"), stores.mentions.total()) == (1, 1, 0)
    held = Subscription("00", "news", "https://h/", "t", "b", "c", Standing.ASKED, NOON)
    assert stores.subscriptions.drop(stores.subscriptions.save(stores.subscriptions.save(held)))
    assert stores.subscriptions.all() == ()
    stores.erasures.add("ann", NOON)
    assert stores.erasures.all() == {"ann"}
    assert stores.erasures.scrub()
    assert stores.erasures.remove("ann")


def test_the_key_of_the_docs_is_enough_for_upkeep(opened) -> None:
    stores = opened(described(), prefix="tocsin-upkeep")
    (note,) = stores.caretaker.care(NOON)
    assert "no index lifecycle management" in note
    stores.mentions.add([MENTION])
    stores.incidents.save(Incident("over", "mint", IncidentState.CLOSED, Severity.CRITICAL, NOON, NOON, NOON))
    stores.incidents.record(Delivery("told", "over", "ann", "email", Reason.FIRST, "sent", NOON))
    stores.quarantine.put([BadItem("q", "index", "news", "odd", "x", NOON)])
    stores.reports.save(Report("upkeep", "b", NOON, 1, {"created": 1}))
    hour, months = NOON + timedelta(hours=1), NOON + timedelta(days=60)
    assert stores.mentions.prune(Limits(hour)) == 1
    assert (stores.incidents.prune(hour), stores.quarantine.prune(hour)) == (1, 1)
    assert stores.reports.fold(hour) >= 1
    stores.mentions.add([MENTION])
    assert stores.mentions.prune(Limits(months)) == 1  # As a whole index.
    assert stores.mentions.total() == 0


def test_a_key_for_another_prefix_finds_no_calm_but_an_error(opened) -> None:
    stores = opened(described(), prefix="others")
    asks = [
        stores.mentions.total,
        lambda: stores.mentions.counts(HOUR, ["tonic"]),
        lambda: list(stores.mentions.story_starts(HOUR, ["tonic"])),
        lambda: stores.mentions.add([MENTION]),
        stores.series.latest,
        lambda: stores.incidents.open_incident("tonic"),
        stores.incidents.all,
        lambda: stores.incidents.was_sent("m"),
        lambda: stores.sources.save(SourceState("news")),
        lambda: stores.quarantine.put([BadItem("q", "index", "news", "odd", "x", NOON)]),
    ]
    for ask in asks:
        with pytest.raises(PermanentError, match="TOCSIN_ELASTICSEARCH_API_KEY"):
            ask()


def test_the_check_up_asks_for_the_rights_that_the_docs_list() -> None:
    (role,) = described().values()
    (ours,) = role["indices"]
    assert (set(role["cluster"]), set(ours["privileges"])) == (set(examination.CLUSTER), set(examination.INDEX))


def looked_at(stores: ElasticStores) -> Examination:
    return Examination(stores.cluster, stores.indices)


def test_the_check_up_finds_the_key_of_the_docs_enough_and_asks_no_more_of_it(opened) -> None:
    stores = opened(described(), prefix="tocsin-other")
    stores.mentions.add([MENTION])
    found = looked_at(stores)
    assert found.missing_privileges() == ()
    assert found.newer_templates() == ()
    assert [documents for _, documents, _ in found.sizes()] == [1]
    assert (found.version(), found.clock(), found.health()) == (None, None, (None, 0))


def test_the_check_up_names_each_right_that_a_key_lacks(opened) -> None:
    reader = {"r": {"cluster": ["monitor"], "indices": [{"names": ["tocsin-*"], "privileges": ["read"]}]}}
    found = looked_at(opened(reader))
    assert set(found.missing_privileges()) == {
        "manage_index_templates",
        *(f"{name} on tocsin-*" for name in examination.INDEX if name != "read"),
    }
    assert found.version() == "9.4.3"
    assert abs(found.clock() - datetime.now(UTC)) < timedelta(minutes=1)  # noqa: TID251 - the node's clock is real
    assert "ES|QL" in found.lacking()


def test_no_key_or_a_wrong_one_names_the_setting(node) -> None:
    for key in (None, "bm9ib2R5Om5vdGhpbmc="):
        with open_elastic(node.address.url, api_key=key) as stores, pytest.raises(PermanentError, match="401"):
            stores.mentions.total()
