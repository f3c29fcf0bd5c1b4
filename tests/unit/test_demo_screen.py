"""What the demo shows and says: numbers as they are, and for each way to fail the step and what helps."""

from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from tocsin.demo.mailbox import Mail
from tocsin.demo.outcome import DemoFailedError, by_hand, missing_mail_step, silent_step, step_of, where_to_look
from tocsin.demo.post import Chapter
from tocsin.demo.screen import Picture, Screen, in_brief
from tocsin.demo.view import View
from tocsin.model import Counts, Incident, IncidentState, Severity

NOW = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)
CHAPTERS = tuple(Chapter(number, f"Part {number}", f"What happens in {number}.", NOW, NOW) for number in range(3))
INCIDENT = Incident(
    "i1", "Citrombelle", IncidentState.OPEN, Severity.CRITICAL, since=NOW, opened_at=NOW, peak_factor=17.6
)
MAIL = Mail(("claire@x.example",), "Citrombelle [17 fois] l'usuel", "<1@x>", Path("/m/1.eml"), Path("/m/1.html"))


def view(**changes):
    steps = {
        "collect": {"came_in": 12, "new": 10, "duplicate": 2},
        "enrich": {"came_in": 10, "matched": 9, "unmatched": 1},
        "index": {"came_in": 9, "created": 9},
    }
    values = {
        "at": NOW,
        "steps": steps,
        "brands": {"Citrombelle": Counts(50, 41, 30, 28), "Pomelline": Counts(3, 1, 1, 1)},
        "usual": {"Citrombelle": 1.0},
        "incidents": (),
        "stored": 9,
    }
    return View(**values | changes)


def drawn(terminal, use):
    console = Console(file=StringIO(), force_terminal=terminal, width=110, color_system=None)
    screen = Screen(console)
    screen.picture = Picture(CHAPTERS, CHAPTERS[1], "collecting", view(incidents=(INCIDENT,)), (MAIL,))
    with screen.lit():
        use(screen)
    return console.file.getvalue()


def test_a_terminal_shows_the_way_the_brands_the_incident_and_the_mail():
    shown = drawn(True, lambda screen: screen.draw())
    for words in (
        "●●○  1. Part 1",
        "What happens in 1.",
        "10 new, 2 duplicate",
        "9 matched, 1 unmatched",
        "▲ incident: Citrombelle, open, critical, 18 times the usual, since 15:30 UTC",
        "✉ claire@x.example: Citrombelle [17 fois] l'usuel",
        "collecting …",
    ):
        assert words in shown
    line = next(line for line in shown.splitlines() if "Citrombelle " in line and " 41 " in line)
    assert [word for word in line.split() if word[0].isdigit()] == ["41", "1.0", "30", "28", "50"]


def test_elsewhere_only_the_lines_are_written():
    assert drawn(False, lambda screen: screen.draw()) == ""
    said = drawn(False, lambda screen: screen.say(in_brief(screen.picture.view)))
    assert "read 12, new 10, stored 9; negative in 3 h: Citrombelle 41, Pomelline 1" in said
    assert said.count("\n") == 1


def test_a_closed_terminal_is_no_reason_to_stop():
    console = Console(file=StringIO())
    console.file.close()
    Screen(console).say("still here")


def test_the_end_says_who_heard_of_it_and_where_everything_is():
    console = Console(file=StringIO(), width=100)
    console.print(where_to_look([MAIL], {"Airflow": "http://127.0.0.1:1"}, seconds=48.4, once=False))
    shown = console.file.getvalue()
    for words in (
        "48 s from the start",
        "claire@x.example",
        "[17 fois]",
        "/m/1.html",
        "/m/1.eml",
        "http://127.0.0.1:1",
    ):
        assert words in shown
    assert "Ctrl-C" in shown


@pytest.mark.parametrize(
    ("task", "step"),
    [("collect", "collect"), ("enrich", "enrich"), ("index", "index"), ("detect", "watch"), ("alert", "mail"),
     ("import", "airflow start"), ("", "collect")],
)  # fmt: skip
def test_each_task_belongs_to_a_step(task, step):
    error = DemoFailedError(step_of(task, "collect"), "because", tail="one\ntwo", log=Path("/l"))
    assert error.step == step
    assert f"failed at step: {step}" in str(error)
    assert "Why: because" in str(error)
    assert "  | two" in str(error)
    assert "What helps: " in str(error)
    assert "/l" in str(error)


@pytest.mark.parametrize("step", ["collect", "enrich", "index"])
def test_a_step_that_nothing_came_through_is_named(step):
    steps = {name: counts for name, counts in view().steps.items() if name != step}
    assert silent_step(view(steps=steps)) == step


def test_all_came_through_or_the_store_is_empty():
    assert silent_step(view()) is None
    assert silent_step(view(stored=0)) == "index"


def test_no_mail_is_the_watchs_fault_or_the_mails():
    assert missing_mail_step(view())[0] == "watch"
    step, reason = missing_mail_step(view(incidents=(INCIDENT,)))
    assert step == "mail"
    assert "Citrombelle (open)" in reason


def test_the_command_by_hand_can_be_pasted_where_nothing_is_activated() -> None:
    here = Path.cwd()
    near = by_hand(here / "demo", here / "demo" / "config", here / "bin" / "tocsin")
    assert near == "TOCSIN_HOME=demo TOCSIN_CONFIG=demo/config bin/tocsin search scandale"
    far = by_hand(Path("/a b"), Path("/a b/config"), Path("/bin/tocsin"))
    assert far == "TOCSIN_HOME='/a b' TOCSIN_CONFIG='/a b/config' /bin/tocsin search scandale"
