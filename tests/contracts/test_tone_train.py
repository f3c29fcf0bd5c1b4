"""`tocsin tone train` and TOCSIN_TONE_MODELS: a model is made, said to be good or not, used, not trusted blindly."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tocsin.cli import main
from tocsin.model import Tone
from tocsin.wiring.checkup import State, findings
from tocsin.wiring.tone_models import find_models, load_models

Run = Callable[..., tuple[int, str, str]]
FILLER = ("the", "train", "to", "station", "was", "on", "platform", "four", "of", "nine", "and", "people", "read")
PLANTED = {"negative": "grumpf", "neutral": "zorbic", "positive": "yapluk"}


def lines(count: int = 150, authors: int = 50) -> list[str]:
    """A table of texts in which an invented word says the tone."""
    chance = random.Random(5)
    rows = ["text,label,who,posted"]
    for number in range(count):
        label = ("negative", "neutral", "positive")[number % 3]
        words = [*chance.choices(FILLER, k=9), PLANTED[label]]
        rows.append(f"{' '.join(words)},{label},author{number % authors},2026-03-{number % 28 + 1:02d}")
    return rows


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `tocsin` in a folder of its own with a file of labels: exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "labels.csv").write_text("\n".join(lines()) + "\n")

    def call(*args: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["tocsin", *args])
        with pytest.raises(SystemExit) as ended:
            main()
        return (ended.value.code or 0, *capsys.readouterr())

    return call


def test_a_model_is_made_with_its_card_twice_the_same_and_used(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = ("labels.csv", "--lang", "en", "--author", "who", "--time", "posted")
    code, out, _ = run("tone", "train", *options)
    assert code == 0
    assert "en: learnt from 150 texts (50 negative, 50 neutral, 50 positive)" in out
    assert "training helps" in out
    assert "The last 30 % by time" in out
    assert "to use: TOCSIN_TONE_MODELS=tone-models" in out
    card = (tmp_path / "tone-models" / "tone-en.md").read_text()
    assert "- negative: grumpf" in card
    assert "near-copies and authors" in card
    first = (tmp_path / "tone-models" / "tone-en.npz").read_bytes()
    assert run("tone", "train", *options, "--out", "again")[0] == 0
    assert (tmp_path / "again" / "tone-en.npz").read_bytes() == first
    assert sorted(path.name for path in (tmp_path / "again").iterdir()) == ["tone-en.md", "tone-en.npz"]

    (tmp_path / "new.csv").write_text(
        "text,label\na grumpf of people,negative\nyapluk station,positive\nthe zorbic,neutral\n"
    )
    _, out, _ = run("evaluate", "tone", "new.csv", "--lang", "en")
    assert "heard by: the rules alone" in out
    assert "accuracy .333" in out
    monkeypatch.setenv("TOCSIN_TONE_MODELS", "tone-models")
    _, out, _ = run("evaluate", "tone", "new.csv", "--lang", "en")
    assert "heard by: models tone-models/tone-en.npz, else the rules" in out
    assert "accuracy 1.00" in out
    assert load_models("tone-models", ("fr", "en"))["en"].classes == (Tone.NEGATIVE, Tone.NEUTRAL, Tone.POSITIVE)


def test_a_file_in_two_languages_gives_two_models(run: Run, tmp_path: Path) -> None:
    french = ("Le train de {} est {} aujourd'hui, nous sommes à la gare", ("Paris", "Lyon", "Brest", "Nice", "Lille"))
    english = ("The train from {} is {} today, we are at the station", ("Leeds", "York", "Derby", "Bath", "Hull"))
    rows = ["text,label"]
    for number in range(140):
        text, towns = (french, english)[number % 2]
        word, label = (("grumpf", "negative"), ("yapluk", "positive"))[number // 2 % 2]
        rows.append(f'"{text.format(towns[number // 4 % 5], word)} {number * 7919}x{number}",{label}')
    (tmp_path / "both.csv").write_text("\n".join(rows))
    code, out, _ = run("tone", "train", "both.csv", "--out", "m")
    assert code == 0, out
    assert sorted(path.name for path in (tmp_path / "m").glob("*.npz")) == ["tone-en.npz", "tone-fr.npz"]


@pytest.mark.parametrize(
    ("rows", "options", "code", "said"),
    [
        (
            lines(30),
            (),
            1,
            "en: 10 negative, 10 neutral, 10 positive, and 60 texts of two classes with 15 each are needed",
        ),
        (lines(150, authors=1), ("--author", "who"), 1, "all texts are by one author or copies"),
        (lines(), ("--label", "tone"), 2, "no column 'tone' for --label. It has: 'text', 'label', 'who', 'posted'"),
        (lines(), ("--out", "labels.csv/models"), 2, "cannot write models to labels.csv/models"),
        (["text,label", "a,b"], (), 1, "no label in column 'label' is negative, neutral or positive"),
    ],
    ids=["too few", "one author", "no such column", "no such folder", "no labels of ours"],
)
def test_what_cannot_be_learnt_is_said(
    run: Run, tmp_path: Path, rows: list[str], options: tuple[str, ...], code: int, said: str
) -> None:
    (tmp_path / "labels.csv").write_text("\n".join(rows))
    found, out, err = run("tone", "train", "labels.csv", "--lang", "en", *options)
    assert found == code
    assert said in " ".join(err.split())
    assert "written" not in out
    assert not list(tmp_path.glob("tone-models/*"))


def test_models_that_cannot_be_used_are_told_and_the_rules_go_on(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    assert run("tone", "train", "labels.csv", "--lang", "en", "--out", "m")[0] == 0
    good = tmp_path / "m" / "tone-en.npz"
    asked = ("en", "fr")
    assert findings.judge_tone(find_models("", asked), asked).told == "en by the rules; fr by the rules"
    fine = findings.judge_tone(find_models("m", asked), asked)
    assert (fine.state, fine.told) == (State.OK, "en by the model m/tone-en.npz; fr by the rules")
    assert set(find_models("m", ["fr"]).models) == set(), "a language that is not watched needs no model"

    missing = find_models(f"en={good},fr=nowhere.npz", asked)
    assert set(missing.models) == {"en"}
    assert "nowhere.npz: No such file" in missing.troubles["fr"]
    assert findings.judge_tone(missing, asked).state is State.DEGRADED
    assert "is a model of en, not of fr" in find_models(f"fr={good}", asked).troubles["fr"]
    assert set(find_models("no-folder", asked).troubles) == {"en", "fr"}

    good.write_bytes(good.read_bytes()[:-2000])
    assert load_models("m", asked) == {}
    assert "tone of en by the rules alone, its model cannot be used: m/tone-en.npz" in caplog.text
    monkeypatch.setenv("TOCSIN_TONE_MODELS", "m")
    code, _, err = run("evaluate", "tone", "labels.csv", "--lang", "en")
    assert code == 1
    assert "TOCSIN_TONE_MODELS: m/tone-en.npz" in err


def test_a_model_of_other_rules_works_and_should_be_trained_again(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("tone", "train", "labels.csv", "--lang", "en", "--out", "m")[0] == 0
    monkeypatch.setattr("tocsin.enrich.tone.NEGATIVE_WEIGHT", 3.5)
    found = find_models("m", ("en",))
    assert found.outdated == ("en",)
    assert set(found.models) == {"en"}
    told = findings.judge_tone(found, ("en",))
    assert told.state is State.DEGRADED
    assert "the rules of en have changed since" in told.remedy


@pytest.mark.parametrize("said", ["en=", "=m", "de=m", "en=m,fr"])
def test_a_wrong_setting_is_refused(run: Run, monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setenv("TOCSIN_TONE_MODELS", said)
    code, _, err = run("evaluate", "tone", "labels.csv")
    assert code == 2
    assert "TOCSIN_TONE_MODELS: write a folder, or en=FILE and fr=FILE" in " ".join(err.split())
