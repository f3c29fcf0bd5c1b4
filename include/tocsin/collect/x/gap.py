"""What a stream told, put beside what searches had read: one answer, and cursors that leave no gap."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from tocsin.collect.networks.answers import items, part
from tocsin.collect.networks.memory import Memory, Place
from tocsin.collect.networks.read_x import id_at, newest_of, time_of

OVERLAP = timedelta(minutes=1)
"""How far before the last post the gap begins: a stream is some seconds out of order."""


def joined(events: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The events as a search's answer would hold them."""
    tweets = [one for event in events for one in items(part(event, "includes", "tweets"))]
    return {"data": [event.get("data") for event in events], "includes": {"tweets": tweets}}


def reached(memory: Memory, asked: Sequence[str], newest: str) -> Memory:
    """The memory when all queries are read up to that post, but for those that a search is in the middle of."""
    for query in asked if newest else ():
        place = memory.place(query)
        if not place.page:
            memory = memory.moved(query, Place(newest_of([place.cursor, newest])))
    return memory


def shifted(memory: Memory, asked: Sequence[str]) -> Memory:
    """The memory with cursors a little before where they are, but for those that a search is in the middle of."""
    for query in asked:
        place = memory.place(query)
        at = time_of(place.cursor)
        if at and not place.page:
            memory = memory.moved(query, Place(id_at(at - OVERLAP)))
    return memory
