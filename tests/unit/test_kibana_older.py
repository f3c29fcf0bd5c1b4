"""A Kibana before 8.11 gets texts where it has no panel of links; all others get what we compiled."""

import json

import pytest

from kibana_checks import complaints
from kibana_sets import mapped_fields
from tocsin.kibana.compile import compile_objects
from tocsin.kibana.older import suited


@pytest.mark.parametrize("version", ["8.11.0", "8.12.2", "9.4.3", "10.0.0", ""])
def test_what_knows_links_or_does_not_tell_gets_them_as_they_are(version: str) -> None:
    assert suited(compile_objects("en"), version) == list(compile_objects("en"))


@pytest.mark.parametrize("language", ["en", "fr"])
def test_an_older_one_gets_a_text_that_leads_to_the_same_dashboards(language: str) -> None:
    ours, older = compile_objects(language), suited(compile_objects(language), "8.9.2")
    assert complaints(older, mapped_fields()) == []
    for now, before in zip(ours, older, strict=True):
        if now["type"] != "dashboard":
            assert now == before
            continue
        panels = {panel["panelIndex"]: panel for panel in json.loads(before["attributes"]["panelsJSON"])}
        assert "links" not in {panel["type"] for panel in panels.values()}
        text = panels["ways"]["embeddableConfig"]["savedVis"]["params"]["markdown"]
        targets = [one["id"] for one in now["references"] if one["name"].startswith("ways:link_")]
        assert [target for target in targets if f"(#/view/{target})" in text] == targets != []
        assert not [one for one in before["references"] if one["name"].startswith("ways:")]
