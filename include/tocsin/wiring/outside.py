"""What the live product takes from its surroundings: the clock, the way to people, the pseudonym key."""

import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import SecretStr

from tocsin.adapters.smtp import SmtpNotifier
from tocsin.config import Settings
from tocsin.errors import ConfigError, PermanentError
from tocsin.model import Message
from tocsin.ports import Clock, Notifier

FindConnection = Callable[[str], Any]
"""Looks an Airflow Connection up by its id; raises when there is none."""


class SystemClock:
    """The machine's clock, in UTC."""

    def now(self) -> datetime:
        """Give the present moment."""
        return datetime.now(UTC)  # noqa: TID251 - the one place where the clock is read


class NobodyNotifier:
    """Stands in while no mail server is set: each message fails with the remedy, the incident stays untold."""

    channel = "email"

    def send(self, message: Message) -> None:
        """Refuse, saying what to set."""
        raise PermanentError(
            f"{message.id}: no mail server; set TOCSIN_SMTP_HOST, or the Airflow Connection smtp_default"
        )


def choose_notifier(settings: Settings, clock: Clock, find_connection: FindConnection | None) -> Notifier:
    """Take the mail server from the environment, else from Airflow's Connection `smtp_default`."""
    if settings.smtp_host and settings.smtp_from:
        return SmtpNotifier(
            settings.smtp_host,
            settings.smtp_port,
            settings.smtp_from,
            clock=clock,
            username=settings.smtp_username,
            password=settings.smtp_password,
            tls=settings.smtp_tls,
        )
    connection = find_named("smtp_default", find_connection)
    return NobodyNotifier() if connection is None else notifier_of(connection, settings.smtp_from, clock)


def notifier_of(connection: Any, sender: str | None, clock: Clock) -> Notifier:
    """Read an Airflow SMTP Connection as its provider does: TLS from the start unless its extras say otherwise."""
    extra = connection.extra_dejson
    sender = extra.get("from_email") or sender
    if not sender:
        raise ConfigError("the Connection smtp_default names no from_email, and TOCSIN_SMTP_FROM is not set")
    tls: Literal["none", "starttls", "tls"] = "none" if extra.get("disable_tls") else "starttls"
    return SmtpNotifier(
        connection.host,
        connection.port or 25,
        sender,
        clock=clock,
        username=connection.login,
        password=SecretStr(connection.password) if connection.password else None,
        tls=tls if extra.get("disable_ssl") else "tls",
    )


def find_named(name: str, find_connection: FindConnection | None) -> Any | None:
    """Look up one of Airflow's connections; None outside Airflow or where nobody made it."""
    if find_connection is None:
        return None
    try:
        return find_connection(name)
    except Exception as exc:
        # Airflow's own class, known by name: nothing under tocsin imports Airflow.
        if type(exc).__name__ == "AirflowNotFoundException":
            return None
        raise


def pseudonym_key(settings: Settings) -> bytes:
    """Give the key that turns authors into pseudonyms; made once and kept beside the store when none is set.

    PermanentError: it can be neither read nor kept there.
    """
    if settings.pseudonym_key is not None:
        return settings.pseudonym_key.get_secret_value().encode()
    path = settings.home / "pseudonym.key"
    try:
        if not path.exists():
            _make_key(path)
        return path.read_text().encode()
    except OSError as exc:
        raise PermanentError(f"the key of the pseudonyms, {path}: {exc}") from exc


def _make_key(path: Path) -> None:
    mine = path.with_suffix(f".{secrets.token_hex(4)}")
    try:
        mine.touch(mode=0o600)
        mine.write_text(secrets.token_hex(32))
        # Two first runs at once: the link is made whole and by one of them only; both read that one.
        with suppress(FileExistsError):
            path.hardlink_to(mine)
    finally:
        mine.unlink(missing_ok=True)
