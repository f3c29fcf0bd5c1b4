"""What a round did, in the format that Prometheus reads."""

import re
from datetime import UTC, datetime

from tocsin.collect.metrics import metrics_text
from tocsin.model import Fetch, Source, SourceKind, SourceState

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
SOURCES = [Source(name, SourceKind.FEED, "https://e.org/f") for name in ("well", "ill", "new")]
STATES = {
    "well": SourceState("well", checked_at=NOW, succeeded_at=NOW, fetches=(Fetch(NOW, "fetched", 1250),)),
    "ill": SourceState("ill", checked_at=NOW, succeeded_at=NOW, failures=3),
    "former": SourceState("former", checked_at=NOW, succeeded_at=NOW),
}


def test_each_metric_is_told_with_its_type_once() -> None:
    text = metrics_text(SOURCES, STATES, {"fetched": 1, "failed": 1, "resting": 1}, took=2.5, now=NOW)
    values = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    assert values['tocsin_sources{health="healthy"}'] == "1"
    assert values['tocsin_sources{health="failing"}'] == "1"
    assert values['tocsin_sources{health="never"}'] == "1"
    assert values["tocsin_sources_heard"] == "1"
    assert values['tocsin_round_looks{status="resting"}'] == "1"
    assert values["tocsin_round_seconds"] == "2.500"
    assert values["tocsin_slowest_fetch_seconds"] == "1.250"
    assert values["tocsin_round_timestamp_seconds"] == f"{NOW.timestamp():.0f}"
    types = re.findall(r"^# TYPE (\w+) gauge$", text, re.MULTILINE)
    assert len(set(types)) == len(types)
    assert {name.partition("{")[0] for name in values} == set(types)
    assert text.endswith("\n")
