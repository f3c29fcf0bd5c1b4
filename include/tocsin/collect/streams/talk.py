"""One connection to a stream, from its first event to its end: what comes is read, sifted and kept in time."""

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from tocsin.collect.networks.asking import Page, Question
from tocsin.collect.networks.memory import read_memory
from tocsin.collect.networks.posts import read_page
from tocsin.collect.networks.table import credentials_of
from tocsin.collect.poll import Round
from tocsin.collect.streams.hearing import Broadcast, Hearing, Told
from tocsin.collect.streams.keeping import LISTENING, Heap, keep, note_heard, state_of
from tocsin.collect.streams.tally import Tally
from tocsin.collect.streams.wanted import wanted_by
from tocsin.collect.visit_network import visit_network, words_of
from tocsin.errors import BadItemError
from tocsin.model import Source
from tocsin.ports import StreamEvent
from tocsin.ports.streams import ALIVE, UNREADABLE

T = TypeVar("T")

MOST_A_SECOND = 3_000
"""Events that are read in a second; the rest waits at the server, whose stream we read no faster."""
GAP_REST = 60.0
"""Seconds after which a gap that could not be filled is tried again."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is listened to, and with what."""

    source: Source
    broadcast: Broadcast
    around: Round
    hearing: Hearing
    tally: Tally

    def now(self) -> Round:
        """The round of this moment."""
        return replace(self.around, now=self.hearing.clock.now())


class Talk:
    """One connection."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        question = self._question = Question(
            subject.source,
            "",
            subject.hearing.clock.now(),
            credentials=credentials_of(subject.source, subject.around.access),
        )
        self._words = words_of(question, subject.broadcast.network, subject.around.access.names)
        self._is_narrow = subject.broadcast.is_narrow(self._words)
        self._wanted = wanted_by(subject.source, subject.hearing.concerns)
        self._heap = Heap()
        self._fill_at: float | None = None if subject.broadcast.replays else 0.0
        """When the gap before this connection is to be filled, by the loop's time; None: there is none any more."""
        self._flush_at = 0.0
        self._second, self._read = 0.0, 0
        self.is_alive = False
        """Whether anything came at all."""
        self.has_moved = False
        """Whether we heard further than before."""

    async def listen(self, server: str, *, anew: bool = False) -> None:
        """Listen until somebody wants the end; what was taken is kept however it ends. `anew`: from now on only."""
        subject, broadcast = self._subject, self._subject.broadcast
        state = state_of(subject.source, subject.around)
        mark = "" if anew else broadcast.start(state, read_memory(state.cursor))
        base = await self._place() if broadcast.find else server
        if base is None:
            return
        request = broadcast.ask(base, replace(self._question, cursor=mark), self._words)
        async with aclosing(subject.hearing.listener.listen(request)) as events:
            try:
                await self._hear(events)
            finally:
                subject.tally.is_live = False
                self._flush()

    async def _place(self) -> str | None:
        """Where the source's server says that its stream is; None: somebody wants the end."""
        broadcast = self._subject.broadcast
        if not broadcast.find:
            return None
        answer = await self._unless_stopped(self._subject.around.fetcher.fetch(broadcast.find(self._question)))
        return broadcast.found(answer, self._question) if answer else None

    async def _hear(self, events: AsyncGenerator[StreamEvent, None]) -> None:
        stop, loop = self._subject.hearing.stop, asyncio.get_running_loop()
        stopping = asyncio.ensure_future(stop.wait())
        following = asyncio.ensure_future(anext(events))
        self._flush_at = loop.time() + self._subject.hearing.wait
        try:
            while not stop.is_set():
                left = max(0.0, self._flush_at - loop.time())
                await asyncio.wait({stopping, following}, timeout=left, return_when=asyncio.FIRST_COMPLETED)
                if following.done():
                    self._take(following.result())
                    await self._pace()
                    following = asyncio.ensure_future(anext(events))
                if loop.time() >= self._flush_at or len(self._heap.items) >= self._subject.hearing.most:
                    self._flush()
                if self.is_alive and self._fill_at is not None and loop.time() >= self._fill_at:
                    await self._fill()
        finally:
            stopping.cancel()
            following.cancel()
            await asyncio.wait({stopping, following})
            _drain(following)

    def _take(self, event: StreamEvent) -> None:
        if not self.is_alive:
            # At once: whoever is killed now must find again where to go on.
            self._flush_at = 0.0
        self.is_alive = self._subject.tally.is_live = True
        if event.kind == ALIVE:
            return
        tally = self._subject.tally
        tally.add("heard")
        try:
            told = None if event.kind == UNREADABLE else self._subject.broadcast.read(event)
        except BadItemError:
            told = None
        if told is None:
            tally.add("unreadable")
            return
        self._mark(told.mark)
        if self._is_narrow:
            self._add(told)
        elif told.post:
            self._add(Told(told.post))
        elif told.bad:
            tally.add("unreadable")

    def _add(self, told: Told) -> None:
        """Take a post; of a stream that tells everything, only what is wanted, and broken posts are nobody's."""
        subject, around = self._subject, self._subject.now()
        page = Page((told.post,) if told.post else (), (told.bad,) if told.bad else (), "")
        items, bad = read_page(page, subject.source, now=around.now, pseudonym=around.authors.pseudonym)
        if self._is_narrow:
            self._heap.items += items
            self._heap.bad += bad
        else:
            self._heap.items += filter(self._wanted, items)

    def _mark(self, mark: str) -> None:
        if mark:
            heap, later = self._heap, self._subject.broadcast.later
            heap.mark = later(heap.mark, mark)
            self.has_moved = True

    async def _pace(self) -> None:
        loop = asyncio.get_running_loop()
        if loop.time() - self._second >= 1.0:
            self._second, self._read = loop.time(), 0
        self._read += 1
        if self._read >= MOST_A_SECOND:
            await asyncio.sleep(max(0.0, self._second + 1.0 - loop.time()))

    def _flush(self) -> None:
        """Write a batch of what came, then move the memory; before the gap is filled, the memory stays before it."""
        subject, around, heap = self._subject, self._subject.now(), self._heap
        self._flush_at = asyncio.get_running_loop().time() + subject.hearing.wait
        for status, count in keep(heap, subject.source, around).items():
            subject.tally.add(status, count)
        if self.is_alive and self._fill_at is None:
            note = "" if subject.hearing.stop.is_set() else LISTENING
            note_heard(heap, self._words, subject.source, subject.broadcast, around, note)
        self._heap = Heap()

    async def _fill(self) -> None:
        """Ask for what no connection brought, as a poll does, to the end or until somebody wants ours."""
        subject = self._subject
        while self._fill_at is not None:
            state = state_of(subject.source, subject.around)
            visit = await self._unless_stopped(visit_network(subject.source, state, subject.now()))
            if visit is None:
                return
            for status, count in visit.counts.items():
                subject.tally.add(status, count)
            if visit.status == "failed":
                self._fill_at = asyncio.get_running_loop().time() + GAP_REST
                return
            memory = read_memory(state_of(subject.source, subject.around).cursor)
            if all(word in memory.places and not memory.places[word].page for word in self._words):
                self._fill_at = None

    async def _unless_stopped(self, work: Coroutine[Any, Any, T]) -> T | None:
        """Do the work to its end; None: somebody wanted ours first, and it was broken off."""
        doing = asyncio.ensure_future(work)
        stopping = asyncio.ensure_future(self._subject.hearing.stop.wait())
        await asyncio.wait({doing, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if doing.done():
            return doing.result()
        doing.cancel()
        await asyncio.wait({doing})
        return None


def _drain(task: asyncio.Future[StreamEvent]) -> None:
    """Look at an error that nobody waits for any more, so that it is not told as forgotten."""
    if not task.cancelled():
        task.exception()
