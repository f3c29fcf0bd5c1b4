"""A notice for those who ask for the digest, the morning after a source went quiet against its own rhythm."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from html import escape

from tocsin.alert.incident import ascii_id
from tocsin.alert.outside import one_line
from tocsin.alert.speech import Speech, language_of, speech_for
from tocsin.model import Health, Message, Person, Reason, SourceState, health_of, quiet_since

SHOWN = 40

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "one": "Tocsin · unusually quiet: {source}",
        "many": "Tocsin · {n} sources are unusually quiet",
        "hello": "They answer, and have brought nothing for longer than their own rhythm explains. "
        "Until they bring something again, their silence about a brand proves nothing.",
        "source": "{source}: {rate} new items a day as a rule, the last one on {at}",
        "more": "… and {n} more: tocsin sources --failing",
        "causes": "Often the feed has moved, or the server gives the same old document: "
        "`tocsin sources show SOURCE` says what its last fetches brought, "
        "`tocsin sources discover SITE` where its feeds are now.",
    },
    "fr": {
        "one": "Tocsin · anormalement calme : {source}",
        "many": "Tocsin · {n} sources anormalement calmes",
        "hello": "Elles répondent, et n’ont rien apporté depuis plus longtemps que leur rythme ne l’explique. "
        "Tant qu’elles n’apportent rien, leur silence sur une marque ne prouve rien.",
        "source": "{source} : {rate} nouveaux éléments par jour d’habitude, le dernier le {at}",
        "more": "… et {n} de plus : tocsin sources --failing",
        "causes": "Souvent le flux a déménagé, ou le serveur donne toujours le même vieux document : "
        "`tocsin sources show SOURCE` dit ce qu’ont apporté les dernières lectures, "
        "`tocsin sources discover SITE` où sont ses flux à présent.",
    },
}


def write_notices(people: Sequence[Person], states: Sequence[SourceState], now: datetime) -> list[Message]:
    """Write to each of the people which sources are quiet, who went quiet last at the head; none: nobody hears.

    A notice's id is the moment at which the last of them went quiet: a source more makes a new notice, the same
    silence the next morning does not.
    """
    quiet = [(since, state) for state in states if _is_quiet(state, now) and (since := quiet_since(state.rhythm))]
    if not quiet:
        return []
    quiet.sort(key=lambda pair: (pair[0], pair[1].source_id), reverse=True)
    name = f"quiet-{quiet[0][0].astimezone(UTC):%Y%m%dT%H%M%SZ}"
    return [_write(name, [state for _, state in quiet], person) for person in people]


def _is_quiet(state: SourceState, now: datetime) -> bool:
    return health_of(state, now) is Health.QUIET


def _write(name: str, quiet: Sequence[SourceState], person: Person) -> Message:
    speech, words = speech_for(person), WORDS[language_of(person)]
    lines = [f"- {_line(state, speech, words)}" for state in quiet[:SHOWN]]
    more = [words["more"].format(n=len(quiet) - SHOWN)] if len(quiet) > SHOWN else []
    text = "\n\n".join([words["hello"], "\n".join([*lines, *more]), words["causes"]]) + "\n"
    subject = words["one" if len(quiet) == 1 else "many"]
    letter = f"{name}.{ascii_id(person.id)}"
    return Message(
        id=letter,
        thread_id=letter,
        incident_id="quiet",
        person=person,
        reason=Reason.QUIET,
        subject=subject.format(n=len(quiet), source=one_line(quiet[0].source_id, 60)),
        text=text,
        html=f'<div style="font-family:sans-serif;white-space:pre-wrap">{escape(text)}</div>',
    )


def _line(state: SourceState, speech: Speech, words: Mapping[str, str]) -> str:
    last = state.rhythm.last_new_at
    at = speech.moment(last) if last else ""
    return words["source"].format(
        source=one_line(state.source_id, 100), rate=speech.number(state.rhythm.per_day()), at=at
    )
