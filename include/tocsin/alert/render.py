"""Write the message: the facts of a notice in one person's words, as subject, text, HTML and chart."""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from tocsin.alert.chart import draw_chart
from tocsin.alert.outside import domain, one_line, story_title, web_link
from tocsin.alert.speech import NEARLY_NONE, Speech, speech_for
from tocsin.model import Brand, Counts, Incident, Message, Person, Reason, Severity, StorySummary, Tier, Verdict

log = logging.getLogger(__name__)

BRAND_IN_SUBJECT = 24
"""Characters of the brand in a subject: what a phone shows of one (about 40) must also hold how bad it is."""
NAMES_SHOWN = 8
WORDS_SHOWN = 4
WORD_CAP = 30

_templates = Environment(
    loader=PackageLoader("tocsin.alert"),
    autoescape=select_autoescape(("html.j2",), disabled_extensions=("txt.j2",), default=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True)
class Notice:
    """All facts of one notice about one incident, the same for everybody who hears of it."""

    brand: Brand
    incident: Incident
    verdict: Verdict
    counts: Counts
    """Inside the verdict's window, or since onset when it is over."""
    stories: tuple[StorySummary, ...] | None
    """The most copied ones; None when the store could not say."""
    told: tuple[str, ...]
    """Names of all who hear of it."""
    links: Mapping[str, str] = field(default_factory=dict)
    """Address of the incident's picture by language; empty where there is none."""


def render_message(notice: Notice, person: Person, reason: Reason, message_id: str, thread_id: str) -> Message:
    """Write the notice for one person; what fails is left out or said plainly, so that a message always comes out."""
    speech = speech_for(person)
    facts = _facts(notice, reason, speech)
    chart = _chart(notice, speech)
    return Message(
        id=message_id,
        thread_id=thread_id,
        incident_id=notice.incident.id,
        person=person,
        reason=reason,
        subject=str(facts["subject"]),
        text=_part("mail.txt.j2", facts) or _plain(facts),
        html=_part("mail.html.j2", {**facts, "chart": bool(chart)}),
        chart=chart,
    )


def _part(template: str, facts: Mapping[str, object]) -> str:
    try:
        return _templates.get_template(template).render(facts)
    except Exception as exc:
        log.warning("template %s failed, the mail goes without it: %s: %s", template, type(exc).__name__, exc)
        return ""


def _plain(facts: Mapping[str, object]) -> str:
    return "\n".join(str(facts[key]) for key in ("subject", "headline", "usual", "since", "incident"))


def _chart(notice: Notice, speech: Speech) -> bytes:
    try:
        return draw_chart(notice.verdict.recent, notice.incident.since, speech)
    except Exception as exc:
        log.warning(
            "chart of %s failed, the mail goes without it: %s: %s", notice.incident.id, type(exc).__name__, exc
        )
        return b""


def _facts(notice: Notice, reason: Reason, speech: Speech) -> dict[str, object]:
    incident, verdict = notice.incident, notice.verdict
    over = reason is Reason.OVER
    return {
        "language": speech.language,
        "tone": "over" if over else incident.severity.name.lower(),
        "brand": one_line(notice.brand.name, 80),
        "kicker": speech.say(f"kicker_{reason.value}"),
        "level": "" if over else _level(incident.severity, speech),
        "subject": _subject(notice, reason, speech),
        **(_end(notice, speech) if over else _now(verdict, speech)),
        "since": _span_over(notice, speech) if over else _since(incident.since, verdict.at, speech),
        "partial": speech.say("partial", share=speech.share(verdict.coverage)) if verdict.coverage < 1 else "",
        "cells": _cells(notice.counts, speech),
        "link": web_link(notice.links.get(speech.language, "")),
        "open_link": speech.say("open_link"),
        "chart_alt": speech.say("chart_alt"),
        "most_copied": speech.say("most_copied"),
        "stories": [_story(story, speech) for story in notice.stories or ()],
        "no_stories": speech.say("no_stories") if notice.stories is None else "",
        "told": _told(notice.told, speech),
        "why": speech.say("why_over") if over else _why(verdict, speech),
        "numbers_of": speech.say("numbers_of", moment=speech.moment(verdict.at)),
        "incident": speech.say("incident", id=incident.id),
    }


def _now(verdict: Verdict, speech: Speech) -> dict[str, str]:
    rare = verdict.usual < NEARLY_NONE
    return {
        "big": speech.number(verdict.observed) if rare else speech.factor(verdict.factor),
        "big_words": speech.say("big_count", verdict.observed) if rare else speech.say("big_factor"),
        "headline": speech.say(
            "headline_rare" if rare else "headline", verdict.observed, span=_span(verdict, speech)
        ),
        "usual": speech.usual(verdict.usual),
    }


def _end(notice: Notice, speech: Speech) -> dict[str, str]:
    lasted = speech.lasting(notice.verdict.at - notice.incident.since)
    return {
        "big": "",
        "big_words": speech.say("big_over"),
        "headline": speech.say("headline_over", lasted=lasted),
        "usual": speech.say("peak_over", peak=_peak(notice, speech)),
    }


def _peak(notice: Notice, speech: Speech) -> str:
    """Highest factor; where usual is almost none, the loudest hour says more."""
    if notice.verdict.usual < NEARLY_NONE and notice.verdict.recent:
        return speech.say("peak_count", round(max(point.observed for point in notice.verdict.recent)))
    return speech.factor(notice.incident.peak_factor)


def _subject(notice: Notice, reason: Reason, speech: Speech) -> str:
    incident, verdict = notice.incident, notice.verdict
    rare = verdict.usual < NEARLY_NONE
    times = speech.say("short_count", verdict.observed) if rare else speech.factor(verdict.factor)
    return speech.say(
        f"subject_{reason.value}",
        brand=one_line(notice.brand.name, BRAND_IN_SUBJECT),
        times=times,
        level=_level(incident.severity, speech),
        clock=speech.clock(incident.since, verdict.at),
        lasted=speech.lasting(verdict.at - incident.since),
        peak=_peak(notice, speech),
    )


def _level(severity: Severity, speech: Speech) -> str:
    return speech.say("critical" if severity is Severity.CRITICAL else "watch")


def _span(verdict: Verdict, speech: Speech) -> str:
    return speech.span(verdict.window.end - verdict.window.start)


def _since(since: datetime, at: datetime, speech: Speech) -> str:
    return speech.say("since", moment=speech.moment(since), city=speech.city, lasted=speech.lasting(at - since))


def _span_over(notice: Notice, speech: Speech) -> str:
    start, end = speech.moment(notice.incident.since), speech.moment(notice.verdict.at)
    return speech.say("span_over", start=start, end=end, city=speech.city)


def _cells(counts: Counts, speech: Speech) -> list[tuple[str, str]]:
    pairs = (("stories", counts.stories), ("posts", counts.negatives), ("authors", counts.authors))
    return [(speech.number(n), speech.say(key, n)) for key, n in pairs]


def _story(story: StorySummary, speech: Speech) -> dict[str, str]:
    link = web_link(story.url)
    where = [domain(link), one_line(story.network, 30), speech.say("copies", story.copies), *_reached(story, speech)]
    return {
        "title": story_title(story) or speech.say("untitled"),
        "link": link,
        "shown": "" if link else one_line(story.url, 80),
        "where": " · ".join(part for part in dict.fromkeys(where) if part),
        "decided": _decided(story.words, speech),
    }


def _reached(story: StorySummary, speech: Speech) -> Iterator[str]:
    """How far it went, where that says more than its posts: sites, whose voice told it, a potential audience."""
    reach = story.reach
    if reach.outlets > 1:
        yield speech.say("sites", reach.outlets)
    if reach.tier is not Tier.UNKNOWN:
        yield speech.say(f"tier_{reach.tier}")
    if reach.audience:
        yield speech.say("audience", followers=speech.number(reach.audience))


def _decided(words: tuple[str, ...], speech: Speech) -> str:
    """The words that decided that the story harms the brand, as a line; empty where none are known."""
    plain = (one_line(word, WORD_CAP) for word in words[:WORDS_SHOWN])
    quoted = [speech.say("quoted", word=word) for word in plain if word]
    return speech.say("decided", words=", ".join(quoted)) if quoted else ""


def _told(names: tuple[str, ...], speech: Speech) -> str:
    shown = ", ".join(one_line(name, 40) for name in names[:NAMES_SHOWN])
    more = len(names) - NAMES_SHOWN
    return speech.say("told", names=speech.say("and_more", more, names=shown) if more > 0 else shown)


def _why(verdict: Verdict, speech: Speech) -> str:
    return speech.say(
        "why",
        score=speech.number(verdict.score),
        peak=speech.number(verdict.peak),
        threshold=speech.number(verdict.threshold),
        observed=speech.number(verdict.observed),
        forecast=speech.number(verdict.forecast),
        spread=speech.number(verdict.spread),
    )
