"""A node of our own answers, keeps strangers out when asked to, is never root, and leaves nothing behind."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import httpx
import pytest

from tocsin.node import BUILDS, Node, ToolsMissingError, fetch_build, find_java
from tocsin.node.folder import own_folder
from tocsin.node.running import CACHE
from tocsin.processes import StopSignal, alive_in, carries, held_back, stop_signals, wait_until

TOCSIN = Path(sys.executable).with_name("tocsin")


def processes_of(folder: Path) -> list[int]:
    """Every process on the machine that has this node's folder as its home."""
    pids = [int(entry.name) for entry in Path("/proc").glob("[0-9]*")]
    return [pid for pid in pids if carries(pid, "HOME", str(folder))]


def only_folder(parent: Path) -> Path | None:
    return next(parent.glob("tocsin-elasticsearch-*"), None)


def version_of(url: str) -> str:
    return httpx.get(url, trust_env=False).json()["version"]["number"]


@pytest.fixture
def open_place():
    """A temporary folder that every user can enter, which pytest's own is not."""
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        yield Path(place)


@pytest.fixture(scope="module")
def builds():
    """Both builds and the Java for them; without Maven or Java nothing here can be tried."""
    try:
        assert all(find_java(build, os.environ) for build in BUILDS.values())
        return {version: fetch_build(build, CACHE, os.environ, print) for version, build in BUILDS.items()}
    except ToolsMissingError as exc:
        pytest.skip(str(exc))


@pytest.fixture
def command(open_place, builds):
    """Start `tocsin elasticsearch` with its folder in the open place; whatever the test does, it is ended."""
    started = []

    def start(*options: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [TOCSIN, "elasticsearch", *options],
            env=os.environ | {"TMPDIR": str(open_place)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()
    wait_until(lambda: not (folder := only_folder(open_place)) or not processes_of(folder), 10)


def test_the_shared_node_answers_and_takes_a_document(elasticsearch_node):
    key = elasticsearch_node.api_key
    headers = {"Authorization": f"ApiKey {key}"} if key else {}
    with httpx.Client(base_url=elasticsearch_node.url, headers=headers, trust_env=False) as client:
        expected = r"\d+\.\d+\.\d+" if os.environ.get("TOCSIN_ELASTICSEARCH_URL") else r"9\.4\.3"
        assert re.fullmatch(expected, client.get("/").json()["version"]["number"])
        try:
            assert client.put("/tocsin-node-test/_doc/1?refresh=true", json={"title": "L'Oréal"}).status_code == 201
            assert client.get("/tocsin-node-test/_count").json()["count"] == 1
        finally:
            client.delete("/tocsin-node-test")


def test_the_command_runs_8_16_not_as_root_and_ctrl_c_leaves_nothing(command, open_place):
    process = command("--version", "8.16.6")
    said = []
    for line in process.stdout:
        said.append(line)
        if "TOCSIN_ELASTICSEARCH_URL=" in line:
            break
    else:
        pytest.fail("".join(said))
    url = said[-1].strip().partition("=")[2]
    assert version_of(url) == "8.16.6"
    folder = only_folder(open_place)
    running = processes_of(folder)
    assert len(running) == 2, "a launcher and a server"
    assert all(Path(f"/proc/{pid}").stat().st_uid == (os.geteuid() or 65534) for pid in running)
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=30)
    assert (process.returncode, rest) == (0, "stopped, no process is left\n")
    assert [pid for pid in running if Path(f"/proc/{pid}").exists()] == []
    assert not folder.exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_no_process_outlives_the_command_however_it_ends(command, open_place, monkeypatch, number):
    process = command()
    assert wait_until(lambda: (folder := only_folder(open_place)) and processes_of(folder), 60)
    folder = only_folder(open_place)
    process.send_signal(number)
    assert process.wait(30) == (-number if number == signal.SIGKILL else 128 + number)
    assert wait_until(lambda: processes_of(folder) == [], 10 if number == signal.SIGKILL else 0)
    assert folder.exists() == (number == signal.SIGKILL)
    monkeypatch.setattr(tempfile, "tempdir", str(open_place))
    with own_folder() as new:
        assert list(open_place.iterdir()) == [new], "the next node deletes what a killed one left"


def test_a_stop_that_comes_while_the_node_is_made_waits_until_it_can_be_undone():
    done = []

    def make() -> None:
        with stop_signals(), held_back(signal.SIGTERM):
            signal.raise_signal(signal.SIGTERM)
            done.append("made")

    with pytest.raises(StopSignal):
        make()
    assert done == ["made"]


@pytest.fixture(scope="module")
def guarded(tmp_path_factory, builds):
    """A node with security, its build in a folder that only root can enter (as a clone under /root is)."""
    closed = tmp_path_factory.mktemp("closed")
    shutil.copytree(builds["9.4.3"], closed / "9.4.3", copy_function=os.link)
    closed.chmod(0o700)
    with Node("9.4.3", secure=True, brief=True, cache=closed) as node:
        yield node


def test_security_refuses_strangers_and_takes_the_key_and_the_password(guarded):
    url = guarded.address.url
    key = {"Authorization": f"ApiKey {guarded.address.api_key}"}
    assert httpx.get(url, trust_env=False).status_code == 401
    assert httpx.get(url, trust_env=False, auth=(guarded.user, "wrong")).status_code == 401
    assert httpx.get(url, trust_env=False, auth=(guarded.user, guarded.password)).status_code == 200
    assert httpx.get(url, trust_env=False, headers=key).json()["version"]["number"] == "9.4.3"
    shown = repr(guarded.address)
    assert guarded.address.api_key not in shown


def test_an_api_key_may_do_what_its_roles_allow_and_no_more(guarded):
    roles = {"reader": {"indices": [{"names": ["tocsin-*"], "privileges": ["read"]}]}}
    key = {"Authorization": f"ApiKey {guarded.new_api_key('reader', roles)}"}
    with httpx.Client(base_url=guarded.address.url, headers=key, trust_env=False) as client:
        assert client.get("/tocsin-*/_search").status_code == 200
        assert client.put("/tocsin-x/_doc/1", json={}).status_code == 403


def test_a_killed_node_comes_back_with_its_data_and_key_at_the_same_address(guarded):
    key = {"Authorization": f"ApiKey {guarded.address.api_key}"}
    with httpx.Client(base_url=guarded.address.url, headers=key, trust_env=False, timeout=30) as client:
        assert client.put("/kept/_doc/1", json={"a": 1}).status_code == 201
        session = guarded.session
        guarded.stop(kill=True)
        assert alive_in(session) == []
        with pytest.raises(httpx.TransportError):
            client.get("/")
        guarded.start()
        assert client.get("/kept/_doc/1").json()["_source"] == {"a": 1}


def test_a_node_listens_on_loopback_only(guarded):
    lines = [line.split() for name in ("tcp", "tcp6") for line in Path("/proc/net", name).read_text().splitlines()]
    port = f":{httpx.URL(guarded.address.url).port:04X}"
    ours = {address[:-5] for _, address, *_ in lines if address.endswith(port)}
    assert ours in ({"0100007F"}, {"0000000000000000FFFF00000100007F"})
