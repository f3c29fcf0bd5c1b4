"""Why a text concerns a brand, or why it does not although a name of the brand stands in it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tocsin.enrich.asking import About, Question, Reading, fit, words_of
from tocsin.enrich.matching import Span, spans_of, vetoed_by, watch
from tocsin.enrich.phrases import PhraseBook, Place, Sighting
from tocsin.model import Brand
from tocsin.query import (
    Context,
    Either,
    Every,
    Field,
    Near,
    Node,
    Not,
    Term,
    finds_by,
    naming_part,
    shortened,
    terms_in,
)

TOLD = 5
"""Words that are told of those that spoke against a text."""


class Outcome(StrEnum):
    """What became of a text."""

    CAUGHT = "caught"
    DROPPED = "dropped"
    """A name of the brand stands in it, and something spoke against it."""
    SILENT = "silent"
    """No name of the brand stands in it."""


@dataclass(frozen=True, slots=True)
class Tried:
    """One text against one brand; spans are characters of the text, in order."""

    outcome: Outcome
    named: tuple[Span, ...] = ()
    """Where the brand is named; of a dropped text, where it seemed to be."""
    decided: tuple[Span, ...] = ()
    """What spoke against it, where that is something in the text."""
    part: str = ""
    """The part of the query that decided; `never`; empty where aliases or patterns were enough."""
    reason: str = ""
    """Why, in a sentence."""


@dataclass(frozen=True, slots=True)
class _Fault:
    """Why a part of the query does not fit."""

    part: Node
    reason: str
    places: Sequence[Place] = ()


class Explainer:
    """One brand, by its own aliases, patterns, query and `never`. ConfigError: as of BrandMatcher."""

    def __init__(self, brand: Brand) -> None:
        self._book = PhraseBook()
        self._watch = watch(brand, self._book)
        self._book.close()
        question = self._watch.question
        named = {question.numbers[term] for term in finds_by(question.node)} if question else set()
        self._names = {*self._watch.aliases, *named}

    def explain(self, text: str, about: About | None = None) -> Tried:
        """Say what becomes of the text, and what decided."""
        about = about or About()
        sighting = self._book.read(text)
        if spans := spans_of(self._watch, sighting, about):
            return Tried(Outcome.CAUGHT, tuple(map(sighting.original, spans)), part=self._caught_by(sighting, about))
        seen = sorted({place for number in self._names for place in sighting.places.get(number, ())})
        if not seen:
            return Tried(Outcome.SILENT)
        vetoes = vetoed_by(self._watch, sighting)
        vetoed = words_of(vetoes)
        open_places = [place for place in seen if vetoed.isdisjoint(range(*place))]
        reading = Reading(sighting, about, vetoed)
        fault = self._fault(reading) if open_places else None

        def spans_in(places: Sequence[Place]) -> tuple[Span, ...]:
            return tuple(map(sighting.original, sighting.spans(sorted(set(places)))))

        if fault is None:
            closed = [place for place in vetoes if not words_of(seen).isdisjoint(range(*place))]
            words = " / ".join(dict.fromkeys(text[start:end] for start, end in spans_in(closed)))
            return Tried(Outcome.DROPPED, spans_in(seen), spans_in(closed), "never", f"it only stands in: {words}")
        decided = spans_in(fault.places)
        words = " / ".join(dict.fromkeys(text[start:end] for start, end in decided[:TOLD]))
        reason = f"{fault.reason}: {words}" if words else fault.reason
        return Tried(Outcome.DROPPED, spans_in(open_places), decided, shortened(fault.part), reason)

    def _caught_by(self, sighting: Sighting, about: About) -> str:
        """Tell the branch of the query that fits; "" where aliases or patterns were enough."""
        question = self._watch.question
        reading = Reading(sighting, about, words_of(vetoed_by(self._watch, sighting)))
        branches = question.node.parts if question and isinstance(question.node, Either) else ()
        nodes = branches or ((question.node,) if question else ())
        numbers = question.numbers if question else {}
        return next((shortened(node) for node in nodes if fit(node, numbers, reading) is not None), "")

    def _fault(self, reading: Reading) -> _Fault | None:
        question = self._watch.question
        return next(_faults(question.node, question, reading, names=True), None) if question else None


def _faults(node: Node, question: Question, reading: Reading, *, names: bool) -> Iterator[_Fault]:
    """Give why a part does not fit, what stands closest to fitting first; nothing where it does."""
    if fit(node, question.numbers, reading, names=names) is not None:
        return
    match node:
        case Every():
            yield from _every(node, question, reading, names=names)
        case Either():
            yield from _either(node, question, reading, names=names)
        case Context(part):
            yield from _faults(part, question, reading, names=names)
        case Near():
            yield from _near(node, question, reading, names=names)
        case Not() | Field() | Term():
            yield _alone(node, question, reading)


def _alone(node: Not | Field | Term, question: Question, reading: Reading) -> _Fault:
    if isinstance(node, Not):
        return _Fault(node, "excluded", _standing(node.part, question, reading))
    if isinstance(node, Field):
        return _Fault(node, _otherwise(node, reading.about))
    return _Fault(node, f"missing: {shortened(node)}")


def _every(node: Every, question: Question, reading: Reading, *, names: bool) -> Iterator[_Fault]:
    """What is excluded tells more than company that is missing, and both more than a missing name."""
    naming = naming_part(node)
    for part in sorted(node.parts, key=lambda part: (not isinstance(part, Not), _is_absent(part, question, reading))):
        yield from _faults(part, question, reading, names=names and part is naming)


def _otherwise(field: Field, about: About) -> str:
    actual = about.language() if field.name == "lang" else about.network if field.name == "network" else ""
    return f"it is not {field}" + (f" but {actual}" if actual else "")


def _either(node: Either, question: Question, reading: Reading, *, names: bool) -> Iterator[_Fault]:
    """Of branches whose name is there the nearest one tells; where none is there, all are missing."""
    there = [part for part in node.parts if not _is_absent(part, question, reading)]
    if not there or all(isinstance(part, Term) for part in node.parts):
        yield _Fault(node, f"missing: {shortened(node)}")
    for part in there:
        yield from _faults(part, question, reading, names=names)


def _near(node: Near, question: Question, reading: Reading, *, names: bool) -> Iterator[_Fault]:
    if fit(node.left, question.numbers, reading, names=names) is None:
        yield from _faults(node.left, question, reading, names=names)
    elif node.apart:
        here, there = _standing(node.left, question, reading), _standing(node.right, question, reading)
        yield _Fault(node, "too near", reading.sighting.near(there, here, node.within, apart=False))
    else:
        places = _standing(node.right, question, reading)
        reason = f"not within {node.within} words" if places else f"missing: {shortened(node.right)}"
        yield _Fault(node, reason, places)


def _is_absent(part: Node, question: Question, reading: Reading) -> bool:
    """Say whether none of the words stands in the text that name the brand in this part."""
    return not any(reading.sighting.places.get(question.numbers[term]) for term in finds_by(part))


def _standing(part: Node, question: Question, reading: Reading) -> list[Place]:
    return [place for term in terms_in(part) for place in reading.sighting.places.get(question.numbers[term], ())]
