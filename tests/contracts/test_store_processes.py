"""Several processes on one store at once, as Airflow's tasks are: nothing lost, nothing twice."""

from datetime import UTC, datetime, timedelta

from tocsin.model import SourceState, Window

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)

READY = """
import sys
print("ready", flush=True)
sys.stdin.readline()
"""

ADD = """
from datetime import UTC, datetime
from tocsin.model import Mention, Tone
at, first = datetime(2026, 11, 22, 12, tzinfo=UTC), int(sys.argv[2])
def mention(n):
    rest = ("en", ("tonic",), Tone.NEGATIVE, -0.5, f"m{n}")
    return Mention(f"m{n}", "news", "web", "", "", f"text {n}", f"author {n}", at, at, *rest)
added = stores.mentions.add(mention(n) for n in range(first, first + 3000))
print(added.created, added.unchanged, added.duplicate)
"""

FIRST = """
place, opening, seen = sys.argv[1], sys.argv[2], 0
for n in range(60):
    sys.argv[1] = f"{place}.{n}"
    exec(opening)
    seen += stores.mentions.total()
    stores.close()
print(seen)
"""

SAVE = """
from dataclasses import replace
from tocsin.errors import ConflictError
from tocsin.model import SourceState
conflicts = 0
for _ in range(100):
    while True:
        state = stores.sources.get("news")
        try:
            stores.sources.save(replace(state, failures=state.failures + 1))
            break
        except ConflictError:
            conflicts += 1
print(conflicts)
"""

OPEN = """
from datetime import UTC, datetime
from tocsin.errors import ConflictError
from tocsin.model import Incident, IncidentState, Severity
at = datetime(2026, 11, 22, 12, tzinfo=UTC)
opened = 0
for n in range(50):
    try:
        name = f"{sys.argv[2]}-{n}"
        stores.incidents.save(Incident(name, f"brand-{n}", IncidentState.OPEN, Severity.CRITICAL, at, at))
        opened += 1
    except ConflictError:
        pass
print(opened)
"""

RECORD = """
from datetime import UTC, datetime, timedelta
from tocsin.model import Delivery, Reason
at, status = datetime(2026, 11, 22, 12, tzinfo=UTC), sys.argv[2]
late = timedelta(minutes=5 if status == "failed" else 0)
for n in range(100):
    when = at + timedelta(seconds=n) + late
    stores.incidents.record(Delivery(f"m{n % 50:02}", "i1", "ann", "email", Reason.FIRST, status, when))
print(n)
"""


def test_two_processes_add_overlapping_mentions(shared, race) -> None:
    stores, place, opening = shared
    counts = race((opening + READY + ADD, place, "0"), (opening + READY + ADD, place, "1000"))
    assert sum(created for created, _, _ in counts) == stores.mentions.total() == 4000
    assert [created + unchanged for created, unchanged, _ in counts] == [3000, 3000]
    hour = Window(NOON, NOON + timedelta(hours=1))
    assert stores.mentions.counts(hour, ["tonic"])["tonic"].mentions == 4000
    assert [one.id for one in stores.mentions.search("text 2500")] == ["m2500"]


def test_no_change_of_a_state_is_lost_in_a_race(shared, race) -> None:
    stores, place, opening = shared
    stores.sources.save(SourceState("news"))
    conflicts = race(*[(opening + READY + SAVE, place)] * 2)
    assert sum(sum(one) for one in conflicts) > 0, "the two never met: nothing was tried"
    assert stores.sources.get("news").failures == 200


def test_of_two_processes_one_opens_the_incident(shared, race) -> None:
    stores, place, opening = shared
    opened = race(*[(opening + READY + OPEN, place, name) for name in ("left", "right")])
    assert sum(sum(one) for one in opened) == 50
    assert len(stores.incidents.all()) == 50
    assert all(stores.incidents.open_incident(f"brand-{n}") for n in range(50))


def test_what_one_process_sent_is_not_unsaid_by_another_that_failed_later(shared, race) -> None:
    stores, place, opening = shared
    race(*[(opening + READY + RECORD, place, status) for status in ("sent", "failed")])
    lines = stores.incidents.deliveries("i1")
    assert [(line.message_id, line.status) for line in lines] == [(f"m{n:02}", "sent") for n in range(50)]
    assert [line.at for line in lines] == [NOON + timedelta(seconds=50 + n) for n in range(50)]


def test_processes_may_all_be_the_first_to_open(shared, race) -> None:
    _, place, opening = shared
    told = race(*[(READY + FIRST, place, opening)] * 4)
    assert told == [[0]] * 4
