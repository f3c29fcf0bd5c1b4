"""One Airflow home for the whole floor: `initdb()` once, then many `dag.test()` in this process."""

import logging
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def logging_before() -> dict[str, tuple[int, bool]]:
    """Level and state of each logger before Airflow, which sets up logging for the whole process as its own."""
    loggers = [logging.getLogger(), *(logging.getLogger(name) for name in logging.root.manager.loggerDict)]
    return {logger.name: (logger.level, logger.disabled) for logger in loggers}


@pytest.fixture(autouse=True)
def own_logging(logging_before: dict[str, tuple[int, bool]]) -> Iterator[None]:
    """Give the other floors' tests the logging back that they found, whatever order they run in."""
    yield
    for name in logging.root.manager.loggerDict:
        logging.getLogger(name).disabled = logging_before.get(name, (0, False))[1]
    logging.getLogger().setLevel(logging_before["root"][0])


@pytest.fixture(scope="session")
def airflow_home(tmp_path_factory: pytest.TempPathFactory, logging_before: object) -> Iterator[Path]:
    """Airflow's database and settings; must be set before the first import of airflow, which reads them once."""
    home = tmp_path_factory.mktemp("airflow")
    with pytest.MonkeyPatch.context() as patch:
        settings = {
            "AIRFLOW_HOME": str(home),
            "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
            "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "plugins"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__UNIT_TEST_MODE": "False",
            "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR",
            "AIRFLOW__API_AUTH__JWT_SECRET": secrets.token_urlsafe(32),
        }
        for name, value in settings.items():
            patch.setenv(name, value)
        from airflow.utils.db import initdb

        initdb()
        yield home
