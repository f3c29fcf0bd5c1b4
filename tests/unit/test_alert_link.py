"""The address of an incident's picture: there from the first moment, true while it grows, never harmful."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.adapters.sqlite import SqliteStores, open_sqlite
from tocsin.alert.incident import close, open_incident, shown_window
from tocsin.alert.speech import team_language
from tocsin.alert.step import tell_people
from tocsin.kibana.link import dashboard_link
from tocsin.model import Brand, Counts, Incident, Message, Person, Severity, Verdict, Window

NOW = datetime(2026, 11, 22, 20, 5, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
CALM, CRITICAL = Severity.CALM, Severity.CRITICAL
SINCE = NOW - 50 * MINUTE
PEOPLE = (Person("ann", "Ann", "a@example.org", "en"), Person("bob", "Bob", "b@example.org", "fr"))


def verdict(minutes: float = 0, severity: Severity = CRITICAL, over: bool = False) -> Verdict:
    at = NOW + minutes * MINUTE
    since = None if severity is CALM else SINCE
    window, counts = Window(at - HOUR, at), Counts(60, 50, 45, 30)
    return Verdict("tonic", at, severity, 12, 12, 6, window, 45, 5, 5, 3, since, over, counts, 1.0, ())


def spelled(brand: str, window: Window, language: str) -> str:
    return f"https://kibana.example/{language}/{brand}/{window.start:%d-%H:%M}/{window.end:%d-%H:%M}"


@dataclass
class Mailbox:
    """A channel that keeps what it took."""

    channel: str = "email"
    taken: list[Message] = field(default_factory=list)

    def send(self, message: Message) -> None:
        self.taken.append(message)


@dataclass
class Room:
    """Stores and a mailbox; `tell` runs the step on one verdict and gives the incident."""

    stores: SqliteStores
    mail: Mailbox = field(default_factory=Mailbox)
    people: tuple[Person, ...] = PEOPLE

    def tell(self, one: Verdict, link: Callable[[str, Window, str], str] | None = spelled) -> Incident:
        tell_people(
            [one],
            brands=[Brand("tonic", "Tonic")],
            people=self.people,
            incidents=self.stores.incidents,
            mentions=self.stores.mentions,
            notifier=self.mail,
            now=one.at,
            link=link,
        )
        (incident,) = self.stores.incidents.all()
        return incident


@pytest.fixture
def room() -> Iterator[Room]:
    with open_sqlite(":memory:") as stores:
        yield Room(stores)


def test_an_incident_has_its_link_from_its_first_moment_on_and_it_stays_true(room) -> None:
    assert room.tell(verdict()).link == "https://kibana.example/en/tonic/22-17:15/22-22:00"
    assert room.tell(verdict(30)).link == "https://kibana.example/en/tonic/22-17:15/22-22:00"
    assert room.tell(verdict(60)).link == "https://kibana.example/en/tonic/22-17:15/22-23:00"
    closed = room.tell(verdict(240, CALM, over=True))
    assert closed.closed_at == NOW + 4 * HOUR
    assert closed.link == "https://kibana.example/en/tonic/22-17:15/23-02:00"


def test_while_nothing_changes_nothing_is_written(room) -> None:
    first = room.tell(verdict())
    assert room.tell(verdict(5)).revision == first.revision
    assert room.tell(verdict(60)).revision != first.revision, "an hour later the link shows an hour more"


def test_each_person_s_mail_opens_the_picture_in_their_language(room) -> None:
    room.tell(verdict())
    ann, bob = room.mail.taken
    assert "Open in Kibana\nhttps://kibana.example/en/tonic/22-17:15/22-22:00\n" in ann.text
    assert 'href="https://kibana.example/en/tonic/22-17:15/22-22:00"' in ann.html
    assert "Ouvrir dans Kibana\nhttps://kibana.example/fr/tonic/22-17:15/22-22:00\n" in bob.text
    assert 'href="https://kibana.example/fr/tonic/22-17:15/22-22:00"' in bob.html


def test_without_kibana_there_is_neither_link_nor_button(room) -> None:
    assert room.tell(verdict(), None).link == ""
    assert all("Kibana" not in message.text + message.html for message in room.mail.taken)


def test_a_link_that_cannot_be_made_holds_no_alarm_back(room, caplog) -> None:
    def broken(brand: str, window: Window, language: str) -> str:
        raise ZeroDivisionError

    assert room.tell(verdict(), broken).link == ""
    assert len(room.mail.taken) == 2
    assert "no link to its picture: ZeroDivisionError" in caplog.text
    made = room.tell(verdict(60)).link
    assert made
    assert room.tell(verdict(120), broken).link == made, "what it has is better than none"


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "https://user:secret@kibana.example/",
        'https://kibana.example/" onclick="alert(1)',
        "https://kibana.example/a b",
        "ftp://kibana.example/",
        "https://kibana.example/\u202e",
        "https://kibana.example/" + "x" * 3000,
    ],
)
def test_an_address_that_is_unfit_for_a_mail_is_not_in_it(room, address) -> None:
    room.tell(verdict(), lambda *_: address)
    assert len(room.mail.taken) == 2
    for message in room.mail.taken:
        assert address not in message.text + message.html
        assert "Kibana" not in message.text
        assert "button" not in message.html.split("</style>")[1]


@pytest.mark.parametrize("name", ["L'Oréal", "Crédit Agricole", 'A&B "C"', "<b>x</b>", "é" * 80, "a\\b"])
def test_any_brand_s_name_survives_the_way_through_the_mail(room, name) -> None:
    def link(brand: str, window: Window, language: str) -> str:
        where = {"space": "default", "brand_name": name, "window": window, "language": language}
        return dashboard_link("https://kibana.example", **where)

    kept = room.tell(verdict(), link).link
    assert kept.startswith("https://kibana.example/app/dashboards#/view/tocsin-incident-en?_g=")
    ann, bob = room.mail.taken
    assert f"\n{kept}\n" in ann.text
    assert f'href="{kept.replace("&", "&amp;")}"' in ann.html
    french = link("tonic", shown_window(open_incident(verdict()), NOW), "fr")
    assert f"\n{french}\n" in bob.text
    assert french != kept


def test_what_is_kept_is_in_the_language_of_most(room) -> None:
    zoe = Person("zoe", "Zoé", "z@example.org", "fr-CA")
    room.people = (*PEOPLE, zoe)
    assert room.tell(verdict()).link == "https://kibana.example/fr/tonic/22-17:15/22-22:00"
    assert team_language(PEOPLE) == team_language([]) == "en"
    assert team_language([Person("k", "K", "k@example.org", "de"), zoe, *PEOPLE]) == "en", "we do not speak German"


times = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis' own


@given(opened=times, later=st.timedeltas(timedelta(0), timedelta(days=30)))
def test_the_picture_shows_the_whole_storm_and_a_bit_around(opened: datetime, later: timedelta) -> None:
    storm = open_incident(verdict((opened - NOW) / MINUTE))
    end = storm.opened_at + later
    window = shown_window(storm, end)
    assert window.start <= storm.since - HOUR
    assert end + HOUR <= window.end <= end + 2 * HOUR
    assert shown_window(close(storm, end), end) == window
