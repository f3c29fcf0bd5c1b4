"""How Elasticsearch lets go: whole months, claims with their mentions, and no harm to who writes meanwhile."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from elasticsearch import Elasticsearch

from tocsin.adapters.elastic import ElasticStores, open_elastic
from tocsin.errors import ConflictError
from tocsin.model import Added, Delivery, Incident, IncidentState, Limits, Reason, Report, Severity, sum_of

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = timedelta(days=1)
OCTOBER = datetime(2026, 10, 15, tzinfo=UTC)
NOVEMBER = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def prefix(elastic_place: str) -> str:
    return elastic_place.split(" ")[2]


@pytest.fixture
def stores(elastic_place: str) -> Iterator[ElasticStores]:
    url, key, prefix = elastic_place.split(" ")
    with open_elastic(url, api_key=key or None, prefix=prefix) as opened:
        yield opened


@pytest.fixture
def others(elastic_place: str) -> Iterator[ElasticStores]:
    """The same stores, opened by another process."""
    url, key, prefix = elastic_place.split(" ")
    with open_elastic(url, api_key=key or None, prefix=prefix) as opened:
        yield opened


@pytest.fixture
def es(elastic_place: str) -> Iterator[Elasticsearch]:
    """The bare client, to look at what the store did and to stand in for another process."""
    url, key, _ = elastic_place.split(" ")
    with Elasticsearch(url, api_key=key or None) as client:
        yield client


def months(es: Elasticsearch, prefix: str, kind: str = "mentions") -> list[str]:
    """Months that have an index."""
    found = es.indices.get(index=f"{prefix}-{kind}-*", filter_path="*.aliases")
    return sorted(index.removeprefix(f"{prefix}-{kind}-") for index in found)


def claims(es: Elasticsearch, prefix: str) -> dict[str, str]:
    """Ids that are claimed, each with its month."""
    es.indices.refresh(index=f"{prefix}-ids")
    hits = es.search(index=f"{prefix}-ids", size=1000)["hits"]["hits"]
    return {hit["_id"]: hit["_source"]["month"] for hit in hits}


def test_a_whole_month_goes_as_one_index_with_all_its_claims(stores, es, prefix, mention) -> None:
    stores.mentions.add(mention(f"o{n}", published_at=OCTOBER + n * timedelta(hours=1)) for n in range(300))
    stores.mentions.add([mention("n")])
    assert stores.mentions.prune(Limits(NOVEMBER), dry_run=True) == 300
    assert {"2026.10", "2026.11"} <= set(months(es, prefix))
    assert stores.mentions.prune(Limits(NOVEMBER)) == 300
    assert "2026.10" not in months(es, prefix)
    assert claims(es, prefix) == {"n": "2026.11"}
    # The same stores know that the month is gone: what comes late finds it made anew, with its mapping.
    assert stores.mentions.add([mention("o1", published_at=OCTOBER)]) == Added(created=1)
    assert [one.id for one in stores.mentions.search("text")] == ["n", "o1"]


def test_a_month_that_another_brand_keeps_stays_until_it_is_empty(stores, es, prefix, mention) -> None:
    stores.mentions.add([mention("s", published_at=OCTOBER), mention("l", published_at=OCTOBER, brands=("long",))])
    assert stores.mentions.prune(Limits(NOVEMBER, {"long": OCTOBER})) == 1
    assert claims(es, prefix) == {"l": "2026.10"}
    assert "2026.10" in months(es, prefix)
    assert stores.mentions.prune(Limits(NOVEMBER, {"long": OCTOBER + DAY})) == 1
    assert "2026.10" not in months(es, prefix)
    assert claims(es, prefix) == {}


def test_a_young_mention_in_an_old_month_outlives_it(stores, es, prefix, mention) -> None:
    # Dated ahead of its discovery, so that it lies in the month of that.
    young = mention("young", published_at=NOON, discovered_at=OCTOBER)
    stores.mentions.add([young, mention("old", published_at=OCTOBER)])
    assert stores.mentions.prune(Limits(NOVEMBER)) == 1
    assert stores.mentions.get("young") == young
    assert claims(es, prefix) == {"young": "2026.10"}


def test_a_claim_that_a_crash_left_goes_with_its_month(stores, es, prefix, mention) -> None:
    stores.mentions.add([mention("o", published_at=OCTOBER)])
    es.create(index=f"{prefix}-ids", id="never stored", document={"month": "2026.10"})
    assert stores.mentions.prune(Limits(NOVEMBER)) == 1
    assert claims(es, prefix) == {}


def test_a_pruning_killed_between_claim_and_mention_takes_no_claim_of_another(stores, es, prefix, mention) -> None:
    stores.mentions.add([mention("a", published_at=OCTOBER), mention("b", published_at=OCTOBER)])
    es.delete(index=f"{prefix}-ids", id="a")  # So far a killed pruning came,
    moved = mention("a")
    assert stores.mentions.add([moved]) == Added(created=1)  # and the id came again under another month.
    assert stores.mentions.prune(Limits(OCTOBER + DAY)) == 2
    assert claims(es, prefix) == {"a": "2026.11"}
    assert stores.mentions.get("a") == moved
    assert stores.mentions.total() == 1


class Interrupted:
    """Lets somebody else act just before a given bulk request of the stores goes out."""

    def __init__(self, stores: ElasticStores, monkeypatch: pytest.MonkeyPatch) -> None:
        self._client = stores.cluster._client
        self._patch = monkeypatch

    def before_bulk(self, number: int, act: Callable[[], object]) -> None:
        request, seen, lock = self._client.perform_request, [0], threading.Lock()

        def perform(method: str, path: str, **rest: object) -> object:
            if path == "/_bulk":
                with lock:
                    seen[0] += 1
                    if seen[0] == number:
                        act()
            return request(method, path, **rest)

        self._patch.setattr(self._client, "perform_request", perform)


def test_a_claim_that_is_pruned_under_a_writer_is_put_back(stores, es, prefix, mention, monkeypatch) -> None:
    stores.mentions.add([mention("other")])
    old = mention("a", published_at=OCTOBER, discovered_at=NOON)
    claim_gone = lambda: es.delete(index=f"{prefix}-ids", id="a", refresh=True)  # noqa: E731 - two words are enough
    Interrupted(stores, monkeypatch).before_bulk(2, claim_gone)
    assert stores.mentions.add([old]) == Added(created=1)
    assert claims(es, prefix) == {"other": "2026.11", "a": "2026.10"}
    assert stores.mentions.add([mention("a")]) == Added(duplicate=1)


def test_of_two_that_claim_anew_after_a_pruning_one_stays(stores, others, es, prefix, mention, monkeypatch) -> None:
    stores.mentions.add([mention("other")])
    old, young = mention("a", published_at=OCTOBER, discovered_at=NOON), mention("a")

    def prune_and_store_elsewhere() -> None:
        es.delete(index=f"{prefix}-ids", id="a", refresh=True)
        assert others.mentions.add([young]) == Added(created=1)

    Interrupted(stores, monkeypatch).before_bulk(2, prune_and_store_elsewhere)
    assert stores.mentions.add([old]) == Added(duplicate=1)
    assert claims(es, prefix) == {"other": "2026.11", "a": "2026.11"}
    assert stores.mentions.get("a") == young
    assert stores.mentions.total() == 2


def test_what_comes_while_it_is_pruned_is_not_taken_away(stores, es, prefix, mention, monkeypatch) -> None:
    stores.mentions.add([mention("a", published_at=OCTOBER), mention("b", brands=("kept",), published_at=OCTOBER)])
    limits = Limits(NOVEMBER, {"kept": OCTOBER})

    def others_rewrite() -> None:
        # Somebody pruned it a moment ago, and it came again: same id, same month, another document.
        held = es.get(index=f"{prefix}-mentions-2026.10", id="a")["_source"]
        es.delete(index=f"{prefix}-mentions-2026.10", id="a")
        es.create(index=f"{prefix}-mentions-2026.10", id="a", document=held)

    Interrupted(stores, monkeypatch).before_bulk(2, others_rewrite)
    assert stores.mentions.prune(limits) == 0
    assert stores.mentions.total() == 2
    assert stores.mentions.prune(limits) == 1


def fill(stores: ElasticStores, count: int = 30) -> dict[str, dict[str, int]]:
    for n in range(count):
        stores.reports.save(Report("index", f"b{n}", NOON - n * timedelta(hours=1), n, {"created": n}))
    return dict(stores.reports.totals())


@pytest.mark.parametrize("number", [1, 2])
def test_totals_are_right_between_any_two_requests_of_a_folding(stores, others, monkeypatch, number) -> None:
    totals = fill(stores)
    seen: list[object] = []
    Interrupted(stores, monkeypatch).before_bulk(number, lambda: seen.append(others.reports.totals()))
    assert stores.reports.fold(NOON + DAY) == 30
    assert seen == [totals]
    assert others.reports.totals() == totals


class Killed(BaseException):
    """Stands for a kill: nobody catches it."""


def test_a_folding_killed_before_it_deleted_goes_on_and_counts_nothing_twice(stores, es, prefix, monkeypatch) -> None:
    totals = fill(stores)

    def kill() -> None:
        raise Killed

    with monkeypatch.context() as patch:
        Interrupted(stores, patch).before_bulk(1, kill)
        with pytest.raises(Killed):
            stores.reports.fold(NOON + DAY)
    assert stores.reports.totals() == totals
    stores.reports.save(Report("index", "b29", NOON, 5, {"created": 5}))  # The same work again: it counts again.
    totals["index"] = {name: count + 5 for name, count in totals["index"].items()}
    assert stores.reports.totals() == totals
    stores.reports.fold(NOON + DAY)
    assert stores.reports.totals() == totals
    es.indices.refresh(index=f"{prefix}-reports")
    assert es.count(index=f"{prefix}-reports")["count"] == 2
    assert stores.reports.fold(NOON + DAY) == 0


def test_what_another_folding_added_up_meanwhile_is_not_added_twice(stores, others) -> None:
    totals = fill(stores, 5)
    lots = list(stores.reports._hits({"match_all": {}}))
    assert others.reports.fold(NOON + DAY) == 5
    assert stores.reports._fold_lot(lots) == 0
    assert stores.reports.totals() == totals


def test_a_ledger_line_that_a_killed_pruning_left_goes_the_next_time(stores, es, prefix) -> None:
    stores.incidents.record(Delivery("left", "gone", "ann", "email", Reason.FIRST, "sent", NOON - 9 * DAY))
    stores.incidents.record(Delivery("new", "not yet saved", "ann", "email", Reason.FIRST, "sent", NOON))
    assert stores.incidents.prune(NOON - DAY) == 0
    assert (stores.incidents.was_sent("left"), stores.incidents.was_sent("new")) == (False, True)


def test_an_incident_that_is_opened_again_at_that_moment_stays(stores, es, prefix) -> None:
    end = NOON - 9 * DAY
    saved = stores.incidents.save(Incident("i", "tonic", IncidentState.CLOSED, Severity.CRITICAL, end, end, end))
    stores.incidents.record(Delivery("m", "i", "ann", "email", Reason.FIRST, "sent", end))
    es.indices.refresh(index=f"{prefix}-incidents")
    found = list(stores.incidents._closed(NOON))
    stores.incidents.save(replace(saved, state=IncidentState.OPEN, closed_at=None))
    assert [stores.incidents._incidents.delete(one.id, one.revision) for one in found] == [False]
    assert stores.incidents.prune(NOON) == 0
    assert stores.incidents.was_sent("m")
    assert stores.incidents.open_incident("tonic").id == "i"


def test_who_saves_what_was_pruned_hears_that_it_was_late(stores) -> None:
    end = NOON - 9 * DAY
    saved = stores.incidents.save(Incident("i", "tonic", IncidentState.CLOSED, Severity.CRITICAL, end, end, end))
    assert stores.incidents.prune(NOON) == 1
    with pytest.raises(ConflictError):
        stores.incidents.save(replace(saved, state=IncidentState.OPEN, closed_at=None))
    assert stores.incidents.open_incident("tonic") is None


def test_the_coming_month_is_there_before_it_begins(stores, es, prefix) -> None:
    # The place is used again and again, and another test may have made this month.
    es.indices.delete(index=f"{prefix}-mentions-2026.12,{prefix}-series-2026.12", ignore_unavailable=True)
    stores.caretaker.care(NOON)
    assert "2026.12" not in months(es, prefix)
    stores.caretaker.care(datetime(2026, 11, 24, 3, 20, tzinfo=UTC))
    for kind in ("mentions", "series"):
        assert {"2026.11", "2026.12"} <= set(months(es, prefix, kind))


def test_a_sum_never_folds_itself(stores, es, prefix) -> None:
    totals = fill(stores, 3)
    for _ in range(3):
        stores.reports.fold(NOON + 30 * DAY)
    assert stores.reports.totals() == totals
    assert sum_of([Report("index", "x", NOON, 0, {})]).is_sum
