"""docker-compose.yml without Docker: right by the specification, sound in itself, and told in full by the docs."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import typer.main
import yaml

from tocsin.cli import app
from tocsin.config import read_settings

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
FILE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = FILE["services"]
SCHEMA = json.loads((ROOT / "tests" / "compose_spec" / "compose-spec.json").read_text(encoding="utf-8"))
DOCS = (ROOT / "include" / "docs" / "compose.md").read_text(encoding="utf-8")

VARIABLE = re.compile(r"(?<!\$)\$\{(\w+)(?:(:?[-?+])([^}]*))?\}")
ONCE = {"certificates", "init", "dashboards"}


def variables() -> dict[str, tuple[str, str]]:
    """Each variable with its operator and what follows it."""
    found: dict[str, tuple[str, str]] = {}
    for name, operator, rest in VARIABLE.findall(TEXT):
        assert found.setdefault(name, (operator, rest)) == (operator, rest), f"{name} is asked for in two ways"
    return found


def filled(text: str) -> str:
    """The text as compose reads it where `.env` holds the secrets alone."""
    return VARIABLE.sub(lambda found: found[3] if found[2] == ":-" else "0" * 48, text).replace("$$", "$")


def rows(heading: str) -> dict[str, str]:
    """First cell and whole line of each row of the table under a heading of the docs."""
    section = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", DOCS, re.MULTILINE | re.DOTALL)
    assert section, f"compose.md has no heading {heading}"
    return {line.split("`")[1]: line for line in section[1].splitlines() if line.startswith("| `")}


def problems(file: Any) -> list[str]:
    return [error.message for error in jsonschema.Draft7Validator(SCHEMA).iter_errors(file)]


def test_it_fits_the_schema_of_the_compose_specification() -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    assert problems(yaml.safe_load(filled(TEXT))) == []


def test_that_schema_refuses_what_is_wrong() -> None:
    assert problems({"services": {"one": {"imgae": "x"}}})
    assert problems({"services": {"one": {"healthcheck": {"test": 5}}}})
    assert problems({"services": {"one": {"depends_on": {"two": {"condition": "service_happy"}}}}})


def test_what_it_names_is_there() -> None:
    for name, service in SERVICES.items():
        waits = service.get("depends_on", {})
        assert set(waits) <= set(SERVICES), name
        for other, how in waits.items():
            wanted = "service_completed_successfully" if other in ONCE else "service_healthy"
            assert how["condition"] == wanted, f"{name} waits for {other}"
            optional = bool(SERVICES[other].get("profiles")) and not service.get("profiles")
            assert how.get("required", True) is not optional, f"{name} waits for {other}, which may not be there"
        assert set(service.get("networks", [])) <= {"default", *FILE["networks"]}
        for mount in service.get("volumes", []):
            source = mount.split(":")[0]
            assert source in FILE["volumes"] or (ROOT / source).is_dir(), f"{name}: {mount}"
    used = {mount.split(":")[0] for service in SERVICES.values() for mount in service.get("volumes", [])}
    assert set(FILE["volumes"]) == {source for source in used if not source.startswith(".")}


@pytest.mark.parametrize("name", SERVICES)
def test_each_service_is_watched_limited_and_kept_at_home(name: str) -> None:
    service = SERVICES[name]
    assert re.fullmatch(r"\d+[mg]", service["mem_limit"])
    assert ("healthcheck" in service) is (name not in ONCE)
    assert service.get("restart", "no") == ("no" if name in ONCE else "unless-stopped")
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))
    assert "build" in service or re.search(r":v?\d", service["image"]), "an image of no version changes by itself"
    assert service.get("user") is None, "each image has its own user; ours is airflow"


def test_the_images_are_those_that_the_tests_run_on() -> None:
    lock = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    (airflow,) = re.findall(r"^apache-airflow==(\S+)", lock, re.MULTILINE)
    python = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mypy"]["python_version"]
    assert f"FROM apache/airflow:{airflow}-python{python}\n" in (ROOT / "Dockerfile").read_text(encoding="utf-8")
    elasticsearch, kibana = (SERVICES[name]["image"].partition(":")[2] for name in ("elasticsearch", "kibana"))
    assert elasticsearch == kibana == "9.4.3"


def test_every_secret_is_asked_for_and_none_has_a_default() -> None:
    for name, (operator, rest) in variables().items():
        secret = re.search(r"PASSWORD|SECRET|KEY", name) and not name.startswith("TOCSIN_")
        assert (operator, rest) == (":?", "run make env") if secret else operator == ":-", name
    for line in TEXT.splitlines():
        if re.search(r"(PASSWORD|SECRET|KEY|CONN): ", line):
            assert "${" in line, f"a secret of its own: {line.strip()}"


def test_the_settings_are_such_as_tocsin_takes() -> None:
    text = yaml.safe_load(filled(TEXT))["services"]["scheduler"]["environment"]
    environment = {name: "" if value is None else str(value) for name, value in text.items()}
    settings = read_settings(environment | {"TOCSIN_ELASTICSEARCH_API_KEY": "a-key"}, ROOT / "tests")
    assert settings.store == "https://elasticsearch:9200"
    assert settings.smtp_host == "mail"
    (subnet,) = yaml.safe_load(filled(TEXT))["networks"]["newsroom"]["ipam"]["config"]
    assert [str(network) for network in settings.allow_networks] == [subnet["subnet"]]


def test_the_airflow_parts_share_their_settings_and_their_secrets_stay_with_them() -> None:
    settings = SERVICES["scheduler"]["environment"]
    for name in ("api-server", "dag-processor"):
        assert SERVICES[name]["environment"] == settings
    assert settings.items() <= SERVICES["init"]["environment"].items()
    holders = {name for name, service in SERVICES.items() if "ELASTIC_PASSWORD" in service.get("environment", {})}
    assert holders == {"elasticsearch", "init"}
    assert "environment" not in SERVICES["newsroom"]


@pytest.mark.parametrize("name", SERVICES)
def test_every_command_of_ours_exists(name: str) -> None:
    words = SERVICES[name].get("entrypoint") or SERVICES[name].get("command") or []
    words = words.split() if isinstance(words, str) else words
    for script in re.findall(r"docker/\w+\.py", " ".join(words)):
        assert (ROOT / script).is_file()
    if words[:1] == ["tocsin"]:
        group = typer.main.get_command(app)
        command = group
        while words[1:] and words[1] in getattr(command, "commands", {}):
            command = command.commands[words[1]]
            words = words[1:]
        assert command is not group
        known = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= known


def test_the_docs_name_each_service_with_its_image_and_memory() -> None:
    told = rows("Services")
    assert list(told) == list(SERVICES)
    for name, service in SERVICES.items():
        assert service["mem_limit"] in told[name], name
        assert "build" in service or service["image"] in told[name], name


def test_the_docs_name_each_port() -> None:
    published = {port for service in SERVICES.values() for port in service.get("ports", [])}
    told = rows("Ports")
    assert {re.sub(r"^127.0.0.1:(?:\$\{\w+:-)?(\d+).*$", r"\1", port) for port in published} == set(told)
    for name, line in ((port, line) for port, line in told.items()):
        (entry,) = [one for one in published if re.search(rf"[:-]{name}\b", one)]
        for variable in VARIABLE.findall(entry):
            assert f"`{variable[0]}`" in line


def test_the_docs_name_each_variable_and_its_default() -> None:
    told = rows("Variables")
    assert set(told) == set(variables())
    for name, (operator, rest) in variables().items():
        assert ("made by `make env`" in told[name]) is (operator == ":?"), name
        assert operator == ":?" or not rest or f"`{rest}`" in told[name], name


def test_the_docs_name_each_volume() -> None:
    assert set(rows("Volumes")) == set(FILE["volumes"])


def test_the_dashboards_are_pushed_over_kibana_s_own_loopback() -> None:
    service = SERVICES["dashboards"]
    assert service["network_mode"] == "service:kibana"
    environ = service["environment"] | {"TOCSIN_KIBANA_API_KEY": "a-key"}
    assert read_settings(environ, ROOT / "tests").kibana_url == "http://localhost:5601"
