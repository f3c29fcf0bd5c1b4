"""What an ear gives back, whatever the language."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HeardSpan:
    """A sentence, or a word or phrase in it: half-open offsets, and its valence, 0.0 where nothing speaks."""

    start: int
    end: int
    valence: float
