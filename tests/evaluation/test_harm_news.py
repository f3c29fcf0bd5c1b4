"""Headlines of days of crisis harm their brand, those of days of mere volume do not, on labelled business news.

Measured when the floors were set: of the headlines in the eight days from an event's first, .78 harm the brand in the
14 crises (a negative tone alone: .68) and .35 in the two events that were none.
"""

import csv
import gzip
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from tocsin.enrich.harm import judge
from tocsin.enrich.matching import BrandMatcher
from tocsin.enrich.passage import Passage
from tocsin.enrich.tone import Thresholds, ToneReader
from tocsin.model import Brand, Harm, Judgement, Tone, full_text

pytestmark = pytest.mark.evaluation

SPAN = timedelta(days=8)


def rows(folder: Path, name: str) -> Iterator[dict[str, str]]:
    with gzip.open(folder / f"{name}.csv.gz", "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def judged(folder: Path) -> list[tuple[str, date, Judgement]]:
    """Each headline's judgement of each event's brand: kind of event, days since it began, and what we say."""
    events = list(rows(folder, "news_events_labels"))
    begins = {event["brand"]: date.fromisoformat(event["first_day_in_corpus"]) for event in events}
    kinds = {event["brand"]: event["kind"] for event in events}
    matcher = BrandMatcher([Brand(event["brand"], event["brand"], patterns=(event["regex"],)) for event in events])
    tones = ToneReader(Thresholds())
    news = list(rows(folder, "news_business_2017_2020"))
    texts = [full_text(row["headline"], row["summary"]) for row in news]
    found = []
    for row, text, hits in zip(news, texts, matcher.find_all(texts), strict=True):
        day, brands = date.fromisoformat(row["date"]), tuple(dict.fromkeys(hit.brand for hit in hits))
        near = tuple(brand for brand in brands if begins[brand] <= day < begins[brand] + SPAN)
        passage = Passage(text, row["headline"], "en", hits, day)
        found += [(kinds[one.brand], day, one) for one in (judge(passage, near, tones) if near else ())]
    return found


def test_days_of_crisis_harm_more_than_days_of_volume(evaluation_data: Path) -> None:
    told = judged(evaluation_data)
    total = Counter(kind for kind, _, _ in told)
    harmful = Counter(kind for kind, _, one in told if one.harm is Harm.HARMFUL)
    negative = Counter(kind for kind, _, one in told if one.tone is Tone.NEGATIVE)
    harm = {kind: harmful[kind] / total[kind] for kind in total}
    tone = {kind: negative[kind] / total[kind] for kind in total}
    print(f"{dict(total)} {harm=} {tone=}")  # noqa: T201 - read with pytest -s
    assert harm["crisis"] >= 0.72
    assert harm["not-a-crisis"] <= 0.40
    assert harm["crisis"] - harm["not-a-crisis"] >= tone["crisis"] - tone["not-a-crisis"] + 0.05
