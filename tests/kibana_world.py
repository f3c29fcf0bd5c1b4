"""Two weeks of a small world, stored by the real ways: what the dashboards are asked about."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from tocsin.adapters.elastic import ElasticStores
from tocsin.index.labels import Labels
from tocsin.kibana.link import dashboard_link
from tocsin.model import (
    BUCKET,
    BadItem,
    Entity,
    Harm,
    Hourly,
    Incident,
    IncidentState,
    Judgement,
    Mention,
    Rhythm,
    SeriesPoint,
    Severity,
    SourceState,
    Tier,
    Tone,
    Window,
)

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
"""A Monday."""
BRANDS = {"citrombelle": "Citrombelle", "loreal": "L'Oréal", "ca": "Crédit Agricole", "abc": 'A&B "C"'}
LABELS = Labels(BRANDS, ZoneInfo("Europe/Paris"))
NETWORKS = ("web", "news", "forum")
LANGUAGES = ("fr", "en")
SOURCES = ("le-monde", "the-times", "forum-fr")
COMPOUNDS = {Tone.NEGATIVE: -0.7, Tone.NEUTRAL: 0.0, Tone.POSITIVE: 0.6, Tone.UNKNOWN: 0.0}
HARMS = {
    Tone.NEGATIVE: Harm.HARMFUL,
    Tone.NEUTRAL: Harm.NONE,
    Tone.POSITIVE: Harm.NONE,
    Tone.UNKNOWN: Harm.UNKNOWN,
}
EVERY = timedelta(minutes=20)
DAYS = 16


@dataclass(frozen=True)
class World:
    """All that was stored."""

    mentions: tuple[Mention, ...]
    points: tuple[SeriesPoint, ...]
    incidents: tuple[Incident, ...]
    sources: tuple[SourceState, ...]
    refused: tuple[BadItem, ...]


def make_world() -> World:
    """The same world each time."""
    return World(tuple(_mentions(Random(4))), tuple(_points(Random(5))), tuple(_incidents()), _sources(), _refused())


def store_world(world: World, stores: ElasticStores) -> None:
    """Put it where Kibana looks, findable before returning."""
    added = stores.mentions.add(world.mentions)
    assert (added.created, added.rejected) == (len(world.mentions), ())
    stores.series.save(world.points)
    for incident in world.incidents:
        stores.incidents.save(incident)
    for state in world.sources:
        stores.sources.save(state)
    stores.quarantine.put(world.refused)
    for kind in ("mentions", "series", "incidents", "sources", "quarantine"):
        stores.cluster.refresh(stores.indices.name(kind))


def _mentions(chance: Random) -> Iterator[Mention]:
    latest = dict.fromkeys(BRANDS, "")
    for number in range(DAYS * timedelta(days=1) // EVERY):
        brand = tuple(BRANDS)[number % len(BRANDS)]
        tone = chance.choices(list(Tone), (4, 3, 2, 1))[0]
        is_copy = bool(latest[brand]) and chance.random() < 0.3
        mention_id = f"m{number:05}"
        latest[brand] = latest[brand] if is_copy else mention_id
        at = NOW - number * EVERY - timedelta(seconds=chance.randrange(600))
        judged = _judged(brand, tone, number)
        title = f"Publication {number} : « {BRANDS[brand]} » & Cie"
        yield Mention(
            id=mention_id,
            source_id=chance.choice(SOURCES),
            network=chance.choice(NETWORKS),
            url=f"https://site{number % 7}.example.org/{number}?a=1&b=%22",
            title=title,
            text=f"Texte de la publication {number}, <b>brut</b>.",
            author=chance.choice(["", *(f"author{each}" for each in range(30))]),
            published_at=at,
            discovered_at=at + timedelta(minutes=2),
            language=chance.choice(LANGUAGES) if tone is not Tone.UNKNOWN else "und",
            brands=tuple(each.brand for each in judged),
            judgements=judged,
            tone=tone,
            compound=COMPOUNDS[tone],
            story_id=latest[brand],
            tier=tuple(Tier)[number % len(Tier)],
            audience=number * 100 % 70_000 if number % 3 else None,
            entities=(Entity(BRANDS[brand], "ORG", title.index("«") + 2, title.index("»") - 1),),
        )


def _judged(brand: str, tone: Tone, number: int) -> tuple[Judgement, ...]:
    """What a post says of its brand, and every ninth of another one besides, which it does no harm."""
    compound = COMPOUNDS[tone]
    harm = HARMS[tone] if number % 13 else Harm.RESOLVED
    told = Judgement(brand, tone, compound, harm, -min(compound, 0.0), ("honte",) if harm is Harm.HARMFUL else ())
    beside = tuple(BRANDS)[(number + 1) % len(BRANDS)]
    spared = Judgement(beside, Tone.NEUTRAL, 0.0, Harm.NONE, 0.0)
    return (told,) if number % 9 else (told, spared)


def _points(chance: Random) -> Iterator[SeriesPoint]:
    for brand in BRANDS:
        for number in range(timedelta(days=3) // BUCKET):
            counted = chance.choices((0, 1, 4), (6, 3, 1))[0]
            hour = Hourly(counted + 1.5, 1.2, 0.2, 3.4, 6.5) if number < 700 else Hourly(1.0, 1.0, None, None, None)
            at = NOW - (number + 1) * BUCKET
            yield SeriesPoint(brand, at, counted, hour, score=counted * 1.1, coverage=1.0 if number % 9 else 0.5)


def _incidents() -> Iterator[Incident]:
    for number, brand in enumerate(BRANDS):
        yield _incident(brand, NOW - timedelta(hours=30 + number), NOW - timedelta(hours=22))
        yield _incident(brand, NOW - timedelta(hours=3 + number), None)


def _incident(brand: str, since: datetime, closed_at: datetime | None) -> Incident:
    severity = Severity.WATCH if brand == "ca" else Severity.CRITICAL
    window = Window(since - timedelta(hours=1), since + timedelta(hours=6))
    return Incident(
        id=f"{brand}-{since:%Y%m%dT%H%M}",
        brand=brand,
        state=IncidentState.CLOSED if closed_at else IncidentState.OPEN,
        severity=severity,
        since=since,
        opened_at=since + timedelta(minutes=10),
        closed_at=closed_at,
        peak_score=5.5,
        peak_factor=7.2,
        mentions=42,
        told_at=since + timedelta(minutes=11),
        told_severity=severity,
        notices=2,
        link=dashboard_link(
            "https://kibana.example.org", space="default", brand_name=BRANDS[brand], window=window, language="fr"
        ),
    )


def _sources() -> tuple[SourceState, ...]:
    before, soon = NOW - timedelta(minutes=4), NOW + timedelta(minutes=6)
    healthy = [SourceState(name, checked_at=before, succeeded_at=before, due_at=soon) for name in SOURCES[:2]]
    failing = SourceState(SOURCES[2], None, None, (), before, NOW - timedelta(hours=5), soon, 4, "answered 503")
    never = SourceState("new-feed", None, None, (), before, None, soon, 9, "no address for example.invalid")
    throttled = SourceState(
        "r-france", checked_at=before, succeeded_at=before, due_at=soon, failures=1, throttled_until=soon, note="429"
    )
    long_ago = NOW - timedelta(days=20)
    rhythm = Rhythm(long_ago.date(), 3, (3,) * 14, long_ago)
    quiet = SourceState("old-blog", checked_at=before, succeeded_at=before, due_at=soon, rhythm=rhythm)
    return (*healthy, failing, never, throttled, quiet)


def _refused() -> tuple[BadItem, ...]:
    reasons = ("no date", "no text", 'not Unicode: "é"')
    return tuple(
        BadItem(f"bad{number}", "collect", SOURCES[number % 3], reasons[number % 3], "<item>", NOW - number * EVERY)
        for number in range(12)
    )
