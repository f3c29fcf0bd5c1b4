"""Indices as they are needed: made from our templates just before something is first written to them."""

import re
from threading import Lock
from typing import Any

from elasticsearch import Elasticsearch

from tocsin.adapters.elastic.connection import Cluster
from tocsin.adapters.elastic.troubles import AbsentError
from tocsin.errors import PermanentError
from tocsin.index import schema

_PREFIX = re.compile(r"[a-z0-9][a-z0-9_-]{0,60}")


class Indices:
    """The indices of one prefix. Reading needs none of them; an index that was never made holds nothing."""

    def __init__(self, cluster: Cluster, prefix: str) -> None:
        if not _PREFIX.fullmatch(prefix):
            raise PermanentError(f"{prefix!r} is no prefix for indices; write small letters, digits, - and _")
        if problem := schema.prefix_problem(prefix):
            raise PermanentError(problem)
        self.prefix = prefix
        self.mentions = schema.alias("mentions", prefix)
        self._cluster = cluster
        self._ready: set[str] = set()
        self._lock = Lock()

    def name(self, kind: str) -> str:
        """Name under which a kind is asked."""
        return schema.alias(kind, self.prefix)

    def month(self, month: str, kind: str = "mentions") -> str:
        """Make sure of the index of a month such as `2026.11`, and give its name."""
        return self._make(kind, schema.month_index(self.prefix, month, kind))

    def months(self, kind: str) -> dict[str, str]:
        """The index behind each month of a kind, by the name that is written to: itself, or where it moved."""
        try:
            told = self._cluster.ask(lambda es: es.indices.get_alias(index=self.name(kind)))
        except AbsentError:
            return {}
        found = {_month(self.name(kind), index, list(named["aliases"])): index for index, named in told.items()}
        return dict(sorted(found.items()))

    def outdated(self, kind: str) -> dict[str, int]:
        """Indices of a monthly kind whose mapping is older than ours, with its version; one of a newer is none."""
        ours = schema.version(kind)
        return {index: version for index, version in self.versions(kind).items() if version < ours}

    def versions(self, kind: str) -> dict[str, int]:
        """The mapping's version of each index of a monthly kind; 0 where it says none."""
        told = [
            "*.mappings._meta",
            "*.mappings.dynamic",
        ]  # The second so that no index is left out for want of the first.
        name = self.name(kind)
        try:
            found = self._cluster.ask(lambda es: es.indices.get_mapping(index=name, filter_path=told))
        except AbsentError:
            return {}
        return {index: _version(held["mappings"]) for index, held in found.items()}

    def uuids(self) -> frozenset[str]:
        """Ids that the node gave to our indices: no two indices in the world share one."""
        told = self._cluster.ask(lambda es: es.indices.get_settings(index=f"{self.prefix}-*", name="index.uuid"))
        ours = (held for index, held in dict(told).items() if schema.is_under(index, self.prefix))
        return frozenset(held["settings"]["index"]["uuid"] for held in ours)

    def standing(self) -> tuple[str, ...]:
        """Every index under our prefix by name, and none of a longer one: `tocsin-b-ids` is not of `tocsin`."""
        told = self._cluster.ask(lambda es: es.indices.get(index=f"{self.prefix}-*", filter_path="*.aliases"))
        return tuple(sorted(index for index in dict(told) if schema.is_under(index, self.prefix)))

    def expression(self) -> str:
        """All that stands under our prefix, short enough for an address; empty where nothing does."""
        return ",".join(sorted({self._short(index) for index in self.standing()}))

    def _short(self, index: str) -> str:
        kind = index.removeprefix(f"{self.prefix}-").split("-")[0]
        return f"{self.prefix}-{kind}-*" if kind in {*schema.MONTHLY, schema.MOVED} else index

    def make(self, kind: str) -> str:
        """Make sure of the index of a kind, and give its name."""
        return self._make(kind, self.name(kind))

    def drop(self, name: str, index: str) -> None:
        """Delete the index of a month with all that is in it; it is made anew when something is written to it."""
        self._cluster.ask(lambda es: es.options(ignore_status=404).indices.delete(index=index))
        with self._lock:
            self._ready.discard(name)

    def _make(self, kind: str, index: str) -> str:
        with self._lock:
            if index not in self._ready:
                if not self._cluster.ask(lambda es: es.indices.exists(index=index)):
                    self.install(kind)
                    self._cluster.ask(lambda es: _create(es, index))
                self._ready.add(index)
        return index

    def install(self, kind: str) -> None:
        """Put our template where there is none or an older one. PermanentError: a newer Tocsin wrote it."""
        name, ours = self.name(kind), schema.version(kind)
        held = self._cluster.ask(lambda es: es.options(ignore_status=404).indices.get_index_template(name=name))
        found = held.get("index_templates") or [{"index_template": {}}]
        version = found[0]["index_template"].get("version", 0)
        if version > ours:
            raise PermanentError(f"{name} was written by a newer Tocsin (schema {version}, we know {ours})")
        if version < ours:
            body = schema.template(kind, self.prefix)
            meta = body.pop("_meta")
            self._cluster.ask(lambda es: es.indices.put_index_template(name=name, meta=meta, **body))


def _version(mapping: dict[str, Any]) -> int:
    return int(mapping.get("_meta", {}).get("tocsin", {}).get("version", 0))


def _month(alias: str, index: str, names: list[str]) -> str:
    return next((name for name in names if name.startswith(f"{alias}-")), index)


def _create(es: Elasticsearch, index: str) -> None:
    answer = es.options(ignore_status=400).indices.create(index=index)
    error = answer.get("error")
    # Another process may have been first.
    if error and error["type"] != "resource_already_exists_exception":
        raise PermanentError(f"cannot make {index}: {error['type']}: {error['reason']}")
