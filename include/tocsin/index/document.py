"""How our values lie in a document store: mentions under ECS-like names, everything else under its own."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, TypeVar
from urllib.parse import urlsplit

import msgspec

from tocsin.errors import BadItemError
from tocsin.index.labels import Labels
from tocsin.index.words import words_to_index
from tocsin.model import Incident, Judgement, Mention, SeriesPoint, Tier
from tocsin.records import to_line

T = TypeVar("T")

NO_LABELS = Labels()

LONGEST = 8191
"""Characters of a name that is counted or sorted by: Lucene takes 32,766 bytes, and a character has up to four."""
PARTED = "\t"
"""Between a brand and the valence towards it in one field: arrays of a document forget what stood together."""
LONGEST_WORD = 256
LARGEST = 10 * 2**20
"""Bytes of a document: no post is as long, and a node puts off for ever what its memory cannot take at once."""
LONGEST_ID = 512
"""Bytes of a document's id, Elasticsearch's own limit."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_FIRST_MONTH = datetime(2000, 1, 1, tzinfo=UTC)


def micros(at: datetime) -> int:
    """Microseconds since 1970 UTC, exact: a store's own dates know only milliseconds. BadItemError: no zone."""
    if at.tzinfo is None:
        raise BadItemError(f"a time without its zone: {at}")
    return (at - _EPOCH) // _MICROSECOND


def from_micros(count: int) -> datetime:
    """The aware UTC time of `micros`."""
    return _EPOCH + count * _MICROSECOND


def month_of(mention: Mention) -> str:
    """Month whose index takes the mention, `2026.11`: that of the event.

    A date in the future counts as the month of discovery and one before 2000 as January 2000: sources claim odd
    dates, and each month is an index that a cluster carries.
    """
    return month_at(min(mention.published_at, mention.discovered_at))


def month_at(at: datetime) -> str:
    """The month that holds a moment, `2026.11`, or the first one that we keep."""
    return f"{max(at, _FIRST_MONTH).astimezone(UTC):%Y.%m}"


def month_end(month: str) -> datetime:
    """When a month such as `2026.11` is over."""
    year, number = map(int, month.split("."))
    return datetime(year + number // 12, number % 12 + 1, 1, tzinfo=UTC)


def document_id(name: str) -> str:
    """Id of the document called `name`: the name itself, or its digest when a store could not take it as an id.

    BadItemError: the name is not Unicode.
    """
    try:
        data = name.encode()
    except UnicodeEncodeError as exc:
        raise BadItemError(f"not Unicode text: {exc.reason} at character {exc.start}") from exc
    return name if 0 < len(data) <= LONGEST_ID else f"sha256:{sha256(data).hexdigest()}"


def words_of(text: str) -> list[str]:
    """Each folded word of a text once, cut to the length that a store takes."""
    return list(dict.fromkeys([word[:LONGEST_WORD] for word in words_to_index(text).split()]))


def cut(word: str) -> str:
    """A word as it is indexed and asked for."""
    return word[:LONGEST_WORD]


def to_document(mention: Mention, mark: str = "", labels: Labels = NO_LABELS) -> dict[str, Any]:
    """The mention's document; `mark` names the very call and place in it that stores it. BadItemError: no zone."""
    at = micros(mention.published_at)
    micros(mention.discovered_at)
    harmed = mention.harmed
    return {
        "@timestamp": _utc(mention.published_at),
        "event": {"id": mention.id, "micros": at, "created": _utc(mention.discovered_at), "mark": mark},
        "source_id": mention.source_id,
        "network": mention.network,
        "language": mention.language,
        "url": {"full": mention.url, "domain": domain_of(mention.url)},
        "title": mention.title,
        "message": mention.text,
        "user": {"hash": mention.author, "tier": mention.tier, "audience": mention.audience},
        "brand": mention.brands,
        "tone": mention.tone,
        "valence": mention.compound,
        "story": {"id": mention.story_id, "is_copy": mention.story_id != mention.id},
        "harmed": harmed,
        "harm": [_harm(judged) for judged in mention.judgements],
        "towards": [_towards(mention.judgement_of(brand)) for brand in harmed],
        "entity": mention.entities,
        "words": words_of(mention.text_of),
        **labels.of_mention(mention),
    }


def from_document(source: Mapping[str, Any]) -> Mention:
    """The mention that `to_document` was given. BadItemError: another version wrote it."""
    try:
        fields = {
            "id": source["event"]["id"],
            "source_id": source["source_id"],
            "network": source["network"],
            "url": source["url"]["full"],
            "title": source["title"],
            "text": source["message"],
            "author": source["user"]["hash"],
            "published_at": source["@timestamp"],
            "discovered_at": source["event"]["created"],
            "language": source["language"],
            "brands": source["brand"],
            "tone": source["tone"],
            "compound": source["valence"],
            "story_id": source["story"]["id"],
            "entities": source["entity"],
            "judgements": [_judgement(told) for told in source.get("harm", ())],
            "tier": source["user"].get("tier", Tier.UNKNOWN),
            "audience": source["user"].get("audience"),
        }
    except KeyError as exc:
        raise BadItemError(f"not a mention: it has no {exc}") from exc
    return _convert(fields, Mention)


def _harm(judged: Judgement) -> dict[str, Any]:
    return {
        "brand": judged.brand,
        "label": judged.harm,
        "score": judged.score,
        "words": judged.words,
        "tone": judged.tone,
        "valence": judged.compound,
    }


def _towards(judged: Judgement) -> str:
    return f"{judged.brand}{PARTED}{judged.compound!r}"


def read_towards(told: str) -> tuple[str, float]:
    """The brand and the valence towards it that a value of the field `towards` holds."""
    brand, _, valence = told.rpartition(PARTED)
    return brand, float(valence)


def _judgement(told: Mapping[str, Any]) -> dict[str, Any]:
    names = {"harm": "label", "compound": "valence"}
    return {field: told[names.get(field, field)] for field in ("brand", "tone", "compound", "harm", "score", "words")}


def refuse_uncountable(mention: Mention) -> None:
    """BadItemError: it has no id or no story, or a number that is none or lies out of its range."""
    if not mention.id or not mention.story_id:
        raise BadItemError("no id" if not mention.id else "no story id")
    for compound in (mention.compound, *(judged.compound for judged in mention.judgements)):
        if not -1 <= compound <= 1:  # Also catches NaN, which JSON would turn into null.
            raise BadItemError(f"compound {compound} is not in [-1, 1]")
    for judged in mention.judgements:
        if not 0 <= judged.score <= 1:
            raise BadItemError(f"score {judged.score} of {judged.brand} is not in [0, 1]")


def checked_document(mention: Mention, mark: str, labels: Labels = NO_LABELS) -> bytes:
    """The document as JSON. BadItemError: it would not read back equal, or could not be counted."""
    refuse_uncountable(mention)
    _refuse_long(mention)
    try:
        data = to_line(to_document(mention, mark, labels))
    except (UnicodeEncodeError, TypeError, ValueError, OverflowError) as exc:
        raise BadItemError(f"cannot be written: {exc}") from exc
    if len(data) > LARGEST:
        raise BadItemError(f"{len(data):,} bytes, more than {LARGEST:,}")
    if from_document(msgspec.json.decode(data)) != mention:
        raise BadItemError("would not read back as it was")
    return data


def to_record(value: object, at: datetime | None = None) -> dict[str, Any]:
    """Document of any other value: its own fields without `revision`, and `at` as time for charts and for sorting."""
    record: dict[str, Any] = msgspec.to_builtins(value)
    record.pop("revision", None)
    return record if at is None else {"@timestamp": _utc(at), "micros": micros(at), **record}


def from_record(source: Mapping[str, Any], kind: type[T], revision: str | None = None) -> T:
    """The value that `to_record` was given, under its revision if any. BadItemError: another version wrote it."""
    return _convert(source if revision is None else {**source, "revision": revision}, kind)


def to_incident(incident: Incident, labels: Labels) -> dict[str, Any]:
    """The incident's document; Kibana would show an empty link as one that leads nowhere, so there is none then."""
    record = {**to_record(incident, incident.opened_at), **labels.of_incident(incident)}
    if not incident.link:
        del record["link"]
    return record


def to_point(point: SeriesPoint, labels: Labels) -> dict[str, Any]:
    """The point's document: its bucket is the time of charts, so it stands there only. BadItemError: no zone."""
    record = {**to_record(point, point.at), **labels.of_point(point)}
    del record["at"]
    return record


def from_point(source: Mapping[str, Any]) -> SeriesPoint:
    """The point that `to_point` was given. BadItemError: another version wrote it."""
    return _convert({**source, "at": source.get("@timestamp")}, SeriesPoint)


def _convert(fields: Mapping[str, Any], kind: type[T]) -> T:
    try:
        return msgspec.convert(fields, kind)
    except msgspec.ValidationError as exc:
        raise BadItemError(f"not a {kind.__name__}: {exc}") from exc


def _utc(at: datetime) -> datetime:
    try:
        return at.astimezone(UTC)
    except OverflowError as exc:
        raise BadItemError(f"a time outside the calendar: {at}") from exc


def domain_of(url: str) -> str:
    """Host of an address; empty where it has none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _refuse_long(mention: Mention) -> None:
    names = {
        "id": mention.id,
        "source_id": mention.source_id,
        "network": mention.network,
        "author": mention.author,
        "language": mention.language,
        "story_id": mention.story_id,
    }
    for field, value in (*names.items(), *(("brand", brand) for brand in mention.brands)):
        if len(value) > LONGEST:
            raise BadItemError(f"{field} has {len(value)} characters, more than {LONGEST}")
