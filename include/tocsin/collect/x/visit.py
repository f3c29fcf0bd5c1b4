"""One visit to X: what is new for each query since the last, by recent search, within the month's budget."""

from tocsin.collect.networks.asking import Access, Question, XAccess
from tocsin.collect.networks.memory import read_memory
from tocsin.collect.networks.table import credentials_of, lacking
from tocsin.collect.poll import Round, Visit, note_failure, note_success
from tocsin.collect.x.reading import (
    PAGES,
    OverBudgetError,
    Trip,
    change_memory,
    note_over_budget,
    queries,
    read_query,
    started,
    state_of,
)
from tocsin.errors import BadItemError, PermanentError
from tocsin.model import Source, SourceState


async def visit_x(source: Source, state: SourceState, around: Round) -> Visit:
    """Read what is new for each query, at most 30 pages; its failures are noted as those of feeds are.

    Order per page: raw batch, then cursor and price in the source's state. A reading that was cut short goes on at
    its page the next time; its cursor moves only when all its pages are read. An error of the stores is raised.
    """
    visit = Visit(source.id, "fetched")
    try:
        x = door_of(source, around.access)
        asked = queries(source, x)
    except Exception as exc:  # Law 7: whatever one source does, the others are read.
        return note_failure(visit, exc, source, state, around)
    change_memory(source, lambda memory: started(memory, asked, around.now), around)
    trip = Trip(visit)
    for query in read_memory(state_of(source, around).cursor).turns(asked):
        trip = await read_query(Question(source, query, around.now), x, trip, around)
        if trip.error or trip.pages >= PAGES:
            break
    return _end(source, trip, asked, around)


def door_of(source: Source, access: Access) -> XAccess:
    """Give the way to X for this source. PermanentError: there is none, and what it lacks."""
    if access.x is None or lacking(source, credentials_of(source, access)):
        raise PermanentError(lacking(source, {}))
    return access.x


def _end(source: Source, trip: Trip, asked: tuple[str, ...], around: Round) -> Visit:
    state = state_of(source, around)
    memory = read_memory(state.cursor)
    if isinstance(trip.error, OverBudgetError):
        return note_over_budget(trip.visit, trip.error, source, around)
    if trip.error:
        return note_failure(trip.visit, trip.error, source, state, around)
    if trip.refused and len(trip.refused) == trip.pages:
        return note_failure(trip.visit, BadItemError(trip.refused[0]), source, state, around)
    waiting = sum(1 for query in asked if memory.place(query).page or query not in memory.places)
    left = [f"{waiting} of {len(asked)} queries wait for the next visit"] if waiting else []
    refused = [f"{len(trip.refused)} of {len(asked)} queries refused: {trip.refused[0]}"] if trip.refused else []
    return note_success(trip.visit, source, state, around, "; ".join([*refused, *left]))
