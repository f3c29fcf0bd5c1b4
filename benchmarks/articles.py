"""Measure how articles are read off pages: `python benchmarks/articles.py ../shared/data`.

181 real pages and what people say is in them. Text: F1 of runs of four words, precision and recall as means over the
pages, as the benchmark's authors reckon. There is no truth for dates and authors, so it is counted where they were
found, and whether the day is the one that stands in the address. The floors are in tests/evaluation.
"""

import argparse
import gzip
import json
import re
import tarfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from datetime import time as clock
from pathlib import Path
from zoneinfo import ZoneInfo

from tocsin.collect.article import read_article
from tocsin.ports import Article

NOW = datetime(2026, 1, 1, tzinfo=UTC)
BENCHMARK = "articles_extraction_benchmark.tar.gz"
DATED_URL = re.compile(r"/(201\d|2020)[/-](0\d|1[0-2])[/-]([0-3]\d)(?!\d)")


@dataclass(frozen=True)
class Judged:
    """One page: its address, what people say its article is, and what we read."""

    url: str
    truth: str
    article: Article


@dataclass(frozen=True)
class Figures:
    """What was measured over all pages."""

    pages: int
    precision: float
    recall: float
    f1: float
    dates: int
    hours: int
    """Dates with an hour."""
    authors: int
    told: int
    """Pages whose address says the day."""
    right: int
    """Those of them whose date is of that day."""
    seconds: float


def measure(data: Path) -> Figures:
    """Read all pages and judge what was read."""
    began = time.process_time()
    judged = list(_judge(data / BENCHMARK))
    seconds = time.process_time() - began
    precision, recall = map(_mean, zip(*(_overlap(page) for page in judged), strict=True))
    dated = [page.article.published for page in judged if page.article.published]
    told = [(page, found) for page in judged if (found := DATED_URL.search(page.url))]
    return Figures(
        pages=len(judged),
        precision=precision,
        recall=recall,
        f1=2 * precision * recall / (precision + recall),
        dates=len(dated),
        hours=sum(at.time() != clock(12) for at in dated),
        authors=sum(bool(page.article.author) for page in judged),
        told=len(told),
        right=sum(_is_that_day(page.article.published, *map(int, found.groups())) for page, found in told),
        seconds=seconds,
    )


def _judge(archive: Path) -> Iterator[Judged]:
    with tarfile.open(archive) as tar:
        files = {Path(member.name).name: member for member in tar.getmembers() if member.isfile()}

        def content(name: str) -> bytes:
            file = tar.extractfile(files[name])
            assert file is not None
            return file.read()

        for name, told in json.loads(content("ground-truth.json")).items():
            page = gzip.decompress(content(f"{name}.html.gz"))
            article = read_article(page, told["url"], now=NOW, zone=ZoneInfo("UTC"))
            yield Judged(told["url"], told["articleBody"], article)


def _overlap(page: Judged) -> tuple[float, float]:
    got, true = _fours(page.article.text), _fours(page.truth)
    common = sum((got & true).values())
    return common / sum(got.values()), common / sum(true.values())


def _fours(text: str) -> Counter[tuple[str, ...]]:
    """Runs of four words, or the words where there are fewer."""
    words = re.findall(r"\w+", text)
    return Counter(zip(*(words[at:] for at in range(4)), strict=False)) or Counter([tuple(words)])


def _mean(values: tuple[float, ...]) -> float:
    return sum(values) / len(values)


def _is_that_day(published: datetime | None, year: int, month: int, day: int) -> bool:
    """Within a day and a half of that day's noon: addresses are written in the site's own zone."""
    noon = datetime(year, month, day, 12, tzinfo=UTC)
    return published is not None and abs(published - noon) <= timedelta(hours=36)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="folder of the evaluation data")
    for what, figure in asdict(measure(parser.parse_args().data)).items():
        print(f"{what:10} {figure:.3f}" if isinstance(figure, float) else f"{what:10} {figure}")
