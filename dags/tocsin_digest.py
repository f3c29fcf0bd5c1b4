"""Tell those who ask: each morning which sources went quiet, on Monday how the week was."""

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
        RetryRule("tocsin.errors.TransientError", RetryAction.RETRY, timedelta(minutes=30), "may pass by itself"),
        RetryRule("tocsin.errors.PermanentError", RetryAction.FAIL, reason="another try meets the same end"),
    ]
)


@dag(
    schedule=CronDataIntervalTimetable("30 7 * * *", timezone="Europe/Paris"),
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    is_paused_upon_creation=False,
    dagrun_timeout=timedelta(hours=6),
    default_args={
        "owner": "tocsin",
        "retries": 3,
        "retry_delay": timedelta(minutes=30),
        "retry_policy": RETRIES,
        "execution_timeout": timedelta(minutes=30),
        "priority_weight": 1,
    },
    tags=["tocsin"],
    doc_md=__doc__,
)
def tocsin_digest() -> None:
    """Two tasks that do not wait for each other; who has a week's digest or a notice does not get it again."""

    @task
    def send() -> dict[str, int]:
        from tocsin.wiring import open_app

        with open_app(find_connection=Connection.get) as app:
            return dict(app.digest())

    @task
    def quiet() -> dict[str, int]:
        from tocsin.wiring import open_app

        with open_app(find_connection=Connection.get) as app:
            return dict(app.tell_of_quiet())

    send()
    quiet()


tocsin_digest()
