"""The dashboards hold together: all that Kibana's importer lets pass is looked for here, in both languages."""

import json
import re
from typing import Any

import pytest

from kibana_checks import complaints
from kibana_sets import Sets, controls_of, mapped_fields, panels_of, shipped
from tocsin.detect.thresholds import Thresholds
from tocsin.kibana import curves
from tocsin.kibana.compile import compile_objects, to_ndjson
from tocsin.kibana.link import dashboard_link
from tocsin.kibana.texts import GUIDES, LABELS, LANGUAGES, Texts
from tocsin.model import Window
from tocsin.records import from_line

FIELDS = mapped_fields()


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_wrong_with_what_we_ship(language: str) -> None:
    assert complaints(shipped(language), FIELDS) == []


def test_compiling_twice_gives_the_same_bytes() -> None:
    assert to_ndjson(compile_objects("fr")) == to_ndjson(compile_objects("fr"))


def test_the_prefix_is_in_the_views_and_nowhere_else() -> None:
    ours, theirs = compile_objects("fr"), compile_objects("fr", "acme")
    changed = [
        (mine["id"], other["attributes"]["title"]) for mine, other in zip(ours, theirs, strict=True) if mine != other
    ]
    kinds = ["mentions", "series", "incidents", "sources", "quarantine"]
    assert changed == [(f"tocsin-{kind}-fr", f"acme-{kind}") for kind in kinds]


def test_an_unknown_language_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="'de'; there are en, fr"):
        compile_objects("de")


def test_both_languages_have_the_same_panels_in_the_same_places() -> None:
    def places(language: str) -> list[Any]:
        boards = [each for each in shipped(language) if each["type"] == "dashboard"]
        return [
            (
                board["id"].removesuffix(language),
                list(controls_of(board)),
                [(p.id, p.body["gridData"]) for p in panels_of(board)],
            )
            for board in boards
        ]

    assert places("en") == places("fr")
    assert [name for name, _, _ in places("en")] == [
        f"tocsin-{n}-" for n in ("now", "monday", "incident", "every", "sources")
    ]


def test_controls_come_in_the_order_in_which_people_think() -> None:
    rows = {board["id"]: controls_of(board) for board in shipped() if board["type"] == "dashboard"}
    fields = {name: [each["explicitInput"]["fieldName"] for each in row.values()] for name, row in rows.items()}
    every = ["brand_name", "harmed_name", "language", "network", "tone"]
    assert fields == {
        "tocsin-now-en": ["brand_name"],
        "tocsin-monday-en": every,
        "tocsin-incident-en": ["brand_name"],
        "tocsin-every-en": every,
        "tocsin-sources-en": [],
    }
    assert all([each["order"] for each in row.values()] == list(range(len(row))) for row in rows.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_link_of_the_mail_leads_to_what_is_there(language: str) -> None:
    window = from_line(b'{"start":"2026-11-22T10:00:00Z","end":"2026-11-22T18:00:00Z"}', Window)
    link = dashboard_link("https://k.test", space="default", brand_name="L'Oréal", window=window, language=language)
    ids = {(each["type"], each["id"]) for each in shipped(language)}
    board, view = re.search(r"view/([\w-]+)\?", link), re.search(r"index%3A([\w-]+)", link)
    assert board
    assert view
    assert ("dashboard", board[1]) in ids
    assert ("index-pattern", view[1]) in ids


def test_the_colours_of_the_score_change_where_detection_speaks() -> None:
    assert (Thresholds().watch, Thresholds().critical) == (curves.WATCH, curves.CRITICAL)


def test_no_phrase_is_missing_and_none_is_left_over() -> None:
    used = to_ndjson(compile_objects("en")) + to_ndjson(compile_objects("fr"))
    for index, language in enumerate(LANGUAGES):
        unused = [
            key
            for key, pair in {**LABELS, **GUIDES}.items()
            if json.dumps(pair[index], ensure_ascii=False)[1:-1].split("\\n")[0] not in used
        ]
        assert unused == [], language
    assert all(text.strip() for pair in {**LABELS, **GUIDES}.values() for text in pair)


def test_every_label_of_a_field_is_a_field_in_french_too() -> None:
    assert Texts("fr")("tone=negative") == "Négatif"
    assert Texts("fr").id("now") == "tocsin-now-fr"


def test_a_count_of_nothing_is_a_zero_and_no_gap() -> None:
    counting = {"count", "sum", "unique_count"}
    columns = [column for _, _, _, column in Sets(shipped(), FIELDS).columns() if column["operationType"] in counting]
    assert {column["params"]["emptyAsNull"] for column in columns} == {False}
