"""`tocsin doctor`: what works and what is missing, line by line, with the remedy."""

import os
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.text import Text

from tocsin.wiring.checkup import Finding, State, check_up

console = Console(soft_wrap=True, highlight=False)
_SIGNS = {State.OK: ("✓", "green"), State.DEGRADED: ("!", "yellow"), State.BROKEN: ("✗", "red bold")}


def doctor(
    json: Annotated[bool, typer.Option("--json", help="One JSON document instead of lines.")] = False,
) -> None:
    """Say what works and what is missing: settings, disk, store, sources, mail, Kibana, models.

    No mail is sent and nothing changed; where there is no home or SQLite file yet, an empty one is made. Each line is
    ok, degraded (the main work goes on) or broken, with the remedy.
    Exits 0 when nothing is broken, 1 when something is, 2 when it is a setting. Run it where Tocsin runs: what it
    finds holds for this machine and this environment.
    """
    found = []
    for finding in check_up(os.environ):
        found.append(finding)
        if not json:
            _show(finding)
    if json:
        typer.echo(msgspec.json.encode(found).decode())
    if code := exit_code(found):
        raise typer.Exit(code)


def exit_code(found: list[Finding]) -> int:
    """0 ok or degraded, 1 broken, 2 wrong settings."""
    if any(finding.wrong_setting for finding in found):
        return 2
    return int(any(finding.state is State.BROKEN for finding in found))


def _show(finding: Finding) -> None:
    sign, style = _SIGNS[finding.state]
    # As text, never as markup: what is told may come from outside.
    line = Text.assemble((f"{sign} {finding.state:<9}", style), (f"{finding.what:<14}", "bold"), finding.told)
    console.print(line)
    if finding.remedy:
        console.print(Text(f"{'':<25}→ {finding.remedy}"))
