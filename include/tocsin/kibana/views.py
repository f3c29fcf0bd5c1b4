"""Data views: which index each chart reads, what its fields are called, and how their values are shown."""

from collections.abc import Mapping

from tocsin.kibana.columns import MINUTES, ONE_DECIMAL, PERCENT, TIMES, Json
from tocsin.kibana.objects import compact, saved_object
from tocsin.kibana.texts import Texts
from tocsin.model import Harm, Health

TIME = {
    "mentions": "@timestamp",
    "series": "@timestamp",
    "incidents": "@timestamp",
    "sources": "",
    "quarantine": "@timestamp",
}
"""Each view with the field that the time picker goes by. Sources have none: one that was never reached has no time
at all, and it is the one to be seen."""

LABELS: Mapping[str, tuple[str, ...]] = {
    "mentions": (
        "@timestamp",
        "brand_name",
        "harmed_name",
        "harm.label",
        "harm.score",
        "harm.words",
        "language",
        "network",
        "tone",
        "valence",
        "title",
        "headline",
        "message",
        "url.full",
        "url.domain",
        "user.hash",
        "user.tier",
        "user.audience",
        "story.id",
        "story.is_copy",
        "source_id",
        "event.created",
        "entity.text",
        "local.hour",
        "local.weekday",
    ),
    "series": (
        "@timestamp",
        "brand_name",
        "counted",
        "hour.counted",
        "hour.usual",
        "hour.lower",
        "hour.upper",
        "hour.critical",
        "score",
        "coverage",
    ),
    "incidents": (
        "@timestamp",
        "brand_name",
        "state",
        "level",
        "since",
        "opened_at",
        "closed_at",
        "minutes",
        "peak_score",
        "peak_factor",
        "mentions",
        "notices",
        "link",
    ),
    "sources": ("source_id", "health", "note", "failures", "checked_at", "succeeded_at", "due_at"),
    "quarantine": ("@timestamp", "step", "source_id", "reason"),
}
"""Fields that get a name in the reader's language. The others keep their own: they are for the curious."""

VALUES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "mentions": {
        "tone": ("negative", "neutral", "positive", "unknown"),
        "harm.label": tuple(Harm),
        "local.weekday": ("1", "2", "3", "4", "5", "6", "7"),
    },
    "incidents": {"level": ("calm", "watch", "critical"), "state": ("open", "closed")},
    "sources": {"health": tuple(Health)},
}
"""Values that are words of ours, and are shown in the reader's language."""

NUMBERS: Mapping[str, Mapping[str, Json]] = {
    "series": {
        "hour.counted": ONE_DECIMAL,
        "hour.usual": ONE_DECIMAL,
        "hour.lower": ONE_DECIMAL,
        "hour.upper": ONE_DECIMAL,
        "hour.critical": ONE_DECIMAL,
        "score": ONE_DECIMAL,
        "coverage": PERCENT,
    },
    "incidents": {"peak_factor": TIMES, "peak_score": ONE_DECIMAL, "minutes": MINUTES},
}
DATES = {
    "mentions": ("@timestamp", "event.created"),
    "series": ("@timestamp",),
    "incidents": ("@timestamp", "since", "opened_at", "closed_at"),
    "sources": ("checked_at", "succeeded_at", "due_at"),
    "quarantine": ("@timestamp",),
}
"""Times that are shown to the minute, in figures: Kibana writes months' names in English."""
LINKS = {"mentions": ("url.full", "open_post"), "incidents": ("link", "open_incident")}
"""The field of a view that is an address, and what to call it. The address itself is the link: a brand's name never
goes into a template, where its quotes would break the link."""


def data_views(t: Texts, prefix: str) -> list[Json]:
    """Every data view, over the indices under `prefix`."""
    return [_view(t, kind, prefix) for kind in TIME]


def _view(t: Texts, kind: str, prefix: str) -> Json:
    labels = {field: {"customLabel": t(_label(kind, field))} for field in LABELS[kind]}
    attributes: Json = {
        "title": f"{prefix}-{kind}",
        "name": t(f"view_{kind}"),
        "sourceFilters": "[]",
        "fields": "[]",
        "fieldAttrs": compact(labels),
        "typeMeta": "{}",
        "fieldFormatMap": compact(_formats(t, kind)),
        "runtimeFieldMap": "{}",
    }
    attributes |= {"timeFieldName": TIME[kind]} if TIME[kind] else {}
    return saved_object("index-pattern", t.views[kind], attributes)


def _label(kind: str, field: str) -> str:
    """Key of the field's name: a view's own where the same field means different things."""
    return "opened_at" if (kind, field) == ("incidents", "@timestamp") else field


def _formats(t: Texts, kind: str) -> Json:
    formats: Json = {date: {"id": "date", "params": {"pattern": t("date_pattern")}} for date in DATES[kind]}
    formats |= NUMBERS.get(kind, {})
    for field, values in VALUES.get(kind, {}).items():
        entries = [{"key": value, "value": t(f"{field}={value}")} for value in values]
        formats[field] = {"id": "static_lookup", "params": {"lookupEntries": entries, "unknownKeyValue": None}}
    if kind in LINKS:
        field, words = LINKS[kind]
        params = {"type": "a", "labelTemplate": t(words), "openLinkInCurrentTab": False}
        formats[field] = {"id": "url", "params": params}
    return formats
