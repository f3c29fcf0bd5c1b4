"""The live steps by hand: what they print tells what happened, and shows text from outside as the text it is."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tocsin.cli import app
from tocsin.errors import ConfigError
from tocsin.model import Harm, Judgement, Mention, SourceState, Tone
from tocsin.wiring import open_app

FILES = {
    "brands": "brands: [{id: tonic, name: Tonic}]",
    "sources": "sources: [{id: news, kind: feed, url: 'https://example.org/f'}]",
    "people": "people: [{id: ana, name: Ana, email: ana@example.org}]",
}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    for name, text in FILES.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    environ = {"TOCSIN_HOME": str(tmp_path / "home"), "TOCSIN_CONFIG": str(tmp_path), "COLUMNS": "200"}
    return lambda *words, **more: CliRunner().invoke(app, list(words), env=environ | more)


@pytest.fixture
def stored(tmp_path: Path, run: Callable[..., Result], mention: Callable[..., Mention]) -> None:
    assert run("status").exit_code == 0
    with open_app({"TOCSIN_HOME": str(tmp_path / "home"), "TOCSIN_CONFIG": str(tmp_path)}) as opened:
        hostile = mention("m", title="Tonic [/b] [link=http://evil.example]mercury[/link]", url="https://e.org/[/i]")
        opened.stores.mentions.add([hostile])
        seen = datetime(2026, 3, 1, tzinfo=UTC)
        note = "not a feed: starts with b'[/red] [bold'"
        opened.stores.sources.save(SourceState("news", checked_at=seen, failures=1, note=note))


@pytest.mark.usefixtures("stored")
def test_a_note_about_a_source_is_shown_as_it_is(run: Callable[..., Result]) -> None:
    result = run("status")
    assert result.exit_code == 0, result.exception
    assert "b'[/red] [bold'" in result.output


@pytest.mark.usefixtures("stored")
def test_a_text_found_is_shown_as_it_is(run: Callable[..., Result]) -> None:
    result = run("search", "mercury")
    assert result.exit_code == 0, result.exception
    assert "Tonic [/b] [link=http://evil.example]mercury[/link]" in result.output
    assert "https://e.org/[/i]" in result.output


def test_a_text_found_tells_what_it_does_to_each_brand_and_by_which_words(
    tmp_path: Path, run: Callable[..., Result], mention: Callable[..., Mention]
) -> None:
    assert run("status").exit_code == 0
    harm = Judgement("tonic", Tone.NEGATIVE, -0.5, Harm.HARMFUL, 0.5, ("[red]honte", "scandale"))
    praise = Judgement("soda", Tone.POSITIVE, 0.5, Harm.NONE, 0.0)
    with open_app({"TOCSIN_HOME": str(tmp_path / "home"), "TOCSIN_CONFIG": str(tmp_path)}) as opened:
        opened.stores.mentions.add([mention("m", brands=("tonic", "soda"), judgements=(harm, praise))])
    said = run("search", "text").output
    assert "tonic: harmful ([red]honte, scandale)" in said
    assert "soda: none" in said


@pytest.mark.usefixtures("stored")
def test_counts_are_a_table_for_a_spreadsheet(run: Callable[..., Result]) -> None:
    day = ("--from", "2026-11-22", "--to", "2026-11-23T00:00Z", "--brand", "TONIC")
    head = "brand,begins,negative_posts,stories,authors\n"
    assert run("counts", *day).output == f"{head}tonic,2026-11-22T12:00Z,1,1,1\n"
    assert run("counts", *day, "--step", "1d").output == f"{head}tonic,2026-11-22T00:00Z,1,1,1\n"
    assert run("counts", "--to", "2026-11-22T12:00Z").output == head


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--brand", "tonik"), "brands.yaml has no brand 'tonik'; did you mean 'Tonic'?"),
        (("--from", "yesterday"), "--from: 'yesterday' is no moment"),
        (("--from", "2026-11-22", "--to", "2026-11-21"), "--from '2026-11-22' is not before --to '2026-11-21'"),
    ],
)
def test_counts_say_what_cannot_be_understood(run: Callable[..., Result], words: tuple[str, ...], said: str) -> None:
    refused = run("counts", *words).exception
    assert isinstance(refused, ConfigError)
    assert said in str(refused)


@pytest.mark.usefixtures("stored")
def test_a_link_found_can_be_copied_from_a_narrow_terminal(run: Callable[..., Result]) -> None:
    whole = "".join(part.strip(" │") for part in run("search", "mercury", COLUMNS="60").output.splitlines())
    assert "https://e.org/[/i]" in whole


@pytest.mark.usefixtures("stored")
def test_a_search_that_finds_nothing_says_so_and_names_the_nearest_brand(run: Callable[..., Result]) -> None:
    assert run("search", "venus").output == "nothing found\n"
    assert run("search", "venus", "--brand", "tonic").output == "nothing found\n"
    said = run("search", "mercury", "--brand", "tonik")
    assert (said.exit_code, said.output) == (
        0,
        "nothing found; brands.yaml has no brand 'tonik'; did you mean 'tonic'?\n",
    )
    assert run("search", "mercury", "--limit", "0").exit_code == 2


def test_a_watch_says_what_came_of_it(run: Callable[..., Result]) -> None:
    assert run("watch").output == "watched brands: 1 (1 blind)\n"


def test_an_upkeep_tells_before_it_deletes_and_what_it_deleted(
    tmp_path: Path, run: Callable[..., Result], mention: Callable[..., Mention]
) -> None:
    assert run("status").exit_code == 0
    with open_app({"TOCSIN_HOME": str(tmp_path / "home"), "TOCSIN_CONFIG": str(tmp_path)}) as opened:
        long_ago = datetime(2015, 1, 1, tzinfo=UTC)
        opened.stores.mentions.add([mention("old", text="mercury", published_at=long_ago)])
    rows = [run("upkeep", "--dry-run"), run("upkeep"), run("upkeep")]
    assert [result.exit_code for result in rows] == [0, 0, 0], rows[0].output
    counts = [re.findall(r"│ mentions +│ (\d+) ", result.output) for result in rows]
    assert counts == [["1"], ["1"], ["0"]]
    assert "would go" in rows[0].output
    assert "would go" not in rows[1].output
    assert run("search", "mercury").output == "nothing found\n"


def test_an_upkeep_that_fails_in_one_thing_does_the_rest_and_exits_1(
    tmp_path: Path, run: Callable[..., Result]
) -> None:
    batch = "20200101T000000Z-news"
    (tmp_path / "home" / "batches" / "archive" / "2020" / "01" / "01" / f"{batch}.ndjson.zst").mkdir(parents=True)
    result = run("upkeep")
    assert result.exit_code == 1
    assert re.search(r"│ raw batches[^│]+│ failed ", result.output)
    assert re.search(r"│ mentions +│ 0 ", result.output)
    assert batch in result.output


def test_a_missing_archive_is_named_by_its_path(tmp_path: Path, run: Callable[..., Result]) -> None:
    (tmp_path / "columns.yaml").write_text("time: at\ntext: words\n", encoding="utf-8")
    entry = "{id: old, kind: file, url: gone.csv, columns: columns.yaml}"
    (tmp_path / "sources.yaml").write_text(f"sources: [{entry}]", encoding="utf-8")
    assert run("collect").exit_code == 0
    assert "gone.csv" in run("status").output
