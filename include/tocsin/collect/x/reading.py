"""Searches of X, page by page: each page durable, then its price and its place noted, then the next one asked for."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from tocsin.collect.networks.answers import parsed
from tocsin.collect.networks.asking import Page, Question, XAccess
from tocsin.collect.networks.memory import Memory, Place, read_memory, write_memory
from tocsin.collect.networks.posts import read_page
from tocsin.collect.networks.read_x import (
    ARCHIVE,
    FIRST_LOOK,
    LEAST,
    OLDEST,
    ask,
    edits_in,
    id_at,
    limited,
    newest_first,
    paid_in,
    read,
)
from tocsin.collect.poll import Round, Visit, keep_new, note_failure
from tocsin.collect.x.budget import POSTS, charged, spent, told
from tocsin.collect.x.rules import LIMITS, queries_of, query_of
from tocsin.errors import BadItemError, ConflictError, PermanentError, TransientError
from tocsin.model import Source, SourceState

PAGES = 30
"""Requests in one visit; what is left is read on the next."""
RECENT_IDS = 2_000
_TRIES = 20
_NAMED = 2
"""Failures that a source with a spent budget counts as having had: with one more the check-up names it."""
_VERSION = ":"
"""Between a mention's id and the newest version that we have of it, in the list of recent ids."""


@dataclass(frozen=True, slots=True)
class Trip:
    """How far a reading has come; all that it counts is durable."""

    visit: Visit
    pages: int = 0
    refused: tuple[str, ...] = ()
    """Why X would not be asked some queries."""
    error: Exception | None = None
    """What ended the reading before its time."""

    def joined(self, batch_ids: tuple[str, ...], counts: Mapping[str, int]) -> "Trip":
        """The same with what one page brought."""
        visit = replace(
            self.visit,
            batch_ids=self.visit.batch_ids + batch_ids,
            counts=Counter(self.visit.counts) + Counter(counts),
        )
        return replace(self, visit=visit)


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of one page, for the state."""

    batch_ids: tuple[str, ...]
    counts: Mapping[str, int] = field(default_factory=dict)
    seen: tuple[str, ...] = ()
    """Recent ids, newest first, with those of this page."""


class OverBudgetError(TransientError):
    """The month's posts are read; another month brings others."""


def queries(source: Source, x: XAccess) -> tuple[str, ...]:
    """Give what a source asks: its own words, else all names of all brands. PermanentError: nothing."""
    longest = LIMITS[x.level].query
    own = query_of(source.query, reposts=source.reposts) if source.query else ""
    if found := (own,) if own else queries_of(x.brands, longest, reposts=source.reposts):
        return found
    raise PermanentError("nothing to look for: set `query`, or name a brand")


async def read_query(blank: Question, x: XAccess, trip: Trip, around: Round) -> Trip:
    """Read one query to its end, to an error, or to the last page of the visit; the state is saved page by page."""
    while trip.pages < PAGES:
        place = read_memory(state_of(blank.source, around).cursor).place(blank.words)
        asked = replace(blank, cursor=place.cursor, reached=place.reached, page=place.page)
        try:
            left = posts_left(around)
            answer = await x.door.fetch(limited(ask(asked), left))
            page = read(answer, asked)
        except Exception as exc:  # Law 7: given back, so that it is not taken for the stores'.
            return _without(blank, exc, trip, around)
        document = parsed(answer)
        kept = keep_page(page, edits_in(document), blank.source, x, around)
        note_page(blank, place, page, paid_in(document), kept.seen, around)
        trip = replace(trip.joined(kept.batch_ids, kept.counts), pages=trip.pages + 1)
        if not page.next:
            break
    return trip


def posts_left(around: Round) -> int:
    """How many posts may still be read this month. OverBudgetError: fewer than the smallest page has."""
    limit, used = around.access.budgets.get(POSTS), spent(around.states.all(), around.now)
    if limit is None:
        return RECENT_IDS
    if limit - used < LEAST:
        raise OverBudgetError(told(limit, used, around.now))
    return limit - used


def note_over_budget(visit: Visit, error: OverBudgetError, source: Source, around: Round) -> Visit:
    """Note that the month's posts are read: the check-up names the source, and each `every` or so it is looked again.

    That costs nothing: X is not asked.
    """
    return note_failure(visit, error, source, replace(state_of(source, around), failures=_NAMED), around)


def keep_page(page: Page, edits: Mapping[str, str], source: Source, x: XAccess, around: Round) -> Kept:
    """Make durable what is new on a page. A newer version of a post that we have takes the place of the older one."""
    items, bad = read_page(page, source, now=around.now, pseudonym=around.authors.pseudonym)
    seen = state_of(source, around).recent_ids
    versions = {item.id: version for item in items if (version := edits.get(item.url))}
    newer = {name: version for name, version in versions.items() if int(version) > _version(name, seen)}
    known = frozenset(name for name in seen if name not in newer)
    if newer:
        first = min(item.published_at for item in items if item.id in newer)
        x.forget(list(newer), first - timedelta(minutes=1))
    batch_ids, counts = keep_new(items, bad, known, source, around)
    marks = [f"{name}{_VERSION}{version}" for name, version in newer.items()]
    ids = dict.fromkeys([*marks, *(item.id for item in items), *seen])
    return Kept(batch_ids, counts, tuple(ids)[:RECENT_IDS])


def note_page(
    question: Question, place: Place, page: Page, posts: int, seen: tuple[str, ...], around: Round
) -> SourceState:
    """Save how far the query was read and what it cost, over whatever others saved meanwhile."""
    moved = Place(place.cursor, page.cursor, page.next) if page.next else Place(page.cursor or place.cursor)

    def noted(held: SourceState) -> SourceState:
        memory = read_memory(held.cursor).moved(question.words, moved)
        return with_memory(held, charged(memory, posts, around.now), seen)

    return change_state(question.source, noted, around)


def change_memory(source: Source, change: Callable[[Memory], Memory], around: Round) -> SourceState:
    """Change what is remembered of a source's places and price, as `change_state` does."""
    return change_state(source, lambda held: with_memory(held, change(read_memory(held.cursor))), around)


def with_memory(state: SourceState, memory: Memory, seen: tuple[str, ...] | None = None) -> SourceState:
    """The state with this memory, and with these recent ids if any are given."""
    return replace(state, cursor=write_memory(memory), recent_ids=state.recent_ids if seen is None else seen)


def change_state(source: Source, change: Callable[[SourceState], SourceState], around: Round) -> SourceState:
    """Change a source's state. A search and a stream may do so at once: neither loses what the other spent.

    TransientError: others were faster 20 times.
    """
    for _ in range(_TRIES):
        with suppress(ConflictError):
            return around.states.save(change(state_of(source, around)))
    raise TransientError(f"{source.id}: its state is changed by too many at once")


def state_of(source: Source, around: Round) -> SourceState:
    """What is remembered of the source at this moment."""
    return around.states.get(source.id) or SourceState(source.id)


def started(memory: Memory, words: Sequence[str], now: datetime) -> Memory:
    """The memory for these queries: each has a cursor that search still takes, so that its pages stay the same.

    A new query begins where the others are, since names are asked together; the first ones of all a day ago.
    """
    archived = {word: place for word, place in memory.places.items() if word.startswith(ARCHIVE)}
    polled = {word: place for word, place in memory.places.items() if word not in archived and place.cursor}
    cursors = newest_first(place.cursor for place in polled.values())
    begin = Place(cursors[-1] if cursors else id_at(now - FIRST_LOOK))
    limit = id_at(now - OLDEST)
    wanted = set(words)
    kept = {word: place for word, place in polled.items() if word in wanted}
    places = {**{word: begin for word in words if word not in kept}, **kept}
    fresh = {word: place if int(place.cursor) >= int(limit) else Place(limit) for word, place in places.items()}
    return replace(memory, places={**archived, **fresh})


def _without(question: Question, error: Exception, trip: Trip, around: Round) -> Trip:
    """Go on without a query that is refused; any other error ends the visit."""
    trip = replace(trip, pages=trip.pages + 1)
    if not isinstance(error, TransientError):
        # A page that X forgot would be asked for again for ever.
        change_memory(
            question.source,
            lambda held: held.moved(question.words, Place(held.place(question.words).cursor)),
            around,
        )
    if isinstance(error, BadItemError):
        return replace(trip, refused=(*trip.refused, str(error)))
    return replace(trip, error=error)


def _version(name: str, seen: Sequence[str]) -> int:
    """The newest version that we have of an edited post; -1 for none."""
    marks = (mark.partition(_VERSION) for mark in seen if mark.startswith(f"{name}{_VERSION}"))
    return max((int(version) for _, _, version in marks if version.isdecimal()), default=-1)
