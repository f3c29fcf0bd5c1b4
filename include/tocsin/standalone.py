"""Run a real `airflow standalone` as our own child: left to itself it orphans its children and wants fixed ports."""

import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from tocsin.errors import TocsinError
from tocsin.processes import alive_in, carries, deaf_to, hear_ctrl_c, kill_session, wait_until

MARKER = "TOCSIN_STANDALONE"
"""Environment variable that every process of ours carries, so that a left-over can be told from a stranger."""

_LOCAL_SETTINGS = Path(__file__).with_name("airflow_local_settings.py")
_DATABASE = "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"
_CONNECT_ARGS = ("DATABASE__SQL_ALCHEMY_CONNECT_ARGS", "DATABASE__SQL_ALCHEMY_CONNECT_ARGS_ASYNC")
_PARTS = ("metadatabase", "scheduler", "dag_processor", "triggerer")


class StandaloneError(TocsinError):
    """Airflow did not start or did not stay up; `tail` holds the last lines of its log."""

    def __init__(self, message: str, *, tail: str = "") -> None:
        super().__init__(message)
        self.tail = tail


@dataclass(frozen=True, slots=True)
class Ports:
    """Loopback ports of the UI with its API, and of the two servers of task logs."""

    api: int
    worker_logs: int
    trigger_logs: int


def free_ports(wanted_api: int | None = None) -> Ports:
    """Find three ports nobody listens on; `wanted_api` is taken as the first where it is free."""
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(3)]
        for place, sock in enumerate(sockets):
            _bind(sock, wanted_api if place == 0 else None)
        api, worker_logs, trigger_logs = (sock.getsockname()[1] for sock in sockets)
    return Ports(api, worker_logs, trigger_logs)


def _bind(sock: socket.socket, wanted: int | None) -> None:
    # All interfaces are tried, not loopback only: the log servers bind them all.
    try:
        sock.bind(("", wanted or 0))
    except OSError:
        sock.bind(("", 0))


def airflow_environment(
    home: Path, project: Path, *, ports: Ports, password: str, base: Mapping[str, str]
) -> dict[str, str]:
    """Give the whole environment of a small local Airflow: `base`, our settings, then Airflow settings in `base`.

    `home` gets the folder `airflow`; `project` holds `dags` and `plugins`. What the user set for Airflow wins,
    except for where it lives and listens.
    """
    airflow, project = home.resolve() / "airflow", project.resolve()
    url = f"http://127.0.0.1:{ports.api}"
    ours = {
        # The default parallelism of 32 jams SQLite; 4 with a wide pool does not.
        "CORE__PARALLELISM": "4",
        "DATABASE__SQL_ALCHEMY_POOL_SIZE": "40",
        "SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.2",
        # The supervisor may miss a child's end and then waits this long, in whole seconds.
        "WORKERS__MIN_HEARTBEAT_INTERVAL": "1",
        "CORE__LOAD_EXAMPLES": "False",
        "CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "CORE__SIMPLE_AUTH_MANAGER_USERS": "admin:admin",
        "API__WORKERS": "1",
        "API_AUTH__JWT_SECRET": secrets.token_urlsafe(32),
        "DAG_PROCESSOR__REFRESH_INTERVAL": "10",
        "USAGE_DATA_COLLECTION__ENABLED": "False",
    }
    fixed = {
        "CORE__DAGS_FOLDER": str(project / "dags"),
        "CORE__PLUGINS_FOLDER": str(project / "plugins"),
        "CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(airflow / "passwords.json"),
        # The default host is 0.0.0.0: the whole network could see it.
        "API__HOST": "127.0.0.1",
        "API__PORT": str(ports.api),
        "API__BASE_URL": url,
        "CORE__EXECUTION_API_SERVER_URL": f"{url}/execution/",
        "LOGGING__WORKER_LOG_SERVER_PORT": str(ports.worker_logs),
        "LOGGING__TRIGGER_LOG_SERVER_PORT": str(ports.trigger_logs),
    }
    if base.get(_DATABASE, "sqlite").startswith("sqlite"):
        ours |= dict.fromkeys(_CONNECT_ARGS, "tocsin.airflow_database.PATIENCE")
    environment = {f"AIRFLOW__{key}": value for key, value in ours.items()}
    environment |= dict(base)
    environment |= {f"AIRFLOW__{key}": value for key, value in fixed.items()}
    environment |= {
        "AIRFLOW_HOME": str(airflow),
        # Standalone starts its children by the bare name `airflow`.
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), base.get("PATH", os.defpath)]),
        "PYTHONUNBUFFERED": "1",
        "NO_COLOR": "1",
        "NO_PROXY": ",".join(filter(None, [base.get("NO_PROXY", ""), "127.0.0.1", "localhost"])),
        MARKER: secrets.token_hex(8),
    }
    environment["no_proxy"] = environment["NO_PROXY"]
    _furnish(airflow, password)
    return environment


def known_password(home: Path) -> str | None:
    """The admin's password of the Airflow in this home; None where there is none yet, or its file is damaged."""
    try:
        return str(json.loads((home / "airflow" / "passwords.json").read_text(encoding="utf-8"))["admin"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _furnish(airflow: Path, password: str) -> None:
    (airflow / "config").mkdir(parents=True, exist_ok=True)
    shutil.copyfile(_LOCAL_SETTINGS, airflow / "config" / _LOCAL_SETTINGS.name)
    passwords = airflow / "passwords.json"
    passwords.touch(mode=0o600)
    passwords.write_text(json.dumps({"admin": password}), encoding="utf-8")


class Standalone:
    """One `airflow standalone` and everything it starts; leaving the `with` block stops all of it."""

    def __init__(self, environment: Mapping[str, str], log: Path, folder: Path | None = None) -> None:
        self.environment = dict(environment)
        self.log = log
        self._folder = folder
        self.url = self.environment["AIRFLOW__API__BASE_URL"]
        self._session_file = _session_file(Path(self.environment["AIRFLOW_HOME"]).parent)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def session(self) -> int | None:
        """Id of the process session that holds everything we started; None before `start`."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start it in its own session and in `folder`, after stopping what a killed predecessor left behind."""
        stop_left_over(self._session_file.parents[1])
        hear_ctrl_c()
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("wb") as out:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter's neighbour, no outside text
                [str(Path(sys.executable).parent / "airflow"), "standalone"],
                env=self.environment,
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._session_file.write_text(f"{self._process.pid} {self.environment[MARKER]}", encoding="utf-8")

    def wait_healthy(self, timeout: float = 120.0, told: Callable[[Mapping[str, bool]], None] | None = None) -> None:
        """Return when all parts are healthy; StandaloneError when one ends or `timeout` seconds pass."""
        limit = time.monotonic() + timeout
        with httpx.Client(base_url=self.url, trust_env=False, timeout=5.0) as client:
            while True:
                parts = _health(client)
                if told:
                    told(parts)
                if all(parts.values()):
                    return
                self.check_alive()
                if time.monotonic() > limit:
                    missing = ", ".join(part for part, healthy in parts.items() if not healthy)
                    raise StandaloneError(f"after {timeout:.0f} s still not healthy: {missing}", tail=self.tail())
                time.sleep(0.25)

    def check_alive(self) -> None:
        """StandaloneError when the parent process has ended by itself."""
        if self._process is None or self._process.poll() is not None:
            code = self._process.returncode if self._process else None
            raise StandaloneError(f"airflow standalone ended by itself with {code}", tail=self.tail())

    def tail(self, lines: int = 30) -> str:
        """The last lines of the log; empty when there is none."""
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])

    def stop(self, patience: float = 20.0) -> None:
        """Ask by SIGINT, wait up to `patience` seconds, kill what is left; no process of ours outlives this call.

        A second Ctrl-C while it waits ends the waiting, not the killing.
        """
        if self._process is None:
            return
        with deaf_to(signal.SIGTERM, signal.SIGHUP):
            try:
                self._process.send_signal(signal.SIGINT)
                wait_until(self._ended, patience)
            except KeyboardInterrupt:
                pass
            with deaf_to(signal.SIGINT):
                kill_session(self._process.pid)
                self._process.wait(10)
                self._session_file.unlink(missing_ok=True)

    def _ended(self) -> bool:
        return self._process is None or (self._process.poll() is not None and not alive_in(self._process.pid))


def stop_left_over(home: Path) -> None:
    """Stop the standalone of this home whose owner was killed before it could; do nothing where there is none."""
    file = _session_file(home)
    if not file.exists():
        return
    session, _, token = file.read_text(encoding="utf-8").partition(" ")
    # The number may belong to a stranger by now: only processes with our token are ours.
    if session.isdigit() and any(carries(pid, MARKER, token) for pid in alive_in(int(session))):
        kill_session(int(session))
    file.unlink(missing_ok=True)


def _session_file(home: Path) -> Path:
    return home / "airflow" / "standalone.session"


def _health(client: httpx.Client) -> dict[str, bool]:
    try:
        answer = client.get("/api/v2/monitor/health").json()
    except (httpx.HTTPError, ValueError):
        return dict.fromkeys(_PARTS, False)
    return {part: answer.get(part, {}).get("status") == "healthy" for part in _PARTS}
