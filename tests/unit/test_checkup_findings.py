"""What a check-up says of each fact: when it is fine, when it is worth a word, when the work stops."""

from datetime import UTC, datetime, timedelta

import pytest

from tocsin.cli.doctor_command import exit_code
from tocsin.collect.networks.asking import Access
from tocsin.model import Source, SourceKind, SourceState
from tocsin.wiring.checkup import Finding, State, findings

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
OK, DEGRADED, BROKEN = State.OK, State.DEGRADED, State.BROKEN


@pytest.mark.parametrize(("free", "state"), [(10**11, OK), (10**9, DEGRADED), (10**8, BROKEN)])
def test_disk(free: int, state: State) -> None:
    assert findings.judge_disk("disk", free).state is state


@pytest.mark.parametrize(("seconds", "state"), [(9, OK), (-9, OK), (11, DEGRADED), (-3600, DEGRADED)])
def test_clock(seconds: int, state: State) -> None:
    assert findings.judge_clock(NOON, NOON + timedelta(seconds=seconds)).state is state


def test_a_clock_with_nothing_beside_it_is_told() -> None:
    assert "2026-11-22 12:00:00" in findings.judge_clock(NOON, None).told


@pytest.mark.parametrize(
    ("number", "state"),
    [("9.4.3", OK), ("8.19.0", OK), ("8.16.6", OK), ("8.9.0", DEGRADED), ("7.17.9", BROKEN), ("10.0.0", BROKEN),
     ("", BROKEN), (None, OK)],
)  # fmt: skip
def test_version(number: str | None, state: State) -> None:
    assert findings.judge_version(number).state is state


@pytest.mark.parametrize(("status", "state"), [("green", OK), ("yellow", DEGRADED), ("red", BROKEN), (None, OK)])
def test_health(status: str | None, state: State) -> None:
    assert findings.judge_health(status, 1, {}).state is state


def test_what_is_closed_for_writing_is_broken_though_it_is_green() -> None:
    full = findings.judge_health("green", 0, {"tocsin-ids": "read_only_allow_delete"})
    assert (full.state, full.told) == (BROKEN, "closed for writing: tocsin-ids (read_only_allow_delete)")
    assert "disk" in full.remedy
    moved = findings.judge_health("green", 0, {"tocsin-mentions-2026.11": "write"})
    assert (moved.state, "tocsin store reindex" in moved.remedy) == (BROKEN, True)
    assert "cannot be read" in findings.judge_health("red", 0, {"tocsin-ids": "write"}).remedy


def test_rights_and_features_are_named() -> None:
    lacks = findings.judge_privileges(["write on tocsin-*"])
    assert (lacks.state, "write on tocsin-*" in lacks.told) == (BROKEN, True)
    assert findings.judge_privileges([]).state is OK
    assert findings.judge_privileges(None).state is DEGRADED
    assert "ES|QL" in findings.judge_features(["ES|QL"]).told
    assert findings.judge_features([]).state is OK


def test_an_older_mapping_asks_for_a_reindex() -> None:
    sizes = [("tocsin-mentions-2026.10", 5, 2_000), ("tocsin-mentions-2026.11", 7, 3_000_000)]
    fine = findings.judge_months(sizes, [])
    assert [finding.state for finding in fine] == [OK, OK]
    assert fine[0].told == "2 months, 12 documents, 3.0 MB; largest tocsin-mentions-2026.11"
    old = findings.judge_months(sizes, ["tocsin-mentions-2026.10"])
    assert old[1].state is DEGRADED
    assert "tocsin store reindex" in old[1].remedy


@pytest.mark.parametrize(("waiting", "state"), [((0, 0, 1), OK), ((31, 0, 0), DEGRADED), ((0, 0, 2), DEGRADED)])
def test_waiting(waiting: tuple[int, int, int], state: State) -> None:
    assert findings.judge_waiting(*waiting).state is state


SOURCES = [Source(name, SourceKind.FEED, f"https://example.org/{name}") for name in ("a", "b")]
FRESH = {name: SourceState(name, succeeded_at=NOON) for name in ("a", "b")}


def judged(**said: SourceState) -> list[Finding]:
    return findings.judge_sources(SOURCES, list((FRESH | said).values()), NOON)


def test_sources() -> None:
    assert [finding.state for finding in judged()] == [OK]
    (failing,) = judged(b=SourceState("b", succeeded_at=NOON, failures=3, note="404"))
    assert (failing.state, failing.told) == (DEGRADED, "1 of 2 fail: b; the first: 404")
    (unread,) = judged(b=SourceState("b"))
    assert unread.told == "1 of 2 were never read: b"
    (silent,) = judged(b=SourceState("b", succeeded_at=NOON - timedelta(days=1)))
    assert silent.told == "50% answered lately"
    assert findings.judge_sources([], [], NOON) == []


def test_networks_say_what_they_lack_one_by_one() -> None:
    youtube = Source("tube", SourceKind.YOUTUBE, "https://tube.example")
    news = Source("hn", SourceKind.HACKERNEWS, "https://hn.example")
    assert findings.judge_networks(SOURCES, Access()) == []
    (fine,) = findings.judge_networks([*SOURCES, news], Access())
    assert (fine.state, fine.told) == (OK, "hn: nothing is lacking")
    (lacks,) = findings.judge_networks([youtube, news], Access())
    assert (lacks.state, lacks.told) == (
        DEGRADED,
        "tube needs TOCSIN_YOUTUBE_KEY, or Airflow's connection tocsin_youtube",
    )
    (found,) = findings.judge_networks([youtube], Access(credentials={"youtube": {"key": "s3cret"}}))
    assert found.state is OK


def test_names_are_few() -> None:
    assert findings.some([str(n) for n in range(7)]) == "0, 1, 2, 3, 4 and 2 more"


def test_exit_codes() -> None:
    fine, worse, bad = findings.ok("a", ""), findings.degraded("a", "", ""), findings.broken("a", "", "")
    assert [exit_code(found) for found in ([fine, worse], [fine, bad])] == [0, 1]
    assert exit_code([bad, findings.broken("settings", "", "", wrong_setting=True)]) == 2
