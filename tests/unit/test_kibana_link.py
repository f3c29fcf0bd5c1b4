"""The link opens the right dashboard on the right brand and time, whatever the brand is called."""

import re
from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import unquote, urlsplit

import prison
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.kibana.link import dashboard_link, rison
from tocsin.model import Window

WINDOW = Window(datetime(2026, 11, 22, 4, tzinfo=UTC), datetime(2026, 11, 22, 18, 30, tzinfo=UTC))
AWKWARD = [
    "L'Oréal",
    "Crédit Agricole",
    'A&B "C"',
    "!t",
    "1",
    "",
    "a!'b",
    r"back\slash",
    "100 % (pur)",
    "été#1?&_a=x",
]


def link(brand_name: str = "Citrombelle", **changed) -> str:
    given_values = {"space": "default", "window": WINDOW, "language": "fr", **changed}
    return dashboard_link("https://kibana.example.org", brand_name=brand_name, **given_values)


def read(address: str) -> tuple[str, dict, dict]:
    """The dashboard and its two states, read as Kibana reads them: by another's decoder."""
    path, _, query = urlsplit(address).fragment.partition("?")
    states = dict(part.split("=", 1) for part in query.split("&"))
    assert set(states) == {"_g", "_a"}
    return path, prison.loads(unquote(states["_g"])), prison.loads(unquote(states["_a"]))


def test_it_opens_the_incident_dashboard_on_the_brand_and_the_time():
    path, time, app = read(link())
    assert path == "/view/tocsin-incident-fr"
    assert time == {"time": {"from": "2026-11-22T04:00:00.000Z", "to": "2026-11-22T18:30:00.000Z"}}
    (pill,) = app["filters"]
    assert pill["query"] == {"match_phrase": {"brand_name": "Citrombelle"}}
    assert pill["meta"]["params"] == {"query": "Citrombelle"}
    assert (pill["meta"]["disabled"], pill["meta"]["negate"], pill["meta"]["alias"]) == (False, False, None)
    assert pill["$state"] == {"store": "appState"}


@pytest.mark.parametrize("name", AWKWARD)
def test_awkward_names_arrive_whole(name):
    (pill,) = read(link(name))[2]["filters"]
    assert pill["query"]["match_phrase"]["brand_name"] == pill["meta"]["params"]["query"] == name


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_name_arrives_whole_and_nothing_of_it_can_be_cut(name):
    address = link(name)
    (pill,) = read(address)[2]["filters"]
    assert pill["query"]["match_phrase"]["brand_name"] == name
    assert re.fullmatch(
        r"https://kibana\.example\.org/app/dashboards#/view/[a-z-]+\?_g=[\w.~%-]+&_a=[\w.~%-]+", address
    )
    assert address.isascii()


VALUES = st.recursive(
    st.none() | st.booleans() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
)


@given(VALUES)
def test_what_is_written_is_read_back_the_same(value):
    assert prison.loads(rison(value)) == value


def test_a_space_and_a_path_stand_before_the_dashboard():
    address = dashboard_link(
        "https://example.org/kibana/", space="press-team", brand_name="B", window=WINDOW, language="en"
    )
    assert address.startswith("https://example.org/kibana/s/press-team/app/dashboards#/view/tocsin-incident-en?")


def test_times_of_another_zone_are_told_in_utc_and_nothing_is_cut_off():
    paris = timezone(timedelta(hours=1))
    start = datetime(2026, 11, 22, 5, 0, 0, 1500, paris)
    time = read(link(window=Window(start, start + timedelta(microseconds=1))))[1]["time"]
    assert time == {"from": "2026-11-22T04:00:00.001Z", "to": "2026-11-22T04:00:00.002Z"}
