"""What is said of a brand on any day, drawn with a fixed seed: without a usual there is nothing to compare with."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from tocsin.demo.post import Post

_ZONE = ZoneInfo("Europe/Paris")


def everyday_posts(
    everyday: dict[str, Any], brands: list[dict[str, Any]], hour: datetime, end: datetime
) -> list[Post]:
    """Draw the posts of the days before `hour` and on until `end`, by the rates and sentences of the file."""
    names = {brand["id"]: brand["name"] for brand in brands}
    begin = hour - timedelta(days=everyday["days"])
    posts: list[Post] = []
    for place, kind in enumerate(everyday["kinds"]):
        for brand in kind["per_day"]:
            generator = np.random.default_rng([everyday["seed"], place, *brand.encode()])
            moments = _moments(kind["per_day"][brand], everyday["hours"], begin, end, generator)
            texts = _texts(kind, names[brand], generator)
            posts += _posts(kind["feeds"], everyday["handles"], list(zip(moments, texts, strict=False)), generator)
    return posts


def _moments(
    per_day: float, weights: list[float], begin: datetime, end: datetime, generator: np.random.Generator
) -> list[datetime]:
    """Moments from `begin` to `end`, in order; the day's hours in Paris get posts by their weights."""
    share = np.asarray(weights, dtype=float)
    share /= share.sum()
    midnight = begin.astimezone(_ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    moments = []
    for day in range((end - begin).days + 3):
        hours = generator.choice(24, size=generator.poisson(per_day), p=share)
        seconds = generator.integers(3600, size=len(hours))
        start = midnight + timedelta(days=day)
        moments += [start + timedelta(hours=int(h), seconds=int(s)) for h, s in zip(hours, seconds, strict=True)]
    return sorted(moment.astimezone(UTC) for moment in moments if begin <= moment < end)


def _texts(kind: dict[str, Any], brand: str, generator: np.random.Generator) -> Iterator[str]:
    """Texts without end; opening and middle never meet twice before every pair was said."""
    openings, middles, closings = kind["opening"], kind["middle"], kind["closing"]
    while True:
        for pair in generator.permutation(len(openings) * len(middles)):
            opening = openings[pair // len(middles)].format(brand=brand)
            yield f"{opening} {middles[pair % len(middles)]} {closings[generator.integers(len(closings))]}"


def _posts(
    feeds: list[str], handles: list[str], told: list[tuple[datetime, str]], generator: np.random.Generator
) -> list[Post]:
    return [
        Post(
            feeds[generator.integers(len(feeds))],
            moment,
            f"{handles[generator.integers(len(handles))]}_{generator.integers(10, 100)}",
            text=text,
        )
        for moment, text in told
    ]
