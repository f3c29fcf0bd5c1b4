"""Listen to the stream of X, an hour at a time; switch it on where a source of kind x is to be heard at once.

It holds a worker's place for as long as it runs. Between two runs, and while it is off, tocsin_collect polls.
"""

from datetime import UTC, datetime, timedelta

from airflow.sdk import Connection, ExceptionRetryPolicy, RetryAction, RetryRule, dag, task

HOUR = timedelta(hours=1)

RETRIES = ExceptionRetryPolicy(
    rules=[
        RetryRule("tocsin.errors.TransientError", RetryAction.RETRY, timedelta(minutes=1), "may pass by itself"),
        RetryRule("tocsin.errors.PermanentError", RetryAction.FAIL, reason="another try meets the same end"),
    ]
)


@dag(
    schedule="@continuous",
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    is_paused_upon_creation=True,
    default_args={
        "owner": "tocsin",
        "retries": 3,
        "retry_delay": timedelta(minutes=1),
        "retry_policy": RETRIES,
        "execution_timeout": HOUR + timedelta(minutes=10),
    },
    tags=["tocsin"],
    doc_md=__doc__,
)
def tocsin_x_stream() -> None:
    """One task: a stream is one connection."""

    @task
    def listen() -> dict[str, int]:
        from tocsin.wiring import open_app
        from tocsin.wiring.x import waiting_for

        with open_app(find_connection=Connection.get) as app:
            return dict(app.x.stream(None, waiting_for(HOUR)))

    listen()


tocsin_x_stream()
