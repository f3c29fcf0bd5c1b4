"""The laws are contracts: kept by the real tree, and broken by one planted import each."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

PLANTS = {
    "a room that talks to the network": ("collect/step.py", "import httpx", "Law 1"),
    "a room that reads the disk": ("enrich/step.py", "import pathlib", "Law 1"),
    "a room that knows another room": ("detect/step.py", "import tocsin.alert.step", "Arrows point down only"),
    "a room that knows an adapter": ("alert/step.py", "import tocsin.adapters.smtp", "Arrows point down only"),
    "a port that knows a room": ("ports.py", "import tocsin.index.step", "Arrows point down only"),
    "a driver that names an adapter": ("cli/__init__.py", "import tocsin.adapters.sqlite", "Law 4"),
    "a package that imports Airflow": ("wiring.py", "import airflow.sdk", "Nothing under tocsin imports Airflow"),
}


def lint_imports(include: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter on the package under `include` with the project's own contracts."""
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--config", ROOT / "pyproject.toml", "--no-cache"],
        cwd=include,
        env=os.environ | {"PYTHONPATH": str(include)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_laws_are_kept():
    done = lint_imports(ROOT / "include")
    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout


@pytest.mark.parametrize("plant", PLANTS, ids=lambda name: name.replace(" ", "-"))
def test_a_planted_import_breaks_its_contract(plant: str, tmp_path: Path):
    file, line, law = PLANTS[plant]
    shutil.copytree(ROOT / "include" / "tocsin", tmp_path / "tocsin")
    with (tmp_path / "tocsin" / file).open("a") as module:
        module.write(f"\n{line}\n")
    done = lint_imports(tmp_path)
    assert done.returncode == 1
    broken = [row for row in done.stdout.splitlines() if row.endswith("BROKEN")]
    assert any(row.startswith(law) for row in broken), done.stdout
