"""Our objects for a Kibana that lacks something: before 8.11 there is no panel of links."""

import json
import re
from collections.abc import Sequence

from tocsin.kibana.columns import Json
from tocsin.kibana.objects import compact
from tocsin.kibana.panels import told
from tocsin.ports import SavedObject

LINKS_SINCE = (8, 11)


def suited(objects: Sequence[SavedObject], version: str) -> list[SavedObject]:
    """The objects as a Kibana of this version draws them; all as they are where it does not tell its version."""
    number = re.match(r"(\d+)\.(\d+)", version)
    if not number or (int(number[1]), int(number[2])) >= LINKS_SINCE:
        return list(objects)
    return [_with_text(each) if each["type"] == "dashboard" else each for each in objects]


def _with_text(board: SavedObject) -> SavedObject:
    """A dashboard whose links stand in a text: they lead to the same places and keep neither time nor filters."""
    attributes = board["attributes"]
    panels = json.loads(attributes["panelsJSON"])
    targets = {reference["name"]: reference["id"] for reference in board["references"]}
    gone = tuple(f"{panel['panelIndex']}:link_" for panel in panels if panel["type"] == "links")
    changed = [_text(panel, targets) if panel["type"] == "links" else panel for panel in panels]
    kept = [one for one in board["references"] if not one["name"].startswith(gone)]
    return {**board, "attributes": {**attributes, "panelsJSON": compact(changed)}, "references": kept}


def _text(panel: Json, targets: dict[str, str]) -> Json:
    listed = panel["embeddableConfig"]["attributes"]["links"]
    names = [targets[f"{panel['panelIndex']}:{link['destinationRefName']}"] for link in listed]
    words = " · ".join(f"[{link['label']}](#/view/{name})" for link, name in zip(listed, names, strict=True))
    return {**panel, "type": "visualization", "embeddableConfig": told(words)}
