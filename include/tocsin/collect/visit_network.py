"""One visit to a social network: word by word and page by page, each page durable before the cursor moves."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b
from zoneinfo import ZoneInfo

from tocsin.collect.networks.asking import Credentials, Network, Page, Question, alone
from tocsin.collect.networks.memory import Memory, Place, read_memory, write_memory
from tocsin.collect.networks.posts import read_page
from tocsin.collect.networks.table import NETWORKS, credentials_of, lacking
from tocsin.collect.poll import Round, Visit, keep_new, note_failure, note_success
from tocsin.errors import BadItemError, PermanentError, TransientError
from tocsin.model import BadItem, RawItem, Source, SourceState

PAGES_A_VISIT = 30
"""Requests in one visit; what is left is read on the next, the words that waited longest first."""
RECENT_IDS = 2_000
"""Ids that are known at once: far more than come between a cursor and the overlap before it."""

MARK_CAP = 20_000
"""Characters of a cursor or page: Facebook's may name 25 posts, each with a place in its comments."""


@dataclass(frozen=True, slots=True)
class _Trip:
    """How far a visit has come; all that it counts is durable."""

    visit: Visit
    memory: Memory
    seen: tuple[str, ...]
    elsewhere: Counter[str]
    """What other sources drew from the budgets today."""
    until: float
    """When no other page is begun, by the event loop's own time: it measures patience and dates nothing."""
    pages: int = 0
    refused: tuple[str, ...] = ()
    """Why the network would not be asked some words."""
    error: Exception | None = None
    """What ended the visit before its time."""


@dataclass(frozen=True, slots=True)
class _Read:
    page: Page
    items: tuple[RawItem, ...]
    bad: tuple[BadItem, ...]


async def visit_network(source: Source, state: SourceState, around: Round) -> Visit:
    """Read what is new for each word of the source, at most 30 pages or two minutes; failures are noted as of feeds.

    What a page held is a raw batch before the next page is asked for. The state, with all cursors, is saved at the
    end, good or bad: a crash repeats work and loses none. A reading that was cut short goes on at its page the next
    time, and a word that the network refuses stops no other. An error of the stores is raised.
    """
    network = NETWORKS[source.kind]
    visit = Visit(source.id, "fetched")
    try:
        credentials = await _known_by(source, network, around)
        blank = Question(source, "", around.now, credentials=credentials)
        words = words_of(blank, network, around.access.names)
    except Exception as exc:  # Law 7: whatever one source does, the others are read.
        return note_failure(visit, exc, source, state, around)
    memory = read_memory(state.cursor).kept(words)
    until = asyncio.get_running_loop().time() + around.access.patience.total_seconds()
    trip = _Trip(visit, memory, state.recent_ids, _spent_elsewhere(source, network, around), until)
    for word in memory.turns(words):
        trip = await _read_word(replace(blank, words=word), network, trip, around)
        if trip.error or _is_over(trip):
            break
    return _end(source, state, trip, words, around)


def words_of(blank: Question, network: Network, names: tuple[str, ...]) -> tuple[str, ...]:
    """Give what the source says, else the brands' names as the network is asked for them. PermanentError: nothing."""
    query = blank.source.query
    if not network.takes_company:
        names = tuple(dict.fromkeys(map(alone, names)))
    if words := (query,) if query else network.words(names, blank):
        return words
    raise PermanentError("nothing to look for: set `query`, or name a brand")


async def _known_by(source: Source, network: Network, around: Round) -> Credentials:
    """Give what the network knows us by, signed in where it wants that. PermanentError: something is lacking."""
    held = credentials_of(source, around.access)
    if missing := lacking(source, held):
        raise PermanentError(missing)
    if network.sign_in is None:
        return held
    name, shelf = _token_name(source, held), around.access.tokens
    token = around.tokens.get(name) or (shelf and shelf.find(name, around.now))
    if not token:
        request = network.sign_in.ask(Question(source, "", around.now, credentials=held))
        token = network.sign_in.read(await around.fetcher.fetch(request))
        if shelf:
            shelf.keep(name, token, around.now + network.sign_in.lasts)
    around.tokens[name] = token
    return {**held, "token": token}


def _token_name(source: Source, held: Credentials) -> str:
    """Other credentials, or another server, mean another token; the name tells nothing of them."""
    parts = "\x1f".join([source.kind, source.url, *sorted(held.values())])
    return blake2b(parts.encode("utf-8", "replace"), digest_size=16).hexdigest()


async def _read_word(question: Question, network: Network, trip: _Trip, around: Round) -> _Trip:
    """Read one word, page by page, to its end, to an error or to the visit's last page."""
    while not _is_over(trip):
        place = trip.memory.place(question.words)
        asked = replace(question, cursor=place.cursor, reached=place.reached, page=place.page)
        trip = replace(trip, pages=trip.pages + 1)
        if budget := network.cost(asked):
            if over := _over_budget(budget, network, trip, around):
                return replace(trip, error=over)
            trip = replace(trip, memory=trip.memory.charged(budget, _day(network, around.now)))
        read = await _answer(asked, network, around)
        if isinstance(read, Exception):
            return _without(question.words, read, trip)
        trip = _kept(read, place, question, trip, around)
        if not read.page.next:
            break
    return trip


def _is_over(trip: _Trip) -> bool:
    """A slow server must not hold up the others, nor the end of the visit, where all is remembered."""
    late = trip.pages > 0 and asyncio.get_running_loop().time() >= trip.until
    return late or trip.pages >= PAGES_A_VISIT


async def _answer(asked: Question, network: Network, around: Round) -> _Read | Exception:
    """Ask and read; an error is given back, so that it is not taken for the stores'."""
    try:
        page = _capped(network.read(await around.fetcher.fetch(network.ask(asked)), asked))
        items, bad = read_page(page, asked.source, now=around.now, pseudonym=around.authors.pseudonym)
    except Exception as exc:
        return exc
    return _Read(page, items, bad)


def _capped(page: Page) -> Page:
    """Refuse marks that would bloat the state: the network writes them, and we keep them."""
    if len(page.cursor) > MARK_CAP or len(page.next) > MARK_CAP:
        raise TransientError(f"answered with a mark of the next page over {MARK_CAP} characters")
    return page


def _kept(read: _Read, place: Place, question: Question, trip: _Trip, around: Round) -> _Trip:
    """Make a page durable, then remember how far the word was read."""
    batch_ids, counts = keep_new(read.items, read.bad, frozenset(trip.seen), question.source, around)
    page = read.page
    moved = Place(place.cursor, page.cursor, page.next) if page.next else Place(page.cursor or place.cursor)
    visit = replace(
        trip.visit,
        batch_ids=trip.visit.batch_ids + batch_ids,
        counts=Counter(trip.visit.counts) + counts,
    )
    seen = tuple(dict.fromkeys([*(item.id for item in read.items), *trip.seen]))[:RECENT_IDS]
    return replace(trip, visit=visit, seen=seen, memory=trip.memory.moved(question.words, moved))


def _without(word: str, error: Exception, trip: _Trip) -> _Trip:
    """Go on without a word that is refused; any other error ends the visit.

    Only what may pass keeps its page: a page that the network forgot would be asked for again for ever.
    """
    if not isinstance(error, TransientError):
        trip = replace(trip, memory=trip.memory.moved(word, Place(trip.memory.place(word).cursor)))
    if isinstance(error, BadItemError):
        return replace(trip, refused=(*trip.refused, str(error)))
    return replace(trip, error=error)


def _end(source: Source, state: SourceState, trip: _Trip, words: Sequence[str], around: Round) -> Visit:
    """Save how far we came, with what is left to do or went wrong."""
    state = replace(state, cursor=write_memory(trip.memory), recent_ids=trip.seen)
    if trip.error:
        visit = note_failure(trip.visit, trip.error, source, state, around)
        _forget_token(source, trip.error, around)  # Afterwards: the note leaves out what we still know.
        return visit
    if trip.refused and len(trip.refused) == trip.pages:
        return note_failure(trip.visit, BadItemError(trip.refused[0]), source, state, around)
    waiting = sum(1 for word in words if trip.memory.place(word).page or word not in trip.memory.places)
    left = [f"{waiting} of {len(words)} words wait for the next visit"] if waiting else []
    refused = [f"{len(trip.refused)} of {len(words)} words refused: {trip.refused[0]}"] if trip.refused else []
    return note_success(trip.visit, source, state, around, "; ".join([*refused, *left]))


def _forget_token(source: Source, error: Exception, around: Round) -> None:
    """A log-in that is refused is not tried again: it may have been taken back."""
    if isinstance(error, PermanentError):
        name = _token_name(source, credentials_of(source, around.access))
        around.tokens.pop(name, None)
        if around.access.tokens:
            around.access.tokens.forget(name)


def _spent_elsewhere(source: Source, network: Network, around: Round) -> Counter[str]:
    """Add up what the other sources drew today; a network without budgets is not looked up."""
    spent: Counter[str] = Counter()
    for state in around.states.all() if network.budgets else ():
        if state.source_id != source.id:
            memory = read_memory(state.cursor)
            spent.update({name: memory.cost(name, _day(network, around.now)) for name in network.budgets})
    return spent


def _over_budget(budget: str, network: Network, trip: _Trip, around: Round) -> TransientError | None:
    limit = around.access.budgets.get(budget)
    spent = trip.memory.cost(budget, _day(network, around.now)) + trip.elsewhere[budget]
    if limit is None or spent < limit:
        return None
    there = around.now.astimezone(ZoneInfo(network.day_zone))
    midnight = (there + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    told = f"the budget of the day is spent: TOCSIN_{budget.upper()} is {limit}"
    return TransientError(told, retry_after=midnight.timestamp() - around.now.timestamp())


def _day(network: Network, now: datetime) -> str:
    return now.astimezone(ZoneInfo(network.day_zone)).date().isoformat()
