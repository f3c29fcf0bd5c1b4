"""The door of collect: what is due is fetched and kept; a source's cursor moves only when its batch is durable."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from tocsin.collect.due import is_due
from tocsin.collect.identity import Authors
from tocsin.collect.networks.asking import Access
from tocsin.collect.networks.table import NETWORKS
from tocsin.collect.poll import Round, Visit, report_of, visit_feed, visit_file
from tocsin.collect.visit_network import visit_network
from tocsin.model import Report, Source, SourceKind, SourceState
from tocsin.ports import Archive, BatchStore, Fetcher, Quarantine, ReportLog, SourceStates

AT_ONCE = 20
"""Fetches in flight; to one host there is never more than one."""


@dataclass(frozen=True, slots=True)
class Collected:
    """What one round brought: the batches written, and a report per source visited, then one over all sources."""

    batch_ids: tuple[str, ...]
    reports: tuple[Report, ...]


async def collect_due(  # noqa: PLR0913 - one port each, and what networks need
    sources: Sequence[Source],
    *,
    states: SourceStates,
    fetcher: Fetcher,
    archive: Archive,
    batches: BatchStore,
    quarantine: Quarantine,
    reports: ReportLog,
    authors: Authors,
    now: datetime,
    access: Access | None = None,
) -> Collected:
    """Read every source that is due; what is new becomes one raw batch per source (files: one per 5,000 rows).

    A social network gives one batch per page; `access` is what reading it needs of the team.

    A source that fails is noted, rests longer and stops nobody. Order per source: batch, quarantine, report, then
    cursor, so that a crash repeats work and loses none; what comes twice has the same id. Reports: per source `new`,
    `known` (in the last document too), `repeated` (twice in this one), `erased` (by an author who is to be forgotten:
    not kept) and `quarantined`; over all `resting`,
    `unchanged`, `fetched`, `failed`. An error of the stores themselves is raised: the next run does the rest.
    """
    around = Round(states, fetcher, archive, batches, quarantine, reports, authors, now, access or Access())
    known = {source.id: SourceState(source.id) for source in sources}
    known |= {state.source_id: state for state in states.all()}
    due = [source for source in sources if is_due(known[source.id], source, now)]
    visits = await _visit_web([source for source in due if source.kind is not SourceKind.FILE], known, around)
    visits += [visit_file(source, known[source.id], around) for source in due if source.kind is SourceKind.FILE]
    statuses = Counter(visit.status for visit in visits)
    statuses["resting"] = len(sources) - len(due)
    over_all = Report("sources", now.isoformat(), now, len(sources), statuses)
    reports.save(over_all)
    batch_ids = tuple(batch_id for visit in visits for batch_id in visit.batch_ids)
    return Collected(batch_ids, (*(report_of(visit, now) for visit in visits), over_all))


async def _visit_web(sources: Sequence[Source], known: Mapping[str, SourceState], around: Round) -> list[Visit]:
    """Visit feeds and networks, at most AT_ONCE at a time and one of each host; in the order given."""
    slots = asyncio.Semaphore(AT_ONCE)
    hosts = {_host(source): asyncio.Lock() for source in sources}

    async def in_turn(source: Source) -> Visit:
        # The host first: who waits for a host holds no slot.
        async with hosts[_host(source)], slots:
            visit = visit_network if source.kind in NETWORKS else visit_feed
            return await visit(source, known[source.id], around)

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(in_turn(source)) for source in sources]
    except ExceptionGroup as errors:
        # Whoever called us knows what to do with our errors, not with groups of them.
        raise errors.exceptions[0] from errors
    return [task.result() for task in tasks]


def _host(source: Source) -> str:
    try:
        return urlsplit(source.url).netloc.rpartition("@")[2].lower()
    except ValueError:  # No address at all: the fetcher will say so.
        return source.url
