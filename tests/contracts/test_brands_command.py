"""`tocsin brands try` on given texts, on a file and on what is stored."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tocsin.adapters.sqlite import open_sqlite
from tocsin.cli import app
from tocsin.errors import ConfigError
from tocsin.model import Mention, Tone

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
QUERY = "orange +(forfait* OR 4G) -jus"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "brands.yaml").write_text(
        "brands: [{id: orange, name: Orange, query: orange lang:fr, never: [jus d'orange]}]"
    )
    (tmp_path / "people.yaml").write_text("people: []")
    (tmp_path / "sources.yaml").write_text("sources: []")
    environ = {"TOCSIN_HOME": str(tmp_path), "TOCSIN_CONFIG": str(tmp_path)}
    return lambda *words, command="try", **more: CliRunner().invoke(
        app, ["brands", command, *words], env=environ, catch_exceptions=False, **more
    )


def test_texts_are_marked_and_counted(run) -> None:
    done = run(QUERY, "Mon forfait Orange", "Un jus d'orange", "Orange !", "rien\x1b[31m")
    assert [line.strip() for line in done.stdout.splitlines()] == [
        "caught  Mon forfait [Orange]",
        f"by {QUERY}",
        "dropped Un {jus} d'[orange]",
        "excluded: jus",
        "dropped [Orange] !",
        "missing: forfait* OR 4G",
        "4 texts: 1 caught, 2 dropped, 1 without the name",
        "1 dropped by -jus",
        "1 dropped by forfait* OR 4G",
    ]


def test_a_brand_as_it_is_configured_and_with_another_query(run) -> None:
    french = "Orange est en panne depuis ce matin"
    assert "1 caught" in run("--brand", "orange", french, "un jus d'orange bien frais ce matin").stdout
    assert "1 dropped" in run("--brand", "orange", "--query", "orange lang:en", french).stdout
    assert "it only stands in: Orange est" in run("--brand", "orange", "--never", "Orange est", french).stdout


def test_one_text_a_line_and_one_object_a_text(run) -> None:
    done = run(QUERY, "-", "--json", input="forfait Orange\n\njus d'orange\n")
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [each.get("outcome") for each in told] == ["caught", "dropped", None]
    assert told[0]["named"] == [[8, 14]]
    assert (told[1]["decided"], told[1]["part"]) == ([[0, 3]], "-jus")
    assert told[2] == {"counts": {"caught": 1, "dropped": 1}, "dropped_by": {"-jus": 1}}


def test_a_file_and_how_many_are_shown(run, tmp_path: Path) -> None:
    (tmp_path / "posts.csv").write_text("id,avis\n" + "".join(f"{n},forfait Orange {n}\n" for n in range(5)))
    done = run(QUERY, "--file", "posts.csv", "--show", "2")
    assert done.stdout.count("caught  ") == 2
    assert "5 texts: 5 caught" in done.stdout


def test_a_file_by_its_column_map(run, tmp_path: Path) -> None:
    (tmp_path / "posts.jsonl").write_text(
        '{"at": "2026-11-01", "said": "forfait Orange", "where": "forum"}\n{"at": "?", "said": "x"}\n'
    )
    (tmp_path / "map.yaml").write_text("time: at\ntext: said\nnetwork: where\n")
    done = run("orange network:forum", "--file", "posts.jsonl", "--columns", "map.yaml")
    assert "1 texts: 1 caught" in done.stdout
    mails = Path(__file__).resolve().parents[1] / "golden" / "files" / "letters.mbox"
    assert " caught, " in run("orange OR the", "--file", str(mails)).stdout


def test_stored_mentions_are_tried_with_what_is_known_of_them(run, tmp_path: Path) -> None:
    with open_sqlite(str(tmp_path / "tocsin.db")) as stores:
        stores.mentions.add(
            Mention(
                f"m{n}", "s", network, "https://news.example.org/1", "", "Orange", "a", NOON, NOON,
                language="fr", brands=("orange",), tone=Tone.NEUTRAL, compound=0.0, story_id=f"m{n}",
            )
            for n, network in enumerate(("web", "mastodon"))
        )  # fmt: skip
    done = run("orange lang:fr site:example.org network:mastodon", "--stored")
    assert "2 texts: 1 caught, 1 dropped" in done.stdout
    assert "it is not network:mastodon but web" in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "write a query, or --brand"),
        (("orange",), "nothing to try it on"),
        (("orange (", "x"), "the bracket is not closed"),
        (("--brand", "orage", "x"), "did you mean 'orange'?"),
    ],
)
def test_what_is_wrong_is_told(run, words: tuple[str, ...], said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        run(*words)
    assert said in str(caught.value)


def test_what_each_place_is_asked_and_what_is_left(run) -> None:
    done = run("orange (forfait* OR 4G) -jus NEAR/3 x", "--json", command="compile")
    told = {each["place"]: each for each in map(json.loads, done.stdout.splitlines())}
    assert told["x search"]["questions"] == ['"orange" ("forfait" OR "forfaits" OR "4G") -is:retweet']
    assert told["x search"]["left"] == ["forfait*", "-jus NEAR/3 x"]
    assert told["bluesky"]["questions"] == told["others"]["questions"] == ["orange"]
    assert json.loads(told["elasticsearch"]["questions"][0])["query"]["bool"]["filter"]
    shown = run("orange network:news", command="compile").stdout
    assert "nothing: no post of it could fit" in shown
    assert "x stream" in run("--brand", "orange", command="compile").stdout
