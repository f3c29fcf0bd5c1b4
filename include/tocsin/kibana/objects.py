"""One line of an import file: what every saved object has, in versions that Kibana 8.9 and all later ones take."""

import json
from collections.abc import Sequence
from typing import Any

from tocsin.kibana.columns import Json

CORE = "8.8.0"
VERSIONS = {"index-pattern": "8.0.0", "search": "8.0.0", "dashboard": "8.9.0"}
"""The oldest that hold what we write: later versions of Kibana bring them up to date, none takes a newer one."""


def saved_object(kind: str, name: str, attributes: Json, references: Sequence[Json] = ()) -> Json:
    """One saved object, marked as managed: Kibana offers to clone it and not to edit it."""
    return {
        "type": kind,
        "id": name,
        "attributes": attributes,
        "references": list(references),
        "managed": True,
        "coreMigrationVersion": CORE,
        "typeMigrationVersion": VERSIONS[kind],
    }


def compact(value: Any) -> str:
    """JSON without spaces, letters as they are, keys in the order given: the same bytes each time."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
