"""Collect what is due, enrich it, index it: every minute, in three steps that can each be run twice."""

from datetime import UTC, datetime, timedelta

from airflow.sdk import (
    Asset,
    Connection,
    CronDataIntervalTimetable,
    ExceptionRetryPolicy,
    RetryAction,
    RetryRule,
    dag,
    task,
)

MENTIONS = Asset("tocsin://mentions")

RETRIES = ExceptionRetryPolicy(
    rules=[
        RetryRule("tocsin.errors.TransientError", RetryAction.RETRY, timedelta(seconds=5), "may pass by itself"),
        RetryRule("tocsin.errors.PermanentError", RetryAction.FAIL, reason="another try meets the same end"),
    ]
)


@dag(
    schedule=CronDataIntervalTimetable("* * * * *", timezone="UTC"),
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    is_paused_upon_creation=False,
    dagrun_timeout=timedelta(minutes=30),
    default_args={
        "owner": "tocsin",
        "retries": 3,
        "retry_delay": timedelta(seconds=15),
        "retry_policy": RETRIES,
        "execution_timeout": timedelta(minutes=10),
    },
    tags=["tocsin"],
    doc_md=__doc__,
)
def tocsin_collect() -> None:
    """Chain the steps; each takes what waits, so a crashed run's batches are taken up by the next."""

    @task
    def collect() -> list[str]:
        from tocsin.wiring import open_app

        with open_app(find_connection=Connection.get) as app:
            return app.collect()

    @task
    def enrich(_collected: list[str]) -> list[str]:
        from tocsin.wiring import open_app

        with open_app(find_connection=Connection.get) as app:
            return app.enrich()

    @task(outlets=[MENTIONS])
    def index(_enriched: list[str]) -> list[str]:
        from tocsin.wiring import open_app

        with open_app(find_connection=Connection.get) as app:
            return app.index()

    index(enrich(collect()))


tocsin_collect()
