"""Measure detection on the evaluation data: `python benchmarks/detect.py ../shared/data [--yardstick FILE]`.

Prints the airlines replay (through the real door, on an in-memory store), the five NAB series at the default
thresholds, and the speed. The rows by leave-one-out and by injected bursts come from the yardstick, a script that
lies beside the data (`../tools/detection_yardstick.py`) and needs pandas: `uv pip install pandas`.
"""

import argparse
import csv
import gzip
import importlib.util
import io
import json
import sys
import tarfile
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from tocsin.adapters.sqlite import open_sqlite
from tocsin.detect.baseline import DAY
from tocsin.detect.detector import Detector
from tocsin.detect.step import judge_brands
from tocsin.detect.thresholds import Thresholds
from tocsin.detect.waves import Waves
from tocsin.model import BUCKET, Brand, Mention, Severity, Tone, Verdict, floor_time

AIRLINES = ("American", "Delta", "Southwest", "US Airways", "United", "Virgin America")
NAB = ("AAPL", "AMZN", "CRM", "CVS", "FB")
"""The series that are there to tune on; the archive's others are left alone."""
NAB_UNSCORED = 750
NAB_ARCHIVE, NAB_ROOT = "volume_nab_realtweets.tar.gz", "nab/"
SHARES = (1.0, 0.3, 0.1, 0.03)
WEEK = 7 * DAY
PACIFIC = timedelta(hours=-8)


@dataclass(frozen=True, slots=True)
class Labelled:
    """One NAB series: counts per bucket, labelled windows (first and last row) and labelled rows."""

    name: str
    start: datetime
    counts: NDArray[np.int64]
    windows: tuple[tuple[int, int], ...]
    labels: tuple[int, ...]


def airline_mentions(folder: Path) -> Iterator[Mention]:
    """Every tweet of the airlines file by time, with people's label as tone; equal texts are one story."""
    with gzip.open(folder / "crisis_us_airlines_2015.csv.gz", "rt", encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: row["ts_utc"])
    stories: dict[str, str] = {}
    for row in rows:
        at = datetime.fromisoformat(row["ts_utc"])
        yield Mention(
            id=row["id"], source_id="airlines", network="x", url=f"https://example.org/{row['id']}", title="",
            text=row["text"], author=row["author_hash"], published_at=at, discovered_at=at, language="en",
            brands=(row["brand"],), tone=Tone(row["label"]), compound=0.0,
            story_id=stories.setdefault(row["text"], row["id"]),
        )  # fmt: skip


def replay(mentions: Sequence[Mention], brands: Sequence[Brand]) -> list[Verdict]:
    """Judge at every bucket's end while mentions arrive as they were published."""
    verdicts: list[Verdict] = []
    detector, waiting = Detector(brands), list(reversed(mentions))
    with open_sqlite(":memory:") as stores:
        now = floor_time(mentions[0].published_at)
        while waiting:
            now += BUCKET
            arrived = []
            while waiting and waiting[-1].published_at < now:
                arrived.append(waiting.pop())
            stores.mentions.add(arrived)
            verdicts += judge_brands(brands, mentions=stores.mentions, detector=detector, now=now, coverage=1.0)
    return verdicts


def critical_days(verdicts: Sequence[Verdict]) -> dict[str, list[int]]:
    """Days of February 2015, US Pacific, on which each brand was critical."""
    days: dict[str, set[int]] = {brand: set() for brand in AIRLINES}
    for verdict in verdicts:
        if verdict.severity is Severity.CRITICAL:
            days[verdict.brand].add((verdict.at - BUCKET + PACIFIC).day)
    return {brand: sorted(found) for brand, found in days.items()}


def nab_series(folder: Path) -> list[Labelled]:
    """Read the five series straight from the archive."""
    with tarfile.open(folder / NAB_ARCHIVE) as archive:

        def text(name: str) -> str:
            member = archive.extractfile(NAB_ROOT + name)
            assert member is not None, name
            return member.read().decode()

        windows = json.loads(text("labels/combined_windows.json"))
        labels = json.loads(text("labels/combined_labels.json"))
        return [
            _labelled(name, text(f"data/{key}"), windows[key], labels[key])
            for name in NAB
            for key in [f"realTweets/Twitter_volume_{name}.csv"]
        ]


def _labelled(name: str, data: str, windows: list[list[str]], labels: list[str]) -> Labelled:
    rows = list(csv.DictReader(io.StringIO(data)))
    start = datetime.fromisoformat(rows[0]["timestamp"]).replace(tzinfo=UTC)

    def row(at: str) -> int:
        return -((start - datetime.fromisoformat(at).replace(tzinfo=UTC)) // BUCKET)

    counts = np.array([int(row["value"]) for row in rows])
    return Labelled(name, start, counts, tuple((row(a), row(b)) for a, b in windows), tuple(row(at) for at in labels))


def alarm_scores(start: datetime, counts: NDArray[np.int64], thresholds: Thresholds) -> NDArray[np.float64]:
    """Scores per row and brand as the door would weigh them: silent at first, then with caution."""
    first = (start - datetime(1970, 1, 1, tzinfo=UTC)) // BUCKET
    scores = Waves(counts.shape[1]).advance(first, counts).score
    scores /= np.array([thresholds.caution(row + 1) for row in range(len(counts))])[:, None]
    scores[: thresholds.silent_rows - 1] = -np.inf
    return scores


def plain(series: Labelled, alarm: NDArray[np.bool_]) -> tuple[int, int, int, float]:
    """Windows hit, labels hit within three hours, false alarms (an hour apart, again each day), weeks outside."""
    rows = np.arange(len(alarm))
    inside = np.zeros(len(alarm), dtype=bool)
    for first, last in series.windows:
        inside[first : last + 1] = True
    alarm = alarm & (rows >= NAB_UNSCORED)
    outside = np.flatnonzero(alarm & ~inside)
    starts = np.flatnonzero(np.diff(outside, prepend=-DAY) > 12)
    ends = np.append(starts, len(outside))[1:] - 1
    false = sum(1 + (outside[end] - outside[start]) // DAY for start, end in zip(starts, ends, strict=True))
    hit = sum(bool(alarm[first : last + 1].any()) for first, last in series.windows)
    tight = sum(bool(alarm[max(at - 36, 0) : at + 37].any()) for at in series.labels)
    return hit, tight, int(false), float((~inside[NAB_UNSCORED:]).sum() / WEEK)


@dataclass(frozen=True, slots=True)
class Tally:
    """What an alarm does on all series together."""

    windows: int
    tight: int
    false_per_week: float


def nab_tally(series: Sequence[Labelled], threshold: float, share: float = 1.0, seed: int = 7) -> Tally:
    """Alarms at a fixed threshold on all series, thinned binomially to `share` (a brand's negatives)."""
    rng = np.random.default_rng(seed)
    found = []
    for one in series:
        counts = rng.binomial(one.counts, share)[:, None]
        found.append(plain(one, alarm_scores(one.start, counts, Thresholds())[:, 0] >= threshold))
    hit, tight, false, weeks = (sum(column) for column in zip(*found, strict=True))
    return Tally(int(hit), int(tight), false / weeks)


def speed(brands: int = 100, weeks: int = 8) -> float:
    """Brand-buckets per second of a cold start, counts already at hand."""
    counts = np.random.default_rng(1).poisson(0.5, (weeks * WEEK, brands))
    waves, began = Waves(brands), time.perf_counter()
    for at in range(0, len(counts), DAY):
        waves.advance(at, counts[at : at + DAY])
    return counts.size / (time.perf_counter() - began)


def show_airlines(folder: Path) -> None:
    mentions = list(airline_mentions(folder))
    brands = [Brand(id=name, name=name) for name in AIRLINES]
    began = time.perf_counter()
    verdicts = replay(mentions, brands)
    took = time.perf_counter() - began
    print("Airlines, 22 Feb 2015 US Pacific is the day: US Airways, United, Delta must be critical")
    first: dict[str, Verdict] = {}
    for verdict in verdicts:
        if verdict.severity is Severity.CRITICAL:
            first.setdefault(f"{verdict.brand} {(verdict.at + PACIFIC):%d}", verdict)
    for brand, days in critical_days(verdicts).items():
        print(f"  {brand:15} critical on {days or 'no day'}")
        for day in days:
            verdict = first[f"{brand} {day}"]
            print(f"    {verdict.at + PACIFIC:%d %b %H:%M} score {verdict.score:.1f}: {verdict.reasons[0]}")
    ticks = len(verdicts) // len(brands)
    print(f"  {ticks} looks, {1000 * took / ticks:.2f} ms each with the store\n")


def show_nab(folder: Path) -> None:
    series = nab_series(folder)
    print("NAB, the five series, fixed default thresholds: false alarms per series-week by share of the volume kept")
    for name, threshold in (("critical", Thresholds().critical), ("watch", Thresholds().watch)):
        tallies = {share: nab_tally(series, threshold, share) for share in SHARES}
        whole = tallies[1.0]
        false = "  ".join(f"{share:.0%}: {tally.false_per_week:.2f}" for share, tally in tallies.items())
        mean = np.mean([tally.false_per_week for tally in tallies.values()])
        hits = f"windows {whole.windows}/16  tight {whole.tight}/17"
        print(f"  {name:9} {threshold:.1f}  {hits}  {false}  mean {mean:.2f}")
    print(f"\nSpeed: {speed() / 1e6:.1f} M brand-buckets/s, 100 brands, cold\n")


def load_yardstick(path: Path) -> ModuleType:
    """Import the yardstick from where it lies."""
    spec = importlib.util.spec_from_file_location("detection_yardstick", path)
    assert spec is not None and spec.loader is not None, path  # noqa: PT018
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def show_yardstick(folder: Path, yardstick: ModuleType) -> None:
    with tempfile.TemporaryDirectory() as scratch, tarfile.open(folder / NAB_ARCHIVE) as archive:
        wanted = [m for m in archive.getmembers() if "labels/" in m.name or Path(m.name).stem.split("_")[-1] in NAB]
        archive.extractall(scratch, wanted, filter="data")
        series = yardstick.load(f"{scratch}/{NAB_ROOT}")
    scores = [_yard_scores(one.ts, one.y[:, None])[:, 0] for one in series]
    print(yardstick.HEAD)
    yardstick.show("waves", yardstick.evaluate(series, scores))
    for background in ("real", "sim"):
        jobs = yardstick.injection_set(series, background=background, lifts=(3, 5, 10))
        rows = yardstick.injection_report(jobs, _job_scores(series, jobs), budget=1.0)
        by_lift = defaultdict(list)
        for row in rows:
            by_lift[row[2]].append((row[4], row[5]))
        told = "   ".join(
            f"x{lift}: {np.mean([r for r, _ in found]):.2f}, {np.mean([d for _, d in found]):.0f} min"
            for lift, found in by_lift.items()
        )
        print(f"Injected bursts, {background}, 1 false alarm per brand-week: recall, median delay   {told}")


def _yard_scores(times: NDArray[np.datetime64], counts: NDArray[np.int64]) -> NDArray[np.float64]:
    start = datetime.fromtimestamp(int(times[0].astype("datetime64[s]").astype(np.int64)), UTC)
    return alarm_scores(start, counts, Thresholds())


def _job_scores(series: Sequence[object], jobs: Sequence[tuple]) -> list[NDArray[np.float64]]:  # type: ignore[type-arg]
    """Score all bursts of one series at once, as so many brands."""
    scores: dict[int, NDArray[np.float64]] = {}
    for one in series:
        mine = [index for index, job in enumerate(jobs) if job[0] is one]
        columns = _yard_scores(one.ts, np.stack([jobs[index][3] for index in mine], axis=1))  # type: ignore[attr-defined]
        scores |= {index: columns[:, column] for column, index in enumerate(mine)}
    return [scores[index] for index in range(len(jobs))]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Measure detection on the evaluation data.")
    parser.add_argument("data", type=Path, help="folder of the evaluation data")
    parser.add_argument("--yardstick", type=Path, help="detection_yardstick.py; default: ../tools beside the data")
    asked = parser.parse_args(arguments)
    show_airlines(asked.data)
    show_nab(asked.data)
    path = asked.yardstick or asked.data.parent / "tools" / "detection_yardstick.py"
    if not path.exists():
        print(f"No yardstick at {path}: leave-one-out and injected bursts are left out.")
        return 0
    try:
        yardstick = load_yardstick(path)
    except ModuleNotFoundError as exc:
        print(f"The yardstick needs {exc.name}: leave-one-out and injected bursts are left out.")
        return 0
    show_yardstick(asked.data, yardstick)
    return 0


if __name__ == "__main__":
    sys.exit(main())
