"""Press Airflow's buttons from outside by its REST API, because nothing under `tocsin` imports Airflow."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import httpx
import stamina

from tocsin.errors import PermanentError, TocsinError, TransientError

_ENDED = {"success", "failed"}
_MERCY = 15.0
"""Seconds that a task may wait for its next try before we call it failed."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a DAG, as Airflow names it."""

    dag_id: str
    run_id: str


class RunFailedError(TocsinError):
    """A run failed or did not end in time; `task` is where, `tail` the end of its log."""

    def __init__(self, message: str, *, task: str = "", tail: str = "") -> None:
        super().__init__(message)
        self.task = task
        self.tail = tail


class AirflowRest:
    """A signed-in user of Airflow's REST API version 2."""

    def __init__(self, url: str, user: str, password: str) -> None:
        # A proxy from the environment would be asked for the loopback address.
        self._client = httpx.Client(base_url=url, trust_env=False, timeout=20.0)
        self._login = {"username": user, "password": password}
        self._token = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def token(self) -> str:
        """Sign in once and keep the token, which holds for a day. PermanentError: refused."""
        if not self._token:
            answer = self._client.post("/auth/token", json=self._login)
            if answer.status_code != httpx.codes.CREATED:
                raise PermanentError(f"Airflow refused the login: {answer.status_code} {answer.text[:200]}")
            self._token = str(answer.json()["access_token"])
        return self._token

    def wait_dag(self, dag_id: str, timeout: float = 60.0, check: Callable[[], None] = lambda: None) -> None:
        """Return when Airflow has read the DAG and it is not paused. RunFailedError: import error, or late."""
        limit = time.monotonic() + timeout
        while True:
            answer = self._ask("GET", f"/dags/{quote(dag_id)}", known=httpx.codes.NOT_FOUND)
            if answer and answer.get("is_paused"):
                self._ask("PATCH", f"/dags/{quote(dag_id)}", json={"is_paused": False})
            if answer:
                return
            for error in self._ask("GET", "/importErrors").get("import_errors", []):
                if dag_id in str(error.get("filename", "")):
                    tail = str(error.get("stack_trace", ""))
                    raise RunFailedError(f"{dag_id} cannot be imported", task="import", tail=tail)
            check()
            if time.monotonic() > limit:
                raise RunFailedError(f"Airflow has not read {dag_id} within {timeout:.0f} s", task="import")
            time.sleep(0.3)

    def trigger(self, dag_id: str, conf: dict[str, Any] | None = None) -> Run:
        """Start a run now, once: the button is pressed again when Airflow is out of breath, under the same run id."""
        run = Run(dag_id, f"manual__{secrets.token_hex(8)}")
        body = {"dag_run_id": run.run_id, "logical_date": None, "conf": conf or {}}
        self._ask("POST", f"/dags/{quote(dag_id)}/dagRuns", known=httpx.codes.CONFLICT, json=body)
        return run

    def wait(self, run: Run, timeout: float = 120.0, check: Callable[[], None] = lambda: None) -> None:
        """Return when the run succeeded. RunFailedError: it failed, or did not end in `timeout` seconds.

        A task of the DAG that waits for its next try for longer than `_MERCY` counts as failed: nobody watching a
        screen waits for minutes. `check` is called between looks and may raise, for instance when Airflow is gone.
        """
        limit = time.monotonic() + timeout
        patience = _Patience(_MERCY)
        while (state := self.state(run)) not in _ENDED:
            check()
            if patience.is_over(bool(self._wrong_tasks(run.dag_id, "up_for_retry"))):
                raise self._failure(run, f"{run.dag_id} failed and waits for another try")
            if time.monotonic() > limit:
                raise self._failure(run, f"{run.dag_id} is still {state} after {timeout:.0f} s")
            time.sleep(0.2)
        if state != "success":
            raise self._failure(run, f"{run.dag_id} failed")

    def state(self, run: Run) -> str:
        """What Airflow says of the run: queued, running, success or failed."""
        return str(self._ask("GET", _path(run))["state"])

    def _wrong_tasks(self, dag_id: str, *states: str) -> list[dict[str, Any]]:
        """Tasks of any run of the DAG in these states: a run may be held up by the one before it."""
        path = f"/dags/{quote(dag_id)}/dagRuns/~/taskInstances"
        return list(self._ask("GET", path, params={"state": list(states), "limit": 20}).get("task_instances", []))

    def _failure(self, run: Run, message: str) -> RunFailedError:
        for states in (("failed", "up_for_retry"), ("running", "queued")):
            if wrong := self._wrong_tasks(run.dag_id, *states):
                # The run's own task before one of another run.
                task = min(wrong, key=lambda task: task.get("dag_run_id") != run.run_id)
                name, attempt = str(task["task_id"]), max(int(task.get("try_number") or 1), 1)
                tail = self.task_log(Run(run.dag_id, str(task["dag_run_id"])), name, attempt)
                return RunFailedError(f"{message} in task {name}", task=name, tail=tail)
        return RunFailedError(message)

    def task_log(self, run: Run, task: str, attempt: int = 1, lines: int = 25) -> str:
        """The last lines of a task's log; a note in their place when Airflow cannot show it."""
        path = f"{_path(run)}/taskInstances/{quote(task)}/logs/{attempt}"
        try:
            content = self._ask("GET", path, params={"full_content": "true"}).get("content", [])
        except TocsinError as exc:
            return f"(no log: {exc})"
        found = [_log_line(entry) for entry in content] if isinstance(content, list) else [str(content)]
        told = [line for line in "\n".join(found).splitlines() if not line.startswith("::")]
        return "\n".join(told[-lines:])

    def _ask(self, method: str, path: str, *, known: int | None = None, **more: Any) -> dict[str, Any]:
        """Ask, and again when Airflow is out of breath: whatever we ask for may be asked twice.

        `known` is a status that says nothing new, answered with nothing: no such DAG yet, or this run is there.
        """
        ask = stamina.RetryingCaller(attempts=5, timeout=None, wait_initial=0.5).on(TransientError)
        return ask(self._ask_once, method, path, known=known, **more)

    def _ask_once(self, method: str, path: str, *, known: int | None, **more: Any) -> dict[str, Any]:
        try:
            headers = {"Authorization": f"Bearer {self.token()}", "Accept": "application/json"}
            answer = self._client.request(method, f"/api/v2{path}", headers=headers, **more)
        except httpx.HTTPError as exc:
            raise TransientError(f"Airflow does not answer: {exc!r}") from exc
        if answer.status_code == known:
            return {}
        if answer.is_server_error:
            raise TransientError(f"Airflow said {answer.status_code} to {method} {path}: {answer.text[:300]}")
        if answer.is_error:
            raise PermanentError(f"Airflow said {answer.status_code} to {method} {path}: {answer.text[:300]}")
        return dict(answer.json())


class _Patience:
    """Ends when something has been wrong without a break for so many seconds."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._since: float | None = None

    def is_over(self, wrong: bool) -> bool:
        now = time.monotonic()
        self._since = (self._since or now) if wrong else None
        return self._since is not None and now - self._since > self._seconds


def _path(run: Run) -> str:
    return f"/dags/{quote(run.dag_id)}/dagRuns/{quote(run.run_id, safe='')}"


def _log_line(entry: object) -> str:
    if not isinstance(entry, dict):
        return str(entry)
    text = str(entry.get("event", ""))
    for error in entry.get("error_detail") or []:
        text += f"\n{error.get('exc_type')}: {error.get('exc_value')}"
    return text
