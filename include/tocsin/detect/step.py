"""The doors of detection: every brand gets its verdict at each look, also when nothing arrived, and its picture."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from tocsin.detect.detector import Detector
from tocsin.detect.points import FILLED, changed_from, draw, redraw_from
from tocsin.detect.reading import Reading, read
from tocsin.detect.verdict import Crowd, decide
from tocsin.model import BUCKET, Brand, Counts, Verdict, Window, floor_time
from tocsin.ports import MentionStore, SeriesStore

__all__ = ["Detector", "draw_series", "judge_brands"]

_ASKED_STORIES = 20


def judge_brands(
    brands: Sequence[Brand], *, mentions: MentionStore, detector: Detector, now: datetime, coverage: float
) -> tuple[Verdict, ...]:
    """Say of each brand, in the order given, how far it is from usual at the last bucket's end before `now`.

    `coverage` is the share of the sources that answered lately, 0 to 1. ValueError: a brand that `detector` was not
    made for.
    """
    columns = {brand: column for column, brand in enumerate(detector.brands)}
    if unknown := sorted({brand.id for brand in brands} - columns.keys()):
        raise ValueError(f"the detector was not made for {', '.join(unknown)}")
    progress = detector.look(mentions, floor_time(now))
    readings = [read(progress, columns[brand.id], brand.id, detector.thresholds) for brand in brands]
    counts = _counts(mentions, readings)
    return tuple(
        decide(
            reading,
            brand=brand,
            counts=counts[brand.id],
            crowd=_crowd(mentions, brand, reading, counts[brand.id]),
            coverage=coverage,
            thresholds=detector.thresholds,
        )
        for brand, reading in zip(brands, readings, strict=True)
    )


def draw_series(
    series: SeriesStore, *, mentions: MentionStore, detector: Detector, now: datetime, coverage: float
) -> bool:
    """Bring the series of the detector's brands up to the last bucket's end before `now`; False when it is there.

    Late posts correct what was drawn, and a gap is filled, both up to a day back. A bucket keeps the coverage that it
    was first drawn with: that a post came late does not mean that we heard everything then.
    """
    end = floor_time(now)
    since = redraw_from(series.latest(), end)
    if since is None:
        return False
    progress = detector.look(mentions, end)
    held = series.drawn(Window(end - FILLED, end), detector.brands)
    newest = end - BUCKET
    points = draw(
        progress,
        detector.brands,
        min(since, changed_from(held, progress)),
        # Where the newest is held already, a clock drew it that was ahead: it said nothing of this moment.
        coverage=lambda at: held[at].coverage if at in held and at < newest else coverage,
        thresholds=detector.thresholds,
    )
    series.save(points)
    return True


def _counts(mentions: MentionStore, readings: Sequence[Reading]) -> Mapping[str, Counts]:
    """Count each brand in its own window, asking the store once per window."""
    brands: dict[Window, list[str]] = {}
    for reading in readings:
        brands.setdefault(reading.window, []).append(reading.brand)
    return {brand: found for window, ids in brands.items() for brand, found in mentions.counts(window, ids).items()}


def _crowd(mentions: MentionStore, brand: Brand, reading: Reading, counts: Counts) -> Crowd:
    """Count who speaks; only where signed authors are too few is it asked which stories nobody signed.

    Many feeds name no author. Their number is then unknown, not one: each unsigned story counts as one voice, and the
    store's one author without a name counts no more.
    """
    if reading.since is None or counts.authors >= brand.min_authors:
        return Crowd(counts.authors)
    stories = mentions.top_stories(brand.id, reading.window, _ASKED_STORIES)
    origins = [mentions.get(story.story_id) for story in stories]
    unsigned = sum(origin is not None and not origin.author for origin in origins)
    return Crowd(max(counts.authors - (unsigned > 0), 0), unsigned)
