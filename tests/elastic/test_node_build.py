"""A build is fetched whole or not at all, and the Java that starts it is found, or the remedy told."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tocsin.errors import TransientError
from tocsin.node import BUILDS, ToolsMissingError, fetch_build, find_java
from tocsin.processes import wait_until

BUILD = BUILDS["9.4.3"]
WHOLE = "java.base jdk.jdi jdk.jlink jdk.localedata"

# Does what Maven does for us; how it ends is said by HOW.
MAVEN = """#!/bin/bash
for word in "$@"; do case $word in -DoutputDirectory=*) out=${word#*=};; esac; done
echo run >> "$(dirname "$0")/runs"
printf 'Progress (1): 0.3/947 MB\\rProgress (1): 474/947 MB\\r'
es=$out/sonarqube-26.9.0.129388/elasticsearch
mkdir -p $es/bin $es/lib/tools/server-launcher $es/../bin
touch $es/bin/elasticsearch-cli
[ "$HOW" = broken ] && { echo 'Could not find artifact'; exit 1; }
[ "$HOW" = slow ] && { echo $$ > "$(dirname "$0")/pid"; exec sleep 60; }
touch $es/../bin/elasticsearch $es/lib/tools/server-launcher/server-launcher
chmod -R 700 $es
"""
FETCH = "import os, sys; from pathlib import Path; from tocsin.node import BUILDS, fetch_build; "
FETCH += "fetch_build(BUILDS['9.4.3'], Path(sys.argv[1]), os.environ, print)"


@pytest.fixture
def maven(tmp_path):
    """Make the environment in which `mvn` is our own script that ends as it is told."""
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "mvn").write_text(MAVEN)
    (tools / "mvn").chmod(0o755)
    return lambda how: {"PATH": f"{tools}:/usr/bin:/bin", "HOW": how}


def fetching(cache: Path, environ: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", FETCH, cache], env=environ, stdout=subprocess.DEVNULL)


def test_a_build_has_its_start_script_and_only_scripts_run(tmp_path, maven):
    told = []
    home = fetch_build(BUILD, tmp_path / "cache", maven("well"), told.append)
    assert home == tmp_path / "cache" / "9.4.3"
    files = {path.name: path.stat().st_mode & 0o777 for path in home.rglob("*") if path.is_file()}
    assert files == {"elasticsearch": 0o755, "elasticsearch-cli": 0o755, "server-launcher": 0o644}
    assert all(path.stat().st_mode & 0o777 == 0o755 for path in [home, *home.rglob("*")] if path.is_dir())
    assert told[-1] == "fetching Elasticsearch 9.4.3: 50 % of 947 MB"


def test_a_failed_fetch_leaves_nothing_and_says_what_maven_said(tmp_path, maven):
    with pytest.raises(TransientError, match=r"(?s)could not fetch Elasticsearch 9\.4\.3.*Could not find artifact"):
        fetch_build(BUILD, tmp_path / "cache", maven("broken"), print)
    assert not (tmp_path / "cache" / "9.4.3").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_stopped_fetch_leaves_no_half_folder_and_no_maven_and_the_next_is_whole(tmp_path, maven, number):
    cache, pid = tmp_path / "cache", tmp_path / "tools" / "pid"
    with fetching(cache, maven("slow")) as first:
        assert wait_until(lambda: pid.exists() and pid.read_text().strip(), 20)
        first.send_signal(number)
    assert wait_until(lambda: not Path(f"/proc/{int(pid.read_text())}").exists(), 5)
    assert not (cache / "9.4.3").exists()
    home = fetch_build(BUILD, cache, maven("well"), print)
    assert (home / "bin" / "elasticsearch").exists()
    assert [path.name for path in cache.iterdir() if path.is_dir()] == ["9.4.3"]


def test_two_at_once_fetch_once(tmp_path, maven):
    with fetching(tmp_path / "cache", maven("well")) as one, fetching(tmp_path / "cache", maven("well")) as other:
        assert one.wait(30) == other.wait(30) == 0
    assert (tmp_path / "tools" / "runs").read_text() == "run\n"


def test_without_maven_the_remedy_is_told(tmp_path):
    with pytest.raises(ToolsMissingError, match="apt-get install maven"):
        fetch_build(BUILD, tmp_path / "cache", {"PATH": str(tmp_path)}, print)


def java(home: Path, version: str, modules: str = WHOLE) -> Path:
    (home / "bin").mkdir(parents=True)
    (home / "bin" / "java").touch(mode=0o755)
    (home / "release").write_text(f'IMPLEMENTOR="x"\nJAVA_VERSION="{version}"\nMODULES="{modules}"\n')
    return home


def test_the_java_that_fits_is_taken_in_the_order_of_choice(tmp_path):
    system = tmp_path / "jvm"
    old, new = java(system / "java-17", "17.0.15"), java(system / "temurin-25", "25.0.3")
    chosen, on_path = java(tmp_path / "chosen", "21"), java(tmp_path / "on_path", "23.0.1")
    path = {"PATH": str(on_path / "bin")}
    assert find_java(BUILD, path | {"JAVA_HOME": str(chosen)}, system) == chosen
    assert find_java(BUILD, path | {"JAVA_HOME": str(old)}, system) == on_path
    assert find_java(BUILD, {"PATH": ""}, system) == new
    assert find_java(BUILDS["8.16.6"], {"PATH": "", "JAVA_HOME": str(new)}, system) == old


@pytest.mark.parametrize(("version", "modules"), [("17.0.15", WHOLE), ("25.0.2", "java.base jdk.jdi"), ("x", WHOLE)])
def test_a_java_that_does_not_fit_is_passed_over_and_the_remedy_told(tmp_path, version, modules):
    java(tmp_path / "jvm" / "one", version, modules)
    (tmp_path / "jvm" / "empty").mkdir()
    with pytest.raises(ToolsMissingError, match=r"needs a JDK 21 or newer.*ES_JAVA_HOME"):
        find_java(BUILD, {"PATH": ""}, tmp_path / "jvm")


def test_the_java_for_8_16_has_an_end(tmp_path):
    java(tmp_path / "jvm" / "24", "24.0.1")
    with pytest.raises(ToolsMissingError, match="needs a JDK 17 to 23"):
        find_java(BUILDS["8.16.6"], {"PATH": ""}, tmp_path / "jvm")
