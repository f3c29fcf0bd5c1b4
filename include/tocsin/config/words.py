"""The values that may stand in a configuration file, each with a sentence for when it is something else."""

import re
import warnings
from datetime import UTC, datetime, timedelta
from functools import cache
from ipaddress import ip_address
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, Field, WithJsonSchema

from tocsin.config.problems import nearest, shown
from tocsin.query import LONGEST, QueryError, parse_query

SLUG = r"^[a-z0-9][a-z0-9_-]{0,63}$"
DURATION = r"^(?=.)([0-9]{1,6}d)?([0-9]{1,6}h)?([0-9]{1,6}m)?([0-9]{1,6}s)?$"
ISO_DURATION = r"^P(?=.)([0-9]{1,6}D)?(T(?=.)([0-9]{1,6}H)?([0-9]{1,6}M)?([0-9]{1,6}S)?)?$"
PACKAGE = r"^[a-z]{2,3}_[a-z0-9_]{1,60}$"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
MAILBOX = rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@(?:{_LABEL}\.)*{_LABEL}"

_MOMENT = datetime(2015, 2, 22, 16, 45, 7, tzinfo=UTC)


def parse_duration(text: str) -> timedelta:
    """Read `90s`, `5m`, `4h`, `1d12h` or ISO 8601 (`PT4H`); ValueError says how else to write it."""
    found = re.fullmatch(DURATION, text) or re.fullmatch(ISO_DURATION, text)
    if not found:
        raise ValueError(f"{shown(text)} is no length of time; write 90s, 5m, 4h, 1d or ISO 8601 such as PT4H")
    amounts = {part[-1].lower(): int(part[:-1]) for part in re.findall(r"\d+[A-Za-z]", text)}
    return timedelta(
        days=amounts.get("d", 0), hours=amounts.get("h", 0), minutes=amounts.get("m", 0), seconds=amounts.get("s", 0)
    )


def parse_moment(text: str, zone: str) -> datetime:
    """Read a moment in ISO 8601, in UTC; one without a zone is meant in `zone`. ValueError says how to write it."""
    try:
        read = datetime.fromisoformat(text.strip())
        return (read if read.tzinfo else read.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
    except (ValueError, OverflowError) as exc:
        remedy = "write 2026-11-22, 2026-11-22T10:00 or 2026-11-22T09:00Z"
        raise ValueError(f"{shown(text)} is no moment; {remedy}") from exc


def parse_web_url(text: str) -> str:
    """Give back the address when it is http(s) with a host and no password; ValueError else."""
    try:
        parts = urlsplit(text)
        named = parts.hostname is not None and parts.port != 0
    except ValueError as exc:
        raise ValueError(f"{shown(text)} is no web address: {exc}") from exc
    if parts.scheme not in {"http", "https"}:
        scheme = f"scheme {shown(parts.scheme)}" if parts.scheme else "no scheme"
        raise ValueError(f"{shown(text)} has {scheme}; a feed is read over http:// or https://")
    if not named or not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError(f"{shown(text)} is no web address; write it as the browser copies it")
    if parts.username is not None or parts.password is not None:
        raise ValueError("the address holds a user name or password; a secret does not belong in this file")
    return text


def parse_server(text: str) -> str:
    """Give back the address of a network's server without a last slash; ValueError where secrets would leak."""
    url = parse_web_url(text)
    parts = urlsplit(url)
    if parts.query or parts.fragment:
        raise ValueError(f"{shown(text)} is more than a server; write it without ? and #")
    if parts.scheme != "https" and not is_here(parts.hostname or ""):
        raise ValueError(f"{shown(text)} would send our log-in in clear; write https://")
    return url.rstrip("/")


def is_here(host: str) -> bool:
    """Say whether the host is this machine, so that what we send it crosses no network."""
    try:
        return host == "localhost" or ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def parse_mailbox(text: str) -> str:
    """Give back the bare address `name@host`; ValueError when no mail server would take it."""
    local, _, _ = text.partition("@")
    if len(text) > 254 or not re.fullmatch(MAILBOX, text) or ".." in text or local[0] == "." or local[-1] == ".":
        raise ValueError(f"{shown(text)} is no e-mail address; write it bare, such as ana@example.org")
    return text


def _slug(text: str) -> str:
    if not re.fullmatch(SLUG, text):
        remedy = "use a to z, 0 to 9, - and _, at most 64, such as my-brand"
        raise ValueError(f"{shown(text)} is no id; {remedy}")
    return text


def _line(text: str) -> str:
    """Names go into subjects of mails and into logs: one printable line."""
    if not text.strip() or not text.isprintable() or len(text) > 200:
        raise ValueError(f"{shown(text)} is no name; write one line of 1 to 200 visible characters")
    return text.strip()


def _name(text: str) -> str:
    """A brand's name stands beside each bar and row of the charts: a longer one leaves them no room."""
    if len(_line(text)) > 60:
        raise ValueError(f"{shown(text)} is too long for charts and subjects; write at most 60 characters")
    return _line(text)


def _pattern(text: str) -> str:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # "Possible nested set": another Python will read it in another way.
            pattern = re.compile(text, re.IGNORECASE)
    except re.error as exc:
        at = "" if exc.pos is None else f" at character {exc.pos + 1}"
        remedy = "single quotes keep backslashes as they are"
        raise ValueError(f"{shown(text)} is no regular expression: {exc.msg}{at}; {remedy}") from exc
    except (OverflowError, RecursionError, Warning) as exc:
        raise ValueError(f"{shown(text)} is no regular expression that we can use: {exc}") from exc
    if len(text) > 500 or pattern.match(""):
        raise ValueError(f"{shown(text)} is over 500 characters or finds empty text, so every post")
    return text


def _package(text: str) -> str:
    if not re.fullmatch(PACKAGE, text):
        raise ValueError(
            f"{shown(text)} is no package of spaCy's; write one that is installed, such as fr_core_news_lg"
        )
    return text


def _query(text: str) -> str:
    try:
        parse_query(text)
    except QueryError as exc:
        raise ValueError(str(exc)) from exc
    return text


def _voice(text: str) -> str:
    """A host, `lemonde.fr`, or an author on a network, `x/1193`."""
    network, slash, author = text.partition("/")
    if slash and re.fullmatch(SLUG, network) and author.strip() and text.isprintable() and len(text) <= 300:
        return text.strip()
    host = text.lower().removeprefix("www.")
    if slash or "." not in host or not re.fullmatch(rf"(?:{_LABEL}\.)+{_LABEL}", host):
        raise ValueError(f"{shown(text)} is no voice; write a host, lemonde.fr, or network/author, x/1193")
    return host


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _zone(text: str) -> str:
    if text not in _zones():
        close = nearest(text, sorted(_zones())) or "; write one such as Europe/Paris"
        raise ValueError(f"{shown(text)} is no time zone{close}")
    return text


def _every(text: str) -> str:
    if not timedelta(minutes=1) <= parse_duration(text) <= timedelta(days=7):
        raise ValueError(f"{shown(text)} is out of range; write 1m to 7d")
    return text


def _kept(text: str) -> str:
    if not timedelta(days=1) <= parse_duration(text) <= timedelta(days=3650):
        raise ValueError(f"{shown(text)} is out of range; write 1d to 3650d")
    return text


def _time_format(text: str) -> str:
    """Try the format on one moment: a sign that Python does not know, or gives twice, fails only when used."""
    try:
        # The moment has a zone, so that %z is tried too; read back without one, it is only compared.
        read = datetime.strptime(_MOMENT.strftime(text), text)  # noqa: DTZ007
    except (ValueError, IndexError, re.error) as exc:
        raise ValueError(f"{shown(text)} is no format of times: {exc}; write one such as '%d/%m/%Y %H:%M'") from exc
    if read.date() != _MOMENT.date():
        raise ValueError(f"{shown(text)} does not give day, month and year; write one such as '%d/%m/%Y %H:%M'")
    return text


Slug = Annotated[str, AfterValidator(_slug), Field(json_schema_extra={"pattern": SLUG})]
Line = Annotated[str, AfterValidator(_line), Field(json_schema_extra={"minLength": 1, "maxLength": 200})]
Name = Annotated[str, AfterValidator(_name), Field(json_schema_extra={"minLength": 1, "maxLength": 60})]
Pattern = Annotated[str, AfterValidator(_pattern), Field(json_schema_extra={"format": "regex"})]
Package = Annotated[str, AfterValidator(_package), Field(json_schema_extra={"pattern": PACKAGE})]
Query = Annotated[str, AfterValidator(_query), Field(json_schema_extra={"minLength": 1, "maxLength": LONGEST})]
Voice = Annotated[str, AfterValidator(_voice), Field(json_schema_extra={"examples": ["lemonde.fr", "x/1193"]})]
Mailbox = Annotated[str, AfterValidator(parse_mailbox), Field(json_schema_extra={"format": "email"})]
Zone = Annotated[str, AfterValidator(_zone), Field(json_schema_extra={"examples": ["Europe/Paris", "Europe/London"]})]
TimeFormat = Annotated[str, AfterValidator(_time_format), Field(json_schema_extra={"examples": ["%d/%m/%Y %H:%M"]})]
Every = Annotated[
    str,
    AfterValidator(_every),
    WithJsonSchema({"type": "string", "anyOf": [{"pattern": DURATION}, {"pattern": ISO_DURATION}]}),
]
Keep = Annotated[
    str,
    AfterValidator(_kept),
    WithJsonSchema({"type": "string", "anyOf": [{"pattern": DURATION}, {"pattern": ISO_DURATION}]}),
]
Language = Literal["fr", "en"]
