"""Say which clause of a text speaks of which brand, and what comparisons say of one by themselves.

By rules on words, without a parser: clauses end at sentences, contrasts ("but", "alors que") and, where another brand
begins, at commas and "and"; a clause without a brand goes on about the one before it, or about whom the text is
addressed to; a brand that only carries the news ("via", "vu sur") is spoken of nowhere.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from tocsin.enrich.harm_context import Cue, Role
from tocsin.enrich.harm_tokens import Word, word_set
from tocsin.enrich.heard import SHORT
from tocsin.enrich.scope_rules import HINTS, REGRET, UNLIKE, sayings

CARRIED = 2
"""Sentences over which a long text goes on about a brand that it named: an article soon speaks of something else."""

_SOFT = frozenset({",", "and", "et", "&", "or", "ou", "/", "(", ")", "|"})
_SMALL = word_set(
    "the a an le la les l' un une des du de d' of at on in to for with from by chez sur pour par au aux en and et &"
    " or ou , / @ # ( ) unlike contrairement like comme than que both neither nor ni my mon ma mes"
)
"""Words that alone make no clause: "Bulla, Coca and the rest" is a list."""
_ADDRESSING = word_set("you your you're yours u ur vous votre vos tu ton ta tes")
_VENUES = word_set(
    "arena stadium stade center centre park velodrome hall theatre theater dome field open cup trophy tower cinema"
)


@dataclass(frozen=True, slots=True)
class Clause:
    """A piece of the text: its words from `first` up to before `end`, and the brands that it speaks of."""

    first: int
    end: int
    sentence: int
    owners: tuple[str, ...] = ()
    turned: tuple[str, ...] = ()
    """Brands to which it says the opposite: "unlike Bulla"."""
    left: tuple[str, ...] = ()
    """Brands left for another in it, to which only the bad in it belongs."""
    joined: tuple[str, ...] = ()
    """Brands gone to in it, to which only the good in it belongs."""


@dataclass(frozen=True, slots=True)
class Stance:
    """What a comparison says of a brand by itself, at half-open offsets in the text."""

    brand: str
    valence: float
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Scope:
    """Who is spoken of where."""

    clauses: tuple[Clause, ...]
    stances: tuple[Stance, ...] = ()
    passing: frozenset[str] = frozenset()
    """Brands that are named but not spoken of: who carries the news, a stadium's sponsor, a tag in a row of tags."""


@dataclass(frozen=True, slots=True)
class _Layout:
    """A text laid out for reading."""

    text: str
    words: Sequence[Word]
    cues: Sequence[Cue]
    places: Sequence[int]
    """Words that are brands."""


@dataclass(slots=True)
class _Seen:
    """What the sentences say about places of brands, gathered on the way."""

    stances: list[Stance] = field(default_factory=list)
    apart: set[int] = field(default_factory=set)
    """Words that are brands but own no clause."""
    turned: set[int] = field(default_factory=set)
    left: set[int] = field(default_factory=set)
    joined: set[int] = field(default_factory=set)
    regrets: set[int] = field(default_factory=set)
    """Sentences in which a change is regretted."""


def read_scope(text: str, words: Sequence[Word], cues: Sequence[Cue], sentences: Sequence[tuple[int, int]]) -> Scope:
    """Say who is spoken of where; `sentences` are offsets in the text, as tone hears them."""
    laid = _Layout(text, words, cues, [at for at, word in enumerate(words) if word.brand])
    aside = _aside(laid)
    seen = _Seen(apart=set(aside))
    clauses: list[Clause] = []
    for number, (first, end) in enumerate(_sentence_bounds(words, sentences)):
        _compare(laid, first, end, number, seen)
        clauses += _clauses(laid, first, end, number, seen)
    spoken = {words[at].brand for at in laid.places if at not in aside}
    passing = frozenset(words[at].brand for at in aside) - spoken
    reach = CARRIED if len(text) > SHORT else len(words)
    return Scope(tuple(_owned(clauses, words, _addressees(text, words), reach)), tuple(seen.stances), passing)


def _sentence_bounds(words: Sequence[Word], sentences: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Give for each sentence with words its first one and the one after its last."""
    starts = [start for start, _ in sentences]
    of = [bisect_right(starts, word.start) for word in words]
    first = [at for at, number in enumerate(of) if at == 0 or number != of[at - 1]]
    return list(pairwise([*first, len(of)]))


def _addressees(text: str, words: Sequence[Word]) -> tuple[str, ...]:
    """Give the brands whose handles begin the text: it is said to them."""
    found = []
    for word in words:
        if word.brand and "@" in text[max(0, word.start - 1) : word.start + 1]:
            found.append(word.brand)
        elif word.plain not in ("@", ".", ""):
            break
    return tuple(dict.fromkeys(found))


def _aside(laid: _Layout) -> set[int]:
    """Give the places of brands that are named but not spoken of."""
    words, places = laid.words, laid.places
    several = len({words[at].brand for at in places}) > 1
    carriers = {cue.end: cue.first for cue in laid.cues if cue.role is Role.MEDIUM}
    found = {
        at
        for at in places
        if _is_carrier(words, carriers, at)
        or (at + 1 < len(words) and words[at + 1].plain in _VENUES)
        or (several and (_heads(words, at, places) or _signs(words, at)))
    }
    tags = _tag_row(laid.text, words) if several else set()
    if any(at not in tags and at not in found for at in places):
        found |= {at for at in places if at in tags}
    return found


def _is_carrier(words: Sequence[Word], carriers: Mapping[int, int], at: int) -> bool:
    """Say whether a cue such as "via" or "selon" stands before the brand; `carriers` gives where it begins."""
    for back in (at, at - 1, at - 2):
        if back in carriers and _is_article(words, back, at):
            return _carries(words, carriers[back], at)
    return False


def _is_article(words: Sequence[Word], first: int, end: int) -> bool:
    return all(word.plain in ("@", "#", "the", "le", "la", "les", "l'", ":") for word in words[first:end])


def _carries(words: Sequence[Word], cue: int, at: int) -> bool:
    """Say whether the brand after a cue such as "via" only carries the news: "booked via Bulla" says more."""
    return words[cue].plain != "via" or at + 1 == len(words) or words[at + 1].plain in (".", "!", "\n", ")", "#", "@")


def _heads(words: Sequence[Word], at: int, places: Sequence[int]) -> bool:
    """Say whether it heads a headline about another: "Le Monde : Bulla rappelle …"."""
    is_head = at == 0 or (at == 1 and words[0].plain in ("@", "#", "rt"))
    return is_head and at + 1 < len(words) and words[at + 1].plain in (":", "-", "|") and places[-1] > at


def _signs(words: Sequence[Word], at: int) -> bool:
    """Say whether it signs the text: "… (Le Monde)", "… | Le Monde"."""
    before = words[at - 1].plain if at else ""
    after = words[at + 1].plain if at + 1 < len(words) else ""
    return (before == "(" and after == ")") or (before in ("-", "|") and not after)


def _tag_row(text: str, words: Sequence[Word]) -> set[int]:
    """Give the words of the row of hashtags that ends a text."""
    found: set[int] = set()
    at = len(words) - 1
    while at >= 0:
        if text[words[at].start] == "#":
            found.add(at)
        elif at and words[at - 1].plain == "#":
            found |= {at, at - 1}
            at -= 1
        else:
            break
        at -= 1
    return found


def _compare(laid: _Layout, first: int, end: int, number: int, seen: _Seen) -> None:
    """Note what comparisons say in a sentence."""
    words, places = laid.words, laid.places
    inside = [at for at in places if first <= at < end]
    if not inside or HINTS.isdisjoint(word.plain for word in words[first:end]):
        return
    plain, starts = _plain(words, places, first, end)
    for departs, one in sayings(plain):
        at = places[one.place]
        span = (words[starts.index(one.start)].start, words[_last(starts, one.end)].end)
        seen.stances.append(Stance(words[at].brand, one.valence, *span))
        if departs:
            (seen.joined if one.valence > 0 else seen.left).add(at)
        if departs or len(inside) > 1 or one.valence > 0:
            seen.apart.add(at)
    seen.turned |= {places[int(found["other"][1:])] for found in UNLIKE.finditer(plain)}
    if seen.joined and REGRET.search(plain):
        seen.regrets.add(number)


def _plain(words: Sequence[Word], places: Sequence[int], first: int, end: int) -> tuple[str, list[int]]:
    """Give a sentence in plain words, and for each word of the text where it begins in it (-1: not in it)."""
    number = {at: place for place, at in enumerate(places)}
    parts: list[str] = []
    starts = [-1] * first
    length = 0
    for at in range(first, end):
        part = f"§{number[at]}" if at in number else words[at].plain.strip() or "."
        starts.append(length)
        parts.append(part)
        length += len(part) + 1
    return " ".join(parts), starts


def _last(starts: Sequence[int], end: int) -> int:
    return max(at for at, start in enumerate(starts) if 0 <= start < end)


def _clauses(laid: _Layout, first: int, end: int, number: int, seen: _Seen) -> Iterator[Clause]:
    words = laid.words
    cuts = {cue.first for cue in laid.cues if cue.role is Role.PARTS and first < cue.first < end}
    inside = [at for at in laid.places if first <= at < end]
    if len({words[at].brand for at in inside}) > 1:
        cuts |= _soft_cuts(words, sorted({first, *cuts, end}))
    bounds = sorted({first, *cuts, end})
    for start, stop in pairwise(bounds):
        here = [at for at in inside if start <= at < stop]
        yield Clause(
            start,
            stop,
            number,
            owners=_brands(words, (at for at in here if at not in seen.apart and at not in seen.turned)),
            turned=_brands(words, (at for at in here if at in seen.turned)),
            left=() if number in seen.regrets else _brands(words, (at for at in inside if at in seen.left)),
            joined=_brands(words, (at for at in inside if at in seen.joined)),
        )


def _brands(words: Sequence[Word], places: Iterable[int]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words[at].brand for at in places))


def _soft_cuts(words: Sequence[Word], bounds: Sequence[int]) -> set[int]:
    """Give the commas and "and"s at which another brand's clause begins; lists of brands stay whole."""
    found: set[int] = set()
    for first, end in pairwise(bounds):
        pieces = [first, *(at for at in range(first + 1, end) if words[at].plain in _SOFT), end]
        told: set[str] = set()  # brands of the piece that is being built
        spoke = False
        for start, stop in pairwise(pieces):
            named = {words[at].brand for at in range(start, stop) if words[at].brand}
            speaks = any(word.plain[:1].isalnum() and word.plain not in _SMALL for word in words[start:stop])
            if named and speaks and told and spoke and not named & told:
                found.add(start)
                told, spoke = set(), False
            told |= named
            spoke = spoke or speaks
    return found


def _owned(
    clauses: Sequence[Clause], words: Sequence[Word], addressees: tuple[str, ...], reach: int
) -> Iterator[Clause]:
    """Give each clause owners: its own, else whom the text is addressed to, else those before, else those after.

    Those before and after are meant within `reach` sentences of where they are named.
    """
    near = next((clause for clause in clauses if clause.owners), None)
    for clause in clauses:
        if clause.owners and not (addressees and _speaks_to(clause, words)):
            near = clause
            yield clause
        elif clause.owners:
            yield replace(clause, owners=addressees)
        elif clause.left or clause.joined:
            yield clause
        else:
            is_near = near is not None and abs(clause.sentence - near.sentence) <= reach
            yield replace(clause, owners=addressees or (near.owners if near and is_near else ()))


def _speaks_to(clause: Clause, words: Sequence[Word]) -> bool:
    return any(word.plain in _ADDRESSING for word in words[clause.first : clause.end])
