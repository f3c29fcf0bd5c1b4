"""Tell the story to a Tocsin that runs elsewhere: feeds, and the config that reads them, a chapter at a time."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tocsin.demo.newsroom import Newsroom
from tocsin.demo.stage import write_newsroom_config
from tocsin.demo.story import tell_story
from tocsin.errors import ConfigError
from tocsin.ports import Clock
from tocsin.wiring.outside import SystemClock

Told = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Place:
    """Where the newsroom listens, and where others find its feeds ("" where that is loopback)."""

    host: str
    port: int
    feeds_at: str = ""


def broadcast(scenario: Path, folder: Path, place: Place, pace: float, told: Told) -> None:
    """Serve the story, with a chapter every `pace` seconds, until an exception such as KeyboardInterrupt ends it.

    `folder` gets the config and the story's hour, so that a restart tells the same posts under the same links.
    ConfigError: the scenario or the hour cannot be read, or the port is taken.
    """
    clock = SystemClock()
    began = _hour(folder, clock)
    story = tell_story(scenario, began)
    try:
        newsroom = Newsroom(story, clock.now, host=place.host, port=place.port)
    except OSError as exc:
        raise ConfigError(f"cannot listen at {place.host}:{place.port}: {exc}; choose another with --port") from exc
    with newsroom:
        newsroom.release(0)
        write_newsroom_config(folder, scenario, story.feeds, place.feeds_at.rstrip("/") or newsroom.url)
        told(f"{story.title}: {newsroom.url}/")
        told(f"Read it with TOCSIN_CONFIG={folder.absolute()} TOCSIN_ALLOW_NETWORKS=127.0.0.0/8 tocsin up")
        for chapter in story.chapters:
            _wait_until(began.timestamp() + chapter.number * pace, clock)
            newsroom.release(chapter.number)
            told(f"chapter {chapter.number}, {chapter.title}: {chapter.headline}")
        while True:
            time.sleep(1)


def _hour(folder: Path, clock: Clock) -> datetime:
    """The story's hour: that of the first telling into this folder."""
    kept = folder / "began"
    folder.mkdir(parents=True, exist_ok=True)
    if not kept.exists():
        kept.write_text(clock.now().isoformat(), encoding="ascii")
    try:
        return datetime.fromisoformat(kept.read_text(encoding="ascii"))
    except ValueError as exc:
        raise ConfigError(f"{kept} holds no moment; delete it to have the story told anew") from exc


def _wait_until(moment: float, clock: Clock) -> None:
    while (left := moment - clock.now().timestamp()) > 0:
        time.sleep(min(left, 1))
