"""What a stream brought becomes a raw batch, then the source's memory moves: a kill repeats work and loses none."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from tocsin.collect.due import due_after
from tocsin.collect.networks.memory import read_memory, write_memory
from tocsin.collect.poll import Round, Visit, keep_new, report_of
from tocsin.collect.streams.hearing import Broadcast
from tocsin.collect.visit_network import RECENT_IDS
from tocsin.errors import ConflictError
from tocsin.model import BadItem, RawItem, Source, SourceState

LISTENING = "listening to the stream"
_TRIES = 5


@dataclass(slots=True)
class Heap:
    """What came and is not durable yet, and the mark that holds once it is."""

    items: list[RawItem] = field(default_factory=list)
    bad: list[BadItem] = field(default_factory=list)
    mark: str = ""
    new: int = 0
    """Of the items, once they are durable: how many were new."""


def state_of(source: Source, around: Round) -> SourceState:
    """What is remembered of the source, nothing if it was never read."""
    return around.states.get(source.id) or SourceState(source.id)


def change_state(source: Source, change: Callable[[SourceState], SourceState], around: Round) -> None:
    """Change what is remembered, on top of what others changed meanwhile. ConflictError: five times in a row."""
    for tries_left in reversed(range(_TRIES)):
        try:
            around.states.save(change(state_of(source, around)))
        except ConflictError:
            if not tries_left:
                raise
        else:
            return


def keep(heap: Heap, source: Source, around: Round) -> Counter[str]:
    """Make durable what is new of the heap, with its report; give how many items came under each status."""
    if not heap.items and not heap.bad:
        return Counter()
    known = frozenset(state_of(source, around).recent_ids)
    batch_ids, counts = keep_new(heap.items, heap.bad, known, source, around)
    around.reports.save(report_of(Visit(source.id, "fetched", counts, batch_ids), around.now))
    heap.new = counts["new"]
    return +counts


def note_heard(
    heap: Heap, words: Sequence[str], source: Source, broadcast: Broadcast, around: Round, note: str
) -> None:
    """Remember that the source is heard up to the heap's mark; while it is, nobody polls it."""

    def noted(state: SourceState) -> SourceState:
        memory = read_memory(state.cursor).kept(words)
        now, mark = around.now, broadcast.capped(heap.mark, around.now)
        heard_at = broadcast.heard_at(mark)
        return replace(
            state,
            cursor=write_memory(broadcast.reach(memory, words, mark) if mark else memory),
            recent_ids=tuple(dict.fromkeys([*(i.id for i in heap.items), *state.recent_ids]))[:RECENT_IDS],
            checked_at=now,
            # A stream that tells again what it told an hour ago is an hour behind, and coverage is to know it.
            succeeded_at=min(now, heard_at) if heard_at else state.succeeded_at if broadcast.replays else now,
            due_at=due_after(source, source.every, now),
            failures=0,
            weight=0.0,
            throttled_until=None,
            rhythm=state.rhythm.with_items(heap.new, now),
            note=note,
        )

    change_state(source, noted, around)
