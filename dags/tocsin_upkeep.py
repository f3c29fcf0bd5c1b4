"""Let go of what has had its time, and make room for the days that come: each night, while little else happens."""

from datetime import UTC, datetime, timedelta

from airflow.sdk import Connection, CronDataIntervalTimetable, ExceptionRetryPolicy, RetryAction, RetryRule, dag, task

RETRIES = ExceptionRetryPolicy(
    rules=[
        RetryRule("tocsin.errors.TransientError", RetryAction.RETRY, timedelta(minutes=5), "may pass by itself"),
        RetryRule("tocsin.errors.PermanentError", RetryAction.FAIL, reason="another try meets the same end"),
    ]
)


@dag(
    schedule=CronDataIntervalTimetable("20 3 * * *", timezone="Europe/Paris"),
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    is_paused_upon_creation=False,
    dagrun_timeout=timedelta(hours=6),
    default_args={
        "owner": "tocsin",
        "retries": 3,
        "retry_delay": timedelta(minutes=5),
        "retry_policy": RETRIES,
        "execution_timeout": timedelta(hours=4),
        # The bell and all that feeds it go before.
        "priority_weight": 1,
    },
    tags=["tocsin"],
    doc_md=__doc__,
)
def tocsin_upkeep() -> None:
    """One task per thing to keep in order; none waits for another."""

    @task
    def tidy() -> dict[str, int]:
        from tocsin.wiring import open_app

        with open_app(find_connection=Connection.get) as app:
            tidied = app.tidy()
        tidied.refuse_failed()
        return dict(tidied.gone)

    @task
    def dashboards() -> dict[str, int]:
        from airflow.sdk.exceptions import AirflowSkipException

        from tocsin.wiring.kibana import keep_dashboards

        counts = keep_dashboards()
        if counts is None:
            raise AirflowSkipException("no log-in to Kibana is set (TOCSIN_KIBANA_API_KEY)")
        return counts

    @task
    def gone_from_x() -> dict[str, int]:
        from airflow.sdk.exceptions import AirflowSkipException

        from tocsin.wiring import open_app

        with open_app(find_connection=Connection.get) as app:
            if not app.x.is_read:
                raise AirflowSkipException("no source of kind x")
            return dict(app.x.recheck())

    tidy()
    dashboards()
    gone_from_x()


tocsin_upkeep()
