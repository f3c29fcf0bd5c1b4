"""The door of the room: our objects brought to a Kibana, and only those that differ from what it holds."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tocsin.kibana.older import suited
from tocsin.ports import Refused, SavedObject, SavedObjects

Json = Any


@dataclass(frozen=True, slots=True)
class Pushed:
    """What became of our objects; the four parts add up to what was given. A dry run says what would become."""

    version: str
    """Version of the Kibana; empty where it does not tell it."""
    created: tuple[SavedObject, ...] = ()
    updated: tuple[SavedObject, ...] = ()
    unchanged: tuple[SavedObject, ...] = ()
    refused: tuple[Refused, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """How many objects met each end."""
        ends = {
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "refused": self.refused,
        }
        return {end: len(objects) for end, objects in ends.items()}


def push_objects(objects: Sequence[SavedObject], *, kibana: SavedObjects, dry_run: bool = False) -> Pushed:
    """Create what is missing and update what differs; what is the same is not sent. Errors: those of the port.

    A Kibana that lacks a kind of panel gets the nearest that it has. One object that it refuses does not stop the
    others.
    """
    version = kibana.version()
    objects = suited(objects, version)
    held = {key(each): each for each in kibana.find([key(each) for each in objects])}
    unchanged = tuple(each for each in objects if key(each) in held and is_same(each, held[key(each)]))
    same = {key(each) for each in unchanged}
    changed = [each for each in objects if key(each) not in same]
    refused = tuple(kibana.store(changed)) if changed and not dry_run else ()
    lost = {key(each.object) for each in refused}
    done = [each for each in changed if key(each) not in lost]
    return Pushed(
        version,
        created=tuple(each for each in done if key(each) not in held),
        updated=tuple(each for each in done if key(each) in held),
        unchanged=unchanged,
        refused=refused,
    )


def key(saved: SavedObject) -> tuple[str, str]:
    """Type and id: what Kibana knows an object by."""
    return saved["type"], saved["id"]


def named(saved: SavedObject) -> str:
    """Type, id and title: what people find an object by."""
    return f"{saved['type']} {saved['id']} ({title(saved)})"


def title(saved: SavedObject) -> str:
    """The name that people see; a data view's index where it has no name."""
    attributes = saved.get("attributes", {})
    return str(attributes.get("name") or attributes.get("title") or "")


def is_same(ours: SavedObject, theirs: SavedObject) -> bool:
    """Say whether Kibana holds our object as we write it; when and by whom it was stored does not count.

    A Kibana whose model of the type is newer than ours has added to what we wrote: there it is enough that all of
    ours is still in it.
    """
    if _references(ours) != _references(theirs):
        return False
    mine, held = _opened(ours["attributes"]), _opened(theirs["attributes"])
    if _model(theirs) <= _model(ours):
        return bool(mine == held)
    # Newer Kibanas move what a saved search shows into its first tab.
    tabs = held.get("tabs") or [{}]
    return _holds({**_opened(tabs[0].get("attributes", {})), **held}, mine)


def _references(saved: SavedObject) -> list[tuple[str, str, str]]:
    return sorted((each["name"], each["type"], each["id"]) for each in saved.get("references", ()))


def _model(saved: SavedObject) -> tuple[int, ...]:
    version = str(saved.get("typeMigrationVersion") or "0")
    return tuple(int(part) for part in version.split(".") if part.isdecimal())


def _opened(value: Json) -> Json:
    """The value with all JSON that lies in its texts read, since who writes it again may order it otherwise."""
    if isinstance(value, Mapping):
        return {name: _opened(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_opened(each) for each in value]
    if isinstance(value, str) and value[:1] in {"{", "["}:
        try:
            return _opened(json.loads(value))
        except ValueError:
            return value  # A title may begin with a bracket.
    return value


def _holds(held: Json, mine: Json) -> bool:
    if isinstance(mine, dict) and isinstance(held, dict):
        return all(name in held and _holds(held[name], each) for name, each in mine.items())
    if isinstance(mine, list) and isinstance(held, list):
        return len(mine) == len(held) and all(_holds(a, b) for a, b in zip(held, mine, strict=True))
    return bool(held == mine)
