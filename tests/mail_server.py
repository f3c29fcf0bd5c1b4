"""A real SMTP server for tests, its inbox, and a message to send to it."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email import message_from_bytes, policy

from aiosmtpd.controller import Controller

from tocsin.adapters.smtp import SmtpNotifier
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


def notifier(port: int, **said) -> SmtpNotifier:
    options = {
        "sender": "Tocsin, l’alarme <tocsin@example.org>",
        "clock": Clock(),
        "tls": "none",
        "timeout": 5,
    } | said
    return SmtpNotifier("127.0.0.1", port, **options)


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
