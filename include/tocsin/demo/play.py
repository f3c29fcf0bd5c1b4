"""Play the demo: tell the story chapter by chapter and press Airflow's buttons until the alarm has arrived."""

import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tocsin.airflow_rest import AirflowRest, RunFailedError
from tocsin.config import load_config
from tocsin.demo.mailbox import Mailbox
from tocsin.demo.newsroom import Newsroom
from tocsin.demo.outcome import DemoFailedError, by_hand, missing_mail_step, silent_step, step_of, where_to_look
from tocsin.demo.post import Chapter
from tocsin.demo.screen import Picture, Screen, in_brief
from tocsin.demo.stage import Stage, demo_settings, take_stage, without_ours, write_config
from tocsin.demo.store import Keeping, Kind, take_store
from tocsin.demo.story import tell_story
from tocsin.demo.view import View, make_due, read_view
from tocsin.errors import TocsinError
from tocsin.processes import alive_in, stop_signals, wait_until
from tocsin.standalone import Standalone, StandaloneError, airflow_environment, free_ports
from tocsin.wiring.outside import SystemClock

_ALARM = 4
"""The chapter after which people must have heard of it; the later ones happen while you watch."""
_START, _PARSE, _RUN, _MAIL = 120.0, 60.0, 90.0, 15.0
"""Patience in seconds: for Airflow to start, to read the DAGs, for one run, for the mail after the last one."""


def play_demo(
    home: Path,
    project: Path,
    environ: Mapping[str, str],
    screen: Screen,
    *,
    once: bool,
    store: Kind = "sqlite",
) -> None:
    """Play until the alarm has arrived, and without `once` on until Ctrl-C; every process we start is stopped.

    DemoFailedError says at which step it ended, why, and what helps. KeyboardInterrupt and StopSignal pass through.
    """
    with stop_signals(), ExitStack() as stack:
        stage = stack.enter_context(take_stage(home, project))
        keeping = stack.enter_context(take_store(store, environ, screen.say))
        clock = SystemClock()
        newsroom = stack.enter_context(Newsroom(tell_story(stage.scenario, clock.now()), clock.now))
        mailbox = stack.enter_context(Mailbox(stage.home / "mail"))
        write_config(stage, newsroom)
        settings = demo_settings(stage, mailbox.port, keeping.settings)
        base = without_ours(environ) | settings
        environment = airflow_environment(stage.home, project, ports=free_ports(), password=stage.password, base=base)
        screen.picture = Picture(newsroom.story.chapters)
        stack.enter_context(screen.lit())
        newsroom.release(0)
        standalone = stack.enter_context(_running(Standalone(environment, stage.log, stage.home), screen))
        rest = stack.enter_context(AirflowRest(standalone.url, "admin", stage.password))
        play = Play(stage, newsroom, mailbox, standalone, rest, settings, screen, keeping)
        play.until_alarm()
        screen.say(where_to_look(mailbox.mails, play.places(), seconds=screen.seconds, once=once))
        if not once:
            play.go_on()


@contextmanager
def _running(standalone: Standalone, screen: Screen) -> Iterator[Standalone]:
    """Start it, and whatever happens stop all that it started, then say so."""
    screen.say("starting a real `airflow standalone`")
    try:
        with standalone:
            try:
                yield standalone
            finally:
                screen.say(f"stopping {len(alive_in(standalone.session or 0))} processes")
                screen.draw("stopping Airflow, up to 20 s")
    finally:
        left = alive_in(standalone.session or 0)
        screen.say(f"still alive: {left}" if left else "Airflow has ended with every process that it started")


@dataclass(slots=True)
class Play:
    """One demo under way; `step` is what it is at, for the case that it fails there."""

    stage: Stage
    newsroom: Newsroom
    mailbox: Mailbox
    standalone: Standalone
    rest: AirflowRest
    settings: Mapping[str, str]
    screen: Screen
    keeping: Keeping
    step: str = "setup"

    def until_alarm(self) -> None:
        """Start, tell the chapters up to the alarm, and see the mails arrive; DemoFailedError else."""
        try:
            self.start()
            for chapter in self.newsroom.story.chapters[: _ALARM + 1]:
                self.tell(chapter)
                if self.all_told():
                    return
            self.wait_for_mail()
        except RunFailedError as exc:
            raise DemoFailedError(step_of(exc.task, self.step), str(exc), tail=exc.tail, log=self.stage.log) from exc
        except StandaloneError as exc:
            raise DemoFailedError("airflow start", str(exc), tail=exc.tail, log=self.stage.log) from exc
        except DemoFailedError:
            raise
        except TocsinError as exc:
            raise DemoFailedError(self.step, str(exc), tail=self.standalone.tail(10), log=self.stage.log) from exc

    def start(self) -> None:
        """Wait until Airflow is healthy and has read our DAGs."""
        self.step = "airflow start"

        def told(parts: Mapping[str, bool]) -> None:
            missing = [part for part, healthy in parts.items() if not healthy]
            self.screen.draw(f"waiting for Airflow's {', '.join(missing) or 'DAGs'}")

        self.standalone.wait_healthy(_START, told)
        for dag in ("tocsin_collect", "tocsin_watch"):
            self.rest.wait_dag(dag, _PARSE, self.tick)
        self.screen.say(f"Airflow is up: {self.standalone.url} (user admin, password {self.stage.password})")

    def tell(self, chapter: Chapter) -> None:
        """Publish one chapter, have it collected, and have the brands watched."""
        self.newsroom.release(chapter.number)
        self.screen.picture.chapter = chapter
        make_due(self.settings)
        self.run("collect", "tocsin_collect", "collecting, enriching, indexing")
        if step := silent_step(self.look()):
            raise DemoFailedError(step, "the run succeeded, but nothing came through", log=self.stage.log)
        self.run("watch", "tocsin_watch", "comparing now with usual")
        self.screen.say(f"chapter {chapter.number}, {chapter.title}: {in_brief(self.look())}")

    def run(self, step: str, dag: str, doing: str) -> None:
        """Press one button and wait for its run."""
        self.step = step
        self.screen.picture.doing = doing
        self.rest.wait(self.rest.trigger(dag), _RUN, self.tick)

    def wait_for_mail(self) -> None:
        """Give the mails of the last run their moment; DemoFailedError when they do not come."""
        self.step = "mail"
        if not wait_until(self.all_told, _MAIL):
            step, reason = missing_mail_step(self.look())
            raise DemoFailedError(step, reason, tail=self.standalone.tail(10), log=self.stage.log)

    def all_told(self) -> bool:
        """Say whether a mail for each person has arrived."""
        told = {address for mail in self.mailbox.mails for address in mail.to}
        return {person.email for person in load_config(self.stage.config).people} <= told

    def go_on(self) -> None:
        """Let the rest of the story happen in its own time, until somebody stops us."""
        chapters = self.newsroom.story.chapters
        self.newsroom.release(chapters[-1].number)
        self.screen.picture.doing = "Airflow looks once a minute; Ctrl-C stops everything"
        shown = len(self.mailbox.mails)
        while True:
            chapter = self.newsroom.story.chapter_at(SystemClock().now())
            if chapter != self.screen.picture.chapter:
                self.screen.picture.chapter = chapter
                self.screen.say(f"chapter {chapter.number}, {chapter.title}: {chapter.headline}")
            for mail in self.mailbox.mails[shown:]:
                self.screen.say(f"new mail: {mail.html or mail.eml}")
            shown = len(self.mailbox.mails)
            self.tick()
            time.sleep(0.5)

    def tick(self) -> None:
        """Notice when Airflow is gone, and keep the screen fresh."""
        self.standalone.check_alive()
        if self.screen.due():
            self.look()

    def look(self) -> View:
        """Read the product's counts and draw them."""
        view = read_view(self.settings)
        self.screen.picture.view = view
        self.screen.picture.mails = self.mailbox.mails
        self.screen.draw()
        return view

    def places(self) -> dict[str, str]:
        """Where everything can be looked at."""
        tool = Path(sys.executable).with_name("tocsin")
        return {
            "Airflow": f"{self.standalone.url}   user admin   password {self.stage.password}",
            "Newsroom": f"{self.newsroom.url}/",
            "Mails": str(self.stage.home / "mail"),
            "Store": self.keeping.told or f"{self.stage.home / 'tocsin.db'}   (SQLite)",
            "By hand": by_hand(self.stage.home, self.stage.config, tool, self.keeping.settings),
            "Log": str(self.stage.log),
        }
