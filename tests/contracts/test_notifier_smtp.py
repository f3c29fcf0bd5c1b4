"""What a channel promises, kept by mail against a real SMTP server, in its good and its bad hours."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from ipaddress import ip_address

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from pydantic import SecretStr

from tocsin.adapters.silent import SilentNotifier
from tocsin.adapters.smtp import SmtpNotifier, build_mime
from tocsin.errors import PermanentError, TransientError
from tocsin.model import Message, Person, Reason

AT = datetime(2026, 11, 22, 20, 5, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9
MESSAGE = Message(
    id="tonic-20261122T2000Z.1.first.ann",
    thread_id="tonic-20261122T2000Z.1.first.ann",
    incident_id="tonic-20261122T2000Z",
    person=Person("ann", "Ann Example", "ann@example.org"),
    reason=Reason.FIRST,
    subject="Tonic ×9 · critique depuis 21:05",
    text="Été : ×9\n.\n..a line of dots\nFrom here\n",
    html='<p>Été</p><img src="cid:chart">',
    chart=PNG,
)
LATER = replace(MESSAGE, id="tonic-20261122T2000Z.2.worse.ann", reason=Reason.WORSE)


class Clock:
    """Stands still."""

    def now(self) -> datetime:
        return AT


@dataclass
class Inbox:
    """A server's memory; `answers` replaces its answer at a stage by what a bad hour would say."""

    answers: dict[str, str] = field(default_factory=dict)
    taken: list[bytes] = field(default_factory=list)
    envelopes: list[tuple[str, list[str]]] = field(default_factory=list)

    async def handle_MAIL(self, _server, _session, envelope, address, _options):  # noqa: N802
        if answer := self.answers.get("MAIL"):
            return answer
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802
        if answer := self.answers.get("RCPT"):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802
        if answer := self.answers.get("DATA"):
            return answer
        self.taken.append(envelope.content)
        self.envelopes.append((envelope.mail_from, envelope.rcpt_tos))
        return "250 taken"

    async def handle_QUIT(self, _server, _session, _envelope):  # noqa: N802
        return self.answers.get("QUIT", "221 Bye")

    def last(self):
        return message_from_bytes(self.taken[-1], policy=policy.default)


def words(part) -> str:
    """The part's text with the line ends of Python; on the wire they are CR LF."""
    return part.get_content().replace("\r\n", "\n")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def serving(inbox: Inbox, **options) -> Iterator[int]:
    controller = Controller(inbox, hostname="127.0.0.1", port=free_port(), **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def port(inbox: Inbox) -> Iterator[int]:
    with serving(inbox) as port:
        yield port


def notifier(port: int, **said) -> SmtpNotifier:
    options = {
        "sender": "Tocsin, l’alarme <tocsin@example.org>",
        "clock": Clock(),
        "tls": "none",
        "timeout": 5,
    } | said
    return SmtpNotifier("127.0.0.1", port, **options)


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


def test_nobody_listening_is_transient() -> None:
    with pytest.raises(TransientError, match="ConnectionRefusedError"):
        notifier(free_port()).send(MESSAGE)


def test_an_unknown_host_is_transient() -> None:
    with pytest.raises(TransientError):
        replace(notifier(25), host="mail.invalid").send(MESSAGE)


@contextlib.contextmanager
def talking(*lines: bytes, patient: bool = True) -> Iterator[int]:
    """A server that says these lines, one per thing it hears, and then nothing more; not patient: it hangs up."""

    def talk() -> None:
        with contextlib.suppress(OSError):
            peer, _ = listener.accept()
            with peer:
                for line in lines:
                    peer.sendall(line)
                    peer.recv(1 << 16)
                stop.wait(10 if patient else 0)

    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=talk)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            stop.set()
            thread.join(10)


TALKS = {
    "never greets": (b"",),
    "says nothing": (),
    "greets and falls silent": (b"220 hello\r\n",),
    "silent in the middle": (
        b"220 hello\r\n",
        b"250 you\r\n",
        b"250 sender\r\n",
        b"250 recipient\r\n",
        b"354 go\r\n",
    ),
    "busy from the start": (b"421 later\r\n",),
}


@pytest.mark.parametrize("lines", TALKS.values(), ids=TALKS)
def test_a_server_that_hangs_is_left_in_time(lines) -> None:
    started = datetime.now(UTC)  # noqa: TID251 - a real time-out is measured by a real clock
    with talking(*lines) as port, pytest.raises(TransientError):
        notifier(port, timeout=0.3).send(MESSAGE)
    assert datetime.now(UTC) - started < timedelta(seconds=5)  # noqa: TID251


def test_a_server_that_hangs_up_is_transient() -> None:
    with talking(patient=False) as port, pytest.raises(TransientError):
        notifier(port).send(MESSAGE)


def test_no_service_here_is_permanent() -> None:
    with talking(b"554 no mail here\r\n") as port, pytest.raises(PermanentError, match="554 no mail here"):
        notifier(port).send(MESSAGE)


def authenticate(server, session, envelope, mechanism, data) -> AuthResult:
    good = isinstance(data, LoginPassword) and data == LoginPassword(b"tocsin", b"s3cret-word")
    return AuthResult(success=good, handled=False)


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
@pytest.mark.parametrize(("password", "taken"), [("s3cret-word", 1), ("wr0ng-word", 0)])
def test_the_password_opens_and_is_never_shown(inbox, password, taken) -> None:
    with serving(inbox, authenticator=authenticate, auth_required=True, auth_require_tls=False) as port:
        sender = notifier(port, username="tocsin", password=SecretStr(password))
        assert "password" not in repr(sender)
        if taken:
            sender.send(MESSAGE)
        else:
            with pytest.raises(PermanentError, match="535") as caught:
                sender.send(MESSAGE)
            assert password not in str(caught.value)
    assert len(inbox.taken) == taken


def test_a_server_without_starttls_gets_no_mail_in_the_clear(inbox, port) -> None:
    with pytest.raises(PermanentError, match="STARTTLS"):
        notifier(port, tls="starttls").send(MESSAGE)
    assert inbox.taken == []


def test_tls_to_a_server_that_speaks_none_is_transient(port) -> None:
    with pytest.raises(TransientError):
        notifier(port, tls="tls", timeout=2).send(MESSAGE)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory) -> tuple[str, ssl.SSLContext]:
    """A server's certificate that nobody signed but itself: its file, and the server's side of it."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    here = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    bare = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    dated = bare.not_valid_before(AT.replace(year=2020)).not_valid_after(AT.replace(year=2120))
    signed = dated.add_extension(here, critical=False)
    public = signed.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    file.write_bytes(public + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return str(file), context


TLS = {
    "starttls": lambda context: {"tls_context": context, "require_starttls": True},
    "tls": lambda context: {"ssl_context": context},
}


@pytest.mark.parametrize("tls", TLS)
def test_mail_goes_over_tls_to_a_server_we_can_trust(inbox, certificate, tls, monkeypatch) -> None:
    file, context = certificate
    monkeypatch.setenv("SSL_CERT_FILE", file)
    with serving(inbox, **TLS[tls](context)) as port:
        notifier(port, tls=tls).send(MESSAGE)
    assert len(inbox.taken) == 1


@pytest.mark.parametrize("tls", TLS)
def test_a_certificate_that_we_cannot_trust_is_permanent(inbox, certificate, tls) -> None:
    with serving(inbox, **TLS[tls](certificate[1])) as port, pytest.raises(PermanentError, match="CERTIFICATE"):
        notifier(port, tls=tls).send(MESSAGE)
    assert inbox.taken == []
