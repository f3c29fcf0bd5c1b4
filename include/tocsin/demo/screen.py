"""Show the demo: a live picture on a terminal, plain lines elsewhere; nothing is decided here."""

import contextlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from tocsin.demo.mailbox import Mail
from tocsin.demo.post import Chapter
from tocsin.demo.view import View

_STEPS = ("collect", "enrich", "index", "alert")
_EVERY = 0.5
"""Seconds between two looks at the product."""


@dataclass(slots=True)
class Picture:
    """What is on the screen; the play changes it, the screen draws it."""

    chapters: Sequence[Chapter]
    chapter: Chapter | None = None
    doing: str = "setting the stage"
    view: View | None = None
    mails: Sequence[Mail] = ()


class Screen:
    """Draws a picture on `console` while the `with` block is open; milestones stay above it as lines."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.picture = Picture(())
        self._began = time.monotonic()
        self._drawn = 0.0
        self._live: Live | None = None

    @property
    def seconds(self) -> float:
        """Since the screen was made."""
        return time.monotonic() - self._began

    @contextlib.contextmanager
    def lit(self) -> Iterator[None]:
        """Draw inside the block; where the console is no terminal, only lines are written."""
        if not self.console.is_terminal:
            yield
            return
        # No thread of its own: what the terminal shows is what the play last knew.
        self._live = live = Live(console=self.console, auto_refresh=False, transient=True)
        live.start()
        try:
            yield
        finally:
            self._live = None
            # A terminal that was closed cannot be tidied.
            with contextlib.suppress(OSError, ValueError):
                live.stop()

    def say(self, line: str | RenderableType) -> None:
        """Write a line that stays; a terminal that was closed is no reason to stop."""
        stamped = f"[dim]{self.seconds:5.1f} s[/]  {line}" if isinstance(line, str) else line
        with contextlib.suppress(OSError, ValueError):
            self.console.print(stamped, highlight=False, soft_wrap=isinstance(line, str))

    def due(self) -> bool:
        """Say whether it is time to look at the product again."""
        return time.monotonic() - self._drawn >= _EVERY

    def draw(self, doing: str | None = None) -> None:
        """Show the picture as it is now, with `doing` as what goes on."""
        self.picture.doing = doing or self.picture.doing
        self._drawn = time.monotonic()
        with contextlib.suppress(OSError, ValueError):
            if self._live:
                self._live.update(_drawing(self.picture, self.seconds), refresh=True)


def _drawing(picture: Picture, seconds: float) -> RenderableType:
    parts: list[RenderableType] = [_headline(picture)]
    if picture.view:
        parts += [path_table(picture.view), brand_table(picture.view), *incident_lines(picture.view)]
    parts += mail_lines(picture.mails)
    parts.append(Text(f"{picture.doing} …", style="dim"))
    return Panel(Group(*parts), title=f"Tocsin's demo, {seconds:.0f} s", title_align="left", border_style="cyan")


def _headline(picture: Picture) -> Text:
    if picture.chapter is None:
        return Text("The curtain is still down.", style="bold")
    now = picture.chapter.number
    dots = "".join("●" if chapter.number <= now else "○" for chapter in picture.chapters)
    text = Text(f"{dots}  {now}. {picture.chapter.title}\n", style="bold")
    return text.append(picture.chapter.headline, style="not bold italic")


def path_table(view: View) -> Table:
    """The way of the mentions: each step, what came in, and what became of it."""
    table = Table("step", "came in", "of which", box=None, padding=(0, 2, 0, 0))
    for step in [*_STEPS, *sorted(set(view.steps) - set(_STEPS))]:
        counts = dict(view.steps.get(step, {}))
        came_in = counts.pop("came_in", 0)
        parts = ", ".join(f"{number} {name}" for name, number in counts.items() if number)
        table.add_row(step, str(came_in), parts or "-")
    table.add_row("stored", str(view.stored), "mentions in all", style="bold")
    return table


def brand_table(view: View) -> Table:
    """What each brand got in the last three hours beside what is usual."""
    table = Table("brand, last 3 h", box=None, padding=(0, 2, 0, 0))
    for name in ("negative", "usual", "stories", "authors", "all"):
        table.add_column(name, justify="right")
    for brand, counts in view.brands.items():
        usual = view.usual.get(brand, 0.0)
        loud = counts.negatives > 3 * max(usual, 1.0)
        numbers = (counts.negatives, f"{usual:.1f}", counts.stories, counts.authors, counts.mentions)
        table.add_row(brand, *map(str, numbers), style="bold red" if loud else "")
    return table


def incident_lines(view: View) -> list[Text]:
    """One line per incident: state, how many times the usual, since when."""
    return [
        Text(
            f"▲ incident: {incident.brand}, {incident.state}, {incident.severity.name.lower()}, "
            f"{incident.peak_factor:.0f} times the usual, since {incident.since:%H:%M} UTC",
            style="bold red" if incident.closed_at is None else "green",
        )
        for incident in view.incidents
    ]


def mail_lines(mails: Sequence[Mail]) -> list[Text]:
    """One line per mail that has arrived."""
    return [Text(f"✉ {', '.join(mail.to)}: {mail.subject}", style="bold green") for mail in mails]


def in_brief(view: View) -> str:
    """The same in one line, for a console that is no terminal."""
    brands = ", ".join(f"{brand} {counts.negatives}" for brand, counts in view.brands.items())
    return (
        f"read {view.count('collect', 'came_in')}, new {view.count('enrich', 'came_in')}, "
        f"stored {view.stored}; negative in 3 h: {brands}"
    )
