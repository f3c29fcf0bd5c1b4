"""The words of the product: frozen values that pass between rooms. Times are aware UTC, windows half-open."""

from tocsin.model.fetches import Fetch, Moved, Rhythm, remembered
from tocsin.model.health import Health, health_of, is_heard, quiet_since, rest_while_pushed
from tocsin.model.incidents import Delivery, Incident, IncidentState, Message, Reason
from tocsin.model.keeping import Limits
from tocsin.model.moments import BUCKET, Window, floor_time
from tocsin.model.posts import (
    Added,
    BadItem,
    Entity,
    Harm,
    Judgement,
    Mention,
    RawItem,
    Rejection,
    Stage,
    Tier,
    Tone,
    full_text,
)
from tocsin.model.reports import Report, sum_of
from tocsin.model.stories import (
    BucketCounts,
    Counts,
    Drawn,
    Hourly,
    Series,
    SeriesPoint,
    StoryOrigin,
    StoryStart,
    StorySummary,
)
from tocsin.model.subscriptions import Parcel, Standing, Subscription
from tocsin.model.verdicts import Point, Verdict
from tocsin.model.watched import Brand, FullText, Person, Severity, Source, SourceKind, SourceState

__all__ = [
    "BUCKET",
    "Added",
    "BadItem",
    "Brand",
    "BucketCounts",
    "Counts",
    "Delivery",
    "Drawn",
    "Entity",
    "Fetch",
    "FullText",
    "Harm",
    "Health",
    "Hourly",
    "Incident",
    "IncidentState",
    "Judgement",
    "Limits",
    "Mention",
    "Message",
    "Moved",
    "Parcel",
    "Person",
    "Point",
    "RawItem",
    "Reason",
    "Rejection",
    "Report",
    "Rhythm",
    "Series",
    "SeriesPoint",
    "Severity",
    "Source",
    "SourceKind",
    "SourceState",
    "Stage",
    "Standing",
    "StoryOrigin",
    "StoryStart",
    "StorySummary",
    "Subscription",
    "Tier",
    "Tone",
    "Verdict",
    "Window",
    "floor_time",
    "full_text",
    "health_of",
    "is_heard",
    "quiet_since",
    "remembered",
    "rest_while_pushed",
    "sum_of",
]
