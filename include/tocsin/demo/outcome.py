"""Say how the demo ended: where to look when it worked, which step to mend when it did not."""

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.text import Text

from tocsin.demo.mailbox import Mail
from tocsin.demo.stage import NO_STORE
from tocsin.demo.view import View
from tocsin.errors import TocsinError

_REMEDIES = {
    "setup": "Run `make setup` again, from the clone's folder; `make clean` before it starts from nothing.",
    "airflow start": "Close what fills memory or disk (Airflow needs 1.5 GB and 1 GB) and try again.",
    "collect": "The feeds are on 127.0.0.1: look for a firewall between this machine and itself.",
    "enrich": "Run `make setup`: the language models come with it. Enriching needs about 1 GB of memory.",
    "index": "Look whether the disk is full and the folder writable.",
    "watch": "Nothing judged this a crisis: look at the counts above, and run `tocsin watch` by hand.",
    "mail": "The demo's mailbox is on 127.0.0.1: look for a firewall or a mail guard on this machine.",
}
_STEP_OF_TASK = {"detect": "watch", "alert": "mail", "import": "airflow start"}


class DemoFailedError(TocsinError):
    """The demo ended before the alarm; `step` is where, and the text says why and what helps."""

    def __init__(self, step: str, reason: str, *, tail: str = "", log: Path | None = None) -> None:
        lines = [f"The demo failed at step: {step}", f"Why: {reason}"]
        if tail:
            lines += ["The end of the log:", *(f"  | {line}" for line in tail.splitlines())]
        if log:
            lines.append(f"The whole log: {log}")
        lines.append(f"What helps: {_REMEDIES[step]}")
        super().__init__("\n".join(lines))
        self.step = step


def step_of(task: str, now_at: str) -> str:
    """Name the step that a task of ours belongs to; `now_at` where the task is not known."""
    step = _STEP_OF_TASK.get(task, task)
    return step if step in _REMEDIES else now_at


def silent_step(view: View) -> str | None:
    """The first step that nothing came through although all ran; None when mentions are stored."""
    for step in ("collect", "enrich", "index"):
        if not view.count(step, "came_in"):
            return step
    return None if view.stored else "index"


def missing_mail_step(view: View) -> tuple[str, str]:
    """Step and reason when the story is told and the mails are not there."""
    if not view.incidents:
        return "watch", "the story was told and no incident was opened"
    told = ", ".join(f"{incident.brand} ({incident.state})" for incident in view.incidents)
    return "mail", f"an incident is open for {told}, but not everybody's mail has arrived"


def where_to_look(mails: Sequence[Mail], places: dict[str, str], *, seconds: float, once: bool) -> RenderableType:
    """The panel that ends the telling: who heard of it, and every place where it can be looked at."""
    lines: list[RenderableType] = [
        Text(f"The alarm reached {', '.join(mail.to[0] for mail in mails)}.", style="bold green")
    ]
    for mail in mails:
        lines += [Text(f"\n✉ {mail.subject}"), *(_place(path) for path in (mail.html, mail.eml) if path)]
    lines.append(Text("\nHours were told in seconds here: a Tocsin that runs hears each post within a minute.\n"))
    lines += [Text.assemble((f"{name:<12}", "bold"), value) for name, value in places.items()]
    if not once:
        lines.append(Text("\nThe story goes on, one look a minute. Ctrl-C stops everything.", style="italic"))
    return Panel(Group(*lines), title=f"{seconds:.0f} s from the start to the e-mails", border_style="green")


def by_hand(home: Path, config: Path, tool: Path, store: Mapping[str, str] = NO_STORE) -> str:
    """The command that searches what the demo stored, to be pasted into a shell that knows no environment of ours.

    A key is not shown: who set one has it.
    """
    folder, files, command = (shlex.quote(str(_from_here(path))) for path in (home, config, tool))
    names = ("TOCSIN_STORE", "TOCSIN_ELASTICSEARCH_PREFIX", "TOCSIN_ELASTICSEARCH_CA")
    there = [f"{name}={shlex.quote(store[name])} " for name in names if store.get(name)]
    return f"TOCSIN_HOME={folder} TOCSIN_CONFIG={files} {''.join(there)}{command} search scandale"


def _from_here(path: Path) -> Path:
    """A path short enough for one line where it can be: from the folder that the reader is in."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _place(path: Path) -> Text:
    text = Text(f"  {_from_here(path)}", overflow="fold", no_wrap=False)
    text.stylize(f"link file://{path}")
    return text
