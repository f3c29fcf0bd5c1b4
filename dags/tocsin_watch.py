"""Compare now with usual for every brand and tell people: every minute, also when nothing arrived."""

from datetime import UTC, datetime, timedelta

from airflow.sdk import (
    Connection,
    CronDataIntervalTimetable,
    ExceptionRetryPolicy,
    RetryAction,
    RetryRule,
    dag,
    task,
)

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
    dagrun_timeout=timedelta(minutes=10),
    default_args={
        "owner": "tocsin",
        "retries": 3,
        "retry_delay": timedelta(seconds=15),
        "retry_policy": RETRIES,
        "execution_timeout": timedelta(minutes=5),
        # The bell goes before everything else that waits for a worker.
        "priority_weight": 100,
    },
    tags=["tocsin"],
    doc_md=__doc__,
)
def tocsin_watch() -> None:
    """Judge, then tell: the verdicts pass as a stored batch, XCom carries its id."""

    @task
    def detect() -> str:
        from tocsin.wiring import open_app

        with open_app(find_connection=Connection.get) as app:
            return app.detect()

    @task
    def alert(verdicts: str) -> None:
        from tocsin.wiring import open_app

        with open_app(find_connection=Connection.get) as app:
            app.alert(verdicts)

    alert(detect())


tocsin_watch()
