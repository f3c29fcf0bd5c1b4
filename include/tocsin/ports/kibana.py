"""A Kibana as one who brings dashboards sees it: what one of its spaces holds, and what it takes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

SavedObject = Mapping[str, Any]
"""A data view, saved search or dashboard as Kibana stores it: `type`, `id`, `attributes`, `references`."""


@dataclass(frozen=True, slots=True)
class Refused:
    """An object that Kibana did not store as it was given, and why, on one line."""

    object: SavedObject
    reason: str


class SavedObjects(Protocol):
    """The saved objects of one space. Errors: TransientError when it is busy or away, PermanentError else."""

    def version(self) -> str:
        """Give Kibana's version, "" where it does not tell it.

        PermanentError: no Kibana, one before 8.9, or no such space.
        """
        ...

    def find(self, keys: Sequence[tuple[str, str]]) -> Sequence[SavedObject]:
        """Give those of the objects, named by type and id, that the space holds."""
        ...

    def store(self, objects: Sequence[SavedObject]) -> Sequence[Refused]:
        """Create or overwrite the objects; give those that were refused, the others are stored."""
        ...
