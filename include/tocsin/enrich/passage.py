"""A text before it is judged, and the parts of a long one that name brands which its beginning does not name."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from tocsin.enrich.heard import LONGEST
from tocsin.enrich.sentences import LONGEST_SENTENCE, sentence_spans
from tocsin.model import Tone

if TYPE_CHECKING:
    from tocsin.enrich.matching import Hit


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
    day: date = date.min
    """When it was published: the crisis words of that day count."""
    heard: tuple[Tone, float] | None = None
    """Tone and valence of the whole, the brands' names unheard, where somebody has read them already."""


def parts(passage: Passage, brands: Sequence[str]) -> Iterator[tuple[Passage, list[str]]]:
    """Give the passages by which these brands are judged, each with its brands.

    One is read as far as LONGEST. A brand that is named only behind that is judged by the part that begins with the
    sentence that first names it: what is said of others at the beginning of an article is none of its.
    """
    named = {hit.brand: hit for hit in sorted(passage.hits, key=lambda hit: -hit.start)}
    late = sorted(
        (named[brand] for brand in brands if brand in named and named[brand].start >= LONGEST),
        key=lambda hit: hit.start,
    )
    behind = {hit.brand for hit in late}
    if early := [brand for brand in brands if brand not in behind]:
        yield passage, early
    while late:
        start = _sentence_of(passage.text, late[0])
        here = [hit for hit in late if hit.start < start + LONGEST]
        yield _from(passage, start), [hit.brand for hit in here]
        late = late[len(here) :]


def _sentence_of(text: str, hit: "Hit") -> int:
    """Give where the sentence begins that holds the brand, as far back as a sentence may be long."""
    before = max(0, hit.start - LONGEST_SENTENCE)
    return min(hit.start, before + sentence_spans(text[before : hit.end])[-1][0])


def _from(passage: Passage, start: int) -> Passage:
    hits = (hit for hit in passage.hits if hit.start >= start)
    moved = tuple(replace(hit, start=hit.start - start, end=hit.end - start) for hit in hits)
    return replace(passage, text=passage.text[start:], title="", hits=moved, heard=None)
