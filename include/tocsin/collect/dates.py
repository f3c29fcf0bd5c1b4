"""Pages tell their time in words, "le 12 mars 2011 à 9h05", "3 hours ago": read here, in French and in English."""

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

READ = 200
"""Characters that are looked at: a date stands at a line's beginning, not behind a paragraph."""

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "janvier janv january jan",
            "fevrier fevr fev february feb",
            "mars march mar",
            "avril avr april apr",
            "mai may",
            "juin june jun",
            "juillet juil july jul",
            "aout august aug",
            "septembre september sept sep",
            "octobre october oct",
            "novembre november nov",
            "decembre december dec",
        ),
        start=1,
    )
    for name in names.split()
}
_ZONES = {"utc": 0, "gmt": 0, "z": 0, "cet": 1, "cest": 2, "bst": 1, "est": -5, "edt": -4, "pst": -8, "pdt": -7}
_UNITS = {"s": 1, "min": 60, "h": 3600, "j": 86_400, "d": 86_400, "w": 604_800, "mo": 2_629_800, "y": 31_557_600}
_FRENCH_UNITS = {"heures": "h", "jours": "j", "semaines": "w", "mois": "mo", "ans": "y", "annees": "y"}
_FEW = {"a": 1, "an": 1, "un": 1, "une": 1}

_MONTH = rf"(?P<month>{'|'.join(sorted(MONTHS, key=len, reverse=True))})\b\.?"
_YEAR = r"(?P<year>(?:19|20)\d\d)(?!\d)"
_DAY = r"(?<!\d)(?P<day>\d{1,2})(?:er|st|nd|rd|th)?(?!\d)"
_DATES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?<!\d){_YEAR}[-/.](?P<month>\d{{1,2}})[-/.](?P<day>\d{{1,2}})(?!\d)",
        rf"{_DAY}\s*(?:de |of )?[-/. ]?\s*{_MONTH}[,\s/-]*{_YEAR}",
        rf"\b{_MONTH}\s*{_DAY},?\s*{_YEAR}",
        rf"(?<![\d/.-]){_DAY}(?P<sign>[/.-])(?P<month>\d{{1,2}})(?P=sign){_YEAR}(?![/.-]\d)",
        r"(?<![\d/.-])(?P<day>\d{1,2})(?P<sign>[/.-])(?P<month>\d{1,2})(?P=sign)(?P<year>\d\d)(?![\d/.-])",
        rf"{_DAY}\s+{_MONTH}(?!\s*\d{{4}})",
        rf"\b{_MONTH}\s+{_DAY}(?!\d)",
    )
)
_NAMED = re.compile(r"\b(avant-hier|hier|aujourd'hui|yesterday|today)\b")
_DAYS_AGO = {"avant-hier": 2, "hier": 1, "yesterday": 1, "aujourd'hui": 0, "today": 0}
_AGO = re.compile(
    r"\bil y a (?:environ )?(?P<fr>\d{1,4}|une?)\s*(?P<unite>heures?|h|minutes?|mn|min|jours?|j|semaines?|mois|ans?"
    r"|annees?|secondes?|s)\b"
    r"|\b(?:about )?(?P<en>\d{1,4}|an?)\s*(?P<unit>hours?|hrs?|h|minutes?|mins?|m|days?|d|weeks?|w|months?|mo|years?"
    r"|yrs?|y|seconds?|secs?|s) ago\b"
)
_NOW = re.compile(r"\b(?:a l'instant|just now|right now)\b")
_TIME = re.compile(
    r"(?<![\d:.,/+-])(?P<hour>\d{1,2})(?:\s*(?:h|heures?)(?:\s*(?P<minute>[0-5]\d))?(?![a-z\d])"
    r"|:(?P<minute2>[0-5]\d)(?::(?P<second>[0-5]\d)(?:[.,]\d{1,9})?)?(?!\d)"
    r"|(?=\s*[ap]\.?m\b))"
    r"(?:\s*(?P<half>[ap])\.?m\b\.?)?"
    r"(?:\s*\(?(?P<zone>utc|gmt|z|cet|cest|bst|est|edt|pst|pdt)\b)?"
    r"(?:\s*(?P<sign>[+-])(?P<off_h>\d\d):?(?P<off_m>\d\d)\b)?"
)
_WORDS_OF_TIME = {"midi": time(12), "noon": time(12), "minuit": time(0), "midnight": time(0)}
_WORD_OF_TIME = re.compile(rf"\b({'|'.join(_WORDS_OF_TIME)})\b")


def read_date(text: str, *, now: datetime, zone: ZoneInfo) -> datetime | None:
    """Read the moment that the beginning of `text` tells, as aware UTC; None where it tells none.

    A time without an offset is on the clock of `zone`. A day without a time is meant at noon, or now if that is
    still to come; one without a year is the last such day that there was. 12/03/2011 is the 12th of March, as in
    France; only where there is no such month is it read as in America. Relative words count from `now`.
    """
    said = _plain(text[:READ])
    if (moment := _ago(said, now)) is not None:
        return moment
    day, (start, end) = _day(said, now.astimezone(zone).date())
    if day is None:
        return None
    try:
        return _at(day, (said[end : end + 40], said[max(0, start - 30) : start]), now, zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _plain(text: str) -> str:
    """Small letters without accents, one kind of apostrophe, dash and space."""
    folded = unicodedata.normalize("NFKD", text.replace("’", "'")).lower()
    return " ".join("".join(sign for sign in folded if not unicodedata.combining(sign)).split())


def _ago(said: str, now: datetime) -> datetime | None:
    if _NOW.search(said):
        return now
    if not (found := _AGO.search(said)):
        return None
    amount, unit = found["fr"] or found["en"], found["unite"] or found["unit"]
    many = _FEW.get(amount) or int(amount)
    try:
        return now - timedelta(seconds=many * _UNITS[_short(unit)])
    except OverflowError:
        return None


def _short(unit: str) -> str:
    """A unit's name in _UNITS: `heures`, `hours` and `hrs` are all h."""
    if unit in {"m", "mn"} or unit.startswith("min"):
        return "min"
    if french := next((short for word, short in _FRENCH_UNITS.items() if word.rstrip("s") == unit.rstrip("s")), ""):
        return french
    return "mo" if unit.startswith("mo") else unit[0]


def _day(said: str, today: date) -> tuple[date | None, tuple[int, int]]:
    """The day that is told, and where in the text it stands."""
    for pattern in _DATES:
        for found in pattern.finditer(said):
            if day := _calendar(found.groupdict(), today):
                return day, found.span()
    # Last: "USA Today, Nov. 19, 2019".
    if named := _NAMED.search(said):
        return today - timedelta(days=_DAYS_AGO[named[1]]), named.span()
    return None, (0, 0)


def _calendar(told: dict[str, str], today: date) -> date | None:
    day, month = int(told["day"]), MONTHS.get(told["month"]) or int(told["month"])
    if month > 12 >= day and told.get("sign"):
        day, month = month, day
    try:
        if year := told.get("year"):
            return date(int(year) if len(year) == 4 else 2000 + int(year), month, day)
        this = date(today.year, month, day)
        return this if this <= today else date(today.year - 1, month, day)
    except ValueError:
        return None


def _at(day: date, around: tuple[str, str], now: datetime, zone: ZoneInfo) -> datetime:
    """The moment of that day that stands behind it, else before it. ValueError: there is no such time."""
    if word := _WORD_OF_TIME.search(around[0]):
        return datetime.combine(day, _WORDS_OF_TIME[word[1]], zone)
    found = _TIME.search(around[0]) or _TIME.search(around[1])
    if not found:
        return min(datetime.combine(day, time(12), zone), max(now, datetime.combine(day, time(), zone)))
    hour = int(found["hour"])
    if found["half"]:
        hour = hour % 12 + (12 if found["half"] == "p" else 0)
    clock = time(hour, int(found["minute"] or found["minute2"] or 0), int(found["second"] or 0))
    return datetime.combine(day, clock, _offset(found) or zone)


def _offset(found: re.Match[str]) -> timezone | None:
    if found["sign"]:
        away = timedelta(hours=int(found["off_h"]), minutes=int(found["off_m"]))
        return timezone(-away if found["sign"] == "-" else away)
    return timezone(timedelta(hours=_ZONES[found["zone"]])) if found["zone"] else None
