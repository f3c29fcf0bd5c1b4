"""`tocsin kibana link` as people and scripts use it: the link alone on stdout, every slip with its remedy."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

import prison
import pytest
from typer.testing import CliRunner

from tocsin.cli import app
from tocsin.config import load_config, read_settings
from tocsin.errors import ConfigError
from tocsin.model import Window
from tocsin.wiring.kibana import link_maker

BRANDS = """brands:
  - {id: loreal, name: "L'Oréal"}
  - {id: ca, name: "Crédit Agricole"}
  - {id: abc, name: 'A&B "C"'}
"""
PERSON = "  - {{id: {0}, name: {0}, email: {0}@example.org, language: {1}}}\n"
URL = "https://example.org/kibana"
START = "2026-11-22T10:00"


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "brands.yaml").write_text(BRANDS, encoding="utf-8")
    people(tmp_path, "fr", "en", "fr")
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("TOCSIN_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("TOCSIN_CONFIG", str(tmp_path))
    return tmp_path


def people(folder: Path, *languages: str) -> None:
    lines = "".join(PERSON.format(f"p{number}", language) for number, language in enumerate(languages))
    (folder / "people.yaml").write_text(f"people:\n{lines}" if lines else "people: []\n", encoding="utf-8")


def run(*words: str, url: str | None = URL) -> str:
    environ = {} if url is None else {"TOCSIN_KIBANA_URL": url}
    result = CliRunner().invoke(app, ["kibana", "link", *words], env=environ, catch_exceptions=True)
    if isinstance(result.exception, ConfigError):
        raise result.exception
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    return result.stdout.removesuffix("\n")


def read(address: str) -> tuple[str, dict, str]:
    """Path of the dashboard, the time and the brand that it opens on."""
    path, _, query = urlsplit(address).fragment.partition("?")
    states = {
        name: prison.loads(unquote(value)) for name, _, value in (part.partition("=") for part in query.split("&"))
    }
    return path, states["_g"]["time"], states["_a"]["filters"][0]["query"]["match_phrase"]["brand_name"]


@pytest.mark.parametrize(
    ("said", "name"),
    [("loreal", "L'Oréal"), ("L'ORÉAL", "L'Oréal"), ("Crédit Agricole", "Crédit Agricole"), ('A&B "C"', 'A&B "C"')],
)
def test_the_link_stands_alone_on_stdout_whatever_the_brand_is_called(config, said, name):
    address = run("--brand", said, "--from", START, "--to", "2026-11-22T18:00")
    assert address.startswith(f"{URL}/app/dashboards#/view/")
    assert " " not in address
    times = {"from": "2026-11-22T09:00:00.000Z", "to": "2026-11-22T17:00:00.000Z"}
    assert read(address) == ("/view/tocsin-incident-fr", times, name)


TIMES = {
    "a day of the team": ("2026-07-01", "2026-07-02", "2026-06-30T22:00", "2026-07-01T22:00"),
    "zones of their own": ("2026-11-22T09:00Z", "2026-11-22T12:00+02:00", "2026-11-22T09:00", "2026-11-22T10:00"),
    "with a space": ("2026-11-22 10:00", "2026-11-22 10:30:15", "2026-11-22T09:00", "2026-11-22T09:30:15"),
}


@pytest.mark.parametrize(("begin", "until", "start", "end"), TIMES.values(), ids=TIMES)
def test_times_are_iso_and_of_the_team_where_they_name_no_zone(config, begin, until, start, end):
    time = read(run("--brand", "ca", "--from", begin, "--to", until))[1]
    assert time["from"].startswith(start)
    assert time["to"].startswith(end)


def test_another_zone_of_the_team(config, monkeypatch):
    monkeypatch.setenv("TOCSIN_TIME_ZONE", "America/New_York")
    assert read(run("--brand", "ca", "--from", START, "--to", "2026-11-23"))[1]["from"] == "2026-11-22T15:00:00.000Z"


def test_it_ends_now_when_nothing_else_is_said(config):
    first = run("--brand", "ca", "--from", "2020-01-01")
    second = run("--brand", "ca", "--from", "2020-01-01")
    assert START < read(first)[1]["to"] <= read(second)[1]["to"]


def test_options_win_over_settings(config):
    words = ["--url", "http://127.0.0.1:5601", "--space", "press", "--language", "en"]
    address = run("--brand", "ca", "--from", START, "--to", "2026-11-23", *words)
    assert address.startswith("http://127.0.0.1:5601/s/press/app/dashboards#/view/tocsin-incident-en?_g=")


@pytest.mark.parametrize(
    ("languages", "opens"), [(("en", "fr", "en"), "en"), (("fr", "en"), "en"), (("fr",), "fr"), ((), "en")]
)
def test_it_opens_in_the_language_of_most_people(config, languages, opens):
    people(config, *languages)
    assert read(run("--brand", "ca", "--from", START, "--to", "2026-11-23"))[0] == f"/view/tocsin-incident-{opens}"


MISTAKES = {
    "a brand that is hardly misspelt": (["--brand", "loréal", "--from", START], "'loréal'; did you mean 'L'Oréal'"),
    "an unknown brand": (["--brand", "zzz", "--from", START], "'zzz'; known here: loreal, ca, abc"),
    "no time": (["--brand", "ca", "--from", "soon"], "--from: 'soon' is no moment; write 2026-11-22"),
    "a time before all time": (["--brand", "ca", "--from", "0001-01-01"], "--from: '0001-01-01' is no moment"),
    "an end that is no time": (["--brand", "ca", "--from", START, "--to", "\x1b[0m"], "--to: '�[0m' is no moment"),
    "backwards": (["--brand", "ca", "--from", START, "--to", START], "is not before --to"),
    "from the future": (["--brand", "ca", "--from", "2999-01-01"], "is not before now"),
    "another space than can be": (["--brand", "ca", "--from", START, "--space", "../x"], "TOCSIN_KIBANA_SPACE"),
    "no address": (["--brand", "ca", "--from", START, "--url", "kibana"], "TOCSIN_KIBANA_URL: is no address"),
}  # fmt: skip


@pytest.mark.parametrize(("words", "told"), MISTAKES.values(), ids=MISTAKES)
def test_a_slip_is_told_with_its_remedy(config, words, told):
    with pytest.raises(ConfigError) as slip:
        run(*words)
    assert told in str(slip.value)


def test_without_a_kibana_there_is_nowhere_to_lead_to(config):
    with pytest.raises(ConfigError, match="set TOCSIN_KIBANA_URL, or give --url"):
        run("--brand", "ca", "--from", START, url=None)


def test_from_a_shell_it_exits_with_2_and_tells_on_stderr(config):
    command = [
        sys.executable,
        "-c",
        "from tocsin.cli import main; main()",
        "kibana",
        "link",
        "--brand",
        "x",
        "--from",
        START,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "TOCSIN_KIBANA_URL" in done.stderr


def test_the_link_of_an_incident_is_the_one_that_the_command_prints(config):
    settings = read_settings({"TOCSIN_CONFIG": str(config), "TOCSIN_KIBANA_URL": URL, "TOCSIN_KIBANA_SPACE": "press"})
    found = load_config(config, need_sources=False)
    printed = run("--brand", "abc", "--from", "2026-11-22T09:00Z", "--to", "2026-11-22T17:00Z", "--space", "press")
    make = link_maker(settings, found)
    window = Window(datetime(2026, 11, 22, 9, tzinfo=UTC), datetime(2026, 11, 22, 17, tzinfo=UTC))
    assert make is not None
    assert make("abc", window, "fr") == printed
    assert read(make("gone", window, "fr"))[2] == "gone"


def test_no_kibana_no_link(config):
    assert link_maker(read_settings({}), load_config(config, need_sources=False)) is None
