"""Say what a text does to each brand that it concerns: harm to one is none to another.

A brand is judged by the clauses that speak of it (`tocsin.enrich.scope`). Two things harm it: a negative tone towards
it, and crisis words ("recall", "mise en examen"), which count in neutral prose too (`tocsin.enrich.harm_words`), as
they are meant (`tocsin.enrich.harm_meaning`): not when negated, fought by the brand or somebody else's; denied,
settled or over they leave the brand RESOLVED. How the score is made: `_score`.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod, sqrt
from typing import TYPE_CHECKING

from tocsin.enrich.harm_context import Cue, Role, find_cues
from tocsin.enrich.harm_meaning import Meaning, Reading, Told, absolved, helped, meanings
from tocsin.enrich.harm_tokens import words_of
from tocsin.enrich.harm_words import CrisisWords, shipped
from tocsin.enrich.heard import LONGEST, HeardSpan
from tocsin.enrich.passage import Passage, parts
from tocsin.enrich.scope import read_scope
from tocsin.enrich.sentences import sentence_spans
from tocsin.enrich.tags import UNKNOWN
from tocsin.model import Harm, Judgement, Tone

if TYPE_CHECKING:  # it loads a lexicon; who only judges does not pay that
    from tocsin.enrich.tone import ToneReader

MOST_WORDS = 5
"""Words that are kept of those that decided it: what a line of a mail can show."""

HARMFUL_FROM = 0.25
"""Weight of crisis words from which they alone are a harm."""

ACCUSED_AND_DENIED = 0.7
"""Share of the score that is left where some of it is denied or over and some is not."""

QUIET = 0.3
"""Share of its weight that a harm keeps when it is denied or over: an e-mail may still name it."""

ABSOLVED = 0.6
"""Weight of the harm that an acquittal speaks of without naming it."""

STILL_ANGRY = -0.5
"""Valence down to which a text about a harm that is over is no harm: below, its author is not done with it."""

HALF_AS_MUCH = 6
"""Words from a brand's name at which a word counts half for it, where the text names others too.

On the half of the reviews of laptops and restaurants that it was not chosen on, macro-F1 towards a part rises from
.547 to .572 and from .540 to .557; 2, 4 and 8 words do about the same.
"""

_Span = tuple[int, int]


def judge(
    passage: Passage, brands: Sequence[str], tones: "ToneReader", crisis: CrisisWords | None = None
) -> tuple[Judgement, ...]:
    """Judge what the passage says of each of these brands, in their order; without `crisis`, by the shipped words.

    UNKNOWN where none reads its language; a text whose language is not determined is judged by crisis words alone.
    """
    judged: dict[str, Judgement] = {}
    for part, named in parts(passage, brands):
        reading = _read(part, crisis or shipped())
        judged |= {brand: _judged(brand, part, reading, tones) for brand in named}
    return tuple(judged[brand] for brand in brands)


def _read(passage: Passage, crisis: CrisisWords) -> Reading:
    words = words_of(passage.text, passage.hits)
    cues = find_cues(words, passage.language)
    scope = read_scope(passage.text, words, cues, sentence_spans(passage.text[:LONGEST]))
    return Reading(passage.text, words, cues, crisis.find(words, passage.language, passage.day), scope)


def _judged(brand: str, passage: Passage, reading: Reading, tones: "ToneReader") -> Judgement:
    is_read = tones.speaks(passage.language)
    if brand in reading.scope.passing:
        return Judgement(brand, Tone.NEUTRAL if is_read else Tone.UNKNOWN, 0.0, Harm.NONE, 0.0)
    if not is_read and passage.language != UNKNOWN:
        return Judgement(brand, Tone.UNKNOWN, 0.0, Harm.UNKNOWN, 0.0)
    case = _Case(brand, passage, reading, tuple(meanings(reading, brand)), tones)
    tone, compound = case.hear()
    harm, score = _score(tone, compound, case.told, is_absolved=absolved(reading, brand))
    return Judgement(brand, tone, compound, harm, score, _as_written(passage.text, case.deciding(tone, harm)))


def _score(tone: Tone, compound: float, told: Sequence[Told], *, is_absolved: bool) -> tuple[Harm, float]:
    """Give label and score: 1 - (1 - tone) * product of (1 - weight), so that each harm more makes it worse.

    Tone is the negative part of the valence. Praise takes its valence off the crisis words ("perfect service after my
    accident").
    """
    laid = [one.weight for one in told if one.meaning is Meaning.LAID]
    quiet = [one.weight for one in told if one.meaning is Meaning.QUIET]
    if (quiet or is_absolved) and not laid and compound > STILL_ANGRY:
        return Harm.RESOLVED, QUIET * _together(quiet or [ABSOLVED])
    crisis = _together(laid) * (1 - max(0.0, compound))
    heard = max(0.0, -compound) if tone is Tone.NEGATIVE else 0.0
    if tone is not Tone.NEGATIVE and crisis < HARMFUL_FROM:
        return (Harm.UNKNOWN if tone is Tone.UNKNOWN else Harm.NONE), 0.0
    return Harm.HARMFUL, _together([crisis, heard]) * (ACCUSED_AND_DENIED if quiet else 1.0)


def _together(weights: Iterable[float]) -> float:
    return 1 - prod(1 - weight for weight in weights)


@dataclass(frozen=True)
class _Case:
    """One brand's part of a passage."""

    brand: str
    passage: Passage
    reading: Reading
    told: tuple[Told, ...]
    tones: "ToneReader"

    def hear(self) -> tuple[Tone, float]:
        """Give the tone towards the brand: of its clauses, of what comparisons say of it, and of its opposites."""
        tone, compound = self._own_tone()
        if tone is Tone.UNKNOWN:
            return tone, compound
        more = [stance.valence for stance in self.reading.scope.stances if stance.brand == self.brand]
        more += self._borrowed()
        return self.tones.weigh([*([compound] if compound else []), *more]) if more else (tone, compound)

    def _own_tone(self) -> tuple[Tone, float]:
        passage = self.passage
        if self._shares and self.tones.speaks(passage.language):
            return self.tones.weigh([self._near_tone()])
        if passage.heard and len(self._silent) == len(passage.hits) and self._own == passage.text:
            return passage.heard
        return self.tones.read(self._own, passage.language, self._silent)

    @property
    def _shares(self) -> bool:
        """Whether the text names others too, so that what stands nearer to its name is rather said of it."""
        return len(self.reading.named) > 1 and self.brand in self.reading.named

    def _near_tone(self) -> float:
        """Give the valence of its words, those less that stand further from its name; `weigh` tells bad from good."""
        words = self.reading.words
        starts = [word.start for word in words]
        named = [at for at, word in enumerate(words) if word.brand == self.brand]
        total = 0.0
        for heard in self._speaking:
            at = bisect_right(starts, heard.start) - 1
            far = min(abs(at - place) for place in named)
            total += heard.valence / (1 + far / HALF_AS_MUCH)
        return total / sqrt(total * total + 1)

    @cached_property
    def _speaking(self) -> tuple[HeardSpan, ...]:
        """The words and phrases that speak in what is said of the brand."""
        return self.tones.words(self._own, self.passage.language, self._silent)

    @cached_property
    def _own(self) -> str:
        """The text with the clauses blanked that do not speak of the brand; offsets stay."""
        text = self.passage.text
        if self.brand in self.reading.named:
            for clause in self.reading.scope.clauses:
                if self.brand not in clause.owners:
                    start, end = self._span(clause.first, clause.end)
                    text = text[:start] + " " * (end - start) + text[end:]
        return text

    @cached_property
    def _silent(self) -> list[_Span]:
        """What is not heard as tone: names, harms that are not at its door and what quiets them, who is helped."""
        spans = [(hit.start, hit.end) for hit in self.passage.hits]
        spans += [self._span(*one.unheard) for one in self.told if one.meaning is not Meaning.LAID]
        if absolved(self.reading, self.brand) or any(one.meaning is Meaning.QUIET for one in self.told):
            cues = (*self._quieting, *self.reading.of(Role.SUPPOSES))
            spans += [self._span(cue.first, cue.end) for cue in cues]
        return spans + [self._span(first, end) for first, end in helped(self.reading, self.brand) if first < end]

    def _borrowed(self) -> Iterator[float]:
        """Give what clauses about others say of the brand: the opposite, only the bad, or only the good."""
        for clause in self.reading.scope.clauses:
            if self.brand not in (*clause.turned, *clause.left, *clause.joined):
                continue
            start, end = self._span(clause.first, clause.end)
            inside = [(first - start, last - start) for first, last in self._silent if start <= first < end]
            valence = self.tones.read(self.passage.text[start:end], self.passage.language, inside)[1]
            if self.brand in clause.turned:
                yield -valence / 2
            elif valence < 0 if self.brand in clause.left else valence > 0 or not clause.left:
                yield valence

    def deciding(self, tone: Tone, harm: Harm) -> Iterator[tuple[float, int, int]]:
        """Give the places of what decided it, each with its strength."""
        meant = {Harm.HARMFUL: Meaning.LAID, Harm.RESOLVED: Meaning.QUIET}.get(harm)
        for one in self.told:
            if one.meaning is meant:
                yield one.weight, *self._span(one.found.first, one.found.end)
        if harm is Harm.RESOLVED:
            for cue in self._quieting:
                yield 1.0, *self._span(cue.first, cue.end)
        elif harm is Harm.HARMFUL and tone is Tone.NEGATIVE:
            yield from self._negative_words()

    @property
    def _quieting(self) -> tuple[Cue, ...]:
        roles = (Role.RESOLVES, Role.DENIES, Role.ABSOLVES, Role.ENDS)
        return tuple(cue for role in roles for cue in self.reading.of(role))

    def _negative_words(self) -> Iterator[tuple[float, int, int]]:
        for word in self._speaking:
            if word.valence < 0:
                yield -word.valence, word.start, word.end
        for stance in self.reading.scope.stances:
            if stance.brand == self.brand and stance.valence < 0:
                yield -stance.valence, stance.start, stance.end

    def _span(self, first: int, end: int) -> _Span:
        return self.reading.words[first].start, self.reading.words[end - 1].end


def _as_written(text: str, spans: Iterable[tuple[float, int, int]]) -> tuple[str, ...]:
    """Give the pieces, the heaviest first, none inside another, none twice, at most MOST_WORDS."""
    kept: list[_Span] = []
    words: dict[str, str] = {}
    for _, start, end in sorted(spans, key=lambda span: (-span[0], span[1], -span[2])):
        if not any(start < last and first < end for first, last in kept):
            kept.append((start, end))
            words.setdefault(text[start:end].lower(), " ".join(text[start:end].split()))
    return tuple(words.values())[:MOST_WORDS]
