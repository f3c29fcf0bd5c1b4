"""A standalone that we start does its work, and no process of it outlives us, however we are asked to leave."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tocsin.airflow_rest import AirflowRest
from tocsin.processes import alive_in, carries, kill_session, wait_until
from tocsin.standalone import MARKER, Standalone, StandaloneError, airflow_environment, free_ports

HERE = Path(__file__).parent
PROJECT = HERE / "standalone_project"

pytestmark = pytest.mark.e2e


@pytest.fixture
def driver(tmp_path):
    """Start the driver; whatever the test does, nothing of it stays."""
    started = []

    def start(wanted_port=0):
        command = [sys.executable, str(HERE / "standalone_driver.py"), str(tmp_path), str(PROJECT), str(wanted_port)]
        with (tmp_path / "driver.txt").open("wb") as out:
            process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
        assert wait_until(lambda: "session " in said(tmp_path), 20), said(tmp_path)
        session = int(said(tmp_path).split("session ")[1].split()[0])
        started.append((process, session))
        return process, session

    yield start
    for process, session in started:
        process.kill()
        process.wait()
        kill_session(session)


def said(home):
    return (home / "driver.txt").read_text()


def marked(home):
    """Every process on the machine that carries this home's marker."""
    token = (home / "marker.txt").read_text()
    pids = [int(folder.name) for folder in Path("/proc").glob("[0-9]*")]
    return [pid for pid in pids if carries(pid, MARKER, token)]


def keep_marker(home):
    _, _, token = (home / "airflow" / "standalone.session").read_text().partition(" ")
    (home / "marker.txt").write_text(token)


def all_started(session):
    return len(alive_in(session)) >= 5


def test_it_runs_a_dag_and_ctrl_c_leaves_nothing(driver, tmp_path):
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        process, session = driver(wanted_port=port)
        assert wait_until(lambda: "resting" in said(tmp_path), 100), said(tmp_path)
    keep_marker(tmp_path)
    assert "ran hello" in said(tmp_path)
    assert "failed as it should: fall |" in said(tmp_path)
    assert "ValueError: the stone was here" in said(tmp_path)
    assert f"healthy http://127.0.0.1:{port}" not in said(tmp_path), "the busy port was taken"
    assert len(marked(tmp_path)) >= 5
    process.send_signal(signal.SIGINT)
    assert process.wait(40) == 0
    assert alive_in(session) == []
    assert marked(tmp_path) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_no_process_outlives_a_kill_or_a_closed_terminal(driver, tmp_path, number):
    process, session = driver()
    assert wait_until(lambda: all_started(session), 40), alive_in(session)
    keep_marker(tmp_path)
    process.send_signal(number)
    assert process.wait(40) == 0, said(tmp_path)
    assert f"stopped by StopSignal({number.name!r})" in said(tmp_path)
    assert alive_in(session) == []
    assert marked(tmp_path) == []


def test_the_next_start_ends_what_a_killed_one_left_behind(driver, tmp_path):
    process, session = driver()
    assert wait_until(lambda: all_started(session), 40), alive_in(session)
    process.kill()
    process.wait()
    assert alive_in(session) != []
    environment = airflow_environment(tmp_path, PROJECT, ports=free_ports(), password="pw", base={})
    with Standalone(environment, tmp_path / "second.log") as second:
        assert alive_in(session) == []
        assert second.session != session
        second.check_alive()
    assert alive_in(second.session) == []


def test_what_does_not_leave_in_time_is_killed(tmp_path):
    environment = airflow_environment(tmp_path, PROJECT, ports=free_ports(), password="pw", base={})
    with Standalone(environment, tmp_path / "airflow.log") as standalone:
        session = standalone.session
        try:
            assert wait_until(lambda: all_started(session), 40), alive_in(session)
            os.kill(session, signal.SIGSTOP)  # A jammed one hears no SIGINT.
            standalone.stop(patience=0.5)
            assert alive_in(session) == []
        finally:
            kill_session(session)


def test_an_airflow_that_cannot_start_says_so_with_its_log(tmp_path):
    environment = airflow_environment(tmp_path, PROJECT, ports=free_ports(), password="pw", base={})
    environment["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] = "sqlite:////nowhere/at/all.db"
    with Standalone(environment, tmp_path / "airflow.log") as standalone:
        with pytest.raises(StandaloneError, match="ended by itself") as caught:
            standalone.wait_healthy(60)
        assert "unable to open database file" in caught.value.tail


def test_the_environment_is_ours_where_it_must_be_and_the_users_elsewhere(tmp_path):
    base = {
        "AIRFLOW__CORE__PARALLELISM": "2",
        "AIRFLOW__API__HOST": "0.0.0.0",
        "NO_PROXY": "intranet.example",
        "PATH": "/usr/bin",
    }
    environment = airflow_environment(tmp_path, PROJECT, ports=free_ports(), password="s3cret", base=base)
    assert environment["AIRFLOW__CORE__PARALLELISM"] == "2"
    assert environment["AIRFLOW__API__HOST"] == "127.0.0.1"
    assert environment["AIRFLOW__CORE__LOAD_EXAMPLES"] == "False"
    assert environment["NO_PROXY"] == "intranet.example,127.0.0.1,localhost"
    assert environment["PATH"] == f"{Path(sys.executable).parent}:/usr/bin"
    passwords = Path(environment["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE"])
    assert json.loads(passwords.read_text()) == {"admin": "s3cret"}
    assert passwords.stat().st_mode & 0o077 == 0


def test_patience_with_a_locked_file_is_for_sqlite_only(tmp_path):
    name = "AIRFLOW__DATABASE__SQL_ALCHEMY_CONNECT_ARGS"
    given = {"AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": "postgresql+psycopg2://airflow@db/airflow"}
    environments = [
        airflow_environment(tmp_path, PROJECT, ports=free_ports(), password="pw", base=base) for base in ({}, given)
    ]
    assert [environment.get(name) for environment in environments] == ["tocsin.airflow_database.PATIENCE", None]


def test_free_ports_are_three_and_the_wanted_one_when_free():
    with socket.socket() as sock:
        sock.bind(("", 0))
        port = sock.getsockname()[1]
        taken = free_ports(port)
    assert port not in {taken.api, taken.worker_logs, taken.trigger_logs}
    assert len({taken.api, taken.worker_logs, taken.trigger_logs}) == 3
    assert free_ports(port).api == port


def test_the_rest_client_is_closed_when_left():
    with AirflowRest("http://127.0.0.1:9", "admin", "pw") as rest:
        pass
    with pytest.raises(RuntimeError, match="closed"):
        rest.token()
