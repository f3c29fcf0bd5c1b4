"""Cut an archive into the batches that would have arrived, one per bucket of event time."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby

from tocsin.model import BUCKET, RawItem, floor_time


@dataclass(frozen=True, slots=True)
class RecordedBatch:
    """What was posted during one bucket; it is known at `arrives`, the bucket's end."""

    id: str
    arrives: datetime
    items: tuple[RawItem, ...]


def cut_recording(items: Iterable[RawItem]) -> Iterator[RecordedBatch]:
    """Sort by event time, then id, and cut into one batch per non-empty bucket, oldest first.

    An archive tells when a post was written, not when we would have seen it: discovery is taken to be at once.
    """
    ordered = sorted(items, key=lambda item: (item.published_at, item.id))
    for start, group in groupby(ordered, key=lambda item: floor_time(item.published_at)):
        seen_at_once = tuple(replace(item, discovered_at=item.published_at) for item in group)
        yield RecordedBatch(f"{start:%Y%m%dT%H%M%SZ}-recording", start + BUCKET, seen_at_once)


def timeline(
    batches: Iterator[RecordedBatch],
    first: datetime,
    last: datetime,
    *,
    rest: timedelta,
    is_busy: Callable[[], bool],
) -> Iterator[tuple[datetime, RecordedBatch | None]]:
    """Give every watermark from `first` to `last`, one per bucket, with the batch that arrives then, if any.

    Once nothing arrived for `rest`, and nothing `is_busy` any more, the clock jumps to the next arrival: an archive
    with one misdated row would else tick through its years.
    """
    waiting = next(batches, None)
    at = heard = first
    while at <= last:
        arrived = waiting if waiting is not None and waiting.arrives == at else None
        yield at, arrived
        if arrived is not None:
            heard, waiting = at, next(batches, None)
        at += BUCKET
        if waiting is not None and at - heard > rest and not is_busy():
            at = waiting.arrives
