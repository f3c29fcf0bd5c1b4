"""Pages of strangers are read in a process of their own: it holds no secret, and what hangs it is ended."""

import asyncio
import contextlib
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from datetime import datetime
from types import TracebackType
from typing import Self
from zoneinfo import ZoneInfo

import msgspec

from tocsin.adapters.article_worker import LENGTH, PageAsked
from tocsin.collect.article import PAGE_CAP
from tocsin.errors import BadItemError
from tocsin.ports import Article, FetchResponse

LONGEST = 10.0
"""Seconds for one page: ordinary ones take 0.02, hostile ones of 3 MB took 14."""
_STARTING = 30.0
"""Seconds more for the first page, while the libraries load on a busy machine."""
_PASSED_ON = ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "VIRTUAL_ENV", "SYSTEMROOT")


class ArticleProcess:
    """Keeps the promise of the port ArticleReader. Use as `async with ArticleProcess() as reader`.

    The process is started for the first page and reads one page at a time. One that takes more than `longest`
    seconds, or more memory than it may, costs that page only: the next one has a new process.
    """

    def __init__(self, *, longest: float = LONGEST) -> None:
        self._longest = longest
        self._process: Process | None = None
        self._is_warm = False
        self._turn = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._end()

    async def read(self, page: FetchResponse, *, now: datetime, zone: ZoneInfo) -> Article:
        """Give what the page says; errors as the port says."""
        if len(page.body) > PAGE_CAP:
            raise BadItemError(f"the page is over {PAGE_CAP} bytes")
        asked = msgspec.msgpack.encode(PageAsked(page.body, page.url, now, zone.key))
        async with self._turn:
            try:
                async with asyncio.timeout(self._longest + (0.0 if self._is_warm else _STARTING)):
                    answer = await self._answer(asked)
            except TimeoutError as exc:
                await self._end()
                raise BadItemError(f"reading the page took more than {self._longest:g} s") from exc
            except (EOFError, OSError) as exc:
                await self._end()
                raise BadItemError("reading the page took more memory than a page may, or broke the reader") from exc
            except BaseException:
                await self._end()  # Else the answer to this page would be taken for that to the next.
                raise
        return msgspec.msgpack.decode(answer, type=Article)

    async def _answer(self, asked: bytes) -> bytes:
        process = self._process or await self._start()
        if process.stdin is None or process.stdout is None:
            raise AssertionError("started without pipes")
        process.stdin.write(LENGTH.pack(len(asked)) + asked)
        await process.stdin.drain()
        (length,) = LENGTH.unpack(await process.stdout.readexactly(LENGTH.size))
        answer = await process.stdout.readexactly(length)
        self._is_warm = True
        return answer

    async def _start(self) -> Process:
        # Without our environment: secrets lie in it.
        environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tocsin.adapters.article_worker", stdin=PIPE, stdout=PIPE, stderr=DEVNULL,
            env=environment,
        )  # fmt: skip
        return self._process

    async def _end(self) -> None:
        process, self._process, self._is_warm = self._process, None, False
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.communicate()
