"""The door of replay: the live steps, one after the other, on a clock that jumps from bucket to bucket."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from tocsin.alert.step import tell_people
from tocsin.detect.step import Detector, judge_brands
from tocsin.enrich.step import Tagger, enrich_batches
from tocsin.index.step import index_batches
from tocsin.model import Brand, Person, RawItem, Stage
from tocsin.ports import BatchStore, Erasures, IncidentStore, MentionStore, Notifier, Quarantine, ReportLog
from tocsin.replay.recording import RecordedBatch, cut_recording, timeline
from tocsin.replay.score import Outcome, brand_lines

ENRICH_AHEAD = 1_000
"""Items enriched at once. Enrichment reads no clock, so doing it ahead changes nothing but the speed."""

REST = timedelta(hours=24)
"""How long the clock goes on after an item, so that storms can end: a day's silence leaves no wave to speak of."""


class Progress(Protocol):
    """Hears how far a replay is; `at` is the moved clock."""

    def __call__(self, at: datetime, done: int, total: int) -> None:
        """Take note of `done` items of `total`."""
        ...


@dataclass(frozen=True, slots=True)
class ReplayPorts:
    """Stores of the replay's own, never the live ones, and a notifier that does not send."""

    batches: BatchStore
    mentions: MentionStore
    incidents: IncidentStore
    quarantine: Quarantine
    reports: ReportLog
    erasures: Erasures
    notifier: Notifier


@dataclass(frozen=True, slots=True)
class Cast:
    """Who is watched, who is told, and the two tools that live operation uses."""

    brands: Sequence[Brand]
    people: Sequence[Person]
    tagger: Tagger
    detector: Detector
    repeat: timedelta


def replay_items(items: Iterable[RawItem], *, cast: Cast, ports: ReplayPorts, progress: Progress) -> Outcome:
    """Live the recording again, bucket by bucket; the same items and cast give the same outcome every time."""
    recording = tuple(cut_recording(items))
    first = last = None
    if recording:
        first, last = recording[0].items[0].published_at, recording[-1].items[-1].published_at
        live_through(recording, cast, ports, progress)
    return Outcome(first, last, ports.reports.totals(), brand_lines(cast.brands, ports.incidents))


def live_through(recording: Sequence[RecordedBatch], cast: Cast, ports: ReplayPorts, progress: Progress) -> None:
    """Let the clock run from the first bucket until all is told and closed, at most REST after the last."""
    total, done = sum(len(batch.items) for batch in recording), 0
    enriched = enrich_ahead(recording, cast.tagger, ports)
    end = recording[-1].arrives

    def is_busy() -> bool:
        return any(ports.incidents.open_incident(brand.id) for brand in cast.brands)

    for now, batch in timeline(enriched, recording[0].arrives, end + REST, rest=REST, is_busy=is_busy):
        done += len(batch.items) if batch else 0
        live_once(now, batch, cast, ports)
        progress(now, done, total)
        if now >= end and not is_busy():
            return


def live_once(now: datetime, batch: RecordedBatch | None, cast: Cast, ports: ReplayPorts) -> None:
    """Do what live operation does in one round: index what arrived, judge, tell."""
    if batch is not None:
        index_batches(
            [batch.id],
            batches=ports.batches,
            mentions=ports.mentions,
            quarantine=ports.quarantine,
            reports=ports.reports,
            erasures=ports.erasures,
            now=now,
        )
    verdicts = judge_brands(cast.brands, mentions=ports.mentions, detector=cast.detector, now=now, coverage=1.0)
    tell_people(
        verdicts,
        brands=cast.brands,
        people=cast.people,
        incidents=ports.incidents,
        mentions=ports.mentions,
        notifier=ports.notifier,
        now=now,
        repeat=cast.repeat,
    )


def enrich_ahead(recording: Sequence[RecordedBatch], tagger: Tagger, ports: ReplayPorts) -> Iterator[RecordedBatch]:
    """Give the batches in order, each already enriched; some thousand items are tagged together."""
    for chunk in in_chunks(recording):
        for batch in chunk:
            ports.batches.write(Stage.RAW, batch.id, batch.items)
        ids = [batch.id for batch in chunk]
        now = chunk[-1].arrives
        enrich_batches(
            ids,
            batches=ports.batches,
            mentions=ports.mentions,
            reports=ports.reports,
            erasures=ports.erasures,
            tagger=tagger,
            now=now,
        )
        yield from chunk


def in_chunks(recording: Sequence[RecordedBatch]) -> Iterator[list[RecordedBatch]]:
    """Group neighbouring batches until a group holds ENRICH_AHEAD items."""
    chunk: list[RecordedBatch] = []
    for batch in recording:
        chunk.append(batch)
        if sum(len(member.items) for member in chunk) >= ENRICH_AHEAD:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
