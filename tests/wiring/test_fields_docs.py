"""The page of fields says what the mappings say: every field of every index, with its type."""

import re
from pathlib import Path

import pytest

from tocsin.index import schema

DOCS = Path(__file__).resolve().parents[2] / "include" / "docs"
PAGE = (DOCS / "fields.md").read_text(encoding="utf-8")


def rows(heading: str, page: str = PAGE) -> list[list[str]]:
    """Cells of the table under a heading, without its head."""
    found = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
    assert found, f"no heading {heading}"
    lines = [line for line in found[1].splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines][1:]


def fields(properties: dict, at: str = "") -> list[tuple[str, str]]:
    """Every field with its type, in the mapping's order; a group of equal numbers is written as one row."""
    found = []
    for name, field in properties.items():
        if "properties" not in field:
            found.append((f"`{at}{name}`", field["type"] + (", kept" if field.get("index") is False else "")))
        elif name == "counts":
            assert {one["type"] for one in field["properties"].values()} == {"long"}
            found.append(("`counts.*`", "long"))
        else:
            found += fields(field["properties"], f"{at}{name}.")
    return found


@pytest.mark.parametrize("kind", schema.KINDS)
def test_each_field_is_on_the_page_with_its_type_and_meaning(kind: str) -> None:
    written = rows(kind)
    assert [(name, kind_of) for name, kind_of, _ in written] == fields(schema.shape(kind)["mappings"]["properties"])
    assert all(meaning.endswith(".") for _, _, meaning in written)


def test_each_index_is_on_the_page() -> None:
    named = re.findall(r"^\| `tocsin-([a-z]+)", PAGE, re.MULTILINE)
    assert named == list(schema.KINDS)
    assert re.findall(r"^## (\w+)$", PAGE, re.MULTILINE) == list(schema.KINDS)


def test_each_status_of_a_step_can_be_counted() -> None:
    told = rows("What each status means", (DOCS / "operations.md").read_text(encoding="utf-8"))
    statuses = {status.strip() for _, names, _ in told for status in names.split(",")}
    assert statuses == set(schema.shape("reports")["mappings"]["properties"]["counts"]["properties"])
