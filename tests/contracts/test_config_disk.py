"""What lies on disk: folders, missing files, `.env`, column maps and the schemas written beside."""

import os
from pathlib import Path

import pytest

from tocsin.collect.read_file import ColumnMap
from tocsin.config import json_schemas, load_columns, load_config, read_settings, write_schemas
from tocsin.errors import ConfigError

BRANDS = "brands:\n  - {id: bulla, name: Bulla}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, brands=BRANDS, sources="sources: []\n", people="people: []\n")
    return tmp_path


def write(folder: Path, **texts: str) -> None:
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")


def problems(folder: Path, *, need_sources: bool = True) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load_config(folder, need_sources=need_sources)
    return str(caught.value).replace(f"{folder}{os.sep}", "").splitlines()


def test_a_folder_is_read(folder: Path) -> None:
    assert [brand.id for brand in load_config(folder).brands] == ["bulla"]


def test_a_missing_folder_is_one_problem_with_its_remedy(tmp_path: Path) -> None:
    remedy = "make it, or name another by TOCSIN_CONFIG or --config (tocsin config check --help)"
    assert problems(tmp_path / "none") == [f"{tmp_path / 'none'}: no such folder; {remedy}"]


def test_a_file_in_the_place_of_the_folder_is_told_so(folder: Path) -> None:
    file = folder / "brands.yaml"
    assert problems(file) == [f"{file}: is a file; name the folder it is in"]


def test_each_missing_file_is_named(folder: Path) -> None:
    (folder / "people.yaml").unlink()
    (folder / "sources.yaml").unlink()
    remedy = "no such file; copy the one of include/config, see include/docs/configuration.md"
    assert problems(folder) == [f"people.yaml: {remedy}", f"sources.yaml: {remedy}"]


def test_sources_may_be_missing_where_none_are_needed_but_not_wrong(folder: Path) -> None:
    write(folder, sources="sauces: []\n")
    assert "sources.yaml:1:1: unknown key 'sauces'; did you mean 'sources'?" in problems(folder, need_sources=False)
    (folder / "sources.yaml").unlink()
    assert load_config(folder, need_sources=False).sources == ()


def test_a_folder_in_place_of_a_file_is_told(folder: Path) -> None:
    (folder / "people.yaml").unlink()
    (folder / "people.yaml").mkdir()
    assert problems(folder) == ["people.yaml: cannot be read (Is a directory); check its rights"]


def test_a_huge_file_is_refused_before_it_is_parsed(folder: Path) -> None:
    write(folder, brands=BRANDS + "#" * 1_000_001)
    assert problems(folder)[0] == "brands.yaml: is larger than 1 MB; a configuration file is small, check the name"


def test_the_paths_of_a_file_source_start_from_its_folder(folder: Path) -> None:
    write(folder, map="time: t\ntext: x\n")
    write(folder, sources="sources: [{id: old, kind: file, url: old.csv, columns: map.yaml}]\n")
    source = load_config(folder).sources[0]
    assert (source.url, source.columns) == (str(folder / "old.csv"), str(folder / "map.yaml"))


def test_a_wrong_column_map_is_told_with_the_line_that_names_it(folder: Path) -> None:
    write(folder, map="time: t\ntxt: x\nbrand: b\nbrand_names: {Bulla: bula}\n")
    write(folder, sources="sources:\n  - {id: old, kind: file, url: old.csv, columns: map.yaml}\n")
    assert problems(folder) == [
        "map.yaml:2:1: unknown key 'txt'; did you mean 'text'?",
        "map.yaml:4:22: unknown brand 'bula'; did you mean 'bulla'?",
        "sources.yaml:2:50: column map 'map.yaml' is not right; see its lines",
    ]


def test_a_missing_column_map_is_told(folder: Path) -> None:
    write(folder, sources="sources:\n  - {id: old, kind: file, url: old.csv, columns: map.yaml}\n")
    assert problems(folder)[0].startswith("map.yaml: no such file; copy the one of include/config/examples/")


def test_a_column_map_is_read(tmp_path: Path) -> None:
    write(
        tmp_path, map="time: at\ntime_zone: Asia/Tokyo\ntitle: t\ntime_format: '%d.%m.%Y'\nbrand_names: {7: bulla}\n"
    )
    assert load_columns(tmp_path / "map.yaml", ["bulla"]) == ColumnMap(
        time="at", time_zone="Asia/Tokyo", title="t", time_format="%d.%m.%Y", brand_names={"7": "bulla"}
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("text: x\n", "1:1: key 'time' is missing; add `time: ...`"),
        ("time: t\n", "1:1: names neither text nor title; add `text: ...`"),
        ("time: t\ntext: x\nauthr: a\n", "3:1: unknown key 'authr'; did you mean 'author'?"),
        ("time: t\ntext: 1\n", "2:7: text: YAML reads '1' without quotes as a number; write it in quotes: \"1\""),
        ("time: t\ntext: x\ntime_zone: Mars\n", "3:12: time_zone: 'Mars' is no time zone"),
        ("time: t\ntext: x\ntime_format: '%Q'\n", "3:14: time_format: '%Q' is no format of times: "),
        ("time: t\ntext: x\ntime_format: '%d %d'\n", "3:14: time_format: '%d %d' is no format of times: "),
        ("time: t\ntext: x\ntime_format: '%H:%M'\n", "3:14: time_format: '%H:%M' does not give day, month and year"),
        ("time: t\ntext: x\nbrand_names: {B: B!}\n", "3:18: B: 'B!' is no id; use a to z, 0 to 9, - and _"),
        ("- t\n", "1:1: takes keys with values, not a list; write `key: value` lines"),
    ],
)
def test_a_wrong_column_map_is_told_with_place_and_remedy(tmp_path: Path, text: str, expected: str) -> None:
    write(tmp_path, map=text)
    with pytest.raises(ConfigError) as caught:
        load_columns(tmp_path / "map.yaml")
    assert str(caught.value).startswith(f"{tmp_path / 'map.yaml'}:{expected}")


def test_the_environment_wins_over_the_env_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("TOCSIN_HOME=/one\nexport TOCSIN_BATCHES='/b c'\nOTHER=x\n", encoding="utf-8")
    settings = read_settings({"TOCSIN_HOME": "/two"}, tmp_path)
    assert (str(settings.home), settings.batches) == ("/two", "/b c")


def test_a_dollar_in_the_env_file_stands_for_itself(tmp_path: Path) -> None:
    text = 'TOCSIN_SMTP_USERNAME=u\nTOCSIN_SMTP_PASSWORD="pa${HOME}$$word"\n'
    (tmp_path / ".env").write_text(text, encoding="utf-8")
    password = read_settings({"HOME": "/root"}, tmp_path).smtp_password
    assert password is not None
    assert password.get_secret_value() == "pa${HOME}$$word"


def test_problems_of_the_env_file_name_its_lines(tmp_path: Path) -> None:
    text = "# first\n\nTOCSIN_SMPT_HOST=m\n\n\nTOCSIN_SMTP_PORT=x\n= broken\n"
    (tmp_path / ".env").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        read_settings({}, tmp_path)
    assert str(caught.value).replace(f"{tmp_path}/", "").splitlines() == [
        ".env:3:1: unknown setting 'TOCSIN_SMPT_HOST'; did you mean 'TOCSIN_SMTP_HOST'?",
        ".env:6:1: TOCSIN_SMTP_PORT: write a port, 1 to 65535",
        ".env:7:1: is no NAME=value line; put # before a comment",
    ]


def test_an_env_file_of_another_encoding_is_told(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"TOCSIN_HOME=\xe9\n")
    with pytest.raises(ConfigError, match="is not UTF-8"):
        read_settings({}, tmp_path)


def test_the_current_folder_is_where_the_env_file_is_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("TOCSIN_HOME=mine\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert read_settings({}).home == tmp_path / "mine"


def test_schemas_are_written_the_same_each_time(tmp_path: Path) -> None:
    paths = write_schemas(tmp_path / "new" / "folder")
    first = {path.name: path.read_text(encoding="utf-8") for path in paths}
    write_schemas(tmp_path / "new" / "folder")
    assert first == json_schemas() == {path.name: path.read_text(encoding="utf-8") for path in paths}
