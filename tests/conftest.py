"""What the floors of tests share: a derandomised hypothesis in CI, evaluation data, a real Elasticsearch."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tocsin.node import Address, Node, ToolsMissingError

settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("dev", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "dev")

ROOT = Path(__file__).resolve().parent.parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite golden files; review the diff")


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """In CI a skipped test is a failed run: what was not tried is not known to work."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and exitstatus == pytest.ExitCode.OK and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update-golden"))


@pytest.fixture(scope="session")
def evaluation_data() -> Path:
    """Folder of real evaluation data, never part of the project; tests on it skip where it is missing."""
    folder = Path(os.environ.get("TOCSIN_EVAL_DATA", ROOT.parent / "shared" / "data"))
    if not (folder / "README.md").exists():
        pytest.skip(f"no evaluation data at {folder}: set TOCSIN_EVAL_DATA to its folder")
    return folder


@pytest.fixture(scope="session")
def elasticsearch_node() -> Iterator[Address]:
    """Where a real Elasticsearch answers: that of TOCSIN_ELASTICSEARCH_URL, else one of our own, started once.

    Tests share it: each takes names of its own and leaves nothing. Skips only where there is neither address nor
    Maven and Java; in CI that fails the run.
    """
    if url := os.environ.get("TOCSIN_ELASTICSEARCH_URL"):
        yield Address(url, os.environ.get("TOCSIN_ELASTICSEARCH_API_KEY") or None)
        return
    try:
        with Node(brief=True) as node:
            yield node.address
    except ToolsMissingError as exc:
        pytest.skip(f"no Elasticsearch to test on: {exc}; or set TOCSIN_ELASTICSEARCH_URL")
