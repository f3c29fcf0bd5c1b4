"""Mail against a real SMTP server in its bad hours: gone, hanging, refusing the password, with a bad certificate."""

import ssl
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from pydantic import SecretStr

from mail_server import AT, MESSAGE, Inbox, free_port, notifier, serving, talking
from tocsin.errors import PermanentError, TransientError


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def port(inbox: Inbox) -> Iterator[int]:
    with serving(inbox) as port:
        yield port


def test_nobody_listening_is_transient() -> None:
    with pytest.raises(TransientError, match="ConnectionRefusedError"):
        notifier(free_port()).send(MESSAGE)


def test_an_unknown_host_is_transient() -> None:
    with pytest.raises(TransientError):
        replace(notifier(25), host="mail.invalid").send(MESSAGE)


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
