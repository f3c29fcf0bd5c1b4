"""The Airflow parts of docker-compose.yml as plain processes: their commands, settings and health checks are right.

Airflow's own database is SQLite here, and there are no DAGs: what is tried is how the parts find each other.
"""

import importlib.util
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from tocsin.processes import kill_session, wait_until

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))[
    "services"
]
PARTS = ("api-server", "scheduler", "dag-processor")
PASSWORD = "a-password-of-this-test"


def free_port() -> str:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return str(sock.getsockname()[1])


class Place:
    """Where the parts run: the image's paths, names and ports, and what they are here."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.api, self.health = free_port(), free_port()

    def here(self, text: str) -> str:
        text = re.sub(r"\$\{(\w+):[-?]([^}]*)\}", lambda found: self._value(found[1], found[2]), text)
        for there, here in (
            ("http://api-server:8080", f"http://127.0.0.1:{self.api}"),
            ("localhost:8080", f"127.0.0.1:{self.api}"),
            ("localhost:8974", f"127.0.0.1:{self.health}"),
            ("/opt/airflow", str(self.folder)),
            ("$$", "$"),
        ):
            text = text.replace(there, here)
        return text

    def _value(self, name: str, default: str) -> str:
        return "Zm9ydHktZm91ci1jaGFyYWN0ZXJzLW9mLWJhc2U2NC4=" if name.startswith("AIRFLOW_") else default

    def environment(self, part: str) -> dict[str, str]:
        said = {name: self.here(str(text)) for name, text in SERVICES[part]["environment"].items()}
        ours = {
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{self.folder}/airflow.db",
            "AIRFLOW__API__PORT": self.api,
            "AIRFLOW__API__HOST": "127.0.0.1",
            "AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_SERVER_PORT": self.health,
            "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": free_port(),
        }
        base = {"PATH": f"{BIN}:/usr/bin:/bin", "HOME": str(self.folder), "AIRFLOW_HOME": str(self.folder)}
        return base | {"HOSTNAME": socket.gethostname(), "PYTHONPATH": str(ROOT / "include")} | said | ours

    def is_healthy(self, part: str) -> bool:
        test = self.here(SERVICES[part]["healthcheck"]["test"])
        if asks := re.fullmatch(r"curl -sf (\S+)", test):
            try:
                return httpx.get(asks[1], trust_env=False, timeout=5.0).is_success
            except httpx.TransportError:
                return False
        told = subprocess.run(test, shell=True, env=self.environment(part), capture_output=True, check=False)  # noqa: S602 - our own file
        return told.returncode == 0


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    place = Place(tmp_path_factory.mktemp("airflow"))
    for name in ("data", "dags", "plugins"):
        (place.folder / name).mkdir()
    spec = importlib.util.spec_from_file_location("compose_init", ROOT / "docker" / "init.py")
    assert spec
    assert spec.loader
    init = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = init
    spec.loader.exec_module(init)
    (place.folder / "ca.crt").write_text("an authority")
    init.prepare_home(place.folder / "data", place.folder / "ca.crt", PASSWORD)
    migrate = SERVICES["init"]["command"][2].partition(" && ")[0]
    environment = place.environment("init")
    subprocess.run(migrate.split(), env=environment, cwd=place.folder, check=True, capture_output=True)
    running = []
    try:
        for part in PARTS:
            with (place.folder / f"{part}.log").open("wb") as log:
                command = [str(BIN / "airflow"), *SERVICES[part]["command"].split()]
                options = {"env": place.environment(part), "cwd": place.folder / "data", "start_new_session": True}
                running.append(subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, **options))
        yield place
    finally:
        for process in running:
            process.terminate()
        for process in running:
            wait_until(lambda ended=process: ended.poll() is not None, 10.0)
            kill_session(process.pid)
            process.wait(10)


@pytest.mark.parametrize("part", PARTS)
def test_each_part_becomes_healthy_by_its_own_check(place: Place, part: str) -> None:
    assert wait_until(lambda: place.is_healthy(part), 120.0), (place.folder / f"{part}.log").read_text()[-3000:]


def test_the_made_password_opens_airflow_and_no_other_does(place: Place) -> None:
    assert wait_until(lambda: place.is_healthy("api-server"), 120.0)

    def log_in(password: str) -> int:
        body = {"username": "admin", "password": password}
        return httpx.post(f"http://127.0.0.1:{place.api}/auth/token", json=body, trust_env=False).status_code

    assert (log_in(PASSWORD), log_in("admin"), log_in("airflow")) == (201, 401, 401)


def test_a_check_fails_where_nothing_answers(tmp_path: Path) -> None:
    empty = Place(tmp_path)
    assert not empty.is_healthy("api-server")
    assert not empty.is_healthy("scheduler")
