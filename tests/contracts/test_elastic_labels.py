"""What people see in Kibana beside our values: it stands in the documents, and nothing reads it back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from elasticsearch import Elasticsearch

from tocsin.adapters.elastic import open_elastic
from tocsin.index.labels import Labels
from tocsin.model import Hourly, Incident, IncidentState, Mention, SeriesPoint, Severity, SourceState, Window
from tocsin.wiring import open_app

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = Window(NOON, NOON + timedelta(hours=1))
STORM = Incident("i1", "tonic", IncidentState.OPEN, Severity.CRITICAL, NOON, NOON, link="https://kibana.example/x")
POINT = SeriesPoint("tonic", NOON, 3, Hourly(7.0, 2.5, 0.0, 9.5, 12.5), 2.5, 1.0)


@pytest.fixture
def found(elastic_place: str) -> Callable[[str], list[dict]]:
    """Asks for a kind's documents as Kibana would, by a query."""
    url, key, prefix = elastic_place.split(" ")

    def find(kind: str, **term: object) -> list[dict]:
        with Elasticsearch(url, api_key=key or None) as es:
            es.indices.refresh(index=f"{prefix}-{kind}")
            query = {"term": term} if term else {"match_all": {}}
            hits = es.search(index=f"{prefix}-{kind}", query=query)["hits"]["hits"]
        return [hit["_source"] for hit in hits]

    return find


def test_documents_carry_names_clock_level_and_health(elastic_place, found, mention) -> None:
    url, key, prefix = elastic_place.split(" ")
    labels = Labels({"tonic": "L'Oréal & Cie"}, ZoneInfo("Europe/Paris"))
    post = mention("a", brands=("tonic", "gone"))
    with open_elastic(url, api_key=key or None, prefix=prefix, labels=labels) as stores:
        stores.mentions.add([post])
        stores.series.save([POINT])
        opened = stores.incidents.save(STORM)
        state = stores.sources.save(SourceState("news", succeeded_at=NOON, failures=3))
        assert stores.mentions.get("a") == post
        assert stores.mentions.add([post]).unchanged == 1
        assert stores.series.read("tonic", HOUR) == (POINT,)
        assert stores.incidents.get("i1") == opened == replace(STORM, revision=opened.revision)
        assert stores.sources.all() == (state,)
        (document,) = found("mentions", brand_name="L'Oréal & Cie")
        assert document["brand_name"] == ["L'Oréal & Cie", "gone"]
        assert document["local"] == {"hour": "13", "weekday": "7"}
        assert found("mentions", **{"local.hour": "13"}) == found("mentions", **{"local.weekday": "7"}) == [document]
        assert [one["hour"]["upper"] for one in found("series", brand_name="L'Oréal & Cie")] == [9.5]
        assert [one["id"] for one in found("incidents", level="critical")] == ["i1"]
        assert [one["link"] for one in found("incidents", brand_name="L'Oréal & Cie")] == [STORM.link]
        assert [one["source_id"] for one in found("sources", health="failing")] == ["news"]
        closed = replace(opened, state=IncidentState.CLOSED, closed_at=NOON + timedelta(minutes=75))
        stores.incidents.save(closed)
        assert [one["id"] for one in found("incidents", minutes=75)] == ["i1"]


def test_a_brand_that_was_renamed_keeps_its_posts_and_a_reindex_names_them_anew(
    elastic_place, found, mention: Callable[..., Mention]
) -> None:
    url, key, prefix = elastic_place.split(" ")
    for name, post in (("Old", mention("a")), ("New", mention("b"))):
        with open_elastic(url, api_key=key or None, prefix=prefix, labels=Labels({"tonic": name})) as stores:
            stores.mentions.add([post, mention("a")])
            assert stores.mentions.counts(HOUR, ["tonic"])["tonic"].mentions == len(found("mentions"))
    assert [one["event"]["id"] for one in found("mentions", brand_name="Old")] == ["a"]
    assert [one["event"]["id"] for one in found("mentions", brand_name="New")] == ["b"]
    with open_elastic(url, api_key=key or None, prefix=prefix, labels=Labels({"tonic": "New"})) as stores:
        stores.series.save([POINT])
        for kind in stores.monthly:
            months = stores.reindexing(kind)
            assert sum(months.move(month).documents for month in months.months()) == len(found(kind))
        assert stores.series.read("tonic", HOUR) == (POINT,)
    assert len(found("mentions", brand_name="New")) == 2
    assert [one["counted"] for one in found("series", brand_name="New")] == [3]


def test_the_product_takes_names_from_the_config_and_the_zone_from_the_settings(
    elastic_place, found, mention, tmp_path: Path
) -> None:
    url, key, prefix = elastic_place.split(" ")
    (tmp_path / "brands.yaml").write_text("brands: [{id: tonic, name: \"A&B 'C'\"}]", encoding="utf-8")
    (tmp_path / "sources.yaml").write_text("sources: []", encoding="utf-8")
    (tmp_path / "people.yaml").write_text("people: [{id: a, name: A, email: a@example.org}]", encoding="utf-8")
    said = {"STORE": url, "ELASTICSEARCH_PREFIX": prefix, "CONFIG": tmp_path, "HOME": tmp_path / "home"}
    environ = {f"TOCSIN_{name}": str(value) for name, value in said.items()} | {"TOCSIN_TIME_ZONE": "Asia/Tokyo"}
    with open_app(environ | ({"TOCSIN_ELASTICSEARCH_API_KEY": key} if key else {})) as app:
        app.stores.mentions.add([mention("a")])
    (document,) = found("mentions", brand_name="A&B 'C'")
    assert document["local"] == {"hour": "21", "weekday": "7"}
