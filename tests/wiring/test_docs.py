"""Docs under test: every command, DAG, make verb, status and docs page is written down where a reader looks."""

import re
from pathlib import Path

import pytest
import typer.main

from tocsin.cli import app

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "include" / "docs"


def commands() -> list[str]:
    """Every command and subcommand as a person types it."""
    group = typer.main.get_command(app)
    found = []
    for name, command in group.commands.items():
        found += [f"{name} {sub}" for sub in getattr(command, "commands", {})] or [name]
    return found


@pytest.mark.parametrize("command", commands())
def test_every_command_is_in_operations(command):
    text = (DOCS / "operations.md").read_text()
    assert re.search(rf"`(tocsin )?{command}[` ]", text), f"`tocsin {command}` is not in operations.md"


@pytest.mark.parametrize("dag", sorted(path.stem for path in (ROOT / "dags").glob("*.py")))
def test_every_dag_is_in_operations(dag):
    assert f"| `{dag}` |" in (DOCS / "operations.md").read_text()


def test_every_make_verb_explains_itself():
    verbs = re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)
    explained = re.findall(r"^([a-z][a-z-]*):.*## \S", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)
    assert verbs == explained != []


@pytest.mark.parametrize("page", sorted(path.name for path in DOCS.glob("*.md")))
def test_every_page_is_reached_from_the_readme(page):
    assert f"(include/docs/{page})" in (ROOT / "README.md").read_text()


@pytest.mark.parametrize("page", [ROOT / "README.md", *sorted(DOCS.glob("*.md"))], ids=lambda page: page.name)
def test_every_link_to_a_file_leads_somewhere(page):
    text = page.read_text()
    targets = re.findall(r"\]\(([^)#:]+)\)", text) + re.findall(r'src="([^":]+)"', text)
    assert [target for target in targets if not (page.parent / target).exists()] == []
