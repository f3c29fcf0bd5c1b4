"""Mail: a message as MIME, handed to an SMTP server, whose refusals become Transient or Permanent."""

import hashlib
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address, BaseHeader, HeaderRegistry, MessageIDHeader
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Literal, Protocol

from tocsin.errors import PermanentError, TocsinError, TransientError
from tocsin.model import Message
from tocsin.ports import Clock


class _IdHeader(MessageIDHeader, BaseHeader):  # type: ignore[misc]  # combined as the email package does
    """A header that stays whole: the email package encodes a long id like prose, save in Message-ID itself."""


_headers = HeaderRegistry()
_headers.map_to_type("in-reply-to", _IdHeader)
_headers.map_to_type("references", _IdHeader)
_POLICY = SMTP.clone(header_factory=_headers)


class Secret(Protocol):
    """A password that only shows itself when asked, such as pydantic's SecretStr."""

    def get_secret_value(self) -> str:
        """Give the password."""
        ...


def build_mime(message: Message, sender: str, at: datetime) -> EmailMessage:
    """Write the message as a mail from `sender` (`Name <address>` or an address), dated `at`.

    The same values give the same bytes. PermanentError: an address cannot be written in a header.
    """
    name, _, address = sender.rpartition("<")
    origin = _address(name.strip().strip('"'), address.strip().removesuffix(">"))
    mail = _headed(message, origin, at)
    mail.set_content(message.text, cte="quoted-printable")
    if message.html:
        mail.add_alternative(message.html, subtype="html", cte="quoted-printable")
        if message.chart:
            _, html = mail.iter_parts()
            html.add_related(message.chart, "image", "png", cid="<chart>", filename="chart.png", disposition="inline")
    _fix_boundaries(mail, message.id)
    return mail


def _address(name: str, spec: str) -> Address:
    local, _, domain = spec.rpartition("@")
    try:
        return Address(_plain(name), addr_spec=f"{local}@{domain.encode('idna').decode('ascii')}")
    except (ValueError, MessageError, IndexError) as exc:  # IndexError: the email package, of an empty address
        raise PermanentError(f"not an address that a mail can carry: {_plain(spec)!r}") from exc


def _headed(message: Message, origin: Address, at: datetime) -> EmailMessage:
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = origin
    mail["To"] = _address(message.person.name, message.person.email)
    mail["Subject"] = _plain(message.subject)
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{message.id}@{origin.domain}>"
    if message.thread_id != message.id:
        mail["In-Reply-To"] = f"<{message.thread_id}@{origin.domain}>"
        mail["References"] = f"<{message.thread_id}@{origin.domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail["X-Tocsin-Incident"] = message.incident_id
    return mail


def _plain(text: str) -> str:
    """Keep a header value on its one line: the last fence, whatever the rooms before have let through."""
    line = "".join(char if char.isprintable() else " " for char in text).strip()
    # The email package decodes encoded words in what it is given: `=?utf-8?q?=0d=0a...?=` would become a line break.
    return line.replace("=?", "= ?")


def _fix_boundaries(mail: EmailMessage, message_id: str) -> None:
    """Part borders made from the id, not by chance. Quoted-printable text cannot hold one: its "=" is "=3D"."""
    for level, part in enumerate(part for part in mail.walk() if part.is_multipart()):
        digest = hashlib.sha256(f"{message_id} {level}".encode()).hexdigest()[:32]
        part.set_boundary(f"=_{digest}")


@dataclass(frozen=True, slots=True)
class SmtpNotifier:
    """Sends each message by its own connection to one SMTP server; `timeout` in seconds holds for each answer."""

    host: str
    port: int
    sender: str
    clock: Clock
    username: str | None = None
    password: Secret | None = field(default=None, repr=False)
    tls: Literal["none", "starttls", "tls"] = "starttls"
    timeout: float = 20
    channel: str = "email"

    def send(self, message: Message) -> None:
        """Hand the mail over; return once the server took it.

        TransientError: not reached, too slow, or an answer of 4xx. PermanentError: an answer of 5xx, a refused
        recipient, password or certificate, an address that cannot be written.
        """
        mail = build_mime(message, self.sender, self.clock.now())
        try:
            self._hand_over(mail)
        except (smtplib.SMTPException, OSError, ValueError) as exc:
            raise self._translated(exc) from exc

    def greet(self) -> None:
        """Say hello and begin to encrypt, as before a mail, and leave again. Errors as of `send`."""
        try:
            server = self._connected()
            try:
                if self.tls == "starttls":
                    server.starttls(context=ssl.create_default_context())
                server.ehlo_or_helo_if_needed()
                with suppress(smtplib.SMTPException, OSError):
                    server.quit()
            finally:
                server.close()
        except (smtplib.SMTPException, OSError, ValueError) as exc:
            raise self._translated(exc) from exc

    def _hand_over(self, mail: EmailMessage) -> None:
        server = self._connected()
        try:
            if self.tls == "starttls":
                server.starttls(context=ssl.create_default_context())
            if self.username is not None:
                server.login(self.username, self.password.get_secret_value() if self.password else "")
            # Not send_message: it writes ">From" for a line of text that begins with "From".
            origin, person = (mail[header].addresses[0].addr_spec for header in ("From", "To"))
            server.sendmail(origin, [person], mail.as_bytes())
            # The server has taken the mail: a farewell that goes wrong must not make us send it again.
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
        finally:
            server.close()

    def _connected(self) -> smtplib.SMTP:
        if self.tls == "tls":
            return smtplib.SMTP_SSL(self.host, self.port, timeout=self.timeout, context=ssl.create_default_context())
        return smtplib.SMTP(self.host, self.port, timeout=self.timeout)

    def _translated(self, exc: Exception) -> TocsinError:
        where = f"mail server {self.host}:{self.port}"
        if isinstance(exc, smtplib.SMTPRecipientsRefused):
            code, said = next(iter(exc.recipients.values()))
            return _by_code(code, f"{where} refuses the recipient: {code} {_words(said)}")
        if isinstance(exc, smtplib.SMTPResponseException):
            return _by_code(exc.smtp_code, f"{where} answers {exc.smtp_code} {_words(exc.smtp_error)}")
        if isinstance(
            exc, smtplib.SMTPNotSupportedError | ValueError
        ):  # a certificate we cannot trust is a ValueError
            return PermanentError(f"{where}: {_words(str(exc))}")
        return TransientError(f"{where}: {type(exc).__name__}: {_words(str(exc))}")


def _by_code(code: int, text: str) -> TocsinError:
    return PermanentError(text) if 500 <= code <= 599 else TransientError(text)


def _words(said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return _plain(text)[:200]
