"""Hundreds of feeds at once and one request at a time to each host: a slow host holds up nobody but itself."""

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tocsin.collect.hosts import Scope, host_of
from tocsin.collect.look import Look, look_at
from tocsin.collect.manners import address_of
from tocsin.collect.networks.table import NETWORKS
from tocsin.collect.poll import Round, Visit
from tocsin.collect.settle import settle
from tocsin.collect.visit_archive import visit_archive
from tocsin.collect.visit_network import visit_network
from tocsin.collect.x.visit import visit_x
from tocsin.model import Source, SourceKind, SourceState

GROUP = 200
"""Looks that become durable together at most."""
LINGER = 0.5
"""Seconds that the first look of a group waits for others."""


@dataclass(frozen=True, slots=True)
class Manners:
    """How we behave on the web: what a team may set of it."""

    at_once: int = 64
    """Requests in flight in all; to one host there is never more than one."""
    spacing: float = 0.0
    """Seconds between two requests to one host, from the end of one to the start of the next."""
    scope: Scope = Scope.HOST
    """Who rests when a server says to wait."""
    patience: float = 240.0
    """Seconds after which a round starts no more looks; the next round begins with those that are left."""


async def visit_web(
    sources: Sequence[Source], known: Mapping[str, SourceState], around: Round, manners: Manners
) -> list[Visit]:
    """Visit feeds, networks and archives, those first that waited longest; give visits in the order of the sources.

    What rests, or waits for the next round, has no visit. An error of the stores is raised; what was settled before
    it stays.
    """
    tour = _Tour(known, around, manners, asyncio.get_running_loop().time() + manners.patience)
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(tour.visit_hosts(_by_host(sources, known, around)))
            group.create_task(tour.settle_looks())
    except ExceptionGroup as errors:
        # Whoever called us knows what to do with our errors, not with groups of them.
        raise _first(errors) from errors
    return [tour.visits[source.id] for source in sources if source.id in tour.visits]


class _Tour:
    """One round over the hosts: looks go into a queue, and become durable in groups beside the fetching."""

    def __init__(self, known: Mapping[str, SourceState], around: Round, manners: Manners, deadline: float) -> None:
        self.visits: dict[str, Visit] = {}
        self._known, self._around, self._manners, self._deadline = known, around, manners, deadline
        self._looks: asyncio.Queue[Look | None] = asyncio.Queue(2 * GROUP)
        self._slots = asyncio.Semaphore(manners.at_once)

    async def visit_hosts(self, hosts: Sequence[deque[Source]]) -> None:
        """Visit all hosts beside each other, then say that no look follows."""
        async with asyncio.TaskGroup() as group:
            for queue in hosts:
                group.create_task(self._visit_host(queue))
        await self._looks.put(None)

    async def settle_looks(self) -> None:
        """Settle the looks in groups as they come, until the None that ends them."""
        more = True
        while more:
            group, more = await _next_group(self._looks)
            if group:
                visits = await asyncio.to_thread(settle, group, self._around)
                self.visits |= {visit.source_id: visit for visit in visits}

    async def _visit_host(self, queue: deque[Source]) -> None:
        """Visit one host's sources one by one; without spacing on the one connection, so with one slot to the end."""
        while queue:
            async with self._slots:
                while queue:
                    await self._visit_next(queue)
                    if self._manners.spacing:
                        break
            if queue:
                await asyncio.sleep(self._manners.spacing)

    async def _visit_next(self, queue: deque[Source]) -> None:
        while queue:
            source = queue.popleft()
            if not _rests(source, self._around) and asyncio.get_running_loop().time() <= self._deadline:
                await self._visit(source)
                return

    async def _visit(self, source: Source) -> None:
        state = self._known[source.id]
        if source.kind is SourceKind.X:
            self.visits[source.id] = await visit_x(source, state, self._around)
        elif source.kind in NETWORKS:
            self.visits[source.id] = await visit_network(source, state, self._around)
        elif source.kind is SourceKind.ARCHIVE:
            self.visits[source.id] = await visit_archive(source, state, self._around)
        else:
            await self._looks.put(await look_at(source, state, self._around))


async def _next_group(looks: asyncio.Queue[Look | None]) -> tuple[list[Look], bool]:
    """Give the looks that come within half a second of the first, at most 200, and whether there may be more."""
    group: list[Look] = []
    try:
        async with asyncio.timeout(None) as limit:
            while len(group) < GROUP:
                look = await looks.get()
                if look is None:
                    return group, False
                group.append(look)
                if len(group) == 1:
                    limit.reschedule(asyncio.get_running_loop().time() + LINGER)
    except TimeoutError:
        pass
    return group, True


def _by_host(feeds: Sequence[Source], known: Mapping[str, SourceState], around: Round) -> list[deque[Source]]:
    """One queue per host, those that were due first at the front."""
    hosts: dict[str, deque[Source]] = {}
    for source in sorted(feeds, key=lambda source: _since(known[source.id])):
        hosts.setdefault(host_of(address_of(source, known[source.id], around.now)), deque()).append(source)
    return list(hosts.values())


def _since(state: SourceState) -> float:
    return state.due_at.timestamp() if state.due_at else 0.0


def _rests(source: Source, around: Round) -> bool:
    until = around.hosts.rests_until(source)
    return until is not None and until > around.now


def _first(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    error: BaseException = errors.exceptions[0]
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
