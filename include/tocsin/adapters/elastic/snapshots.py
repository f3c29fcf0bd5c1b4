"""Snapshots of all that one prefix holds, into a repository that the cluster knows, and back."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tocsin.adapters.elastic.connection import Cluster
from tocsin.adapters.elastic.indices import Indices
from tocsin.errors import PermanentError, TransientError
from tocsin.index import schema

_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,199}")
_PATIENCE = 6 * 3600.0
"""Seconds that a snapshot or a restore may take."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A snapshot as the repository tells it; `state` is SUCCESS when it is whole."""

    name: str
    state: str
    at: datetime
    indices: tuple[str, ...]


class Snapshots:
    """The snapshots of one prefix in one repository."""

    def __init__(self, cluster: Cluster, indices: Indices, repository: str) -> None:
        self._cluster = cluster
        self._indices = indices
        self._repository = repository

    def register(self, location: str) -> None:
        """Make the repository a folder that every node reaches. PermanentError: not under the node's `path.repo`."""
        settings = {"type": "fs", "settings": {"location": location, "compress": True}}
        try:
            self._cluster.once(lambda es: es.snapshot.create_repository(name=self._repository, repository=settings))
        except TransientError as exc:  # A node calls a folder that it may not use a failure of its own, 500.
            raise PermanentError(str(exc)) from exc

    def take(self, name: str) -> Snapshot:
        """Take a snapshot of everything under the prefix, while others write. PermanentError: it is not whole."""
        if not _NAME.fullmatch(name):
            raise PermanentError(f"{name!r} is no name for a snapshot; write small letters, digits, - _ and .")
        held = self._indices.standing()
        if not held:
            raise PermanentError(
                f"nothing stands under the prefix {self._indices.prefix}, so there is nothing to keep"
            )
        self._cluster.ask(
            lambda es: es.options(request_timeout=_PATIENCE).snapshot.create(
                repository=self._repository,
                snapshot=name,
                indices=list(held),
                include_global_state=False,
                wait_for_completion=True,
            ),
            again=False,
        )
        taken = self.find(name)
        if taken.state != "SUCCESS":
            raise PermanentError(
                f"the snapshot {name} is {taken.state.lower()}: a part of the shards is missing in it"
            )
        return taken

    def all(self) -> tuple[Snapshot, ...]:
        """The repository's snapshots, oldest first."""
        told = self._cluster.ask(lambda es: es.snapshot.get(repository=self._repository, snapshot="*"))
        return tuple(sorted(map(_snapshot, told["snapshots"]), key=lambda found: (found.at, found.name)))

    def find(self, name: str) -> Snapshot:
        """One snapshot. PermanentError: there is none of this name."""
        found = next((snapshot for snapshot in self.all() if snapshot.name == name), None)
        if found is None:
            raise PermanentError(f"{self._repository} has no snapshot {name}; `tocsin store snapshots` lists them")
        return found

    def restore(self, name: str, prefix: str) -> tuple[str, ...]:
        """Bring everything back, under `prefix`; give the indices. PermanentError: something stands there already.

        `prefix` may be another than that of the snapshot, so that one can look before one moves.
        """
        snapshot, ours = self.find(name), self._indices.prefix
        mine = [index for index in snapshot.indices if schema.is_under(index, ours)]
        if not mine:
            raise PermanentError(f"the snapshot {name} holds nothing under the prefix {ours}")
        if standing := Indices(self._cluster, prefix).standing():
            raise PermanentError(
                f"{standing[0]} is there already; restore under another prefix (--as), or delete what is there first"
            )
        self._cluster.ask(
            lambda es: es.options(request_timeout=_PATIENCE).snapshot.restore(
                repository=self._repository,
                snapshot=name,
                indices=mine,
                include_global_state=False,
                include_aliases=False,
                rename_pattern=f"^{re.escape(ours)}-(.+)$",
                rename_replacement=f"{prefix}-$1",
                wait_for_completion=True,
            ),
            again=False,
        )
        restored = [f"{prefix}-{index.removeprefix(ours + '-')}" for index in mine]
        actions = [{"add": action} for index in restored for action in _names(index, prefix)]
        if actions:
            self._cluster.ask(lambda es: es.indices.update_aliases(actions=actions))
        return tuple(sorted(restored))


def _names(index: str, prefix: str) -> list[dict[str, str]]:
    """The aliases of a restored month: its kind's, and its own name where it was moved."""
    rest = index.removeprefix(f"{prefix}-")
    found = re.fullmatch(r"(?:moved-)?([a-z]+)-(\d{4}\.\d{2})(-v\d+-[0-9a-f]+)?", rest)
    if not found:
        return []
    alias = schema.alias(found[1], prefix)
    names = [{"index": index, "alias": alias}]
    if found[3]:
        names.append({"index": index, "alias": f"{alias}-{found[2]}"})
    return names


def _snapshot(told: dict[str, Any]) -> Snapshot:
    at = datetime.fromtimestamp(told["start_time_in_millis"] / 1000, UTC)
    return Snapshot(told["snapshot"], told["state"], at, tuple(sorted(told["indices"])))
