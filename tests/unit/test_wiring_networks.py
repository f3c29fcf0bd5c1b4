"""Where the credentials of social networks come from: the settings, else Airflow's connection of the network."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tocsin.collect.networks.asking import Question
from tocsin.collect.networks.table import NETWORKS
from tocsin.collect.visit_network import words_of
from tocsin.config import Config, Settings, read_settings
from tocsin.model import Brand, Source, SourceKind
from tocsin.wiring.networks import names_of, network_access

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECRET = "correct horse battery"


@dataclass
class Connection:
    """The fields of an Airflow connection that we read."""

    login: str | None = None
    password: str | None = None
    host: str | None = None


class AirflowNotFoundException(Exception):  # noqa: N818 - Airflow's own name, by which it is known
    """What Airflow raises when nobody made the connection."""


def read(**names: str) -> Settings:
    return read_settings({f"TOCSIN_{name}": value for name, value in names.items()}, Path("/nowhere"))


def config(*kinds: str) -> Config:
    return Config((Brand("bulla", "Bulla"),), tuple(Source(kind, SourceKind(kind), "") for kind in kinds), ())


def finder(**made: Connection):
    def find(name: str) -> Connection:
        if name not in made:
            raise AirflowNotFoundException(name)
        return made[name]

    return find


def test_the_settings_say_all() -> None:
    settings = read(REDDIT_CLIENT_ID="app", REDDIT_CLIENT_SECRET=SECRET, YOUTUBE_KEY=SECRET, YOUTUBE_SEARCHES="5")
    access = network_access(settings, config("reddit", "youtube", "hackernews", "feed"), finder())
    assert access.credentials == {
        "reddit": {"client_id": "app", "client_secret": SECRET},
        "youtube": {"key": SECRET},
        "hackernews": {},
    }
    assert access.budgets == {"youtube_searches": 5, "youtube_units": 9000, "x_posts": 10_000}
    assert access.names == ("Bulla",)
    assert SECRET not in repr(access)


@pytest.mark.parametrize(
    ("kind", "connection", "expected"),
    [
        ("reddit", Connection("app", SECRET), {"client_id": "app", "client_secret": SECRET}),
        ("bluesky", Connection("brand.example", SECRET), {"handle": "brand.example", "password": SECRET}),
        ("youtube", Connection(password=SECRET), {"key": SECRET}),
        ("facebook", Connection("ignored", SECRET), {"token": SECRET}),
        ("bluesky", Connection("brand.example"), {"handle": "brand.example"}),
        (
            "mastodon",
            Connection(password=SECRET, host="piaille.example"),
            {"token": SECRET, "url": "https://piaille.example"},
        ),
        ("mastodon", Connection(password=SECRET), {"token": SECRET, "url": "https://mastodon.social"}),
    ],
)
def test_a_connection_of_airflow_does_as_well(kind: str, connection: Connection, expected: dict) -> None:
    find = finder(**{f"tocsin_{kind}": connection})
    assert network_access(read(), config(kind), find).credentials == {kind: expected}


def test_settings_that_are_whole_win_and_half_ones_are_not_mixed() -> None:
    find = finder(tocsin_bluesky=Connection("other.example", "other"))
    whole = network_access(read(BLUESKY_HANDLE="me", BLUESKY_PASSWORD=SECRET), config("bluesky"), find)
    assert whole.credentials["bluesky"] == {"handle": "me", "password": SECRET}
    half = network_access(read(BLUESKY_HANDLE="me"), config("bluesky"), find)
    assert half.credentials["bluesky"] == {"handle": "other.example", "password": "other"}
    alone = network_access(read(BLUESKY_HANDLE="me"), config("bluesky"), finder())
    assert alone.credentials["bluesky"] == {"handle": "me"}
    assert network_access(read(BLUESKY_HANDLE="me"), config("bluesky"), None).credentials == alone.credentials


def test_only_networks_that_a_source_is_of_are_looked_up() -> None:
    def find(name: str) -> Connection:
        raise AssertionError(f"looked up {name}")

    assert network_access(read(), config("feed", "hackernews"), find).credentials == {"hackernews": {}}


def test_brands_are_asked_for_by_what_finds_them_each_name_once() -> None:
    brands = (
        Brand("a", "Bulla Waters", ("Bulla", "@bulla")),
        Brand("b", "Crédit Agricole"),
        Brand("c", "BULLA", patterns=("x",)),
    )
    assert names_of(brands) == ("Bulla", "@bulla", "Crédit Agricole")


def test_a_query_is_asked_by_its_names_with_the_company_that_each_text_has() -> None:
    queries = {
        "orange (forfait OR 4G)": ("orange",),
        "orange forfait -jus lang:fr": ('"orange" "forfait"',),
        '+"service client" (orange OR #sosh)': ('"orange" "service client"', "#sosh"),
        "=April NEAR/5 assur* OR april mutuelle": ("April",),
        "orange NEAR/3 panne NEAR/3 box OR orange NOT NEAR/2 jus": ("orange",),
        "télécom*": ("télécom",),
    }
    assert {query: names_of([Brand("b", "B", query=query)]) for query in queries} == queries
    assert names_of([Brand("b", "B", ("Sosh",), query="orange 4G")]) == ("Sosh", '"orange" "4G"')


def test_networks_that_take_one_phrase_are_asked_for_the_name_alone() -> None:
    names = ('"orange" "4G"', '"orange" "fibre"', "Sosh")
    asked = {
        "bluesky": names,
        "mastodon": ("#orange", "#sosh"),
        "reddit": ("orange", "Sosh"),
        "hackernews": ("orange", "Sosh"),
    }
    for kind, words in asked.items():
        source = Source("s", SourceKind(kind), "https://example.org")
        assert words_of(Question(source, "", NOON), NETWORKS[source.kind], names) == words
    bluesky = Source("s", SourceKind.BLUESKY, "https://example.org")
    url = NETWORKS[SourceKind.BLUESKY].ask(Question(bluesky, names[0], NOON, credentials={"token": "t"})).url
    assert "q=%22orange%22+%224G%22&" in url
