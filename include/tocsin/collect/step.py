"""The door of collect: what is due is fetched and kept; a source's cursor moves only when its batch is durable."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tocsin.collect.due import is_due
from tocsin.collect.feeds import Manners, visit_web
from tocsin.collect.hosts import Scope, hosts_before
from tocsin.collect.hubs import Offer
from tocsin.collect.identity import Authors
from tocsin.collect.networks.asking import Access
from tocsin.collect.page_way import PageWay
from tocsin.collect.poll import Round, nothing_concerns, report_of
from tocsin.collect.visit_file import visit_file
from tocsin.model import Report, Source, SourceKind, SourceState
from tocsin.ports import Archive, BatchStore, Fetcher, Quarantine, ReportLog, SourceStates

__all__ = ["POLITE", "Collected", "Manners", "Scope", "collect_due"]

POLITE = Manners()


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
    concerns: Callable[[str], bool] = nothing_concerns,
    manners: Manners = POLITE,
    way: PageWay | None = None,
    offers: dict[str, Offer] | None = None,
) -> Collected:
    """Read every source that is due; what is new becomes one raw batch per 200 feeds (files: one per 5,000 rows).

    A social network gives one batch per page; `access` is what reading it needs of the team. An archive is read one
    page at a time; `way` is what reading pages needs.

    A source that fails is noted, rests longer and stops nobody; one whose host wants rest is left alone. Order per
    batch: batch, quarantine, report, then cursors, so that a crash repeats work and loses none; what comes twice has
    the same id. Reports: per source `new`, `known` (in the last document too), `repeated` (twice in this round's),
    `erased` (by an author who is to be forgotten: not kept) and `quarantined`; over all `resting`, `unchanged`,
    `fetched`, `failed`. An error of the stores themselves is raised: the next run does the rest. `concerns` says at a
    glance whether a text may concern a watched brand: where such texts come from is looked at more often.
    What documents say of hubs that push is put into `offers`, if given.
    """
    known = {source.id: SourceState(source.id) for source in sources}
    known |= {state.source_id: state for state in states.all()}
    hosts = hosts_before(sources, known, manners.scope, now)
    around = Round(states, fetcher, archive, batches, quarantine, reports, authors, now, access or Access())
    around = replace(around, concerns=concerns, hosts=hosts, way=way, offers=offers)
    due = [source for source in sources if is_due(known[source.id], source, now)]
    web = [source for source in due if source.kind is not SourceKind.FILE]
    visits = await visit_web(web, known, around, manners)
    visits += [visit_file(source, known[source.id], around) for source in due if source.kind is SourceKind.FILE]
    statuses = Counter(visit.status for visit in visits)
    statuses["resting"] = len(sources) - len(visits)
    over_all = Report("sources", now.isoformat(), now, len(sources), statuses)
    reports.save(over_all)
    batch_ids = tuple(batch_id for visit in visits for batch_id in visit.batch_ids)
    return Collected(batch_ids, (*(report_of(visit, now) for visit in visits), over_all))
