"""What the indices want done once a day: months made before they begin, and ILM where the cluster has it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from tocsin.adapters.elastic.connection import Cluster
from tocsin.adapters.elastic.indices import Indices
from tocsin.errors import PermanentError
from tocsin.index import schema
from tocsin.index.document import month_at

AHEAD = timedelta(days=7)
"""How long before a month begins its index is made: a week in which a failed upkeep can be noticed."""

_SETTABLE = ("index_patterns", "template", "composed_of", "ignore_missing_component_templates", "priority", "version")
"""What of a template one may write back; what the cluster says besides, such as dates, it refuses."""

Body = dict[str, Any]


class ElasticCare:
    """The care of the indices of one prefix."""

    def __init__(self, cluster: Cluster, indices: Indices) -> None:
        self._cluster = cluster
        self._indices = indices
        self._policy = f"{indices.prefix}-months"

    def care(self, now: datetime) -> tuple[str, ...]:
        """Make this month's index, and the next one's in time; put our ILM policy in place, or say why not."""
        for kind in schema.MONTHLY:
            for moment in (now, now + AHEAD):
                self._indices.month(month_at(moment), kind)
        return tuple(self._manage())

    def _manage(self) -> Iterator[str]:
        try:
            held = self._held()
            if held is None:
                yield f"{self._cluster.url} has no index lifecycle management (ILM): months are kept, but never move"
                return
            if held.get("_meta") != schema.policy()["_meta"]:
                self._cluster.ask(lambda es: es.ilm.put_lifecycle(name=self._policy, policy=schema.policy()))
            for kind in schema.MONTHLY:
                self._attach(kind)
        except PermanentError as exc:
            yield f"the ILM policy {self._policy} could not be put in place: {exc}"

    def _held(self) -> Body | None:
        """Our policy as it is there, empty where there is none; None where the cluster has no ILM at all."""
        answer = self._cluster.ask(
            lambda es: es.options(ignore_status=[400, 404, 405]).perform_request(
                "GET", f"/_ilm/policy/{self._policy}", headers={"accept": "application/json"}
            )
        ).body
        if isinstance(
            answer.get("error"), str
        ):  # No way leads there: the module is missing. Else an error is a mapping.
            return None
        found: Body = answer.get(self._policy, {}).get("policy", {})
        return found

    def _attach(self, kind: str) -> None:
        """Let a kind's template name the policy for months to come, and each month that names none."""
        name = self._indices.name(kind)
        templates = self._cluster.ask(lambda es: es.indices.get_index_template(name=name))["index_templates"]
        template = templates[0]["index_template"]
        index = template["template"].setdefault("settings", {}).setdefault("index", {})
        if "lifecycle" not in index:
            index["lifecycle"] = {"name": self._policy}
            known = {key: template[key] for key in _SETTABLE if key in template}
            meta = template.get("_meta")
            self._cluster.ask(lambda es: es.indices.put_index_template(name=name, meta=meta, **known))
        told = self._cluster.ask(lambda es: es.indices.get_settings(index=name, name="index.lifecycle.name"))
        bare = sorted(set(self._indices.months(kind).values()) - set(told))
        if bare:
            settings = {"index.lifecycle.name": self._policy}
            self._cluster.ask(lambda es: es.indices.put_settings(index=bare, settings=settings))
