"""At most one open incident per brand on Elasticsearch: after a crash at any step, and among processes that race."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tocsin.adapters.elastic import open_elastic
from tocsin.errors import ConflictError
from tocsin.model import Incident, IncidentState, Severity, SourceState

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def incident(incident_id: str, brand: str = "tonic", state: IncidentState = IncidentState.OPEN) -> Incident:
    return Incident(incident_id, brand, state, Severity.CRITICAL, NOON, NOON)


@pytest.fixture
def stores(elastic_place: str):
    url, key, prefix = elastic_place.split(" ")
    with open_elastic(url, api_key=key or None, prefix=prefix) as opened:
        yield opened


@pytest.fixture
def incidents(stores):
    return stores.incidents


def close(incidents, opened: Incident) -> Incident:
    return incidents.save(replace(opened, state=IncidentState.CLOSED, closed_at=NOON))


def test_a_lock_whose_owner_was_killed_before_it_opened_stops_nobody(incidents) -> None:
    incidents._lock(incident("killed"))
    assert incidents.open_incident("tonic") is None
    assert incidents.get("killed") is None
    opened = incidents.save(incident("next"))
    assert incidents.open_incident("tonic") == opened
    assert incidents.all() == (opened,)
    with pytest.raises(ConflictError, match="open incident next"):
        incidents.save(incident("killed"))


def test_the_killed_one_may_open_it_at_its_next_try(incidents) -> None:
    incidents._lock(incident("killed"))
    opened = incidents.save(incident("killed"))
    assert incidents.open_incident("tonic") == opened


def test_who_was_fenced_off_may_open_once_the_other_is_over(incidents) -> None:
    incidents._lock(incident("slow"))
    other = incidents.save(incident("quick"))
    assert incidents.get("slow") is None
    close(incidents, other)
    assert incidents.save(incident("slow")) == incidents.open_incident("tonic")


def test_a_slow_opener_hears_that_another_was_quicker(incidents, monkeypatch) -> None:
    """The slow one has the lock and is about to write; meanwhile the quick one opens."""
    write = incidents._incidents.write
    quick = []

    def late(name, source, revision):
        if name == "slow" and source and not quick:
            quick.append(True)
            quick[0] = incidents.save(incident("quick"))
        return write(name, source, revision)

    monkeypatch.setattr(incidents._incidents, "write", late)
    with pytest.raises(ConflictError):
        incidents.save(incident("slow"))
    assert incidents.open_incident("tonic") == quick[0]
    assert incidents.all() == (quick[0],)


def test_a_slow_reopener_hears_that_another_was_quicker(incidents, monkeypatch) -> None:
    old = close(incidents, incidents.save(incident("old")))
    write = incidents._incidents.write
    quick = []

    def late(name, source, revision):
        if name == "old" and source["state"] == "open" and not quick:
            quick.append(True)
            quick[0] = incidents.save(incident("quick"))
        return write(name, source, revision)

    monkeypatch.setattr(incidents._incidents, "write", late)
    with pytest.raises(ConflictError):
        incidents.save(replace(old, state=IncidentState.OPEN))
    assert incidents.open_incident("tonic") == quick[0]
    assert [one.id for one in incidents.all() if one.state is IncidentState.OPEN] == ["quick"]


def test_a_closed_incident_may_be_opened_again_when_none_is_open(incidents) -> None:
    old = close(incidents, incidents.save(incident("old")))
    middle = close(incidents, incidents.save(incident("middle")))
    again = incidents.save(replace(incidents.get("old"), state=IncidentState.OPEN))
    assert incidents.open_incident("tonic") == again
    assert old.id == again.id
    with pytest.raises(ConflictError, match="open incident old"):
        incidents.save(replace(incidents.get(middle.id), state=IncidentState.OPEN))


def test_an_open_incident_changes_as_often_as_it_must(incidents) -> None:
    opened = incidents.save(incident("i1"))
    for count in range(3):
        opened = incidents.save(replace(opened, mentions=count))
    assert incidents.open_incident("tonic") == opened


def test_revisions_tell_place_and_term(stores) -> None:
    saved = stores.sources.save(SourceState("news"))
    number, term = saved.revision.split(".")
    assert (int(number) >= 0, int(term) >= 1) == (True, True)


READY = """
import sys
print("ready", flush=True)
sys.stdin.readline()
"""

OPEN_AND_CLOSE = """
from dataclasses import replace
from datetime import UTC, datetime
from tocsin.errors import ConflictError
from tocsin.model import Incident, IncidentState, Severity
at, opened, wrong = datetime(2026, 11, 22, 12, tzinfo=UTC), 0, 0
for n in range(60):
    name = f"{sys.argv[2]}-{n}"
    try:
        mine = stores.incidents.save(Incident(name, "tonic", IncidentState.OPEN, Severity.CRITICAL, at, at))
    except ConflictError:
        continue
    opened += 1
    # Ours until we close it: nobody else may have opened one meanwhile.
    wrong += stores.incidents.open_incident("tonic") != mine
    stores.incidents.save(replace(mine, state=IncidentState.CLOSED, closed_at=at))
print(opened, wrong)
"""

FIRST_WRITE = """
from datetime import UTC, datetime
from tocsin.model import Mention, SourceState, Tone
at, who = datetime(2026, 11, 22, 12, tzinfo=UTC), int(sys.argv[2])
rest = ("en", ("tonic",), Tone.NEGATIVE, -0.5, "s")
def mention(n):
    published = at.replace(month=1 + (n + who) % 11)
    return Mention(f"m{n}", "news", "web", "", "", f"text {n}", f"author {n}", published, at, *rest)
added = stores.mentions.add(mention(n) for n in range(300))
stores.sources.save(SourceState(f"source-{who}"))
print(added.created, added.unchanged + added.duplicate, len(added.rejected))
"""


@pytest.fixture
def opening(elastic_place: str) -> tuple[str, str]:
    code = (
        "import sys; from tocsin.adapters.elastic import open_elastic; url, key, prefix = sys.argv[1].split(' '); "
        "stores = open_elastic(url, api_key=key or None, prefix=prefix)"
    )
    return elastic_place, code


def test_processes_that_open_and_close_never_have_two_open(opening, incidents, race) -> None:
    place, code = opening
    told = race(*[(code + READY + OPEN_AND_CLOSE, place, name) for name in ("left", "right", "middle")])
    assert [wrong for _, wrong in told] == [0, 0, 0]
    opened = sum(opened for opened, _ in told)
    assert 0 < opened < 180, "they never met: nothing was tried"
    assert len(incidents.all()) == opened
    assert incidents.open_incident("tonic") is None


def test_processes_that_make_the_indices_and_claim_other_months_store_each_id_once(opening, race) -> None:
    place, code = opening
    url, key, prefix = f"{place}-new".split(" ")  # Nothing of this prefix was ever made.
    told = race(*[(code + READY + FIRST_WRITE, f"{place}-new", str(who)) for who in range(4)])
    assert sum(created for created, _, _ in told) == 300
    assert [sum(one) for one in told] == [300] * 4
    with open_elastic(url, api_key=key or None, prefix=prefix) as stores:
        assert stores.mentions.total() == 300
        assert len(stores.sources.all()) == 4
