"""Social networks in sources.yaml, and what they need in the settings: defaults, slips with line and remedy."""

from pathlib import Path
from typing import get_args

import pytest

from tocsin.collect.networks.table import NETWORKS
from tocsin.config import Config, Settings, parse_config, read_settings
from tocsin.config.shapes import SourceEntry
from tocsin.errors import ConfigError
from tocsin.model import Source, SourceKind

BRANDS = b"brands:\n  - {id: bulla, name: Bulla}\n"
SECRET = "correct horse battery"


def parse(*lines: str) -> Config:
    sources = "sources:\n  - id: social\n" + "".join(f"    {line}\n" for line in lines)
    texts = {"brands.yaml": BRANDS, "sources.yaml": sources.encode(), "people.yaml": b"people: []\n"}
    return parse_config(texts)


@pytest.mark.parametrize(
    ("kind", "url"),
    [
        ("mastodon", "https://mastodon.social"),
        ("bluesky", "https://bsky.social"),
        ("reddit", "https://oauth.reddit.com"),
        ("hackernews", "https://hn.algolia.com"),
        ("youtube", "https://www.googleapis.com/youtube/v3"),
        ("facebook", "https://graph.facebook.com/v25.0"),
    ],
)
def test_a_network_needs_no_address_and_has_its_own_name(kind: str, url: str) -> None:
    assert parse(f"kind: {kind}").sources == (Source("social", SourceKind(kind), url, kind),)


def test_all_that_a_network_may_be_told() -> None:
    lines = ("kind: mastodon", "url: https://piaille.example/", "query: '#bulla'", "network: fediverse")
    expected = Source("social", SourceKind.MASTODON, "https://piaille.example", "fediverse", query="#bulla")
    assert parse(*lines).sources == (expected,)
    assert parse("kind: facebook", "brands: [bulla]").sources[0].brands == ("bulla",)
    assert parse("kind: feed", "url: https://e.org/f", "brands: [bulla]").sources[0].brands == ("bulla",)
    assert parse("kind: reddit", "url: http://127.0.0.1:8000").sources[0].url == "http://127.0.0.1:8000"


WRONG = {
    "feed without address": (("kind: feed",), "2:5: key 'url' is missing; add `url: ...`"),
    "file without path": (("kind: file",), "2:5: key 'url' is missing; add `url: ...`"),
    "in clear": (
        ("kind: mastodon", "url: http://mastodon.example"),
        "4:10: url: 'http://mastodon.example' would send our log-in in clear; write https://",
    ),
    "not a server": (("kind: reddit", "url: https://e.org/?q=1"), "4:10: url: 'https://e.org/?q=1' is more than a"),
    "password": (("kind: reddit", "url: https://me:hunter2@e.org"), "4:10: url: the address holds a user name or"),
    "columns": (("kind: bluesky", "columns: c.yaml"), "4:14: columns: a social network has no columns; delete"),
    "query of a feed": (
        ("kind: feed", "url: https://e.org/f", "query: Bulla"),
        "5:12: query: a feed is not asked for words; delete the line",
    ),
    "quotes": (("kind: reddit", "query: '\"Bulla\"'"), "4:12: query: is asked for as a phrase; leave out the double"),
    "unknown brand": (("kind: facebook", "brands: [bula]"), "4:14: unknown brand 'bula'; did you mean 'bulla'?"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_slip_is_told_with_its_line_and_remedy(case: str) -> None:
    lines, expected = WRONG[case]
    with pytest.raises(ConfigError) as caught:
        parse(*lines)
    assert any(f"sources.yaml:{expected}" in line for line in str(caught.value).splitlines()), str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_secrets_of_networks_are_not_shown() -> None:
    names = ("MASTODON_TOKEN", "BLUESKY_PASSWORD", "REDDIT_CLIENT_SECRET", "YOUTUBE_KEY", "FACEBOOK_TOKEN")
    settings = read_settings({f"TOCSIN_{name}": SECRET for name in names}, Path("/nowhere"))
    assert SECRET not in repr(settings) + str(settings)
    assert settings.youtube_key is not None
    assert (settings.youtube_searches, settings.youtube_units) == (90, 9000)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("MASTODON_URL", "http://mastodon.example", "would send our log-in in clear; write https://"),
        ("YOUTUBE_SEARCHES", "0", "TOCSIN_YOUTUBE_SEARCHES: write a whole number, 1 or more"),
        ("YOUTUBE_UNITS", "many", "TOCSIN_YOUTUBE_UNITS: write a whole number, 1 or more"),
        ("SMTP_PORT", "0", "TOCSIN_SMTP_PORT: write a port, 1 to 65535"),
    ],
)
def test_a_wrong_setting_names_its_remedy(name: str, value: str, expected: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_settings({f"TOCSIN_{name}": value}, Path("/nowhere"))
    assert expected in str(caught.value)


def test_table_config_settings_and_docs_know_the_same_networks() -> None:
    kinds = get_args(SourceEntry.model_fields["kind"].annotation)
    assert set(kinds) == set(SourceKind)
    assert set(NETWORKS) == set(SourceKind) - {SourceKind.FEED, SourceKind.FILE, SourceKind.ARCHIVE}
    page = (Path(__file__).resolve().parents[2] / "include" / "docs" / "sources.md").read_text(encoding="utf-8")
    page = page.partition("| kind | needs |")[2].partition("\n\n")[0]
    for kind, network in NETWORKS.items():
        needs = {f"{network.name}_{name}" for name in network.credentials}
        assert network.name == kind.value
        assert needs | set(network.budgets) <= set(Settings.model_fields)
        (row,) = [line for line in page.splitlines() if line.startswith(f"| `{kind}` |")]
        assert [name for name in needs if f"TOCSIN_{name.upper()}" not in row] == []
