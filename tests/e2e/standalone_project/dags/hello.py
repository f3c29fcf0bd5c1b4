"""The smallest DAG: one task that succeeds, and one DAG that fails with a word to find in its log."""

from airflow.sdk import dag, task


@dag(dag_id="hello", schedule=None)
def hello():
    @task
    def greet() -> str:
        return "hello"

    greet()


@dag(dag_id="stumble", schedule=None)
def stumble():
    @task
    def fall() -> None:
        raise ValueError("the stone was here")

    fall()


hello()
stumble()
