"""The JSON Schemas that let an editor complete and check the files while they are written."""

import json
from collections.abc import Mapping
from pathlib import Path

from tocsin.config.shapes import BrandsFile, ColumnsFile, PeopleFile, Shape, SourcesFile

SHAPES: Mapping[str, type[Shape]] = {
    "brands": BrandsFile,
    "columns": ColumnsFile,
    "people": PeopleFile,
    "sources": SourcesFile,
}
"""File names without .yaml, and what the files may hold."""


def json_schemas() -> dict[str, str]:
    """Give each schema's file name and text; the same bytes each time."""
    texts = {}
    for name, shape in SHAPES.items():
        schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **shape.model_json_schema()}
        texts[f"{name}.schema.json"] = json.dumps(schema, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    return texts


def write_schemas(folder: Path) -> list[Path]:
    """Write the schemas into the folder, making it if need be, and give their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, text in json_schemas().items():
        (folder / name).write_text(text, encoding="utf-8")
        paths.append(folder / name)
    return paths
