"""`tocsin quarantine` and `tocsin erase` as a person meets them: what they print, ask, refuse, and leave behind."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tocsin.cli import app
from tocsin.errors import ConfigError
from tocsin.index.quarantined import refused_item
from tocsin.model import BadItem, Mention, RawItem, Rejection, Stage
from tocsin.wiring import open_app

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
FILES = {
    "brands": "brands: [{id: tonic, name: Tonic}]",
    "sources": "sources: [{id: news, kind: feed, url: 'https://example.org/f'}]",
    "people": "people: []",
}
HOSTILE = "[red]odd[/red] \x1b[2J \u202eesrever"


@pytest.fixture
def environ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    for name, text in FILES.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return {"TOCSIN_HOME": str(tmp_path / "home"), "TOCSIN_CONFIG": str(tmp_path), "TOCSIN_TIME_ZONE": "Asia/Tokyo"}


@pytest.fixture
def run(environ) -> Callable[..., Result]:
    return lambda *words, given=None: CliRunner().invoke(
        app, list(words), env=environ | {"COLUMNS": "200"}, input=given
    )


@pytest.fixture
def filled(environ, mention: Callable[..., Mention]) -> None:
    with open_app(environ) as opened:
        good = refused_item(Rejection(mention("good"), "the disk was full"), NOON)
        odd = refused_item(Rejection(mention("odd", compound=7.0, text=HOSTILE), HOSTILE), NOON)
        feed = BadItem("feed-1", "collect", "feed", "neither title nor text", HOSTILE, NOON)
        opened.stores.quarantine.put([good, odd, feed])


@pytest.mark.usefixtures("filled")
def test_the_list_shows_all_and_nothing_from_outside_acts(run) -> None:
    result = run("quarantine", "list")
    assert result.exit_code == 0, result.exception
    assert "[red]odd[/red]" in result.output
    assert "\x1b[2J" not in result.output
    assert "\u202e" not in result.output
    assert "2026-11-22 21:00" in result.output, "noon in Tokyo"
    assert result.output.count("can be tried again") == 2
    assert "3 in quarantine" in result.output


@pytest.mark.usefixtures("filled")
def test_the_list_is_cut_by_step_source_and_number(run) -> None:
    assert "1 in quarantine" in run("quarantine", "list", "--step", "collect").output
    assert "2 in quarantine" in run("quarantine", "list", "--source", "news").output
    assert "nothing in quarantine that fits" in run("quarantine", "list", "--source", "nobody").output
    assert "1 of 3 shown" in run("quarantine", "list", "--limit", "1").output


@pytest.mark.usefixtures("filled")
def test_as_json_it_is_whole_and_plain(run) -> None:
    result = run("quarantine", "list", "--json")
    assert result.output.isascii()
    assert "\x1b" not in result.output
    items = {one["id"]: one for one in map(json.loads, result.output.splitlines())}
    assert items["feed-1"]["excerpt"] == HOSTILE
    assert sum(bool(one["record"]) for one in items.values()) == 2


@pytest.mark.usefixtures("filled")
def test_a_retry_stores_what_it_can_and_says_what_stays(run, environ) -> None:
    result = run("quarantine", "retry", "--all")
    assert result.exit_code == 1
    assert "tried 3: 1 created, 1 rejected, 1 no record" in result.output
    assert "compound 7.0 is not in [-1, 1]" in result.output
    assert "its source is read again by itself" in result.output
    with open_app(environ) as opened:
        assert opened.stores.mentions.get("good") is not None
        assert len(opened.stores.quarantine.all()) == 2
    assert "tried 2: 1 rejected, 1 no record" in run("quarantine", "retry", "--all").output
    alone = run("quarantine", "retry", "feed-1")
    assert (alone.exit_code, alone.output.splitlines()[0]) == (0, "tried 1: 1 no record")
    assert "not in quarantine: gone" in run("quarantine", "retry", "gone", "feed-1").output


@pytest.mark.usefixtures("filled")
def test_dropping_asks_first(run) -> None:
    assert run("quarantine", "drop", "--all", given="n\n").exit_code == 1
    assert "3 in quarantine" in run("quarantine", "list").output
    assert "dropped: 1" in run("quarantine", "drop", "feed-1", "--yes").output
    assert run("quarantine", "drop", "feed-1", "--yes").exit_code == 1
    assert "dropped: 2" in run("quarantine", "drop", "--all", given="y\n").output
    assert run("quarantine", "list").output == "nothing in quarantine\n"


@pytest.mark.parametrize("words", [("retry",), ("retry", "a", "--all"), ("drop",), ("drop", "a", "--all")])
def test_ids_or_all_is_asked_for(run, words) -> None:
    result = run("quarantine", *words)
    assert isinstance(result.exception, ConfigError)
    assert "--all" in str(result.exception)


@pytest.fixture
def written(environ, mention) -> str:
    """A post of Ann's in each place; gives her pseudonym."""
    with open_app(environ) as opened:
        ann = opened.keeper.author("Ann  Example", "web").pseudonym
        opened.stores.mentions.add([mention("a", author=ann, text="zyzzyva"), mention("b")])
        raw = [RawItem(i, "news", "web", "", "", "zyzzyva", who, NOON, NOON) for i, who in (("c", ann), ("d", "bob"))]
        opened.batches.write(Stage.RAW, "b1", raw)
        row = BadItem("row", "collect", "old", "line 3, no time", "7; ann EXAMPLE; zyzzyva", NOON)
        opened.stores.quarantine.put([row])
    return ann


def test_an_author_is_found_then_erased_then_refused(run, environ, written, tmp_path) -> None:
    by_name = ("erase", "--author", "ann example ", "--network", "web")
    looked = run(*by_name, "--dry-run")
    assert (looked.exit_code, looked.exception) == (0, None)
    assert f"author {written}: would be erased: 1 in raw, 1 in quarantine, 1 in mentions" in looked.output
    assert run(*by_name, given="n\n").exit_code == 1
    with open_app(environ) as opened:
        assert (opened.stores.mentions.total(), opened.stores.erasures.all()) == (2, frozenset())
    done = run(*by_name, "--yes")
    assert done.exit_code == 0, done.exception
    assert f"author {written}: erased: 1 in raw, 1 in mentions, 1 in quarantine" in done.output
    assert "nothing is kept" in run(*by_name, "--dry-run").output
    with open_app(environ) as opened:
        assert opened.stores.erasures.all() == {written}
        assert [one.id for one in opened.batches.read(Stage.RAW, "b1", RawItem)] == ["d"]
    kept = b"".join(path.read_bytes() for path in (tmp_path / "home").glob("tocsin.db*"))
    assert b"zyzzyva" not in kept
    assert b"example" not in kept.lower().replace(b"example.org", b""), "the name is nowhere"


def test_the_name_may_come_by_standard_input(run, written) -> None:
    whom = ("--author", "-", "--network", "web")
    assert f"author {written}: would be erased: 1" in run("erase", *whom, "--dry-run", given="ANN example\n").output
    assert f"author {written}: erased: 1" in run("erase", *whom, "--yes", given="Ann Example\nmore\n").output
    assert "taken again" in run("erase", *whom, "--allow-again", given="Ann Example").output
    assert "was not refused" in run("erase", *whom, "--allow-again", given="Ann Example").output
    assert isinstance(run("erase", *whom, given="Ann Example\n").exception, ConfigError)


def test_by_pseudonym_and_on_an_unknown_network(run, written) -> None:
    assert "1 in raw, 1 in mentions" in run("erase", "--pseudonym", written, "--dry-run").output
    other = run("erase", "--author", "Ann Example", "--network", "wob", "--dry-run")
    assert "no source has this network" in other.output
    assert "would be erased: 1 in quarantine\n" in other.output, "a row's excerpt holds a name and no network"


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--author", "Ann"),
        ("--author", " ", "--network", "web"),
        ("--author", "\u200b", "--network", "web"),
        ("--author", "Ann", "--network", "web", "--pseudonym", "0" * 24),
        ("--pseudonym", "Ann"),
        ("--pseudonym", ""),
    ],
)
def test_half_a_question_is_a_wrong_setting(run, words) -> None:
    assert isinstance(run("erase", *words, "--yes").exception, ConfigError)
