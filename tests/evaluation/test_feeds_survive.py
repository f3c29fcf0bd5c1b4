"""Thousands of feeds written to break readers: none breaks ours, and no markup of theirs survives."""

import re
import tarfile
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tocsin.collect.read_feed import read_feed
from tocsin.errors import PermanentError
from tocsin.model import Source, SourceKind
from tocsin.ports import FetchResponse

pytestmark = pytest.mark.evaluation

NOW = datetime(2026, 3, 3, tzinfo=UTC)
SOURCE = Source("any", SourceKind.FEED, "http://127.0.0.1:8097/feed.xml")
MARKUP = re.compile(r"<[a-zA-Z/!?]|\bon\w+\s*=\s*['\"]?\w+\(", re.IGNORECASE)


def documents(archive: Path) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(archive) as tar:
        for member in tar:
            if member.name.endswith((".xml", ".json")) and (file := tar.extractfile(member)):
                yield member.name, file.read()


@pytest.mark.parametrize(
    ("archive", "most_refused", "least_said"),
    [("feeds_feedparser_tests.tar.gz", 8, 1_200), ("feeds_miniflux.tar.gz", 2, 260)],
)
def test_no_feed_breaks_us_and_no_markup_survives(
    evaluation_data: Path, archive: str, most_refused: int, least_said: int
) -> None:
    seen: Counter[str] = Counter()
    for name, body in documents(evaluation_data / archive):
        try:
            feed = read_feed(FetchResponse(SOURCE.url, 200, body), SOURCE, now=NOW, pseudonym=lambda a, _: a)
        except PermanentError:
            seen["refused"] += 1
            continue
        seen["entries"] += len(feed.items) + len(feed.bad)
        for item in feed.items:
            assert not MARKUP.search(f"{item.title}\n{item.text}"), name
            assert item.url == "" or item.url.startswith(("http://", "https://")), name
    assert seen["refused"] <= most_refused
    assert seen["entries"] >= least_said
