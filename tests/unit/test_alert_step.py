"""The door of the room on real stores: who is told, once, whatever fails and wherever it stops."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from tocsin.adapters.silent import SilentNotifier
from tocsin.adapters.sqlite import SqliteStores, open_sqlite
from tocsin.alert.delivery import PATIENCE
from tocsin.alert.step import tell_people
from tocsin.errors import PermanentError, TransientError
from tocsin.model import (
    Brand,
    Counts,
    Incident,
    IncidentState,
    Mention,
    Message,
    Person,
    Reason,
    Severity,
    Tone,
    Verdict,
    Window,
)

NOW = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
CALM, WATCH, CRITICAL = Severity.CALM, Severity.WATCH, Severity.CRITICAL
TONIC, COLA = Brand("tonic", "Tonic"), Brand("cola", "Cola")
ANN = Person("ann", "Ann", "ann@example.org")
BOB = Person("bob", "Bob", "bob@example.org", language="fr")
WES = Person("wes", "Wes", "wes@example.org", severity=WATCH)


def verdict(severity=CRITICAL, minutes=0, brand="tonic", over=False, coverage=1.0) -> Verdict:
    at = NOW + minutes * MINUTE
    since = None if severity is CALM else at - 50 * MINUTE
    window, counts = Window(at - 60 * MINUTE, at), Counts(60, 50, 45, 30)
    return Verdict(brand, at, severity, 12, 12, 6, window, 45, 5, 5, 3, since, over, counts, coverage, ())


@dataclass
class Mailbox:
    """A channel that keeps what it took, and fails for the persons named, as told."""

    channel: str = "email"
    taken: list[Message] = field(default_factory=list)
    failing: dict[str, Exception] = field(default_factory=dict)

    def send(self, message: Message) -> None:
        if error := self.failing.get(message.person.id):
            raise error
        self.taken.append(message)

    def to(self, person: Person) -> list[str]:
        return [message.reason.value for message in self.taken if message.person.id == person.id]


@dataclass
class Newsroom:
    """Stores, a mailbox and people; `tell` runs the step at some minute."""

    stores: SqliteStores
    mail: Mailbox = field(default_factory=Mailbox)
    people: tuple[Person, ...] = (ANN, BOB)
    brands: tuple[Brand, ...] = (TONIC, COLA)
    incidents: object = None

    def tell(self, *verdicts: Verdict, minutes: float = 0, notifier: object = None) -> dict[str, int]:
        report = tell_people(
            verdicts,
            brands=self.brands,
            people=self.people,
            incidents=self.incidents or self.stores.incidents,
            mentions=self.stores.mentions,
            notifier=notifier or self.mail,
            now=NOW + minutes * MINUTE,
        )
        assert report.came_in == len(verdicts)
        return dict(report.counts)

    def incident(self, brand: str = "tonic") -> Incident | None:
        return self.stores.incidents.open_incident(brand)


@pytest.fixture
def room() -> Iterator[Newsroom]:
    with open_sqlite(":memory:") as stores:
        yield Newsroom(stores)


def negative(number: int, minutes: float, story: str) -> Mention:
    at = NOW + minutes * MINUTE
    return Mention(
        f"m{number}", "news", "web", f"https://gazette.example/{number}", f"Title {story}", "words", f"a{number}",
        at, at, "en", ("tonic",), Tone.NEGATIVE, -0.6, story,
    )  # fmt: skip


def test_a_storm_from_first_to_over_tells_everybody_each_thing_once(room) -> None:
    room.stores.mentions.add([negative(1, -30, "m1"), negative(2, -20, "m1"), negative(3, 100, "m3")])
    assert room.tell(verdict(CALM), verdict(CALM, brand="cola")) == {"calm": 2}
    assert room.tell(verdict(), minutes=0.5) == {"first": 1}
    opened = room.incident()
    assert (opened.id, opened.told_at, opened.notices) == ("tonic-20261122T2000Z", NOW + 0.5 * MINUTE, 1)
    assert (opened.mentions, opened.since) == (2, NOW - 50 * MINUTE)
    assert "1. Title m1" in room.mail.taken[0].text
    assert room.tell(verdict(minutes=5), minutes=5) == {"hold": 1}
    assert room.tell(verdict(minutes=240), minutes=241) == {"repeat": 1}
    assert room.tell(verdict(CALM, minutes=250), minutes=250) == {"hold": 1}
    assert room.tell(verdict(CALM, minutes=300, over=True), minutes=300) == {"over": 1}
    closed = room.stores.incidents.get(opened.id)
    assert (closed.state, closed.closed_at, closed.notices) == (IncidentState.CLOSED, NOW + 300 * MINUTE, 3)
    assert closed.mentions == 3
    assert room.tell(verdict(CALM, minutes=305, over=True), minutes=305) == {"calm": 1}
    assert room.mail.to(ANN) == room.mail.to(BOB) == ["first", "repeat", "over"]
    first, repeat, over = (message for message in room.mail.taken if message.person == ANN)
    assert first.thread_id == repeat.thread_id == over.thread_id == first.id == "tonic-20261122T2000Z.1.first.ann"
    assert "3 posts, copies included" in over.text
    assert "Title m3" in over.text
    assert "Title m3" not in repeat.text


def test_a_storm_that_grows_without_news_is_remembered_at_its_height(room) -> None:
    room.tell(verdict())
    assert room.tell(replace(verdict(minutes=5), score=31.0, peak=31.0, observed=80), minutes=5) == {"hold": 1}
    assert (room.incident().peak_score, room.incident().peak_factor) == (31, 16)


def test_an_end_that_every_address_refuses_is_an_end(room) -> None:
    room.tell(verdict())
    room.mail.failing = {"ann": PermanentError("550"), "bob": PermanentError("550")}
    assert room.tell(verdict(CALM, minutes=60, over=True), minutes=60) == {"undelivered": 1}
    assert room.incident() is None


def test_running_twice_sends_nothing_and_changes_nothing(room) -> None:
    room.tell(verdict(), minutes=1)
    before = room.stores.incidents.all(), room.stores.incidents.deliveries("tonic-20261122T2000Z")
    assert room.tell(verdict(), minutes=1) == {"hold": 1}
    assert (room.stores.incidents.all(), room.stores.incidents.deliveries("tonic-20261122T2000Z")) == before
    assert len(room.mail.taken) == 2


def test_each_round_has_a_report_of_its_own(room) -> None:
    common = {"brands": (), "people": (), "incidents": room.stores.incidents, "mentions": room.stores.mentions}
    report = tell_people([verdict(minutes=5)], notifier=room.mail, now=NOW + 7 * MINUTE, **common)
    assert (report.step, report.at) == ("alert", NOW + 7 * MINUTE)
    again = tell_people([verdict(minutes=5)], notifier=room.mail, now=NOW + 8 * MINUTE, **common)
    assert again.key != report.key, "the same watermark a minute later would replace what was told before"
    empty = tell_people([], notifier=room.mail, now=NOW, **common)
    assert (empty.key, dict(empty.counts)) == (NOW.isoformat(), {})


def test_blind_neither_opens_nor_closes(room, caplog) -> None:
    caplog.set_level("INFO")
    assert room.tell(verdict(coverage=0.0)) == {"blind": 1}
    assert room.stores.incidents.all() == ()
    room.tell(verdict())
    assert room.tell(verdict(CALM, minutes=60, over=True, coverage=0.0), minutes=60) == {"blind": 1}
    assert room.incident().state is IncidentState.OPEN
    assert "tonic: blind" in caplog.text


def test_a_watch_is_for_those_who_asked_and_critical_for_all(room) -> None:
    room.people = (ANN, WES)
    assert room.tell(verdict(WATCH)) == {"first": 1}
    assert room.tell(verdict(CRITICAL, minutes=5), minutes=5) == {"worse": 1}
    assert room.mail.to(WES) == ["first", "worse"]
    assert room.mail.to(ANN) == ["first"], "news to Ann, though an update to others"
    assert room.tell(verdict(CALM, minutes=90, over=True), minutes=90) == {"over": 1}
    assert room.mail.to(ANN) == ["first", "over"]


def test_a_watch_that_nobody_asked_for_is_kept_and_told_when_it_matters(room) -> None:
    assert room.tell(verdict(WATCH)) == {"unheard": 1}
    assert room.incident().told_at is None
    assert room.tell(verdict(CRITICAL, minutes=5), minutes=5) == {"first": 1}
    assert room.mail.to(ANN) == ["first"]


def test_a_storm_nobody_heard_of_ends_in_silence(room) -> None:
    room.tell(verdict(WATCH))
    assert room.tell(verdict(CALM, minutes=60, over=True), minutes=60) == {"over": 1}
    assert room.incident() is None
    assert room.mail.taken == []


@pytest.mark.parametrize(
    "error", [TransientError("451 later"), PermanentError("550 no"), RuntimeError("secret inside")], ids=repr
)
def test_one_person_s_failure_stops_nobody_else(room, error) -> None:
    room.mail.failing = {"ann": error}
    assert room.tell(verdict(), verdict(brand="cola")) == {"undelivered": 2}
    assert room.mail.to(BOB) == ["first", "first"]
    failed, sent = sorted(room.stores.incidents.deliveries("tonic-20261122T2000Z"), key=lambda line: line.person_id)
    assert (failed.status, sent.status, sent.detail) == ("failed", "sent", "")
    assert failed.detail == ("RuntimeError" if isinstance(error, RuntimeError) else str(error))


def test_only_those_not_reached_are_tried_again(room) -> None:
    room.mail.failing = {"ann": TransientError("451 later")}
    room.tell(verdict())
    assert (room.incident().told_at, room.incident().notices) == (None, 0)
    room.mail.failing = {}
    assert room.tell(verdict(CALM, minutes=1), minutes=1) == {"first": 1}, "still owed, though it eased"
    assert room.mail.to(ANN) == room.mail.to(BOB) == ["first"]
    assert (room.incident().told_at, room.incident().notices) == (NOW + MINUTE, 1)


def test_an_address_refused_for_good_does_not_hold_up_the_others(room) -> None:
    room.mail.failing = {"ann": PermanentError("550 no such user")}
    room.tell(verdict())
    assert room.tell(verdict(minutes=5), minutes=5) == {"hold": 1}
    assert room.tell(verdict(minutes=240), minutes=241) == {"undelivered": 1}
    assert room.tell(verdict(CALM, minutes=300, over=True), minutes=300) == {"undelivered": 1}
    assert room.incident() is None
    assert room.mail.to(BOB) == ["first", "repeat", "over"]


def test_a_mailbox_that_stays_full_does_not_hold_up_the_others_for_ever(room) -> None:
    room.mail.failing = {"ann": TransientError("452 full")}
    patience = round(PATIENCE / MINUTE)
    statuses = [room.tell(verdict(minutes=m), minutes=m) for m in range(patience + 2)]
    assert statuses[: patience + 1] == [{"undelivered": 1}] * (patience + 1)
    assert statuses[-1] == {"hold": 1}
    assert room.mail.to(BOB) == ["first"]


def test_when_nobody_can_be_reached_it_is_tried_until_somebody_is(room) -> None:
    room.mail.failing = {"ann": PermanentError("535 password"), "bob": TransientError("refused")}
    for minutes in (0, 1, 60, 500):
        assert room.tell(verdict(minutes=minutes), minutes=minutes) == {"undelivered": 1}
    room.mail.failing = {}
    assert room.tell(verdict(minutes=501), minutes=501) == {"first": 1}
    assert room.mail.to(ANN) == room.mail.to(BOB) == ["first"]


def test_a_storm_during_which_the_mail_was_down_is_told_at_its_end(room) -> None:
    room.mail.failing = {"ann": TransientError("down"), "bob": TransientError("down")}
    room.tell(verdict())
    assert room.tell(verdict(CALM, minutes=60, over=True), minutes=60) == {"undelivered": 1}
    room.mail.failing = {}
    assert room.tell(verdict(CALM, minutes=61, over=True), minutes=61) == {"over": 1}
    assert room.mail.to(ANN) == room.mail.to(BOB) == ["over"]
    assert room.incident() is None


def test_a_rise_while_some_are_not_reached_is_news_to_those_who_were(room) -> None:
    room.people = (WES, replace(ANN, severity=WATCH))
    room.mail.failing = {"ann": TransientError("451")}
    room.tell(verdict(WATCH))
    room.mail.failing = {}
    assert room.tell(verdict(CRITICAL, minutes=1), minutes=1) == {"worse": 1}
    assert (room.mail.to(WES), room.mail.to(ANN)) == (["first", "worse"], ["first"])


def test_a_storm_after_an_end_that_some_have_read_is_a_new_one(room) -> None:
    room.tell(verdict())
    room.mail.failing = {"ann": TransientError("451")}
    assert room.tell(verdict(CALM, minutes=60, over=True), minutes=60) == {"undelivered": 1}
    room.mail.failing = {}
    assert room.tell(verdict(minutes=65), minutes=65) == {"first": 1}
    assert [one.state for one in room.stores.incidents.all()] == [IncidentState.CLOSED, IncidentState.OPEN]
    assert room.mail.to(BOB) == ["first", "over", "first"]
    assert room.mail.to(ANN) == ["first", "first"]


def test_a_brand_no_longer_configured_is_still_told(room) -> None:
    room.brands = ()
    assert room.tell(verdict()) == {"first": 1}
    assert room.mail.taken[0].subject.startswith("tonic ×9")


@dataclass
class Faulty:
    """The real store, on which chosen calls (counted from 1) break, before or after the real thing was done."""

    real: object
    breaks: Callable[[int], BaseException | None]
    after: bool = False
    calls: list[str] = field(default_factory=list)

    def __getattr__(self, name: str) -> Callable[..., object]:
        def call(*args: object) -> object:
            self.calls.append(name)
            error = self.breaks(len(self.calls))
            if error and not self.after:
                raise error
            result = getattr(self.real, name)(*args)
            if error:
                raise error
            return result

        return call


def test_another_writer_s_incident_is_left_to_them(room) -> None:
    def race(number: int) -> None:
        if number == 2:  # we have read; now, before we save
            assert other.tell(verdict(), minutes=0.4) == {"first": 1}

    other = Newsroom(room.stores, room.mail)
    room.incidents = Faulty(room.stores.incidents, race)
    assert room.tell(verdict(), minutes=0.5) == {"conflict": 1}
    assert room.mail.to(ANN) == room.mail.to(BOB) == ["first"]


@pytest.mark.parametrize("error", [TransientError("busy"), ValueError("bug")], ids=repr)
def test_a_broken_brand_stops_no_other(room, error) -> None:
    room.incidents = Faulty(room.stores.incidents, lambda number: error if number == 1 else None)
    assert room.tell(verdict(), verdict(brand="cola")) == {"failed": 1, "first": 1}
    assert {message.incident_id.split("-")[0] for message in room.mail.taken} == {"cola"}


def test_figures_that_cannot_be_had_do_not_stop_the_alarm(room) -> None:
    broken = Faulty(room.stores.mentions, lambda _: TransientError("busy"))
    room.stores = replace(room.stores, mentions=broken)
    assert room.tell(verdict()) == {"first": 1}
    assert "The stories could not be listed this time." in room.mail.taken[0].text


class Crash(BaseException):
    """The process dies here."""


STORY = [(verdict(WATCH), 0), (verdict(CRITICAL, 5), 5), (verdict(CALM, 60, over=True), 60)]


def live_through(room: Newsroom, crash_at: int, after: bool) -> int:
    """Live the whole story, dying once at the given call of the incident store, and being started again."""
    faulty = Faulty(room.stores.incidents, lambda number: Crash() if number == crash_at else None, after)
    room.incidents = faulty
    for one, minutes in STORY:
        try:
            room.tell(one, minutes=minutes)
        except Crash:
            room.tell(one, minutes=minutes + 1)
    return len(faulty.calls)


def test_wherever_it_dies_everybody_hears_everything_once() -> None:
    with open_sqlite(":memory:") as stores:
        total = live_through(Newsroom(stores, people=(WES, ANN)), 0, after=False)
    doubled = 0
    for crash_at in range(1, total + 1):
        for after in (False, True):
            with open_sqlite(":memory:") as stores:
                room = Newsroom(stores, people=(WES, ANN))
                live_through(room, crash_at, after)
                assert room.incident() is None
            ids = [message.id for message in room.mail.taken]
            # A message that was sent but not yet recorded comes again under its own id, and no other ever does.
            doubled += len(ids) - len(set(ids))
            assert len(ids) - len(set(ids)) <= (not after)
            kept = list({message.id: message for message in room.mail.taken}.values())
            heard = {one.id: [message.reason for message in kept if message.person == one] for one in (WES, ANN)}
            assert heard == {
                "wes": [Reason.FIRST, Reason.WORSE, Reason.OVER],
                "ann": [Reason.FIRST, Reason.OVER],
            }, (crash_at, after)
    assert doubled == 5, "one per message, at the moment between its send and its ledger line"


def test_a_replay_tells_the_same_and_sends_nothing(room) -> None:
    silent = SilentNotifier()
    for one, minutes in STORY:
        room.tell(one, minutes=minutes, notifier=silent)
    with open_sqlite(":memory:") as stores:
        live = Newsroom(stores)
        for one, minutes in STORY:
            live.tell(one, minutes=minutes)
    assert silent.ids == [message.id for message in live.mail.taken]
    assert len(silent.ids) == 4


def test_a_storm_of_a_brand_that_is_watched_no_more_is_closed_and_nobody_is_written_to(room) -> None:
    room.tell(verdict(), verdict(brand="cola"))
    sent = len(room.mail.taken)
    room.brands = (COLA,)
    assert room.tell(verdict(minutes=5, brand="cola"), minutes=5) == {"hold": 1}
    states = {incident.brand: (incident.state, incident.closed_at) for incident in room.stores.incidents.all()}
    assert states == {"tonic": (IncidentState.CLOSED, NOW + 5 * MINUTE), "cola": (IncidentState.OPEN, None)}
    assert len(room.mail.taken) == sent
