"""The port ArticleReader by its real process: hostile pages cost themselves only, and no secret is within reach."""

import asyncio
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from site_server import article
from tocsin.adapters.articles import ArticleProcess
from tocsin.collect.article import PAGE_CAP
from tocsin.errors import BadItemError
from tocsin.ports import Article, FetchResponse

NOW = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
SENTENCE = "Une phrase qui raconte ce qui se passe dans cette affaire. " * 5
GOOD = article("Le titre", SENTENCE, before="<p class='date'>Publié le 1er mars 2026 à 9h05</p>").encode()


def read(pages: Sequence[bytes], longest: float = 20.0) -> list[Article | BaseException]:
    async def run() -> list[Article | BaseException]:
        async with ArticleProcess(longest=longest) as reader:
            asked = (
                reader.read(FetchResponse("https://e.org/a", 200, page), now=NOW, zone=ZoneInfo("Europe/Paris"))
                for page in pages
            )
            return await asyncio.gather(*asked, return_exceptions=True)

    return asyncio.run(run())


def test_pages_are_read_in_turn_each_with_its_own_answer() -> None:
    other = article("Autre", "Une autre histoire, racontée plus longuement que la première. " * 5).encode()
    first, second, third = read([GOOD, other, GOOD])
    assert isinstance(first, Article)
    assert isinstance(second, Article)
    assert SENTENCE.strip() in first.text
    assert "autre histoire" in second.text
    assert first.published == datetime(2026, 3, 1, 8, 5, tzinfo=UTC)
    assert third == first


def test_a_page_that_takes_too_long_costs_itself_only() -> None:
    slow = b"<html><body>" + b"<p><a href='x'>word word</a></p>" * (PAGE_CAP // 34)
    first, second, third = read([GOOD, slow, GOOD], longest=1.0)
    assert isinstance(second, BadItemError)
    assert isinstance(first, Article)
    assert third == first or isinstance(third, BadItemError), "a machine under load starts a process in its own time"


def test_a_page_that_wants_too_much_memory_costs_itself_only() -> None:
    """3 MB of `a<br>` wanted 1.2 GB and 14 s."""
    hungry = b"<html><body><p>" + b"a<br>" * (PAGE_CAP // 5 - 20)
    first, second, third = read([GOOD, hungry, GOOD], longest=60.0)
    assert isinstance(second, BadItemError)
    assert third == first


def test_a_page_over_the_cap_is_not_even_looked_at() -> None:
    (error,) = read([bytes(PAGE_CAP + 1)])
    assert isinstance(error, BadItemError)


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks into /proc")
def test_the_process_has_none_of_our_secrets_and_ends_with_us(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_SMTP_PASSWORD", "hunter2-hunter2")

    async def run() -> tuple[bytes, int]:
        async with ArticleProcess() as reader:
            await reader.read(FetchResponse("https://e.org/a", 200, GOOD), now=NOW, zone=ZoneInfo("UTC"))
            children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
            (child,) = [pid for pid in children if b"article_worker" in Path(f"/proc/{pid}/cmdline").read_bytes()]
            return Path(f"/proc/{child}/environ").read_bytes(), int(child)

    environment, child = asyncio.run(run())
    assert b"hunter2" not in environment
    assert not Path(f"/proc/{child}").exists()
