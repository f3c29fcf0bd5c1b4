"""What Kibana's answers say about single objects, read without trust that they are whole."""

from collections.abc import Iterable, Mapping
from typing import Any

Json = dict[str, Any]
Key = tuple[str, str]

LONGEST_WORDS = 300
"""Characters of a foreign reason that we repeat."""
NOT_FOUND = 404


def lacking(told: Json) -> set[Key]:
    """Of an export that was refused: the objects that it found nowhere."""
    objects = _listed(told.get("attributes"), "objects")
    return {_key(each) for each in objects if _at(each, "error", "statusCode") == NOT_FOUND}


def troubles(told: Json, keys: Iterable[Key]) -> dict[Key, str]:
    """Of an import: each of these objects that is not there now as it was given, and why."""
    stored = {_key(each): each for each in _listed(told, "successResults")}
    errors = {_key(each): each for each in _listed(told, "errors")}
    reasons = {key: _why(stored.get(key), errors.get(key)) for key in keys}
    return {key: reason for key, reason in reasons.items() if reason}


def version(told: Json) -> str | None:
    """Of a status: the version, empty where a Kibana keeps it to itself; None: no Kibana speaks so.

    Kibana tells it only to who is logged in; one without its security plugin, to nobody: seen in 8.12.2.
    """
    number = words(_at(told, "version", "number"))
    parts = number.partition("-")[0].split(".")
    if len(parts) > 1 and all(part.isascii() and part.isdecimal() for part in parts):
        return number
    return "" if not number and isinstance(_at(told, "status", "overall", "level"), str) else None


def is_older(number: str, than: tuple[int, int]) -> bool:
    """Whether this version, as `version` gives it, comes before another."""
    major, minor = number.partition("-")[0].split(".")[:2]
    return (int(major), int(minor)) < than


def words(value: object) -> str:
    """Foreign words on one line without a control character among them, cut where they grow long."""
    text = "" if value is None else str(value)
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())[:LONGEST_WORDS]


def _why(stored: Json | None, error: Json | None) -> str:
    if error is not None:
        return _reason(error.get("error"))
    if stored is None:
        return "Kibana does not say what became of it"
    other = stored.get("destinationId")
    if other and other != stored.get("id"):
        return (
            f"another space holds this id, so Kibana stored a copy as {words(other)} that no link finds: delete that "
            "copy, and push to one space only"
        )
    return ""


def _reason(error: object) -> str:
    kind = words(_at(error, "type")) or "refused"
    missing = [f"{words(each.get('type'))} {words(each.get('id'))}" for each in _listed(error, "references")]
    # Where Kibana raised an error of its own, its words lie deep: seen in 8.12.2.
    told = ", ".join(missing) or words(_at(error, "message") or _at(error, "output", "payload", "message"))
    return f"{kind}: {told}" if told else kind


def _listed(value: object, name: str) -> list[Json]:
    found = _at(value, name)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _key(saved: Mapping[str, Any]) -> Key:
    return str(saved.get("type")), str(saved.get("id"))


def _at(value: object, *names: str) -> Any:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value
