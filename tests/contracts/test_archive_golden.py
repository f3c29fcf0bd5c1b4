"""Each file of tests/golden/files, read by the map beside it, gives the items and the refusals beside it."""

import json
from pathlib import Path
from typing import Any

import pytest

from tocsin.adapters.files import LocalArchive
from tocsin.collect.read_file import LONG_AGO, ColumnMap, own_map, read_rows
from tocsin.model import BadItem, Source, SourceKind

GOLDEN = Path(__file__).parent.parent / "golden" / "files"
CASES = sorted(path for path in GOLDEN.iterdir() if path.suffix not in {".yaml", ".json"})


def read(path: Path) -> dict[str, Any]:
    """What the file says: items by what makes them, refusals by their reason."""
    archive, written = LocalArchive(), path.parent / f"{path.name.split('.')[0]}.map.yaml"
    columns = (
        ColumnMap(**archive.column_map(str(written))) if written.exists() else own_map(archive.own_columns(str(path)))
    )
    source = Source("golden", SourceKind.FILE, path.name)
    rows = archive.rows(str(path), columns.form)
    found = list(read_rows(rows, columns, source, LONG_AGO, lambda author, _network: author))
    return {
        "items": [
            {
                "published_at": item.published_at.isoformat(),
                "title": item.title,
                "text": item.text,
                "author": item.author,
                "url": item.url,
            }
            for item in found
            if not isinstance(item, BadItem)
        ],
        "refused": [f"{item.reason} | {item.excerpt}" for item in found if isinstance(item, BadItem)],
    }


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.name)
def test_golden(path: Path, update_golden: bool) -> None:
    expected = path.parent / f"{path.name.split('.')[0]}.expected.json"
    found = read(path)
    if update_golden:
        expected.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    assert found == json.loads(expected.read_text(encoding="utf-8"))
