"""Replay an archive through the same steps on a moved clock; run it by hand with the archive's path.

The result (the incidents per brand, and the mails that would have been sent) is written as JSON to `out`.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.sdk import Param, dag, task


@dag(
    schedule=None,
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    max_active_runs=1,
    default_args={"owner": "tocsin", "retries": 0, "execution_timeout": timedelta(hours=12)},
    params={
        "archive": Param(type="string", title="Archive", description="Recorded posts, on the worker's disk"),
        "columns": Param(
            None, type=["null", "string"], title="Column map", description="YAML that names a table's columns"
        ),
        "config": Param(type="string", title="Config folder", description="Folder with brands.yaml and people.yaml"),
        "out": Param(type="string", title="Result", description="Path of the JSON file to write"),
    },
    tags=["tocsin"],
    doc_md=__doc__,
)
def tocsin_replay() -> None:
    """One task: a replay is one clock, and a clock cannot be shared out."""

    @task
    def replay(params: dict[str, Any]) -> str:
        import os
        from pathlib import Path

        from tocsin.config import read_settings
        from tocsin.wiring.replay import replay_archive, write_outcome
        from tocsin.wiring.results import check_target

        check_target(Path(params["out"]))
        columns = Path(params["columns"]) if params["columns"] else None
        models = read_settings(os.environ).tone_models
        outcome = replay_archive(Path(params["archive"]), columns, Path(params["config"]), tone_models=models)
        return write_outcome(outcome, Path(params["out"]))

    replay()  # type: ignore[call-arg]  # Airflow fills `params` from the run


tocsin_replay()
