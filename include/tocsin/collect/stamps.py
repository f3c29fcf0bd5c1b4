"""Feeds write one moment in twenty ways; each is read here in the same manner, and never by the machine's clock."""

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

from tocsin.collect.dates import MONTHS

LONGEST = 100
"""Characters above which it is no time; what is matched here stays far below."""

_EAST = {
    0: "z gmt ut utc wet",
    1: "cet met mez bst west",
    2: "cest mest mesz eet sast",
    3: "eest msk",
    5.5: "ist",
    8: "sgt hkt awst",
    9: "jst kst",
    9.5: "acst",
    10: "aest",
    10.5: "acdt",
    11: "aedt",
    12: "nzst",
    13: "nzdt",
    -2.5: "ndt",
    -3: "adt",
    -3.5: "nst",
    -4: "edt ast",
    -5: "est cdt",
    -6: "cst mdt",
    -7: "mst pdt",
    -8: "pst akdt",
    -9: "akst",
    -10: "hst",
}
_HOURS = {zone: hours for hours, zones in _EAST.items() for zone in zones.split()}
_ZONE = r"\(?(?P<zone>[a-z_/]{0,30}) ?(?:(?P<sign>[+-]) ?(?P<away>\d{1,2}(?::?\d\d)?))?(?: ?\([a-z .]{1,40}\))?\)?"
_CLOCK = (
    r"(?P<hour>\d{1,2})[:h.](?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<part>\d{1,9}))?)?"
    r"(?: ?(?P<half>[ap])\.?m\.?)?"
)
_TIME = rf"(?:(?:,? (?:at |a |- )?|t){_CLOCK} ?{_ZONE})?"
_WEEKDAY = r"(?:[a-z]{2,9}\.?,? )?"
_MONTH = r"(?P<month>[a-z]{3,9})\.?"
_DAY = r"(?P<day>\d{1,2})"
_YEAR = r"(?P<year>\d{4})"
_FORMS = tuple(
    re.compile(form)
    for form in (
        rf"{_WEEKDAY}{_DAY}(?:er|st|nd|rd|th)?[ -]{_MONTH},?[ -](?P<year>\d{{4}}|\d\d){_TIME}",
        rf"{_YEAR}(?P<between>[/-])(?P<month>\d{{1,2}})(?P=between){_DAY}{_TIME}",
        rf"{_YEAR}(?P<month>\d\d)(?P<day>\d\d)(?:t(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?{_ZONE})?",
        rf"{_WEEKDAY}{_MONTH} {_DAY}(?:st|nd|rd|th)?,? {_YEAR}{_TIME}",
        rf"{_WEEKDAY}{_MONTH} {_DAY} {_CLOCK} ?{_ZONE},? {_YEAR}",
        rf"{_WEEKDAY}{_DAY}[/.](?P<month>\d{{1,2}})[/.]{_YEAR}{_TIME}",
    )
)
_SECONDS = re.compile(r"(\d{10})(?:\d{3})?")


@lru_cache(maxsize=8192)
def read_stamp(said: str) -> datetime | None:
    """Read the time of a feed's entry as aware UTC; None where it states no whole date.

    Knows RFC 822 with all zones that are in use, W3C and ISO 8601, French and English month names, American and
    French order (12/03/2011 is the 12th of March), and seconds since 1970. A time without a zone, or with one that
    nobody knows, is UTC; a date without a time is its midnight.
    """
    plain = _plain(said) if len(said) <= LONGEST else ""
    if found := _SECONDS.fullmatch(plain):
        return datetime.fromtimestamp(int(found[1]), UTC)
    for form in _FORMS:
        if (found := form.fullmatch(plain)) and (at := _moment(found.groupdict())):
            return at
    return None


def _plain(said: str) -> str:
    folded = unicodedata.normalize("NFKD", said).lower()
    return " ".join("".join(sign for sign in folded if not unicodedata.combining(sign)).split())


def _moment(told: dict[str, str]) -> datetime | None:
    try:
        month = int(told["month"]) if told["month"].isdecimal() else MONTHS[told["month"]]
        hour = int(told["hour"] or 0)
        if told.get("half"):
            hour = hour % 12 + (12 if told["half"] == "p" else 0)
        second = min(int(told["second"] or 0), 59)  # Leap seconds are no seconds of Python's.
        micros = int(f"{told.get('part') or 0:0<6}"[:6])
        day = datetime(_year(told["year"]), month, int(told["day"]), tzinfo=_zone(told))
        at = day.replace(hour=hour % 24, minute=int(told["minute"] or 0), second=second, microsecond=micros)
        at += timedelta(days=hour // 24)  # 24:00 is midnight of the next day, as ISO 8601 says.
        return at.astimezone(UTC) if hour <= 24 else None
    except (KeyError, ValueError, OverflowError):
        return None


def _year(told: str) -> int:
    year = int(told)
    return year if len(told) == 4 else year + (2000 if year < 70 else 1900)


def _zone(told: dict[str, str]) -> timezone:
    if not told["sign"]:
        return timezone(timedelta(hours=_HOURS.get(told["zone"] or "", 0)))
    digits = told["away"].replace(":", "")
    hours, minutes = (int(digits), 0) if len(digits) <= 2 else (int(digits[:-2]), int(digits[-2:]))
    away = timedelta(hours=hours, minutes=minutes)
    return timezone(-away if told["sign"] == "-" else away)
