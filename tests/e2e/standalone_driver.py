"""A process like `tocsin demo` at its smallest: holds a standalone until a signal comes (see test_standalone)."""

import os
import sys
import time
from pathlib import Path

from tocsin.airflow_rest import AirflowRest
from tocsin.processes import StopSignal, stop_signals
from tocsin.standalone import Standalone, airflow_environment, free_ports


def say(*words) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def main(home: Path, project: Path, wanted: int) -> int:
    base = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")}
    environment = airflow_environment(home, project, ports=free_ports(wanted), password="pw", base=base)
    try:
        with stop_signals(), Standalone(environment, home / "airflow.log") as standalone:
            say("session", standalone.session)
            standalone.wait_healthy(90)
            say("healthy", standalone.url)
            with AirflowRest(standalone.url, "admin", "pw") as rest:
                rest.wait_dag("hello", check=standalone.check_alive)
                rest.wait(rest.trigger("hello"), 60)
                say("ran hello")
                rest.wait_dag("stumble")
                try:
                    rest.wait(rest.trigger("stumble"), 60)
                except Exception as exc:
                    say("failed as it should:", exc.task, "|", " ".join(exc.tail.split()))
            say("resting")
            while True:
                time.sleep(1)
    except (KeyboardInterrupt, StopSignal) as asked:
        say("stopped by", repr(asked))
        return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])))
