"""A real SMTP server on loopback that keeps what it gets as files a person can open."""

import base64
import re
import socket
import threading
import unicodedata
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType
from typing import Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

_LONGEST_SLUG = 34


@dataclass(frozen=True, slots=True)
class Mail:
    """One message as it arrived: the envelope's receivers, and the files it was written to."""

    to: tuple[str, ...]
    subject: str
    message_id: str
    eml: Path
    html: Path | None


class Mailbox:
    """Takes every message on a free port while the `with` block is open and writes NNN-SUBJECT.eml and .html."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._mails: list[Mail] = []
        self._lock = threading.Lock()
        self.port = _free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, ready_timeout=10)

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._controller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._controller.stop()

    @property
    def mails(self) -> tuple[Mail, ...]:
        """What has arrived, in order."""
        with self._lock:
            return tuple(self._mails)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd
        """Write the message down before saying that we took it."""
        content = envelope.content or b""
        self._keep(tuple(envelope.rcpt_tos), content if isinstance(content, bytes) else content.encode())
        return "250 kept"

    def _keep(self, receivers: tuple[str, ...], content: bytes) -> None:
        message = message_from_bytes(content, policy=policy.default)
        subject = str(message["Subject"] or "no subject")
        with self._lock:
            receiver = receivers[0].partition("@")[0]
            stem = self.folder / f"{len(self._mails) + 1:03}-{_slug(f'{receiver} {subject}')}"
            eml = Path(f"{stem}.eml")
            eml.write_bytes(content)
            shown = standalone_html(message)
            page = Path(f"{stem}.html") if shown else None
            if page and shown:
                page.write_text(shown, encoding="utf-8")
            self._mails.append(Mail(receivers, subject, str(message["Message-ID"] or ""), eml, page))


def standalone_html(message: EmailMessage) -> str | None:
    """The message's HTML part with its inline pictures inside it, so that a browser shows it; None without one."""
    body = message.get_body(("html",))
    if body is None:
        return None
    shown = str(body.get_content())
    for part in message.walk():
        content_id = str(part["Content-ID"] or "").strip("<>")
        if content_id and part.get_content_maintype() == "image":
            picture = base64.b64encode(part.get_content()).decode()
            shown = shown.replace(f"cid:{content_id}", f"data:{part.get_content_type()};base64,{picture}")
    return shown


def _free_port() -> int:
    # aiosmtpd's controller cannot say which port it got for 0.
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST_SLUG].strip("-") or "mail"
