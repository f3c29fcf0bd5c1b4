"""Languages by kind of text, and the airlines' repeated texts one by one; tone's floors are in test_quality_figures.

Lowering a floor needs a reason in the commit.
"""

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tocsin.enrich.language import UNKNOWN, LanguageReader
from tocsin.enrich.stories import SPAN, StoryBook

pytestmark = pytest.mark.evaluation


def rows(folder: Path, name: str) -> Iterator[dict[str, str]]:
    with gzip.open(folder / f"{name}.csv.gz", "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def test_language(evaluation_data: Path) -> None:
    reader = LanguageReader(("fr", "en"))
    right: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for at, row in enumerate(rows(evaluation_data, "langid_short_texts")):
        if at % 3 == 0:
            expected = row["lang"] if row["lang"] in ("fr", "en") and row["kind"] == "sentences" else UNKNOWN
            right[row["kind"], expected].append(reader.read(row["text"]) == expected)
    share = {key: sum(found) / len(found) for key, found in right.items()}
    assert share["sentences", "fr"] >= 0.99
    assert share["sentences", "en"] >= 0.99
    assert share["sentences", UNKNOWN] >= 0.99
    assert share["single-words", UNKNOWN] >= 0.99


def test_repeated_airline_texts_are_copies(evaluation_data: Path) -> None:
    book = StoryBook()
    story: dict[str, str] = {}
    posted: dict[str, datetime] = {}
    said: dict[str, list[str]] = defaultdict(list)
    for row in sorted(rows(evaluation_data, "crisis_us_airlines_2015"), key=lambda row: (row["ts_utc"], row["id"])):
        posted[row["id"]] = datetime.fromisoformat(row["ts_utc"])
        story[row["id"]] = book.assign(row["id"], posted[row["id"]], row["text"])
        said[row["text"]].append(row["id"])
    again = [(first, other) for first, *others in said.values() for other in others]
    # The rest came back more than three days after their story's first text.
    within = [(first, other) for first, other in again if posted[other] - posted[story[first]] <= SPAN]
    assert len(again) > 210
    assert len(within) > 190
    assert all(story[first] == story[other] for first, other in within)
    # Copies are the exception in this stream: a book that merges opinions would show here.
    assert len(set(story.values())) > 0.95 * len(story)
