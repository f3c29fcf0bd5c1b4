"""What an ear gives back, and what tone and harm hold to alike, whatever the language."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

NEUTRAL = 0.05
"""Valence at which a text stops being neutral, in every language, unless brands.yaml says otherwise."""

LONGEST = 3_000
"""Characters that are heard: beyond, an article has long said how it sounds."""

SHORT = 600
"""Characters of a post that is about its brand as a whole; in a longer text only the sentences at its names count."""

NEGATIVE_WEIGHT = 1.6
"""How much more a bad thing said counts than a good one: whoever is polite while complaining complains."""


@dataclass(frozen=True, slots=True)
class HeardSpan:
    """A sentence, or a word or phrase in it: half-open offsets, and its valence, 0.0 where nothing speaks."""

    start: int
    end: int
    valence: float


Scorer = Callable[[str], float]
"""Valence of one sentence in [-1, 1]; 0.0 where nothing speaks."""


@dataclass(frozen=True, slots=True)
class Ear:
    """How one language is heard."""

    score: Scorer
    words: Callable[[str], Sequence[HeardSpan]] | None = None
    """The words and phrases of a sentence that speak, with their valence in it; None: each word is heard alone."""
    quiet: tuple[float, float] = (-NEUTRAL, NEUTRAL)
    """Valences between which this ear has heard too little to say so."""

    def settled(self, valence: float) -> float:
        """Bring a valence to the scale of all languages: `quiet` becomes neutral; -1, 0, 1 and the order stay."""
        size, quiet = abs(valence), abs(self.quiet[valence > 0])
        if size < quiet:
            return valence / quiet * NEUTRAL
        return (NEUTRAL + (size - quiet) / (1 - quiet) * (1 - NEUTRAL)) * (1 if valence > 0 else -1)
