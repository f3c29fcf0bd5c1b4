"""`make env` gives every secret that compose asks for, keeps what is there, and shows none of them."""

import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

ROOT = Path(__file__).resolve().parents[2]
ASKED = set(re.findall(r"\$\{(\w+):\?", (ROOT / "docker-compose.yml").read_text(encoding="utf-8")))


def run(env: Path) -> str:
    command = [sys.executable, str(ROOT / "docker" / "make_env.py"), str(env)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def read(env: Path) -> dict[str, str]:
    lines = [line for line in env.read_text(encoding="utf-8").splitlines() if "=" in line and line[0] != "#"]
    return dict(line.split("=", 1) for line in lines)


@pytest.fixture
def env(tmp_path: Path) -> Path:
    return tmp_path / ".env"


def test_it_writes_every_secret_that_compose_asks_for(env: Path) -> None:
    said = run(env)
    made = read(env)
    assert set(made) == ASKED
    assert len(set(made.values())) == len(made)
    assert all(len(value) >= 24 and re.fullmatch(r"[\w=-]+", value) for value in made.values())
    assert len(made["KIBANA_ENCRYPTION_KEY"]) >= 32, "Kibana takes no shorter one"
    Fernet(made["AIRFLOW_FERNET_KEY"])
    assert stat.S_IMODE(env.stat().st_mode) == 0o600
    assert not any(value in said for value in made.values())
    assert list(env.parent.iterdir()) == [env]


def test_two_runs_are_one(env: Path) -> None:
    run(env)
    first = env.read_bytes()
    assert "nothing is missing" in run(env)
    assert env.read_bytes() == first


def test_what_somebody_wrote_stays_and_the_rest_is_added(env: Path) -> None:
    mine = "# mine\nTOCSIN_REPEAT=2h\nexport ELASTIC_PASSWORD = chosen\nTEAM_PASSWORD=\n#AIRFLOW_PASSWORD=old"
    env.write_text(mine, encoding="utf-8")
    env.chmod(0o644)
    run(env)
    text = env.read_text(encoding="utf-8")
    assert text.startswith(mine + "\n")
    assert text.count("ELASTIC_PASSWORD") == 1
    assert set(read(env)) >= {"TEAM_PASSWORD", "AIRFLOW_PASSWORD"}
    assert read(env)["TEAM_PASSWORD"], "an empty one is none, and the last one counts"
    assert stat.S_IMODE(env.stat().st_mode) == 0o600


def test_a_file_that_others_may_read_is_closed(env: Path) -> None:
    run(env)
    env.chmod(0o644)
    run(env)
    assert stat.S_IMODE(env.stat().st_mode) == 0o600


def test_two_clones_have_nothing_in_common(tmp_path: Path) -> None:
    values = []
    for name in ("a", "b"):
        run(tmp_path / name)
        values.append(set(read(tmp_path / name).values()))
    assert not values[0] & values[1]
