"""Airflow out of breath: what was asked is asked again, and a button pressed again starts nothing twice."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tocsin.airflow_rest import AirflowRest
from tocsin.errors import PermanentError


class Breathless(BaseHTTPRequestHandler):
    """Starts the run that is asked for, yet says 500 to its first try, as a locked database makes Airflow do."""

    runs: list[str]
    tries: int
    refuses: bool

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/auth/token":
            self.reply(201, {"access_token": "t"})
        elif self.refuses:
            self.reply(403, {"detail": "not yours"})
        else:
            type(self).tries += 1
            is_known = asked["dag_run_id"] in self.runs
            self.runs.extend([] if is_known else [asked["dag_run_id"]])
            self.reply(409 if is_known else 500, {"detail": "database is locked"})

    def reply(self, status: int, answer: dict[str, str]) -> None:
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def url() -> Iterator[str]:
    Breathless.runs, Breathless.tries, Breathless.refuses = [], 0, False
    with ThreadingHTTPServer(("127.0.0.1", 0), Breathless) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_button_that_answered_500_is_pressed_again_and_starts_one_run(url):
    with AirflowRest(url, "admin", "pw") as rest:
        run = rest.trigger("tocsin_collect")
    assert Breathless.runs == [run.run_id]
    assert Breathless.tries == 2


def test_a_refusal_is_told_at_once(url):
    Breathless.refuses = True
    with AirflowRest(url, "admin", "pw") as rest, pytest.raises(PermanentError, match="403"):
        rest.trigger("tocsin_collect")
