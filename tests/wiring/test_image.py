"""The Dockerfile without Docker: its steps run in a plain folder that holds what the builder would be given."""

import fnmatch
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent


def steps() -> list[tuple[str, str]]:
    """Each instruction with its arguments, lines joined and comments left out."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    lines = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    found = [line.split(None, 1) for line in lines.replace("\\\n", " ").splitlines() if line.strip()]
    return [(word, rest) for word, rest in found]


def tracked() -> list[str]:
    """Files of a clone: those under version control, and new ones that are not ignored."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    return [name for name in listed if (ROOT / name).is_file()]


def passes(name: str) -> bool:
    """Whether .dockerignore lets a file through: the last line that matches it or a folder above decides."""
    parts = name.split("/")
    above = ["/".join(parts[: end + 1]) for end in range(len(parts))]
    good = True
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        pattern = line.strip().removeprefix("!")
        if pattern and not pattern.startswith("#"):
            deep = pattern.removeprefix("**/")
            names = parts if deep != pattern else above if "/" in pattern else parts[:1]
            if any(fnmatch.fnmatchcase(one, deep) for one in names):
                good = line.startswith("!")
    return good


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder /opt/airflow after every step, each of them run as it is written but for what `plain` says."""
    target = tmp_path_factory.mktemp("image") / "airflow"
    target.mkdir()
    context = [name for name in tracked() if passes(name)]
    for word, rest in steps()[1:]:
        if word == "COPY":
            copy(rest, context, target)
        else:
            assert word == "RUN", f"{word}: teach this test what it does"
            run(plain(rest), target)
    return target


def copy(rest: str, context: list[str], target: Path) -> None:
    flag, *sources, place = shlex.split(rest)
    assert (flag, place.strip("/")) == ("--chown=airflow:0", "."), "the official image works in /opt/airflow"
    for source in sources:
        names = [name for name in context if source in {".", name}]
        assert names, f"COPY {source}: the builder is not given it"
        for name in names:
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, target / name)


def plain(command: str) -> str:
    """A step as it runs here: pip looks and installs nothing, as this environment must stay as it is.

    With `--dry-run` it still resolves, downloads what is missing, and holds all of that against the hashes.
    """
    command = re.sub(r"\bpip install\b", f"{shlex.quote(sys.executable)} -m pip install --dry-run --quiet", command)
    # The drivers of PostgreSQL are in the image alone.
    return command.replace("import asyncpg, psycopg2; ", "")


def run(command: str, target: Path) -> None:
    environment = {
        "PATH": f"{BIN}:/usr/bin:/bin",
        "PYTHONPATH": str(target / "include"),
        "HOME": str(target.parent),
        **{name: text for name, text in os.environ.items() if name.startswith(("PIP_", "SSL_", "HTTP", "NO_PROXY"))},
    }
    bash = ["/bin/bash", "-ec", command]
    done = subprocess.run(bash, cwd=target, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"


def test_every_step_runs(built: Path) -> None:
    assert [word for word, _ in steps()] == ["FROM", "COPY", "RUN", "COPY", "RUN", "RUN"]
    assert {"dags", "plugins", "include", "docker", "data", "certificates", "logs"} <= {
        path.name for path in built.iterdir()
    }


def test_airflow_finds_our_parts_where_it_looks(built: Path) -> None:
    assert (built / "dags" / "tocsin_watch.py").is_file()
    assert (built / "plugins" / "tocsin_plugin.py").is_file()
    settings = built / "config" / "airflow_local_settings.py"
    assert settings.read_bytes() == (ROOT / "include" / "tocsin" / "airflow_local_settings.py").read_bytes()


def test_the_mount_points_hand_on_who_may_enter(built: Path) -> None:
    """The folder of keys is for Airflow's user and group; Kibana's user must reach the authority's certificate."""
    assert (built / "data").stat().st_mode & 0o777 == 0o770
    assert (built / "certificates").stat().st_mode & 0o777 == 0o755


def test_the_image_holds_all_that_the_package_reads(built: Path) -> None:
    for name in tracked():
        if name.startswith(("include/", "dags/", "plugins/", "docker/")):
            assert (built / name).read_bytes() == (ROOT / name).read_bytes(), name


@pytest.mark.parametrize(
    "name", [".env", ".git/config", ".tocsin/tocsin.db", ".venv/bin/python", "tests/conftest.py"]
)
def test_what_is_no_part_of_it_stays_out(name: str) -> None:
    assert not passes(name)


def test_an_ignored_file_below_a_folder_stays_out() -> None:
    assert passes("include/tocsin/ports/stores.py")
    assert not passes("include/tocsin/__pycache__/x.pyc")
    assert not passes("include/tocsin.egg-info/PKG-INFO")
