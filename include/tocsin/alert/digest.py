"""Once a week, to those who ask: which sources need a look, what came in, what was alerted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from html import escape

from tocsin.alert.incident import ascii_id
from tocsin.alert.letters import send_once
from tocsin.alert.outside import one_line
from tocsin.alert.speech import Speech, language_of, speech_for
from tocsin.model import (
    Brand,
    Counts,
    Health,
    Incident,
    Message,
    Person,
    Reason,
    Source,
    SourceState,
    Window,
    health_of,
)
from tocsin.ports import IncidentStore, Notifier

TOLD = (Health.NEVER, Health.FAILING, Health.THROTTLED, Health.QUIET)
SHOWN = 40
NOTE_CAP = 120

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "subject": "Tocsin · week {week}: {ill} of {all} sources need a look",
        "hello": "Week {week}, {since} to {until}.",
        "never": "Never answered",
        "failing": "Failing",
        "throttled": "Asking for rest",
        "quiet": "Unusually quiet: they answer, and bring nothing",
        "well": "All {all} sources answer, and bring what they usually do.",
        "since": "last answer {at}",
        "new": "last item {at}",
        "more": "… and {n} more: tocsin sources --failing",
        "came": "What came in",
        "brand": "{brand}: {all} posts, {negative} of them negative",
        "alerted": "What was alerted",
        "nothing": "Nothing.",
        "incident": "{brand}: {level}, opened {at}",
        "watch": "watch",
        "critical": "critical",
        "calm": "calm",
    },
    "fr": {
        "subject": "Tocsin · semaine {week} : {ill} sources sur {all} à regarder",
        "hello": "Semaine {week}, du {since} au {until}.",
        "never": "Jamais répondu",
        "failing": "En panne",
        "throttled": "Demandent du répit",
        "quiet": "Anormalement calmes : elles répondent, et n’apportent rien",
        "well": "Les {all} sources répondent toutes, et apportent ce qu’elles apportent d’habitude.",
        "since": "dernière réponse {at}",
        "new": "dernier élément {at}",
        "more": "… et {n} de plus : tocsin sources --failing",
        "came": "Ce qui est arrivé",
        "brand": "{brand} : {all} publications, dont {negative} négatives",
        "alerted": "Ce qui a été signalé",
        "nothing": "Rien.",
        "incident": "{brand} : {level}, ouvert le {at}",
        "watch": "à surveiller",
        "critical": "critique",
        "calm": "calme",
    },
}


@dataclass(frozen=True, slots=True)
class Week:
    """All facts of one week's digest, the same for everybody."""

    name: str
    """`2026-W48`, ISO 8601."""
    window: Window
    sources: Sequence[Source]
    states: Mapping[str, SourceState]
    brands: Sequence[Brand]
    counts: Mapping[str, Counts]
    incidents: Sequence[Incident]
    """Those that were opened in the week."""


def week_before(now: datetime, zone: tzinfo) -> tuple[str, Window]:
    """Give the last whole week before `now`, Monday to Sunday on the team's clock, with its ISO name."""
    here = now.astimezone(zone)
    monday = here.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=here.weekday())
    start = monday - timedelta(days=7)
    year, number, _ = start.isocalendar()
    return f"{year}-W{number:02}", Window(start, monday)


def send_digests(
    people: Sequence[Person], week: Week, *, incidents: IncidentStore, notifier: Notifier, now: datetime
) -> Mapping[str, int]:
    """Send the week's digest to each of the people who ask for one and do not have it; count `sent` and `failed`.

    Its id is that of week and person: run again, nobody gets it twice. One failure never stops the others.
    """
    letters = [write_digest(week, person, now) for person in people if person.digest]
    return send_once(letters, incidents=incidents, notifier=notifier, now=now)


def write_digest(week: Week, person: Person, now: datetime) -> Message:
    """Write the digest in the person's words and for their brands; sources have no brand: all read of all."""
    speech, words = speech_for(person), WORDS[language_of(person)]
    states = [week.states.get(source.id, SourceState(source.id)) for source in week.sources]
    ill = {health: [one for one in states if health_of(one, now) is health] for health in TOLD}
    number, all_of_them = sum(map(len, ill.values())), len(states)
    parts = [_hello(week, speech, words), _ill(ill, speech, words, all_of_them)]
    parts += [_came(week, person, speech, words), _alerted(week, person, speech, words)]
    text = "\n\n".join(parts) + "\n"
    name = f"digest-{week.name}.{ascii_id(person.id)}"
    return Message(
        id=name,
        thread_id=name,
        incident_id="digest",
        person=person,
        reason=Reason.DIGEST,
        subject=words["subject"].format(week=week.name, ill=number, all=all_of_them),
        text=text,
        html=f'<div style="font-family:sans-serif;white-space:pre-wrap">{escape(text)}</div>',
    )


def _hello(week: Week, speech: Speech, words: Mapping[str, str]) -> str:
    return words["hello"].format(
        week=week.name, since=speech.moment(week.window.start), until=speech.moment(week.window.end)
    )


def _ill(ill: Mapping[Health, Sequence[SourceState]], speech: Speech, words: Mapping[str, str], total: int) -> str:
    parts = []
    for health, states in ill.items():
        if states:
            lines = [f"- {_source(health, state, speech, words)}" for state in states[:SHOWN]]
            more = [words["more"].format(n=len(states) - SHOWN)] if len(states) > SHOWN else []
            parts.append("\n".join([f"{words[health.value]} ({len(states)})", *lines, *more]))
    return "\n\n".join(parts) or words["well"].format(all=total)


def _source(health: Health, state: SourceState, speech: Speech, words: Mapping[str, str]) -> str:
    said = [state.source_id]
    if health is Health.QUIET and state.rhythm.last_new_at:
        said.append(words["new"].format(at=speech.moment(state.rhythm.last_new_at)))
    elif state.succeeded_at:
        said.append(words["since"].format(at=speech.moment(state.succeeded_at)))
    return ", ".join([*said, one_line(state.note, NOTE_CAP)]).rstrip(", ")


def _came(week: Week, person: Person, speech: Speech, words: Mapping[str, str]) -> str:
    lines = [
        words["brand"].format(
            brand=one_line(brand.name, 60),
            all=speech.number(week.counts[brand.id].mentions),
            negative=speech.number(week.counts[brand.id].negatives),
        )
        for brand in week.brands
        if not person.brands or brand.id in person.brands
    ]
    return "\n".join([words["came"], *(f"- {line}" for line in lines)])


def _alerted(week: Week, person: Person, speech: Speech, words: Mapping[str, str]) -> str:
    names = {brand.id: brand.name for brand in week.brands}
    lines = [
        words["incident"].format(
            brand=one_line(names.get(one.brand, one.brand), 60),
            level=words[one.severity.name.lower()],
            at=speech.moment(one.opened_at),
        )
        for one in week.incidents
        if not person.brands or one.brand in person.brands
    ]
    return "\n".join([words["alerted"], *(f"- {line}" for line in lines or [words["nothing"]])])
