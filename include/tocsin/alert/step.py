"""The door of the room: verdicts in, people told, each verdict counted once.

What each verdict came to, in the report:
blind        no source answered, so nothing is opened or closed on it
calm         no storm, and none was open
hold         a storm is open and people know what there is to know
unheard      a storm, but nobody asked to hear of this brand at this level
first, worse, repeat, over   people were told for this reason (or an end came that nobody had to hear of)
undelivered  as before, but somebody was not reached; those are tried again next time, only those
conflict     somebody else is at work on this incident, so we are not
failed       the store or our own code failed on this brand; the log says how
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tocsin.alert.delivery import Courier, begun_at, is_settled
from tocsin.alert.incident import absorb, close, decide, is_blind, open_incident, shown_window, told, told_some
from tocsin.alert.render import Notice
from tocsin.alert.routing import end_was_told, who_heard, who_hears
from tocsin.alert.speech import language_of, team_language
from tocsin.errors import ConflictError, TocsinError
from tocsin.model import Brand, Counts, Incident, IncidentState, Person, Reason, Report, StorySummary, Verdict, Window
from tocsin.ports import IncidentStore, MentionStore, Notifier

log = logging.getLogger(__name__)

REPEAT = timedelta(hours=4)
TOP_STORIES = 3

Link = Callable[[str, Window, str], str]
"""Makes the address of the picture of a brand (its id) in a span of time, in a language (`en`, `fr`)."""


def tell_people(
    verdicts: Sequence[Verdict],
    *,
    brands: Sequence[Brand],
    people: Sequence[Person],
    incidents: IncidentStore,
    mentions: MentionStore,
    notifier: Notifier,
    now: datetime,
    repeat: timedelta = REPEAT,
    link: Link | None = None,
) -> Report:
    """Open, grow and close incidents by these verdicts and tell people what they must hear; report one status each.

    Nobody is left untold and nobody told twice, whenever this stops and runs again; only a stop exactly between a
    send and its ledger line repeats that message, under the same id. Nothing is raised for a brand's or a person's
    sake. The storm of a brand that is not in `brands` any more is closed, and nobody is told: its end is not known.
    `link` makes the address of an incident's picture: kept with it in the team's language, mailed in each one's.
    """
    watermark = max((verdict.at for verdict in verdicts), default=now)
    known = {brand.id: brand for brand in brands}
    desk = _Desk(known, tuple(people), incidents, mentions, notifier, now, repeat, link)
    counts = Counter(desk.handle(verdict) for verdict in verdicts)
    desk.close_unwatched(watermark)
    # A round of its own: the next one a minute later, often on the same watermark, must not wipe out its "first".
    return Report("alert", now.isoformat(), now, len(verdicts), dict(sorted(counts.items())))


@dataclass(frozen=True, slots=True)
class _Desk:
    brands: dict[str, Brand]
    people: tuple[Person, ...]
    incidents: IncidentStore
    mentions: MentionStore
    notifier: Notifier
    now: datetime
    repeat: timedelta
    link: Link | None

    def handle(self, verdict: Verdict) -> str:
        """Give the status of one verdict, whatever goes wrong with it."""
        try:
            status = self._judge(verdict)
        except ConflictError as exc:
            log.warning("%s: left to another writer: %s", verdict.brand, exc)
            return "conflict"
        except TocsinError as exc:
            log.error("%s: not handled: %s", verdict.brand, exc)  # noqa: TRY400 - its text says it all
            return "failed"
        except Exception:
            log.exception("%s: not handled", verdict.brand)
            return "failed"
        level = logging.DEBUG if status == "calm" else logging.INFO
        log.log(level, "%s: %s, score %.1f of %.1f", verdict.brand, status, verdict.score, verdict.threshold)
        return status

    def close_unwatched(self, at: datetime) -> None:
        """Close the incidents of brands that nobody watches any more: no verdict will ever do it."""
        try:
            for incident in self.incidents.all():
                if incident.state is IncidentState.OPEN and incident.brand not in self.brands:
                    self.incidents.save(close(incident, at))
                    log.info("%s: closed untold, the brand is watched no more", incident.id)
        except TocsinError as exc:
            log.warning("incidents of unwatched brands not closed: %s", exc)

    def _judge(self, verdict: Verdict) -> str:
        if is_blind(verdict):
            return "blind"
        last = self._open(verdict)
        reason = decide(last, verdict, self.now, self.repeat)
        if last is None and reason is Reason.HOLD:
            return "calm"
        incident = open_incident(verdict) if last is None else last
        total = self._total(incident, verdict)
        grown = self._linked(absorb(incident, verdict, total or Counts()), verdict.at)
        if reason is Reason.HOLD:
            if grown != last:
                self.incidents.save(grown)
            return "hold"
        # Saved before anybody hears: a crash finds it open and untold, and a second writer meets a conflict here.
        return self._tell(self.incidents.save(grown), verdict, reason, total)

    def _open(self, verdict: Verdict) -> Incident | None:
        """Give the open incident, unless its end was told to some and only its closing was cut short."""
        last = self.incidents.open_incident(verdict.brand)
        if last is None or verdict.over or not end_was_told(self.incidents.deliveries(last.id)):
            return last
        self.incidents.save(close(last, verdict.at))
        return None

    def _tell(self, incident: Incident, verdict: Verdict, reason: Reason, total: Counts | None) -> str:
        over = reason is Reason.OVER
        ledger = self.incidents.deliveries(incident.id)
        audience = (
            who_heard(self.people, ledger) if over else who_hears(self.people, incident.brand, incident.severity)
        )
        if not audience:
            if over:
                self.incidents.save(close(incident, verdict.at))
            return "over" if over else "unheard"
        notice = Notice(
            brand=self.brands.get(verdict.brand, Brand(verdict.brand, verdict.brand)),
            incident=incident,
            verdict=verdict,
            counts=(total or verdict.counts) if over else verdict.counts,
            stories=self._stories(_since_onset(incident, verdict) if over else verdict.window, verdict.brand),
            told=tuple(person.name for person in audience),
            links=self._links(incident, verdict.at, map(language_of, audience)),
        )
        outcome = Courier(self.incidents, self.notifier, self.now).deliver(notice, audience, reason)
        begun = begun_at(self.incidents.deliveries(incident.id), incident)
        if is_settled(outcome, reason, begun, self.now):
            after = told(incident, self.now)
            self.incidents.save(close(after, verdict.at) if over else after)
        elif outcome.reached:
            self.incidents.save(told_some(incident))
        return "undelivered" if outcome.missed else reason.value

    def _linked(self, incident: Incident, at: datetime) -> Incident:
        """Give the incident the address of its picture as it stands now; what it has stays when none can be made."""
        # One for all who find it in the store: in the language of most.
        language = team_language(self.people)
        return replace(incident, link=self._links(incident, at, [language]).get(language, incident.link))

    def _links(self, incident: Incident, at: datetime, languages: Iterable[str]) -> dict[str, str]:
        if self.link is None:
            return {}
        window = shown_window(incident, at)
        try:
            return {language: self.link(incident.brand, window, language) for language in languages}
        except Exception as exc:  # an address is worth less than the alarm
            log.warning("%s: no link to its picture: %s: %s", incident.id, type(exc).__name__, exc)
            return {}

    def _total(self, incident: Incident, verdict: Verdict) -> Counts | None:
        try:
            return self.mentions.counts(_since_onset(incident, verdict), [verdict.brand]).get(verdict.brand)
        except TocsinError as exc:  # figures are worth less than the alarm
            log.warning("%s: not counted since onset: %s", incident.id, exc)
            return None

    def _stories(self, window: Window, brand: str) -> tuple[StorySummary, ...] | None:
        try:
            return self.mentions.top_stories(brand, window, TOP_STORIES)
        except TocsinError as exc:
            log.warning("%s: top stories not listed: %s", brand, exc)
            return None


def _since_onset(incident: Incident, verdict: Verdict) -> Window:
    return Window(min(incident.since, verdict.at), verdict.at)
