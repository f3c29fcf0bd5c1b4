"""Counts of the sources in Prometheus' text format, for whoever watches the watcher."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from tocsin.model import Health, Source, SourceState, health_of, is_heard


def metrics_text(
    sources: Sequence[Source],
    states: Mapping[str, SourceState],
    counts: Mapping[str, int],
    *,
    took: float,
    now: datetime,
) -> str:
    """Give the metrics after a round: health of the sources, how many are heard, what the round did and how long.

    `counts` are the round's looks by status, `took` its seconds. The same values give the same text.
    """
    known = [states.get(source.id, SourceState(source.id)) for source in sources]
    health = Counter(health_of(state, now) for state in known)
    heard = sum(is_heard(source, state, now) for source, state in zip(sources, known, strict=True))
    slowest = max((state.fetches[-1].took for state in known if state.fetches), default=0)
    lines = [
        *_head("tocsin_sources", "gauge", "Sources by health."),
        *(f'tocsin_sources{{health="{word.value}"}} {health[word]}' for word in Health),
        *_head("tocsin_sources_heard", "gauge", "Sources that detection hears."),
        f"tocsin_sources_heard {heard}",
        *_head("tocsin_round_looks", "gauge", "Looks of the last round by what became of them."),
        *(f'tocsin_round_looks{{status="{status}"}} {number}' for status, number in sorted(counts.items())),
        *_head("tocsin_round_seconds", "gauge", "How long the last round took."),
        f"tocsin_round_seconds {took:.3f}",
        *_head("tocsin_slowest_fetch_seconds", "gauge", "The slowest of the sources' last fetches."),
        f"tocsin_slowest_fetch_seconds {slowest / 1000:.3f}",
        *_head("tocsin_round_timestamp_seconds", "gauge", "When the last round began, in seconds since 1970."),
        f"tocsin_round_timestamp_seconds {now.timestamp():.0f}",
    ]
    return "\n".join(lines) + "\n"


def _head(name: str, kind: str, told: str) -> tuple[str, str]:
    return f"# HELP {name} {told}", f"# TYPE {name} {kind}"
