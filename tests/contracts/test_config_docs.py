"""The docs, the examples and the schemas say what the code does: each key and setting, with its default."""

import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from tocsin.config import Settings, json_schemas, load_config, read_settings
from tocsin.config.schema import SHAPES
from tocsin.config.shapes import (
    BrandEntry,
    BrandsFile,
    ColumnsFile,
    CrisisEntry,
    PersonEntry,
    SourceEntry,
    ToneEntry,
    VoicesEntry,
)

ROOT = Path(__file__).resolve().parents[2]
CONFIG = ROOT / "include" / "config"
AIRLINES = CONFIG / "examples" / "us_airlines"
DOCS = (ROOT / "include" / "docs" / "configuration.md").read_text(encoding="utf-8")
EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")

HEADINGS = {
    "brands.yaml": BrandsFile,
    "tone": ToneEntry,
    "crisis": CrisisEntry,
    "brands": BrandEntry,
    "sources.yaml": SourceEntry,
    "voices": VoicesEntry,
    "people.yaml": PersonEntry,
    "Column maps": ColumnsFile,
}


def section(heading: str) -> str:
    """The text under one heading of the docs, up to the next."""
    found = re.search(rf"^##+ {re.escape(heading)}\n(.*?)(?=^##|\Z)", DOCS, re.MULTILINE | re.DOTALL)
    assert found, f"configuration.md has no heading {heading}"
    return found[1]


def row(name: str, field: FieldInfo) -> str:
    """The docs' line for one key, from its shape."""
    return f"| `{name}` | {default(field)} | {field.description} |"


def default(field: FieldInfo) -> str:
    value = field.get_default()
    if field.is_required():
        return "needed"
    if value is None or isinstance(value, BaseModel):
        return "none" if value is None else "see below"
    return f"`{value}`" if isinstance(value, str) else f"`{json.dumps(value)}`"


@pytest.mark.parametrize("heading", HEADINGS)
def test_each_key_of_a_file_is_in_the_docs_with_its_default_and_meaning(heading: str) -> None:
    expected = [row(name, field) for name, field in HEADINGS[heading].model_fields.items()]
    found = [line for line in section(heading).splitlines() if line.startswith("| `")]
    assert found == expected


def test_each_setting_is_in_the_docs_with_its_meaning() -> None:
    expected = [f"| `TOCSIN_{name.upper()}` | {field.description} |" for name, field in Settings.model_fields.items()]
    found = [line for line in section("Settings").splitlines() if line.startswith("| `")]
    assert found == expected


def test_the_example_environment_names_each_setting_and_is_right_when_uncommented(tmp_path: Path) -> None:
    names = re.findall(r"^#(TOCSIN_\w+)=", EXAMPLE, re.MULTILINE)
    assert sorted(names) == sorted(f"TOCSIN_{name.upper()}" for name in Settings.model_fields)
    (tmp_path / ".env").write_text(re.sub(r"^#(?=TOCSIN_)", "", EXAMPLE, flags=re.MULTILINE), encoding="utf-8")
    settings = read_settings({}, tmp_path)
    assert settings.smtp_from == "tocsin@example.org"


def test_the_example_environment_changes_nothing_as_it_is(tmp_path: Path) -> None:
    without = read_settings({}, tmp_path)
    (tmp_path / ".env").write_text(EXAMPLE, encoding="utf-8")
    assert read_settings({}, tmp_path) == without


def test_what_the_example_shows_as_default_is_the_default(tmp_path: Path) -> None:
    shown = {
        name: value
        for name, value in re.findall(r"^#(TOCSIN_\w+)=(.*)$", EXAMPLE, re.MULTILINE)
        if name.split("_", 1)[1] in {"HOME", "STORE", "BATCHES", "SMTP_TLS", "SMTP_PORT", "REPEAT"}
    }
    assert read_settings(shown, tmp_path) == read_settings({}, tmp_path)


def test_the_committed_schemas_are_current() -> None:
    folder = CONFIG / "schema"
    committed = {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.iterdir())}
    assert committed == json_schemas(), "run `make schema`"


SHIPPED = sorted([*CONFIG.glob("*.yaml"), *CONFIG.glob("examples/*/*.yaml")], key=str)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: str(path.relative_to(CONFIG)))
def test_each_shipped_file_names_its_schema_and_fits_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    named = re.match(r"# yaml-language-server: \$schema=(\S+)\n", text)
    assert named, "an editor finds the schema by the first line"
    schema = json.loads((path.parent / named[1]).read_text(encoding="utf-8"))
    assert Path(named[1]).name == f"{path.stem}.schema.json"
    jsonschema.Draft202012Validator(schema).validate(yaml.safe_load(text))


@pytest.mark.parametrize("name", SHAPES)
def test_a_schema_refuses_an_unknown_key(name: str) -> None:
    schema = json.loads(json_schemas()[f"{name}.schema.json"])
    jsonschema.Draft202012Validator.check_schema(schema)
    with pytest.raises(jsonschema.ValidationError, match="'surprise' was unexpected"):
        jsonschema.Draft202012Validator(schema).validate({"surprise": 1})


def test_the_shipped_configuration_is_right_and_sends_no_mail_to_real_people() -> None:
    for folder in (CONFIG, AIRLINES):
        config = load_config(folder, need_sources=folder == CONFIG)
        assert config.people
        assert all(person.email.endswith("@example.org") for person in config.people)
    assert not load_config(CONFIG).sources, "addresses at example.org answer nobody"


def test_no_heading_of_the_docs_is_about_what_is_not_there() -> None:
    about = set(re.findall(r"^## (\S+\.yaml)$", DOCS, re.MULTILINE))
    assert about == {path.name for path in CONFIG.glob("*.yaml")}
