"""A post on its way: as a source gave it, as we understood it, and what became of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Tone(StrEnum):
    """How a text sounds; UNKNOWN where no scorer speaks its language (never a guess)."""

    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    POSITIVE = "positive"
    UNKNOWN = "unknown"


class Harm(StrEnum):
    """What a text does to a brand; UNKNOWN where nothing reads its language (never a guess)."""

    HARMFUL = "harmful"
    """It speaks against the brand, or tells of a harm that is laid at its door."""
    RESOLVED = "resolved"
    """It tells of a harm that is denied, dismissed, settled or over."""
    NONE = "none"
    UNKNOWN = "unknown"


class Tier(StrEnum):
    """Whose voice it is, as the team ranks voices; UNKNOWN for all that it did not write down."""

    REGULATOR = "regulator"
    PRESS = "press"
    """Press of the first rank: what it says, others repeat."""
    LARGE = "large"
    """An account with many followers."""
    UNKNOWN = "unknown"


class Stage(StrEnum):
    """Where a batch is on its way."""

    RAW = "raw"
    ENRICHED = "enriched"
    VERDICTS = "verdicts"
    ARCHIVE = "archive"
    """Raw batches whose mentions the store holds."""
    PUSHED = "pushed"
    """What hubs pushed, one document each, not yet read."""


@dataclass(frozen=True, slots=True)
class RawItem:
    """One post as a source gave it, cleaned of markup; `author` is already a pseudonym, `id` is stable."""

    id: str
    source_id: str
    network: str
    url: str
    title: str
    text: str
    author: str
    published_at: datetime
    discovered_at: datetime
    language: str | None = None
    """Language the source claims, if it does."""
    brands: tuple[str, ...] | None = None
    """Brand ids that the source itself names (an archive's brand column); None = look in the text."""
    page: str = ""
    """What came of reading its page for the full text: a status of the step `pages`; empty: it was not asked for."""
    audience: int | None = None
    """Followers of the author where the network says so: who might read it, not who did."""


@dataclass(frozen=True, slots=True)
class BadItem:
    """One item that could not be taken, with the reason; `excerpt` is capped and never shown unescaped."""

    id: str
    step: str
    source_id: str
    reason: str
    excerpt: str
    at: datetime
    record: str = ""
    """The mention as JSON where the store refused it, so that it can be tried again; empty where nothing can be."""


@dataclass(frozen=True, slots=True)
class Entity:
    """A name found in a text: spaCy's label and the half-open character offsets in `Mention.text_of`."""

    text: str
    label: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one text says of one brand."""

    brand: str
    tone: Tone
    """Towards this brand: a text may praise one and damn another."""
    compound: float
    """Valence towards it in [-1, 1]; 0.0 when the tone is unknown."""
    harm: Harm
    score: float
    """How harmful, in [0, 1]."""
    words: tuple[str, ...] = ()
    """The words that decided it, as they are written, strongest first."""


_HARM_BY_TONE = {
    Tone.NEGATIVE: Harm.HARMFUL,
    Tone.NEUTRAL: Harm.NONE,
    Tone.POSITIVE: Harm.NONE,
    Tone.UNKNOWN: Harm.UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class Mention:
    """A post with what we say of it. `story_id` is the id of the earliest near-copy we know (itself if none)."""

    id: str
    source_id: str
    network: str
    url: str
    title: str
    text: str
    author: str
    published_at: datetime
    discovered_at: datetime
    language: str
    brands: tuple[str, ...]
    tone: Tone
    compound: float
    """Valence of what the text says about brands at all, in [-1, 1]; 0.0 when the tone is unknown."""
    story_id: str
    entities: tuple[Entity, ...] = ()
    judgements: tuple[Judgement, ...] = ()
    """One per brand, in the order of `brands`; none in what was stored before texts were judged brand by brand."""
    tier: Tier = Tier.UNKNOWN
    audience: int | None = None
    """Followers of the author where the network says so: a potential audience, not a count of readers."""

    @property
    def harmed(self) -> tuple[str, ...]:
        """Brands that the text harms, each once; where it was not judged brand by brand, its tone says so of all."""
        brands = dict.fromkeys(self.brands)
        return tuple(brand for brand in brands if self.judgement_of(brand).harm is Harm.HARMFUL)

    def judgement_of(self, brand: str) -> Judgement:
        """What it says of one of its brands; of one that was not judged by itself, what its tone says."""
        told = next((judged for judged in self.judgements if judged.brand == brand), None)
        if told is not None:
            return told
        harm = _HARM_BY_TONE[self.tone]
        score = max(0.0, -self.compound) if harm is Harm.HARMFUL else 0.0
        return Judgement(brand, self.tone, self.compound, harm, score)

    @property
    def text_of(self) -> str:
        """Title and text as one string: what language, brands, tone and entities were read from."""
        return full_text(self.title, self.text)


def full_text(title: str, text: str) -> str:
    """Join title and text as readers see them; a title repeated as the text's start is not said twice."""
    if not title or text.startswith(title):
        return text
    return f"{title}\n{text}" if text else title


@dataclass(frozen=True, slots=True)
class Rejection:
    """A mention that a store refused, and its reason."""

    mention: Mention
    reason: str


@dataclass(frozen=True, slots=True)
class Added:
    """What became of the mentions given to a store; the four add up to what came in."""

    created: int = 0
    unchanged: int = 0
    """Held before with these very values: an earlier try of the same batch stored them."""
    duplicate: int = 0
    """The id is held with other values, or came twice in one call: the same post, met another way."""
    rejected: tuple[Rejection, ...] = ()
