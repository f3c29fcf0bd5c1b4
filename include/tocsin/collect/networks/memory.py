"""Where reading a network stopped, word by word, and what was spent today: one line in the source's state."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tocsin.collect.networks.answers import part, text


@dataclass(frozen=True, slots=True)
class Place:
    """How far one word was read: `cursor` whole; of a reading cut short, what it `reached` and the page it is at."""

    cursor: str = ""
    reached: str = ""
    page: str = ""


@dataclass(frozen=True, slots=True)
class Memory:
    """All places of a source, the word asked longest ago first, and what its questions of `day` cost by budget."""

    places: Mapping[str, Place] = field(default_factory=dict)
    day: str = ""
    spent: Mapping[str, int] = field(default_factory=dict)
    heard: str = ""
    """Up to where a stream was heard that can be asked again from there, in the network's own words."""

    def turns(self, words: Iterable[str]) -> list[str]:
        """Put the words in the order to ask them: begun readings, then what was never asked, then longest ago."""
        asked = {word: number for number, word in enumerate(self.places, start=1)}
        unfinished = {word for word, place in self.places.items() if place.page}
        return sorted(words, key=lambda word: (word not in unfinished, asked.get(word, 0)))

    def place(self, word: str) -> Place:
        """How far the word was read."""
        return self.places.get(word, Place())

    def moved(self, word: str, place: Place) -> "Memory":
        """The same with the word read up to `place`, just now."""
        others = {known: held for known, held in self.places.items() if known != word}
        return replace(self, places={**others, word: place})

    def kept(self, words: Iterable[str]) -> "Memory":
        """The same without words that nobody asks for any more."""
        wanted = set(words)
        places = {word: place for word, place in self.places.items() if word in wanted}
        return replace(self, places=places)

    def charged(self, budget: str, day: str) -> "Memory":
        """The same with one question more drawn from the budget; another day begins at nothing."""
        spent = dict(self.spent) if day == self.day else {}
        return replace(self, day=day, spent={**spent, budget: spent.get(budget, 0) + 1})

    def cost(self, budget: str, day: str) -> int:
        """How many questions of that day were drawn from the budget."""
        return self.spent.get(budget, 0) if day == self.day else 0


def read_memory(cursor: str) -> Memory:
    """Read what `write_memory` wrote; anything else is an empty memory, so that all is read again."""
    try:
        held = json.loads(cursor or "{}")
    except (ValueError, RecursionError):
        return Memory()
    places = part(held, "words")
    said = part(held, "spent")
    spent = {name: n for name, n in said.items() if isinstance(n, int)} if isinstance(said, dict) else {}
    return Memory(
        {word: _place(place) for word, place in places.items()} if isinstance(places, dict) else {},
        text(part(held, "day")) if spent else "",
        spent,
        text(part(held, "heard")),
    )


def write_memory(memory: Memory) -> str:
    """Give the memory as one line of JSON."""
    words = {word: [place.cursor, place.reached, place.page] for word, place in memory.places.items()}
    held: dict[str, Any] = {"words": words}
    if memory.spent:
        held |= {"day": memory.day, "spent": memory.spent}
    if memory.heard:
        held["heard"] = memory.heard
    return json.dumps(held, separators=(",", ":"))


def _place(held: Any) -> Place:
    parts = [text(one) for one in held] if isinstance(held, list) else []
    return Place(*parts[:3])
