"""What `docker compose up` prepares, on a real Elasticsearch with TLS and security, as the composition has it."""

import importlib.util
import json
import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import httpx
import pytest
import yaml

from tocsin.config import read_settings
from tocsin.errors import ConfigError, PermanentError
from tocsin.model import Mention, Report, SourceState, Tone
from tocsin.node import Node, NodeError, ToolsMissingError
from tocsin.node.folder import NOBODY
from tocsin.wiring.stores import open_stores

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).resolve().parents[2]
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
REST = ("en", ("tonic",), Tone.NEGATIVE, -0.5, "a")
MENTION = Mention("a", "news", "web", "https://example.org/a", "Title", "some words", "ann", NOON, NOON, *REST)
SECRETS = {"ELASTIC_PASSWORD": "elastic-1", "KIBANA_PASSWORD": "kibana-1", "TEAM_PASSWORD": "team-one"}
SECRETS["AIRFLOW_PASSWORD"] = "airflow-1"


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"compose_{name}", ROOT / "docker" / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # Its dataclass asks for it.
    spec.loader.exec_module(module)
    return module


init, certificates = script("init"), script("certificates")


@pytest.fixture(scope="module")
def top(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder as the image has it: empty mount points, and the team's config."""
    top = tmp_path_factory.mktemp("image")
    for name in ("data", "certificates"):
        (top / name).mkdir()
    shutil.copytree(ROOT / "include" / "config", top / "include" / "config")
    certificates.ensure(top / "certificates", datetime.now(UTC))  # noqa: TID251 - TLS looks at the machine's clock
    return top


@pytest.fixture(scope="module")
def url(top: Path) -> Iterator[str]:
    """Where an Elasticsearch with the composition's certificate and settings is starting."""
    said = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]["elasticsearch"]
    try:
        with Node("9.4.3", secure=True, brief=True) as node:
            with httpx.Client(base_url=node.address.url, auth=(node.user, node.password), trust_env=False) as client:
                init.ask(
                    client, "POST", "/_security/user/elastic/_password", {"password": SECRETS["ELASTIC_PASSWORD"]}
                )
            node.stop()
            config = node.folder / "config"
            for path in (shutil.copytree(top / "certificates", config / "certificates"), *config.rglob("*")):
                if os.geteuid() == 0:
                    os.chown(path, NOBODY, NOBODY)
            ours = {name: text for name, text in said["environment"].items() if "http.ssl" in name}
            assert len(ours) == 3
            with (config / "elasticsearch.yml").open("a") as file:
                file.write(yaml.safe_dump(ours))
            with pytest.raises(NodeError, match="is silent"):  # To a client without TLS.
                node.start(patience=0.0)
            yield node.address.url.replace("http://127.0.0.1", "https://localhost")
    except ToolsMissingError as exc:
        pytest.skip(str(exc))


def run(top: Path, url: str, **other: str) -> subprocess.CompletedProcess[str]:
    """What the container `init` runs, after the tables of Airflow."""
    environment = {**os.environ, **SECRETS, "ELASTICSEARCH_URL": url, **other}
    command = [sys.executable, str(ROOT / "docker" / "init.py")]
    return subprocess.run(command, cwd=top, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def prepared(top: Path, url: str) -> subprocess.CompletedProcess[str]:
    return run(top, url)


@pytest.fixture
def client(top: Path, url: str, prepared: object) -> Iterator[httpx.Client]:
    with init.connect(url, "elastic", SECRETS["ELASTIC_PASSWORD"], top / "certificates" / "ca.crt") as client:
        yield client


@pytest.fixture
def store_key(top: Path) -> object:
    return init.keys(top / "data")[0]


def key_in(path: Path) -> str:
    found = re.search(r"^TOCSIN_\w+_API_KEY=(\S+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert found
    return found[1]


def asked(client: httpx.Client, key: str, path: str, body: dict | None = None, method: str = "GET") -> httpx.Response:
    return client.request(method, path, json=body, headers={"Authorization": f"ApiKey {key}"}, auth=None)


def may(client: httpx.Client, key: str) -> dict:
    """What a key says that it may do on our indices and on others."""
    names = ["tocsin-mentions", "others", ".kibana"]
    privileges = ["read", "write", "create_index", "maintenance", "view_index_metadata", "delete_index", "manage"]
    body = {"cluster": ["manage_index_templates", "monitor", "manage_security"]}
    body["index"] = [{"names": names, "privileges": privileges}]
    answer = asked(client, key, "/_security/user/_has_privileges", body, "POST").json()
    granted = {name: {one for one, yes in rights.items() if yes} for name, rights in answer["index"].items()}
    return {"cluster": {one for one, yes in answer["cluster"].items() if yes}, **granted}


def test_it_waits_for_elasticsearch_and_shows_no_secret(prepared, top: Path) -> None:
    assert (prepared.returncode, prepared.stderr) == (0, "")
    assert "API key tocsin-store: made" in prepared.stdout
    kept = [key_in(top / "data" / ".env"), key_in(top / "data" / "dashboards" / ".env")]
    assert not [secret for secret in (*SECRETS.values(), *kept) if secret in prepared.stdout]


def test_the_store_s_key_may_do_what_is_listed_and_no_more(client, top: Path) -> None:
    granted = may(client, key_in(top / "data" / ".env"))
    listed = init.RIGHTS["store"]["tocsin"]
    assert granted["cluster"] & {"manage_security"} == set()
    assert set(listed["cluster"]) & {"manage_index_templates"} <= granted["cluster"]
    assert set(listed["indices"][0]["privileges"]) & granted["tocsin-mentions"]
    assert "read" in granted["tocsin-mentions"]
    assert granted["others"] == granted[".kibana"] == set()


def test_tocsin_stores_and_finds_by_the_settings_of_the_scheduler(prepared, top: Path, url: str) -> None:
    data = top / "data"
    said = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]["scheduler"]
    here = {"https://elasticsearch:9200": url, "/opt/airflow": str(top)}
    environ = {}
    for name in ("TOCSIN_HOME", "TOCSIN_CONFIG", "TOCSIN_STORE", "TOCSIN_ELASTICSEARCH_CA"):
        there, instead = next(pair for pair in here.items() if pair[0] in said["environment"][name])
        environ[name] = said["environment"][name].replace(there, instead)
    with open_stores(read_settings(environ, data)) as stores:
        assert stores.mentions.add([MENTION]).created == 1
        assert stores.mentions.get("a") == MENTION
        stores.sources.save(SourceState("news"))
        stores.reports.save(Report("index", "b", NOON, 1, {"created": 1}))
    del environ["TOCSIN_ELASTICSEARCH_CA"]
    with open_stores(read_settings(environ, data)) as stores, pytest.raises(PermanentError, match="certificate"):
        stores.mentions.total()


def test_the_rights_are_those_of_the_docs() -> None:
    page = (ROOT / "include" / "docs" / "elasticsearch.md").read_text(encoding="utf-8")
    blocks = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", page, re.DOTALL)]
    assert init.RIGHTS["store"] in blocks, "docker/rights.json and elasticsearch.md say different rights"


def test_the_dashboards_key_reads_no_data(client, top: Path) -> None:
    granted = may(client, key_in(top / "data" / "dashboards" / ".env"))
    assert granted == {"cluster": set(), "tocsin-mentions": set(), "others": set(), ".kibana": set()}


def test_settings_find_the_key_where_airflow_runs_and_files_are_for_their_owner(prepared, top: Path) -> None:
    data = top / "data"
    settings = read_settings({"TOCSIN_STORE": "https://elasticsearch:9200", "TOCSIN_HOME": str(data)}, data)
    assert settings.elasticsearch_api_key
    assert settings.elasticsearch_api_key.get_secret_value() == key_in(data / ".env")
    for name in (".env", "dashboards/.env", "airflow-passwords.json"):
        assert stat.S_IMODE((data / name).stat().st_mode) == 0o600
    assert json.loads((data / "airflow-passwords.json").read_text()) == {"admin": SECRETS["AIRFLOW_PASSWORD"]}
    assert (data / "ca.crt").read_bytes() == (top / "certificates" / "ca.crt").read_bytes()
    assert {path.name for path in (data / "config").iterdir()} == {"brands.yaml", "people.yaml", "sources.yaml"}


def test_a_second_run_changes_nothing(prepared, top: Path, url: str) -> None:
    before = {path: path.read_bytes() for path in (top / "data").rglob("*") if path.is_file()}
    again = run(top, url)
    assert (again.returncode, again.stdout.count("kept")) == (0, 2)
    assert {path: path.read_bytes() for path in (top / "data").rglob("*") if path.is_file()} == before


def test_kibana_and_the_team_log_in_and_the_team_only_reads(client, url: str, top: Path) -> None:
    ca = top / "certificates" / "ca.crt"
    for user, password in (("kibana_system", SECRETS["KIBANA_PASSWORD"]), ("team", SECRETS["TEAM_PASSWORD"])):
        with init.connect(url, user, password, ca) as theirs:
            assert theirs.get("/_security/_authenticate").json()["username"] == user
    with init.connect(url, "team", SECRETS["TEAM_PASSWORD"], ca) as team:
        assert client.put("/tocsin-a/_doc/1?refresh=true", json={"x": 1}).is_success
        assert team.get("/tocsin-a/_search").json()["hits"]["total"]["value"] == 1
        assert team.put("/tocsin-a/_doc/2", json={"x": 2}).status_code == 403
        assert client.put("/others/_doc/1", json={"x": 1}).is_success
        assert team.get("/others/_search").status_code == 403


def test_a_key_that_works_no_more_is_made_anew_and_the_old_ones_end(client, store_key) -> None:
    old = key_in(store_key.env)
    store_key.env.unlink()
    assert init.ensure_key(client, store_key) == "made"
    new = key_in(store_key.env)
    assert asked(client, old, "/_security/_authenticate").status_code == 401
    assert asked(client, new, "/_security/_authenticate").status_code == 200
    init.ask(client, "DELETE", "/_security/api_key", {"name": store_key.name, "owner": True})
    assert init.ensure_key(client, store_key) == "made"
    assert init.ensure_key(client, store_key) == "kept"


def test_a_kept_key_gets_the_rights_of_today(client, store_key) -> None:
    init.ensure_key(client, store_key)
    key = key_in(store_key.env)
    narrow = {"tocsin": {"indices": [{"names": ["tocsin-*"], "privileges": ["view_index_metadata"]}]}}
    identity = asked(client, key, "/_security/_authenticate").json()["api_key"]["id"]
    init.ask(client, "PUT", f"/_security/api_key/{identity}", {"role_descriptors": narrow})
    assert may(client, key)["tocsin-mentions"] == {"view_index_metadata"}
    assert init.ensure_key(client, store_key) == "kept"
    assert "read" in may(client, key)["tocsin-mentions"]
    assert key_in(store_key.env) == key


def test_a_wrong_password_names_the_remedy(client, url: str, top: Path) -> None:
    ca = top / "certificates" / "ca.crt"
    with init.connect(url, "elastic", "wrong", ca) as wrong, pytest.raises(ConfigError, match="ELASTIC_PASSWORD"):
        init.wait_ready(wrong, 0.0)
    with init.connect(url, "elastic", "any") as stranger, pytest.raises(PermanentError, match="CERTIFICATE"):
        init.wait_ready(stranger, 0.0)


def test_a_wrong_config_stops_the_start_and_the_old_one_stays(prepared, top: Path, url: str) -> None:
    brands = top / "include" / "config" / "brands.yaml"
    good, used = brands.read_text(encoding="utf-8"), top / "data" / "config" / "brands.yaml"
    try:
        brands.write_text("brandz: []\n", encoding="utf-8")
        failed = run(top, url)
    finally:
        brands.write_text(good, encoding="utf-8")
    assert failed.returncode == 2
    assert "brands.yaml:1" in failed.stderr
    assert used.read_text(encoding="utf-8") == good
