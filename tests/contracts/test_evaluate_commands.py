"""`tocsin evaluate ...` on files in whatever state: what is judged, what is left out, what is refused and why."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tocsin.cli import main
from tocsin.evaluate.figures import BEGIN, END

ROWS = [
    ("The crew was awful and rude", "negative"),
    ("Boarding starts at noon at gate five", "neutral"),
    ("What a lovely flight, thank you", "positive"),
    ("Terrible, my bag is lost again", "negative"),
]
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `tocsin evaluate tone`, or another `what`, in a folder of its own: exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)

    def call(*args: str, what: str = "tone") -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["tocsin", "evaluate", what, *args])
        with pytest.raises(SystemExit) as ended:
            main()
        return (ended.value.code or 0, *capsys.readouterr())

    return call


def table(separator: str = ",", rows: list[tuple[str, str]] = ROWS, quote: str = '"') -> str:
    lines = [separator.join(("text", "label"))]
    return "\n".join(lines + [f"{quote}{text}{quote}{separator}{label}" for text, label in rows]) + "\n"


def write(path: Path, content: bytes) -> str:
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path.name


def json_lines(rows: list[tuple[str, str]]) -> str:
    return "".join(json.dumps({"label": label, "text": text}) + "\n" for text, label in rows)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("a.csv", table().encode(), id="comma"),
        pytest.param("a.csv.gz", table().encode(), id="gzip"),
        pytest.param("a.csv", table(";").encode("utf-8-sig"), id="semicolon and a byte order mark"),
        pytest.param("a.tsv", table("\t").encode(), id="tab"),
        pytest.param("a.csv", table().encode("utf-16"), id="UTF-16 as Windows writes it"),
        pytest.param("a.csv", table().replace("\n", "\r\n").encode(), id="line ends of Windows"),
        pytest.param("a.txt", table("|").encode(), id="another suffix, pipes"),
        pytest.param("a.jsonl.gz", json_lines(ROWS).encode(), id="JSON Lines"),
        pytest.param("a.json", json_lines(ROWS).encode(), id="JSON Lines under another name"),
    ],
)
def test_the_same_rows_in_any_form_give_the_same_figures(run: Run, tmp_path: Path, name: str, content: bytes) -> None:
    code, out, err = run(write(tmp_path / name, content), "--lang", "en", "--json", "out/figures.json")
    assert (code, err) == (0, "")
    assert "4 rows read, 4 judged" in out
    found = json.loads((tmp_path / "out" / "figures.json").read_text())
    assert found["rows"] == {"read": 4, "judged": 4, "broken": 0, "other_label": 0, "no_text": 0}
    assert found["tone"]["scores"]["accuracy"]["value"] == 1.0
    assert found["tone"]["scores"]["given"] == ["negative", "neutral", "positive"]
    assert not found["tone"]["by_sign"]


def test_what_cannot_be_used_is_counted_and_told_and_the_rest_goes_on(run: Run, tmp_path: Path) -> None:
    rows = [*ROWS, ("So so", "mixed"), ("", "negative"), ("two\nlines, awful", "NEG"), ("Off", "mixed")]
    content = table(rows=rows) + "one,two,three\n" + "caf\xe9 is awful and sad,neg\n"
    code, out, _ = run(write(tmp_path / "a.csv", content.encode("cp1252")), "--lang", "en", "--json", "f.json")
    assert code == 0
    found = json.loads((tmp_path / "f.json").read_text())
    assert found["rows"] == {"read": 10, "judged": 6, "broken": 1, "other_label": 2, "no_text": 1}
    assert found["other_labels"] == {"mixed": 2}
    assert "left out, other labels: mixed 2" in out
    assert "not read: line 11: 3 values for 2 columns" in out
    assert found["tone"]["scores"]["confusion"][0] == [4, 0, 0]


def test_stars_without_a_middle_are_judged_by_the_sign_with_a_correlation(run: Run, tmp_path: Path) -> None:
    rows = [("Nul, je suis très déçu", "1"), ("Vraiment mauvais", "2"), ("Très bien, merci", "4"), ("Parfait", "5")]
    code, out, _ = run(write(tmp_path / "a.csv", table(rows=rows).encode()), "--lang", "fr", "--json", "f.json")
    assert code == 0
    found = json.loads((tmp_path / "f.json").read_text())
    assert found["tone"]["by_sign"]
    assert found["tone"]["scores"]["accuracy"]["value"] == 1.0
    assert found["tone"]["pearson"]["value"] > 0.8
    assert "stars: below 3 negative" in out
    assert "judged by the sign alone" in out


def test_a_mapping_says_what_labels_mean_and_only_what_it_names_counts(run: Run, tmp_path: Path) -> None:
    rows = [("Awful", "0"), ("A table", "2"), ("Lovely", "4")]
    name = write(tmp_path / "a.csv", table(rows=rows).encode())
    code, out, _ = run(name, "--lang", "en", "--labels", "0=negative,4=positive")
    assert code == 0
    assert "left out, other labels: 2 1" in out
    assert "labels: 0=negative, 4=positive" in out


def test_columns_have_any_name_and_the_figures_are_shown_over_time(run: Run, tmp_path: Path) -> None:
    lines = ["When;Avis;Note"] + [
        f"{day:02d}/11/2025 10:00;{'Nul' if day % 2 else 'Parfait'};{day % 2}" for day in (1, 2, 8, 9)
    ]
    lines.append("some day;Parfait;0")
    name = write(tmp_path / "a.csv", "\n".join(lines).encode())
    code, out, _ = run(
        name, "--text", "avis", "--label", "Note", "--time", "When", "--lang", "fr",
        "--labels", "1=negative,0=positive", "--json", "f.json",
    )  # fmt: skip
    assert code == 0
    found = json.loads((tmp_path / "f.json").read_text())
    assert [(period["name"], period["scores"]["rows"]) for period in found["tone"]["periods"]] == [
        (f"2025-11-{day:02d} 10:00", 1) for day in (1, 2, 8, 9)
    ]
    assert found["rows"]["no_time"] == 1
    assert "2025-11-08" in out


def test_a_target_that_is_missing_from_its_text_is_counted(run: Run, tmp_path: Path) -> None:
    lines = ["text,target,label", "Bulla is awful,Bulla,negative", "All is well,Bulla,positive", "So bad,,negative"]
    code, out, _ = run(
        write(tmp_path / "a.csv", "\n".join(lines).encode()), "--target", "target", "--lang", "en", "--json", "f.json"
    )
    assert code == 0
    rows = json.loads((tmp_path / "f.json").read_text())["rows"]
    assert (rows["judged"], rows["no_target"], rows["target_not_found"]) == (3, 1, 1)
    assert "1 no target, 1 target not found" in out


@pytest.mark.parametrize(
    ("content", "options", "code", "said"),
    [
        (table(), ("--text", "txt"), 2, "no column 'txt' for --text; did you mean 'text'? It has: 'text', 'label'"),
        (table(), ("--time", "quand"), 2, "no column 'quand' for --time. It has: 'text', 'label'"),
        (table(), ("--labels", "negative"), 2, "'negative' maps no label"),
        (table(), ("--encoding", "latin-99"), 2, "unknown encoding 'latin-99'"),
        (table(), ("--lang", "de"), 2, "de"),
        (table(rows=[("a", "x"), ("b", "y")]), (), 1, "no label in column 'label' is negative, neutral or positive"),
        (table(rows=[("a", "0"), ("b", "7")]), (), 2, "could mean anything (0, 7)"),
        ("text,label\n", (), 1, "no rows"),
        ("", (), 1, "no rows"),
        ("text,label\na,b,c\n", (), 1, "none of its 1 rows can be read; line 2: 3 values for 2 columns"),
        (table(), ("--json", "."), 2, "cannot write the result"),
    ],
)
def test_what_is_wrong_is_said_with_its_remedy(
    run: Run, tmp_path: Path, content: str, options: tuple[str, ...], code: int, said: str
) -> None:
    found, out, err = run(write(tmp_path / "a.csv", content.encode()), *options)
    assert found == code
    assert said in " ".join(err.split())
    assert "Confusion" not in out


def test_a_file_that_is_not_there(run: Run) -> None:
    assert run("nowhere.csv")[::2] == (1, "no such file: nowhere.csv\n")


def test_pairs_of_texts_are_scored(run: Run, tmp_path: Path) -> None:
    long = "The minister said on Monday that the new station will open before the summer holidays begin"
    rows = [
        ("one", "other", "is_copy"),
        (long, f"RT @a {long}", "yes"),
        (long, "Nobody knows anything", "no"),
        ("a", "b", "?"),
        (long, " ", "yes"),
    ]
    name = write(tmp_path / "pairs.csv", "".join(f"{a};{b};{c}\n" for a, b, c in rows).encode())
    columns = ("--text1", "one", "--text2", "other", "--same", "is_copy")
    code, out, err = run(name, *columns, "--json", "f.json", what="stories")
    assert (code, err) == (0, "")
    found = json.loads((tmp_path / "f.json").read_text())
    assert found["rows"] == {"read": 4, "broken": 0, "judged": 2, "other_label": 1, "no_text": 1}
    assert found["pairs"]["scores"]["confusion"] == [[1, 0], [0, 1]]
    assert "left out, other labels: ? 1" in out
    assert "stories join from 0.60 on" in out
    code, _, err = run(name, what="stories")
    assert code == 2
    assert "no column 'text1' for --text1. It has: 'one', 'other', 'is_copy'" in err
    code, _, err = run(name, *columns[:4], "--same", "one", what="stories")
    assert code == 1
    assert "says nowhere 1 or 0" in err


def test_languages_are_scored_by_columns_that_are_found(run: Run, tmp_path: Path) -> None:
    texts = [
        ("Le train de ce soir est encore en retard", "fr"),
        ("The train is late again tonight", "EN"),
        ("Ok", "fr"),
    ]
    texts += [("Der Zug ist heute Abend schon wieder zu spät", "de"), ("", "fr"), ("Hello to all of you", "")]
    rows = "".join(json.dumps({"lang": lang, "sentence": text}) + "\n" for text, lang in texts)
    code, out, err = run(write(tmp_path / "a.jsonl", rows.encode()), "--json", "f.json", what="language")
    assert (code, err) == (0, "")
    found = json.loads((tmp_path / "f.json").read_text())
    assert found["rows"] == {"read": 6, "broken": 0, "judged": 4, "no_label": 1, "no_text": 1}
    assert found["language"]["long_enough"]["value"] == 1.0
    shortest = found["language"]["lengths"][0]
    assert (shortest["name"], shortest["unsaid"]["value"]) == ("under 3 words", 1)
    assert "accuracy from three words on 1.00" in out
    assert run("a.jsonl", "--language", "langue", what="language")[0] == 2


def test_brands_are_scored_and_what_is_wrong_is_listed(run: Run, tmp_path: Path) -> None:
    (tmp_path / "brands.yaml").write_text(
        "languages: [fr]\nbrands:\n  - {id: bulla, name: Bulla, never: [la bulla]}\n"
    )
    (tmp_path / "people.yaml").write_text("people: []\n")
    lines = ["text,brand", "Ma Bulla est tiède,Bulla", "Rien ici,", "Une Bulla\x1b[31m de trop,none"]
    lines += ["Oui la bulla,bulla", "Vive Gloria,Gloria"]
    code, out, err = run(
        write(tmp_path / "a.csv", "\n".join(lines).encode()), "--config", ".", "--json", "f.json", what="brands"
    )
    assert (code, err) == (0, "")
    found = json.loads((tmp_path / "f.json").read_text())
    bulla = found["brands"]["brands"][0]
    assert (bulla["precision"]["value"], bulla["recall"]["value"]) == (0.5, 0.5)
    assert found["strange"] == {"Gloria": 1}
    assert "line 5: missed bulla: Oui la bulla" in out
    assert "line 4: wrongly bulla" in out
    assert "\x1b" not in out
    assert "no brand of the config: Gloria 1" in out
    assert "and 1 more" in run("a.csv", "--config", ".", "--errors", "1", what="brands")[1]
    assert run("a.csv", "--config", "nowhere", what="brands")[0] == 2


def test_only_a_part_of_a_file_is_judged(run: Run, tmp_path: Path) -> None:
    lines = ["text,label,split", "Awful,negative,train", "Lovely,positive,val", "Bad,negative,val"]
    name = write(tmp_path / "a.csv", "\n".join(lines).encode())
    code, out, _ = run(name, "--lang", "en", "--only", "split=val")
    assert code == 0
    assert "3 rows read, 2 judged, 1 other part" in out
    assert run(name, "--only", "val")[::2] == (
        2,
        "--only: 'val' names no value; write column=value, such as split=val\n",
    )
    code, _, err = run(name, "--only", "part=val")
    assert code == 2
    assert "no column 'part' for --only" in err


def test_the_public_sets_that_are_there_are_judged_and_written_into_record_page_and_picture(
    run: Run, tmp_path: Path
) -> None:
    rows = "split,label,text\nval,negative,Awful and sad\nval,positive,Lovely\ntrain,neutral,A table\n"
    write(tmp_path / "sentiment_en_tweets_umsab.csv.gz", rows.encode())
    (tmp_path / "page.md").write_text(f"before\n{BEGIN}\n{END}\nafter\n")
    options = ("--data", ".", "--json", "out/f.json", "--plot", "out/f.png", "--docs", "page.md")
    code, out, err = run(*options, what="enrich")
    assert (code, err) == (0, "")
    found = json.loads((tmp_path / "out" / "f.json").read_text())
    assert [(one["set"], one["rows"], one["accuracy"]["value"]) for one in found["tone"]] == [
        ("English tweets (val)", 2, 1.0)
    ]
    assert "crisis_us_airlines_2015.csv.gz" in found["missing"]
    assert "not there, so not judged: brand_reviews" in out
    assert "| English tweets (val), negative or positive | en | 2 | 1.00" in (tmp_path / "page.md").read_text()
    assert (tmp_path / "out" / "f.png").read_bytes().startswith(b"\x89PNG")
    first = (tmp_path / "out" / "f.json").read_bytes()
    assert run(*options, what="enrich")[0] == 0
    assert (tmp_path / "out" / "f.json").read_bytes() == first


def test_a_folder_without_the_sets_is_refused(run: Run, tmp_path: Path) -> None:
    code, _, err = run("--data", ".", what="enrich")
    assert code == 1
    assert "none of the evaluation sets is there" in err
