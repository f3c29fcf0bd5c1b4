"""What a channel promises, kept by mail against a real SMTP server."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from mail_server import AT, LATER, MESSAGE, PNG, Inbox, notifier, serving, talking, words
from tocsin.adapters.silent import SilentNotifier
from tocsin.adapters.smtp import build_mime
from tocsin.errors import PermanentError, TransientError


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def port(inbox: Inbox) -> Iterator[int]:
    with serving(inbox) as port:
        yield port


CHANNELS: dict[str, Callable[[int], object]] = {"email": notifier, "silent": lambda _: SilentNotifier()}


@pytest.mark.parametrize("make", CHANNELS.values(), ids=CHANNELS)
def test_every_channel_has_a_name_and_takes_a_message_again(make, port) -> None:
    channel = make(port)
    assert CHANNELS[channel.channel] is make
    assert [channel.send(MESSAGE) for _ in range(2)] == [None, None]


def test_the_silent_one_keeps_ids_in_order(inbox) -> None:
    silent = SilentNotifier()
    for message in (LATER, MESSAGE):
        silent.send(message)
    assert silent.ids == [LATER.id, MESSAGE.id]


def test_a_mail_arrives_whole(inbox, port) -> None:
    notifier(port).send(MESSAGE)
    mail = inbox.last()
    assert inbox.envelopes == [("tocsin@example.org", ["ann@example.org"])]
    assert mail["Subject"] == MESSAGE.subject
    assert mail["From"].addresses[0].display_name == "Tocsin, l’alarme"
    assert mail["To"] == "Ann Example <ann@example.org>"
    assert mail["Message-ID"] == f"<{MESSAGE.id}@example.org>"
    assert mail["Date"].datetime == AT
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Tocsin-Incident"] == MESSAGE.incident_id
    assert (mail["In-Reply-To"], mail["References"]) == (None, None)
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png",
    ]  # fmt: skip
    text, html, chart = (part for part in mail.walk() if not part.is_multipart())
    assert words(text) == MESSAGE.text
    assert words(html).strip() == MESSAGE.html
    assert (chart.get_content(), chart["Content-ID"], chart.get_content_disposition()) == (PNG, "<chart>", "inline")


def test_a_later_mail_answers_the_first(inbox, port) -> None:
    notifier(port).send(LATER)
    first = f"<{MESSAGE.id}@example.org>"
    assert (inbox.last()["In-Reply-To"], inbox.last()["References"]) == (first, first)
    assert inbox.last()["Message-ID"] == f"<{LATER.id}@example.org>"


def test_long_ids_stay_ids(inbox, port) -> None:
    first, later = (f"{'long-brand-' * 8}20261122T2000Z.{n}.ann" for n in (1, 2))
    notifier(port).send(replace(LATER, id=later, thread_id=first))
    assert f"\r\nMessage-ID: <{later}@example.org>\r\n".encode() in inbox.taken[0]
    assert f"\r\nIn-Reply-To: <{first}@example.org>\r\n".encode() in inbox.taken[0]
    assert f"\r\nReferences: <{first}@example.org>\r\n".encode() in inbox.taken[0]


def test_without_html_or_chart_it_is_a_plain_mail(inbox, port) -> None:
    notifier(port).send(replace(MESSAGE, chart=b""))
    assert [part.get_content_type() for part in inbox.last().walk()][1:] == ["text/plain", "text/html"]
    notifier(port).send(replace(MESSAGE, html="", chart=PNG))
    assert inbox.last().get_content_type() == "text/plain"


def test_the_same_message_is_the_same_bytes() -> None:
    assert bytes(build_mime(MESSAGE, "t@example.org", AT)) == bytes(build_mime(MESSAGE, "t@example.org", AT))
    assert bytes(build_mime(LATER, "t@example.org", AT)) != bytes(build_mime(MESSAGE, "t@example.org", AT))


def test_long_lines_arrive_whole_and_none_is_over_998(inbox, port) -> None:
    long = replace(
        MESSAGE, text="é" * 5000 + "\n" + "x" * 5000 + "\n", html="<p>" + "é" * 5000 + "</p>", subject="é" * 500
    )
    notifier(port).send(long)
    assert max(len(line) for line in inbox.taken[0].split(b"\r\n")) <= 998
    assert inbox.taken[0].isascii()
    text, html, _ = (part for part in inbox.last().walk() if not part.is_multipart())
    assert words(text) == long.text
    assert words(html).strip() == long.html
    assert inbox.last()["Subject"] == long.subject


NAMES = [
    "Müller, Zoë",
    'Ann "the boss" O’Neil',
    "a@b.example",
    "名前",
    "x\r\nBcc: all@evil.example",
    "=?utf-8?q?=0d=0aBcc:_x?=",
    "",
    "(x)",
]


@pytest.mark.parametrize("name", NAMES)
def test_odd_names_reach_one_person_and_add_no_header(inbox, port, name) -> None:
    notifier(port).send(replace(MESSAGE, person=replace(MESSAGE.person, name=name), subject=f"Tonic {name}"))
    mail = inbox.last()
    assert [address.addr_spec for address in mail["To"].addresses] == ["ann@example.org"]
    assert mail["Bcc"] is None
    assert inbox.envelopes[0][1] == ["ann@example.org"]
    if name.isprintable() and "=?" not in name:
        assert mail["To"].addresses[0].display_name == name


@pytest.mark.parametrize(
    "email",
    [
        "",
        "ann",
        "ann@",
        "a b@example.org",
        "a@b.example\r\nBcc: x@y.example",
        "a@b, c@d",
        "zoé@example.org",
        "a@" + "b" * 70 + ".example",
    ],
)
def test_an_address_that_cannot_be_written_is_permanent(port, email) -> None:
    with pytest.raises(PermanentError, match="not an address"):
        notifier(port).send(replace(MESSAGE, person=replace(MESSAGE.person, email=email)))


def test_an_accented_domain_is_spelled_out(inbox, port) -> None:
    notifier(port).send(replace(MESSAGE, person=replace(MESSAGE.person, email="zoe@été.example")))
    assert inbox.envelopes[0][1] == ["zoe@xn--t-9fab.example"]


ANSWERS = {
    "busy": ({"MAIL": "421 4.3.2 busy"}, TransientError, "421"),
    "greylisted": ({"RCPT": "451 4.7.1 try later"}, TransientError, "451 4.7.1 try later"),
    "mailbox full": ({"DATA": "452 4.2.2 full"}, TransientError, "452"),
    "sender refused": ({"MAIL": "553 5.7.1 who are you"}, PermanentError, "553 5.7.1 who are you"),
    "no such person": ({"RCPT": "550 5.1.1 no such user"}, PermanentError, "550 5.1.1 no such user"),
    "spam": ({"DATA": "554 5.7.1 spam"}, PermanentError, "554"),
}


@pytest.mark.parametrize(("answers", "kind", "words"), ANSWERS.values(), ids=ANSWERS)
def test_refusals_say_whether_another_try_is_worth_it(inbox, port, answers, kind, words) -> None:
    inbox.answers = answers
    with pytest.raises(kind, match=words) as caught:
        notifier(port).send(MESSAGE)
    assert type(caught.value) is kind
    assert inbox.taken == []


@pytest.mark.parametrize("farewell", ["421 no time to say goodbye", "500 what"])
def test_a_taken_mail_is_sent_however_the_server_says_goodbye(inbox, port, farewell) -> None:
    inbox.answers = {"QUIT": farewell}
    notifier(port).send(MESSAGE)
    assert len(inbox.taken) == 1


@pytest.mark.parametrize("farewell", [(), (b"",)], ids=["hangs up", "falls silent"])
def test_a_taken_mail_is_sent_though_the_server_then_goes(farewell) -> None:
    dialogue = (
        b"220 hello\r\n",
        b"250 you\r\n",
        b"250 sender\r\n",
        b"250 recipient\r\n",
        b"354 go\r\n",
        b"250 taken\r\n",
    )
    with talking(*dialogue, *farewell, patient=bool(farewell)) as port:
        notifier(port, timeout=0.3).send(replace(MESSAGE, chart=b""))
