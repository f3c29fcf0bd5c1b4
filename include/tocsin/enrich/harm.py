"""Say what a text does to each brand that it concerns: harm to one is none to another.

Each brand is judged by the sentences that name it; one that stands alone in a text, or is named by the source only,
by the whole. A negative tone there is harm, and the words that sound negative by themselves are what decided it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tocsin.enrich.folding import without_links
from tocsin.model import Harm, Judgement, Tone

if TYPE_CHECKING:  # both load spaCy or a lexicon; who only passes a Passage on does not pay that
    from tocsin.enrich.matching import Hit
    from tocsin.enrich.tone import ToneReader

LONGEST = 3_000
"""Characters in which the words that decided it are looked for: as far as a tone is heard."""

MOST_WORDS = 5
"""Words that are kept of those that decided it: what a line of a mail can show."""

_SENTENCE = re.compile(r"[^\n]+?(?:[.!?…]+(?=\s)|(?=\n)|\Z)")
_WORD = re.compile(r"[^\W\d_][\w'’-]*")


@dataclass(frozen=True, slots=True)
class Passage:
    """A text with what is known of it before it is judged."""

    text: str
    """Title and text as `full_text` joins them."""
    title: str
    """What `text` begins with, where the source gives one."""
    language: str
    hits: "tuple[Hit, ...]" = ()
    """Where it names which brand, at half-open offsets in `text`; a brand that only the source names has none."""


def judge(passage: Passage, brands: Sequence[str], tones: "ToneReader") -> tuple[Judgement, ...]:
    """Judge what the passage says of each of these brands, in their order; UNKNOWN where none reads its language."""
    return tuple(_judged(brand, _about(brand, passage, len(brands)), tones) for brand in brands)


def _judged(brand: str, about: Passage, tones: "ToneReader") -> Judgement:
    tone, compound = tones.read(about.text, about.language, [(hit.start, hit.end) for hit in about.hits])
    if tone is Tone.UNKNOWN:
        return Judgement(brand, tone, compound, Harm.UNKNOWN, 0.0)
    if tone is not Tone.NEGATIVE:
        return Judgement(brand, tone, compound, Harm.NONE, 0.0)
    return Judgement(brand, tone, compound, Harm.HARMFUL, max(0.0, -compound), _deciding(about, tones))


def _about(brand: str, passage: Passage, brands: int) -> Passage:
    """Cut the passage down to the sentences that name the brand."""
    named = [hit for hit in passage.hits if hit.brand == brand]
    if brands == 1 or not named:
        return passage
    text, kept = "", []
    for start, end in _sentences(passage.text):
        if any(start <= hit.start < end for hit in named):
            shift = len(text) - start
            inside = (hit for hit in passage.hits if start <= hit.start < end)
            kept += [replace(hit, start=hit.start + shift, end=min(hit.end, end) + shift) for hit in inside]
            text += passage.text[start:end] + "\n"
    return replace(passage, text=text, hits=tuple(kept))


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    return (found.span() for found in _SENTENCE.finditer(text))


def _deciding(about: Passage, tones: "ToneReader") -> tuple[str, ...]:
    """Give the words that sound negative by themselves, the worst first; a brand's name is none of them."""
    heard: dict[str, float] = {}
    for found in _WORD.finditer(without_links(about.text[:LONGEST])):
        if not any(hit.start < found.end() and found.start() < hit.end for hit in about.hits):
            tone, compound = tones.read(found.group(), about.language)
            if tone is Tone.NEGATIVE:
                heard.setdefault(found.group(), compound)
    return tuple(sorted(heard, key=lambda word: heard[word])[:MOST_WORDS])
