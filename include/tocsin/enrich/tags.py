"""What enrichment says of one text."""

from dataclasses import dataclass

from tocsin.model import Entity, Judgement, Tone

UNKNOWN = "und"
"""ISO 639's own code for a language that is not determined."""


@dataclass(frozen=True, slots=True)
class Tags:
    """What is said of one text. Without brands nothing else was looked at."""

    brands: tuple[str, ...] = ()
    language: str = UNKNOWN
    tone: Tone = Tone.UNKNOWN
    compound: float = 0.0
    entities: tuple[Entity, ...] = ()
    judgements: tuple[Judgement, ...] = ()
    """One per brand, in their order."""
