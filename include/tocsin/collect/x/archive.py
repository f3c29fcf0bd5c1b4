"""The full archive of X: what was said before we listened, where the access level has it."""

from dataclasses import replace
from datetime import datetime

from tocsin.collect.networks.asking import Question, XAccess
from tocsin.collect.networks.memory import Memory, read_memory
from tocsin.collect.networks.read_x import ARCHIVE
from tocsin.collect.poll import Round, Visit, report_of
from tocsin.collect.x.reading import Trip, change_memory, read_query, state_of
from tocsin.collect.x.rules import LIMITS, queries_of, query_of
from tocsin.errors import BadItemError
from tocsin.model import Source


async def read_archive(source: Source, start: datetime, end: datetime, x: XAccess, around: Round) -> Visit:
    """Read all posts of a span of time, however many pages; what was cut short goes on at its page when asked again.

    Each page is a raw batch before the next is asked for, and draws from the month's budget. An error ends it and is
    raised: OverBudgetError, PermanentError where the access level has no full archive (403).
    """
    asked = [f"{ARCHIVE}{start:%Y-%m-%dT%H:%M:%SZ} {end:%Y-%m-%dT%H:%M:%SZ} {query}" for query in _queries(source, x)]
    trip = Trip(Visit(source.id, "fetched"))
    for words in asked:
        if _is_done(words, source, around):
            continue
        question, is_begun = Question(source, words, around.now), True
        while is_begun and not trip.error:
            trip = await read_query(question, x, replace(trip, pages=0), around)
            is_begun = bool(_memory(source, around).place(words).page)
    around.reports.save(report_of(trip.visit, around.now))
    if trip.error or trip.refused:
        raise trip.error or BadItemError(trip.refused[0])
    change_memory(source, lambda held: held.kept([word for word in held.places if word not in asked]), around)
    return trip.visit


def _queries(source: Source, x: XAccess) -> tuple[str, ...]:
    if source.query:
        return (query_of(source.query, reposts=source.reposts),)
    return queries_of(x.brands, LIMITS[x.level].archive, reposts=source.reposts)


def _is_done(words: str, source: Source, around: Round) -> bool:
    """Whether an earlier run read it to its end."""
    place = _memory(source, around).places.get(words)
    return place is not None and not place.page and bool(place.cursor)


def _memory(source: Source, around: Round) -> Memory:
    return read_memory(state_of(source, around).cursor)
