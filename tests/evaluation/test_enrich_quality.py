"""How well texts are judged, on public labelled data; what is tuned was tuned on the training parts only.

Measured when the floors were set: French tweets macro-F1 .689, negative recall .81; French series reviews accuracy
.877; French insurance reviews, negative recall .92 at precision .98; English tweets macro-F1 .641; airlines negative
recall .75 at precision .88. Lowering a floor needs a reason in the commit.
"""

import csv
import gzip
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import pytest

from tocsin.enrich.language import UNKNOWN, LanguageReader
from tocsin.enrich.stories import SPAN, StoryBook
from tocsin.enrich.tone import Thresholds, ToneReader
from tocsin.enrich.tone_en_vader import polarity
from tocsin.model import Tone

pytestmark = pytest.mark.evaluation

TONES = (Tone.NEGATIVE, Tone.NEUTRAL, Tone.POSITIVE)
Judged = list[tuple[str, str]]
"""Pairs of the people's label and ours."""


def rows(folder: Path, name: str) -> Iterator[dict[str, str]]:
    with gzip.open(folder / f"{name}.csv.gz", "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def judged(found: Iterator[dict[str, str]], language: str, split: str | None = None) -> Judged:
    reader = ToneReader(Thresholds())
    return [
        (row["label"], reader.read(unescaped(row["text"]), language)[0].value)
        for row in found
        if row["label"] in TONES and (split is None or row["split"] == split)
    ]


def unescaped(text: str) -> str:
    """The English tweets hold literal escapes such as backslash u2019."""
    return re.sub(r"\\u([0-9a-fA-F]{4})", lambda match: chr(int(match[1], 16)), text)


def recall(pairs: Judged, tone: str) -> float:
    given = [ours for label, ours in pairs if label == tone]
    return sum(ours == tone for ours in given) / len(given)


def precision(pairs: Judged, tone: str) -> float:
    said = [label for label, ours in pairs if ours == tone]
    return sum(label == tone for label in said) / max(1, len(said))


def macro_f1(pairs: Judged) -> float:
    both = [(recall(pairs, tone), precision(pairs, tone)) for tone in TONES]
    return sum(2 * r * p / (r + p) if r + p else 0.0 for r, p in both) / len(both)


def accuracy(pairs: Judged) -> float:
    return sum(label == ours for label, ours in pairs) / len(pairs)


def test_french_tweets(evaluation_data: Path) -> None:
    pairs = judged(rows(evaluation_data, "sentiment_fr_tweets_umsab"), "fr", "val")
    assert len(pairs) == 324
    assert macro_f1(pairs) >= 0.66
    assert recall(pairs, Tone.NEGATIVE) >= 0.77


def test_french_reviews_of_series(evaluation_data: Path) -> None:
    assert accuracy(judged(rows(evaluation_data, "sentiment_fr_allocine_tv"), "fr", "dev")) >= 0.85


def test_french_reviews_of_insurers(evaluation_data: Path) -> None:
    """Two stars or fewer is taken as negative, four or more as positive; a third of them, for the time it takes."""
    stars = [
        row
        for row in rows(evaluation_data, "brand_reviews_fr_insurance_2016_2021")
        if row["stars"] not in ("", "3.0")
    ]
    labelled = (
        {"label": "negative" if float(r["stars"]) < 3 else "positive", "text": r["text_fr"]} for r in stars[::3]
    )
    pairs = judged(labelled, "fr")
    assert recall(pairs, Tone.NEGATIVE) >= 0.90
    assert precision(pairs, Tone.NEGATIVE) >= 0.96


def test_english_tweets(evaluation_data: Path) -> None:
    pairs = judged(rows(evaluation_data, "sentiment_en_tweets_umsab"), "en", "val")
    assert macro_f1(pairs) >= 0.62
    assert recall(pairs, Tone.NEGATIVE) >= 0.73


def test_english_airlines(evaluation_data: Path) -> None:
    pairs = judged(rows(evaluation_data, "crisis_us_airlines_2015"), "en")
    assert recall(pairs, Tone.NEGATIVE) >= 0.73
    assert precision(pairs, Tone.NEGATIVE) >= 0.88


def test_vader_agrees_with_people_as_its_package_does(evaluation_data: Path) -> None:
    """The package's Pearson with the mean of twenty people is .872, of whole texts."""
    gold = rows(evaluation_data, "sentiment_en_vader_gold_tweets")
    pairs = [(float(row["mean_human_-4_4"]), polarity(row["text"]).compound) for row in gold]
    assert correlation(pairs) == pytest.approx(0.872, abs=0.0005)


def test_english_agrees_with_people(evaluation_data: Path) -> None:
    """Less than VADER, whose words were chosen and weighed on such tweets; sentences, and what says little, cost."""
    reader = ToneReader(Thresholds())
    gold = rows(evaluation_data, "sentiment_en_vader_gold_tweets")
    assert correlation([(float(row["mean_human_-4_4"]), reader.read(row["text"], "en")[1]) for row in gold]) >= 0.84


def correlation(pairs: Sequence[tuple[float, float]]) -> float:
    n = len(pairs)
    mean_x, mean_y = sum(x for x, _ in pairs) / n, sum(y for _, y in pairs) / n
    covariance = sum((x - mean_x) * (y - mean_y) for x, y in pairs)
    spread = sum((x - mean_x) ** 2 for x, _ in pairs) * sum((y - mean_y) ** 2 for _, y in pairs)
    return covariance / spread**0.5


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
