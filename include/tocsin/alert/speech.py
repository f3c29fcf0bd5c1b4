"""Words, numbers and times the way one person reads them: their language, their time zone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from fractions import Fraction
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_datetime, get_timezone_location
from babel.numbers import format_decimal, format_percent

from tocsin.alert.phrases import PHRASES
from tocsin.model import Person

NEARLY_NONE = 0.5
"""Stories per window below which "n times the usual" says nothing: it would be n times almost nothing."""


@dataclass(frozen=True, slots=True)
class Speech:
    """How one person is spoken to. `language` is one that PHRASES knows."""

    language: str
    zone: tzinfo
    city: str

    def say(self, key: str, n: int = 1, **values: str) -> str:
        """Give the phrase in its singular or plural for `n`, which it may show as `{n}`, with the values put in."""
        phrase = PHRASES[self.language][key]
        if not isinstance(phrase, str):
            phrase = phrase[0 if Locale(self.language).plural_form(n) == "one" else 1]
        return phrase.format(n=self.number(n), **values)

    def moment(self, at: datetime) -> str:
        """Date and time of day: 22 Nov 2026, 21:05."""
        return str(format_datetime(at.astimezone(self.zone), "d MMM y, HH:mm", locale=self.language))

    def clock(self, at: datetime, now: datetime) -> str:
        """Time of day, with the weekday when it is not today's."""
        there, here = at.astimezone(self.zone), now.astimezone(self.zone)
        pattern = "HH:mm" if there.date() == here.date() else "EEE HH:mm"
        return str(format_datetime(there, pattern, locale=self.language))

    def number(self, value: float) -> str:
        """A number with one decimal below ten and none above, grouped as the language does."""
        return str(format_decimal(value, "#,##0.#" if abs(value) < 9.95 else "#,##0", locale=self.language))

    def factor(self, value: float) -> str:
        """How many times: ×4.5 or ×12."""
        return f"×{self.number(value)}"

    def lasting(self, span: timedelta) -> str:
        """How long, in its two largest units: 2 days 3 h, 3 h 10 min, 50 min."""
        minutes = max(round(span.total_seconds() / 60), 0)
        (days, rest), hours = divmod(minutes, 1440), minutes % 1440 // 60
        if days:
            parts = [self.say("days", days), self.say("hours", hours) if hours else ""]
        else:
            minute = rest % 60
            parts = [
                self.say("hours", hours) if hours else "",
                self.say("minutes", minute) if minute or not hours else "",
            ]
        return "\N{NO-BREAK SPACE}".join(part for part in parts if part)

    def span(self, length: timedelta) -> str:
        """The window that was counted: in the last hour, in the last 3 hours."""
        hours, rest = divmod(length, timedelta(hours=1))
        return (
            self.say("last_span", span=self.lasting(length)) if rest or not hours else self.say("last_hours", hours)
        )

    def share(self, coverage: float) -> str:
        """A share of the sources: 2 in 3 sources, or 97 % of the sources where no small fraction says it."""
        near = Fraction(coverage).limit_denominator(10)
        if 0 < near < 1 and abs(near - Fraction(coverage)) < Fraction(1, 200):
            return self.say("share_fraction", near.numerator, of=self.number(near.denominator))
        # Rounded down: "100 % of the sources" would deny that one is missing.
        percent = int(coverage * 100) / 100
        return self.say("share_percent", percent=str(format_percent(percent, locale=self.language)))

    def usual(self, value: float) -> str:
        """The usual count at this time, as a sentence."""
        return self.say("usual_none") if value < NEARLY_NONE else self.say("usual", usual=self.number(value))


def language_of(person: Person) -> str:
    """The person's language; English where we do not speak it."""
    language = person.language.lower()[:2]
    return language if language in PHRASES else "en"


def team_language(people: Sequence[Person]) -> str:
    """The language of most of the people, the first by name where as many read another; `en` where nobody reads."""
    languages = [language_of(person) for person in people]
    return max(sorted(set(languages)), key=languages.count, default="en")


def speech_for(person: Person) -> Speech:
    """Speak the person's language and zone; a language or zone unknown here falls back to English, to UTC."""
    language = language_of(person)
    try:
        zone = ZoneInfo(person.time_zone)
    except (OSError, ValueError, LookupError):  # an unknown zone or a path: still better a mail in UTC than none
        zone = ZoneInfo("UTC")
    city = str(get_timezone_location(zone, locale=language, return_city=True)) if "/" in zone.key else "UTC"
    return Speech(language, zone, city)
