"""Run one Elasticsearch node as our own child, which answers when we say so and never outlives us."""

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

import tocsin
from tocsin.errors import TocsinError
from tocsin.node.builds import BUILDS, Told, ToolsMissingError, fetch_build
from tocsin.node.folder import NOBODY, USER, Plan, furnish, own_folder, reachable
from tocsin.node.java import find_java
from tocsin.processes import alive_in, deaf_to, ends_with_us, hear_ctrl_c, held_back, kill_session, wait_until

CACHE = Path(tocsin.__file__).resolve().parents[2] / ".tocsin" / "elasticsearch"
"""Where fetched builds lie; `make clean` deletes them with the rest of .tocsin."""


class NodeError(TocsinError):
    """The node did not start or did not stay up; `tail` holds the last lines of its log."""

    def __init__(self, message: str, *, tail: str = "") -> None:
        super().__init__(f"{message}\n{tail}" if tail else message)
        self.tail = tail


@dataclass(frozen=True, slots=True)
class Address:
    """Where a node answers, and the API key that it wants (base64, as `Authorization: ApiKey` takes it) if any."""

    url: str
    api_key: str | None = field(default=None, repr=False)


class Node:
    """One node with a folder of its own: inside the `with` block it answers, after it nothing of it is left.

    `port` 0 takes a free one. A `brief` node starts with three fifths of the work and never gets as fast as another,
    so it is not for benchmarks. `told` hears how far fetching and starting are. ToolsMissingError when Maven or Java
    is missing, NodeError when it does not start. Use it from a thread that lives on: where the system has setpriv,
    the node ends with the thread that started it, so that it does not even outlive our being killed.
    """

    def __init__(
        self,
        version: str = "9.4.3",
        *,
        secure: bool = False,
        port: int = 0,
        heap: str = "512m",
        brief: bool = False,
        cache: Path = CACHE,
        told: Told | None = None,
    ) -> None:
        self.version = version
        self.user = USER if secure else None
        self.password = secrets.token_urlsafe(12) if secure else None
        self.folder = Path()
        """Its configuration, data, logs and snapshots (`path.repo`), while the block lasts."""
        self._plan = Plan(port or _free_port(), _free_port(), heap, self.password, brief)
        self.address = Address(f"http://127.0.0.1:{self._plan.http}")
        self._cache, self._told = cache, told or _keep_quiet
        self._home = self._java = Path()
        self._process: subprocess.Popen[bytes] | None = None
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as stack:
            self._java = find_java(BUILDS[self.version], os.environ)
            self._home = fetch_build(BUILDS[self.version], self._cache, os.environ, self._told)
            self.folder = stack.enter_context(own_folder())
            furnish(self.folder, self._home, self._plan)
            self._home, self._java = (reachable(path, self.folder) for path in (self._home, self._java))
            stack.callback(self.stop)
            self.start()
            if self.password:
                self.address = Address(self.address.url, self.new_api_key())
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    @property
    def session(self) -> int | None:
        """Id of the process session that holds the node; None while it is stopped."""
        return self._process.pid if self._process else None

    def start(self, patience: float = 120.0) -> None:
        """Start it on the data that it has, and return when it answers; NodeError after `patience` seconds."""
        hear_ctrl_c()
        stops = held_back(signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
        with stops, (self.folder / "console.log").open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - every word of it is ours
                [*_as_user(), *ends_with_us(), str(self._home / "bin" / "elasticsearch")],
                cwd=self._home,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._wait_ready(patience)

    def check_alive(self) -> None:
        """NodeError when the node has ended by itself."""
        if self._process is None or self._process.poll() is not None:
            code = self._process.returncode if self._process else None
            raise NodeError(f"Elasticsearch {self.version} ended by itself with {code}", tail=self.tail())

    def stop(self, patience: float = 10.0, *, kill: bool = False) -> None:
        """Ask by SIGTERM, after `patience` seconds or at once (`kill`) by SIGKILL; no process of it is left.

        Data and port stay for another `start`.
        """
        if self._process is None:
            return
        with deaf_to(signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            if not kill:
                self._process.terminate()
                wait_until(self._ended, patience)
            kill_session(self._process.pid)
            self._process.wait(10)
            self._process = None

    def new_api_key(self, name: str = "tocsin", roles: Mapping[str, Any] | None = None) -> str:
        """Issue an API key in base64, with these role descriptors, or without any: for all that there is."""
        body = {"name": name, "role_descriptors": roles or {}}
        with self._client() as client:
            answer = client.post("/_security/api_key", json=body, timeout=30.0)
        if answer.is_error:
            raise NodeError(f"no API key from Elasticsearch {self.version}: {answer.text[:500]}")
        return str(answer.json()["encoded"])

    def tail(self, lines: int = 30) -> str:
        """The last lines of what it said; empty when it said nothing."""
        log = self.folder / "console.log"
        return (
            "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:]) if log.exists() else ""
        )

    def _wait_ready(self, patience: float) -> None:
        began = time.monotonic()
        with self._client() as client:
            while not _answers(client):
                self.check_alive()
                passed = time.monotonic() - began
                if passed > patience:
                    raise NodeError(
                        f"after {patience:.0f} s Elasticsearch {self.version} is silent", tail=self.tail()
                    )
                self._told(f"starting Elasticsearch {self.version}: {passed:.0f} s")
                time.sleep(0.25)

    def _client(self) -> httpx.Client:
        auth = (self.user, self.password) if self.user and self.password else None
        return httpx.Client(base_url=self.address.url, auth=auth, trust_env=False, timeout=5.0)

    def _environment(self) -> dict[str, str]:
        """Nothing of ours but what it needs: no secrets, no options that change another Java."""
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "LANG": "C.UTF-8",
            "HOME": str(self.folder),
            "ES_PATH_CONF": str(self.folder / "config"),
            "ES_JAVA_HOME": str(self._java),
            "ES_TMPDIR": str(self.folder / "tmp"),
        }

    def _ended(self) -> bool:
        return self._process is None or (self._process.poll() is not None and not alive_in(self._process.pid))


def _keep_quiet(_line: str) -> None:
    """Nobody asked how far we are."""


def _as_user() -> list[str]:
    """The words before a command that drop root; none where we are not root."""
    if os.geteuid() != 0:
        return []
    if shutil.which("setpriv") is None:
        raise ToolsMissingError("Elasticsearch refuses to run as root: run as another user, or install util-linux")
    return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--"]


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def _answers(client: httpx.Client) -> bool:
    try:
        answer = client.get("/_cluster/health")
        return answer.status_code == 200 and answer.json()["status"] in {"green", "yellow"}
    except (httpx.HTTPError, ValueError):
        return False
