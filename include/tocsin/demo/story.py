"""Turn a scenario's files into posts with moments: the same files and the same hour give the same posts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from tocsin.demo.everyday import everyday_posts
from tocsin.demo.post import Chapter, Feed, Post
from tocsin.errors import ConfigError

_OFFSET = re.compile(r"(-?)(?:(\d+)h)?(?:(\d+)m)?")


@dataclass(frozen=True, slots=True)
class Story:
    """A scenario told around one hour: `chapters` by number from 0, `posts` by time."""

    title: str
    feeds: tuple[Feed, ...]
    chapters: tuple[Chapter, ...]
    posts: tuple[Post, ...]

    def chapter_at(self, moment: datetime) -> Chapter:
        """The chapter that this moment belongs to: the last one that has begun."""
        begun = [chapter for chapter in self.chapters if chapter.start <= moment]
        return begun[-1] if begun else self.chapters[0]


def tell_story(folder: Path, hour: datetime) -> Story:
    """Read the scenario in `folder` and place it in time: what its files call 0m happens at `hour` (aware).

    ConfigError: a file is missing or says something we cannot read; it names the file.
    """
    newsroom = _read(folder / "newsroom.yaml")
    feeds = tuple(Feed(**entry) for entry in newsroom["feeds"])
    files = sorted((folder / "story").glob("*.yaml"))
    parts = [_read(path) for path in files]
    chapters = _chapters(parts, hour)
    posts: list[Post] = []
    for path, part, chapter in zip(files, parts, chapters[1:], strict=True):
        try:
            posts += _chapter_posts(part, chapter, hour)
        except (KeyError, TypeError, ValueError) as exc:
            raise ConfigError(f"{path}: {exc!r}; compare with another chapter of the scenario") from exc
    end = max(chapter.end for chapter in chapters)
    posts += everyday_posts(_read(folder / "everyday.yaml"), _read(folder / "brands.yaml")["brands"], hour, end)
    return _bound(Story(newsroom["title"], feeds, chapters, tuple(posts)))


def _bound(story: Story) -> Story:
    """Give each post its chapter by time and its number within its feed: the newsroom's links are made of them."""
    placed = sorted(story.posts, key=lambda post: (post.at, post.feed, post.author, post.text))
    numbers = dict.fromkeys((feed.id for feed in story.feeds), 0)
    posts = []
    for post in placed:
        numbers[post.feed] += 1
        posts.append(replace(post, number=numbers[post.feed], chapter=story.chapter_at(post.at).number))
    return replace(story, posts=tuple(posts))


def _chapters(parts: list[dict[str, Any]], hour: datetime) -> tuple[Chapter, ...]:
    spans = [(hour + read_offset(part["from"]), hour + read_offset(part["to"])) for part in parts]
    told = [
        Chapter(number, part["title"], part["headline"], *span)
        for number, (part, span) in enumerate(zip(parts, spans, strict=True), start=1)
    ]
    begin = told[0].start
    usual = Chapter(
        0, "An ordinary fortnight", "Two weeks of small complaints and kind words.", begin - timedelta(days=15), begin
    )
    return (usual, *told)


def _chapter_posts(part: dict[str, Any], chapter: Chapter, hour: datetime) -> Iterator[Post]:
    for entry in part.get("posts", []):
        yield _single(entry, hour)
    for place, (feed, voices) in enumerate(part.get("voices", {}).items()):
        moments = _spread(chapter.start, chapter.end, len(voices), 0.2 + place / 5)
        for moment, voice in zip(moments, voices, strict=True):
            ((author, text),) = voice.items()
            yield Post(feed, moment, author, text=text)
    for number, copies in enumerate(part.get("copies", [])):
        yield from _copies(copies, hour, f"{chapter.number}{number}")
    for entry in part.get("broken", []):
        yield Post(entry["feed"], chapter.start, "", text="", broken_link=entry["link"], broken_date=entry["date"])


def _single(entry: dict[str, Any], hour: datetime) -> Post:
    return Post(
        entry["feed"],
        hour + read_offset(entry["at"]),
        entry["by"],
        title=entry.get("title", ""),
        text=entry.get("text", ""),
        html=entry.get("html", ""),
    )


def _copies(entry: dict[str, Any], hour: datetime, mark: str) -> Iterator[Post]:
    """One text passed on by many hands, each with a small change of its own."""
    moments = _spread(hour + read_offset(entry["from"]), hour + read_offset(entry["to"]), entry["count"], 0.5)
    tails = entry.get("tails", [""])
    for number, moment in enumerate(moments):
        yield Post(
            entry["feed"], moment, f"passe_{mark}_{number:02}", text=entry["text"] + tails[number % len(tails)]
        )


def _spread(start: datetime, end: datetime, count: int, phase: float) -> list[datetime]:
    """Moments in order, unevenly apart as people are, whole seconds."""
    step = (end - start) / max(count, 1)
    # The golden ratio scatters without a random number: neighbours never fall together.
    shares = [(phase + number * 0.618034) % 1.0 for number in range(count)]
    return [(start + step * (number + share)).replace(microsecond=0) for number, share in enumerate(shares)]


def read_offset(text: str) -> timedelta:
    """Read "-2h15m", "40m", "0m" as a span from the story's hour. ValueError: anything else."""
    found = _OFFSET.fullmatch(text)
    if not found or not (found[2] or found[3]):
        raise ValueError(f"not a time such as -2h15m: {text!r}")
    span = timedelta(hours=int(found[2] or 0), minutes=int(found[3] or 0))
    return -span if found[1] else span


def _read(path: Path) -> dict[str, Any]:
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as exc:
        raise ConfigError(f"{path}: {exc}") from exc
    if not isinstance(data, dict):
        raise ConfigError(f"{path}: not a mapping of keys to values")
    return data
