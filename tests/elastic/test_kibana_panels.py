"""Every panel, saved search and control of every dashboard, asked of a real Elasticsearch, finds what is there."""

import json
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from elasticsearch import BadRequestError, Elasticsearch

from kibana_search import Dashboards, Drawing, View, by_key, opened
from kibana_world import BRANDS, LABELS, NOW, World, make_world, store_world
from tocsin.adapters.elastic import open_elastic
from tocsin.kibana.compile import compile_objects
from tocsin.kibana.link import dashboard_link
from tocsin.model import Severity, Tone, Window
from tocsin.node import Address

LANGUAGES = ("fr", "en")


def all_panels() -> list[tuple[str, str, str]]:
    """Language, dashboard and panel, known before anything runs, so that none can be passed over."""
    found = []
    for language in LANGUAGES:
        boards = Dashboards(by_key(compile_objects(language)), lambda _, body: body, NOW)
        found += [(language, name, panel["panelIndex"]) for name in boards.ids for panel in boards.panels(name)]
    return found


@pytest.fixture(scope="module")
def world() -> World:
    return make_world()


@pytest.fixture(scope="module")
def boards(elasticsearch_node: Address, world: World) -> Iterator[dict[str, Dashboards]]:
    """The dashboards of each language over the stored world, which is gone afterwards."""
    prefix = f"test-{secrets.token_hex(4)}"
    node = elasticsearch_node
    with Elasticsearch(node.url, api_key=node.api_key) as es:

        def search(index: str, body: dict) -> dict:
            try:
                return dict(es.search(index=index, allow_partial_search_results=False, **body))
            except BadRequestError as exc:
                raise AssertionError(f"{index} refuses {json.dumps(body)}: {json.dumps(exc.body)}") from exc

        try:
            with open_elastic(node.url, api_key=node.api_key, prefix=prefix, labels=LABELS) as stores:
                store_world(world, stores)
            yield {each: Dashboards(by_key(compile_objects(each, prefix)), search, NOW) for each in LANGUAGES}
        finally:
            _clean(es, prefix)


def _clean(es: Elasticsearch, prefix: str) -> None:
    for index in es.indices.get(index=f"{prefix}-*", expand_wildcards="all", filter_path="*.aliases"):
        es.indices.delete(index=index)
    held = es.options(ignore_status=404).indices.get_index_template(name=f"{prefix}-*")
    for template in held.get("index_templates", ()):
        es.indices.delete_index_template(name=template["name"])


def silent(drawings: list[Drawing]) -> dict[str, set[str]]:
    """The columns in which nothing is shown, by panel."""
    found = {each.panel: set(each.empty()) for each in drawings}
    return {panel: columns for panel, columns in found.items() if columns}


@pytest.mark.parametrize(("language", "board", "panel"), all_panels(), ids=lambda each: each)
def test_every_panel_shows_something_in_every_column(boards, language, board, panel):
    (body,) = (each for each in boards[language].panels(board) if each["panelIndex"] == panel)
    drawings = list(boards[language].draw_panel(board, body, View()))
    assert drawings
    assert silent(drawings) == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_control_offers_what_is_there(boards, language):
    offered = {}
    for name in boards[language].ids:
        for field, values in boards[language].offered(name).items():
            offered.setdefault(field, set()).update(values)
    assert offered == {
        "brand_name": set(BRANDS.values()),
        "harmed_name": set(BRANDS.values()),
        "language": {"fr", "en", "und"},
        "network": {"web", "news", "forum"},
        "tone": {"negative", "neutral", "positive", "unknown"},
    }


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("brand", BRANDS)
def test_the_link_of_the_mail_shows_one_brand_in_every_panel(boards, language, brand):
    window = Window(NOW - timedelta(hours=36), NOW)
    address = dashboard_link(
        "https://k.example.org", space="default", brand_name=BRANDS[brand], window=window, language=language
    )
    name, view = opened(address)
    drawings = list(boards[language].draw(name, view))
    assert silent(drawings) == {}
    (posts,) = (each for each in drawings if each.panel == "posts")
    (row,) = (each for each in drawings if each.panel.startswith("row/"))
    assert all(BRANDS[brand] in each["brand_name"] for each in posts.rows)
    assert {tuple(each["brand"]) for each in row.rows} == {(BRANDS[brand],)}
    assert len(row.rows) == 2


def test_a_brand_that_is_not_there_empties_the_panels(boards):
    window = Window(NOW - timedelta(hours=36), NOW)
    name, view = opened(
        dashboard_link("https://k", space="default", brand_name="L'Oréal Paris", window=window, language="fr")
    )
    for drawing in boards["fr"].draw(name, view):
        assert set(drawing.shown) == set(drawing.empty()), drawing.panel


def number(drawings: list[Drawing], panel: str, column: str) -> float:
    (found,) = (each for each in drawings if each.panel == f"{panel}/l")
    (row,) = found.rows
    return row[column]


def day(of: int) -> datetime:
    return datetime(2026, 11, of, tzinfo=UTC)


def test_numbers_of_now_are_those_of_the_world(boards, world):
    now = list(boards["fr"].draw("tocsin-now-fr"))
    last = [point for point in world.points if NOW - timedelta(hours=24) <= point.at]
    copies = [
        each
        for each in world.mentions
        if each.published_at >= NOW - timedelta(hours=24) and each.harmed and each.story_id != each.id
    ]
    assert number(now, "counted", "counted") == sum(point.counted for point in last) > 0
    assert number(now, "copies", "m") == len(copies) > 0
    assert number(now, "coverage", "coverage") == pytest.approx(sum(p.coverage for p in last) / len(last))
    assert number(now, "coverage", "lowest") == 0.5
    assert number(now, "failing", "m") == 1
    (blind,) = (each for each in now if each.panel == "blind/l")
    unheard = {"forum-fr": "failing", "new-feed": "never", "r-france": "throttled"}
    assert {row["source"]: row["health"] for row in blind.rows} == unheard
    (open_now,) = (each for each in now if each.panel == "open/l")
    assert {row["id"] for row in open_now.rows} == {each.id for each in world.incidents if not each.closed_at}


def test_numbers_of_monday_are_those_of_the_world(boards, world):
    monday = list(boards["en"].draw("tocsin-monday-en"))
    week = [each for each in world.mentions if day(16) <= each.published_at < day(23) and each.story_id == each.id]
    before = [each for each in world.mentions if day(9) <= each.published_at < day(16) and each.story_id == each.id]
    bad = [each for each in week if each.harmed]
    bad_before = [each for each in before if each.harmed]
    known = [each for each in week if each.tone is not Tone.UNKNOWN]
    assert (number(monday, "stories", "m"), number(monday, "stories", "p")) == (len(week), len(before))
    assert (number(monday, "negative", "m"), number(monday, "negative", "p")) == (len(bad), len(bad_before))
    assert number(monday, "share", "m") == pytest.approx(len(bad) / len(known))
    assert number(monday, "change", "m") == pytest.approx(len(bad) / len(bad_before) - 1)
    opened_then = [each for each in world.incidents if day(16) <= each.opened_at < day(23)]
    assert number(monday, "incidents", "m") == len(opened_then)
    assert number(monday, "incidents", "critical") == sum(each.severity is Severity.CRITICAL for each in opened_then)
    (voice,) = (each for each in monday if each.panel == "voice/l")
    assert sum(row["voice"] for row in voice.rows) == pytest.approx(1)
    for row in voice.rows:
        (brand,) = (key for key, name in BRANDS.items() if name == row["brand"])
        ours, ours_before, ours_bad, ours_bad_before = (
            sum(brand in each.brands for each in posts) for posts in (week, before, bad, bad_before)
        )
        assert row["stories"] == ours
        assert row["voice"] == pytest.approx(ours / sum(len(each.brands) for each in week))
        assert row["change"] == pytest.approx(ours / ours_before - 1)
        assert row["worse"] == pytest.approx(ours_bad / ours_bad_before - 1)
        assert row["share"] == pytest.approx(ours_bad / sum(brand in each.brands for each in known))


def test_numbers_of_an_incident_are_those_of_the_world(boards, world):
    window = Window(NOW - timedelta(hours=36), NOW)
    link = dashboard_link("https://k", space="default", brand_name=BRANDS["abc"], window=window, language="en")
    name, view = opened(link)
    incident = list(boards["en"].draw(name, view))
    posts = [each for each in world.mentions if "abc" in each.brands and each.published_at >= window.start]
    bad = [each for each in posts if each.harmed]
    assert number(incident, "told", "m") == sum(each.story_id == each.id for each in bad) > 0
    assert number(incident, "copies", "m") == sum(each.story_id != each.id for each in bad) > 0
    assert number(incident, "authors", "m") == len({each.author for each in bad if each.author}) > 0
    (list_of_posts,) = (each for each in incident if each.panel == "posts")
    assert len(list_of_posts.rows) == len(posts)


TILES = ("failing", "throttled", "never", "quiet", "healthy")


def test_numbers_of_sources_are_those_of_the_world(boards, world):
    sources = list(boards["fr"].draw("tocsin-sources-fr"))
    assert [number(sources, panel, "m") for panel in TILES] == [1, 1, 1, 1, 2]
    (refused,) = (each for each in sources if each.panel == "refused/l")
    assert sum(row["n"] for row in refused.rows) == len(world.refused)
    (brought,) = (each for each in sources if each.panel == "brought/l")
    week = [each for each in world.mentions if each.published_at >= NOW - timedelta(days=7)]
    assert sum(row["n"] for row in brought.rows) == len(week)
