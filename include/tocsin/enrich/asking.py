"""Whether a text fits a brand's query, and where it then names the brand."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tocsin.enrich.phrases import PhraseBook, Place, Sighting
from tocsin.enrich.tags import UNKNOWN
from tocsin.model import RawItem, full_text
from tocsin.query import Context, Either, Every, Field, Near, Node, Not, Term, naming_part


def _unknown() -> str:
    return UNKNOWN


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a post besides its text; `language` is asked only where a query asks for it."""

    network: str = ""
    source: str = ""
    url: str = ""
    language: Callable[[], str] = _unknown


def about(item: RawItem, read: Callable[[str, str | None], str]) -> About:
    """Give what is known of an item; `read` gives a text's language, helped by what the source says."""
    return About(
        item.network, item.source_id, item.url, lambda: read(full_text(item.title, item.text), item.language)
    )


@dataclass(frozen=True, slots=True)
class Question:
    """A query whose terms are in a book of phrases."""

    node: Node
    numbers: Mapping[Term, int] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Reading:
    """One text as it is put to one brand's question."""

    sighting: Sighting
    about: About
    vetoed: frozenset[int] = frozenset()
    """Words of the text that do not name the brand: they stand in one of its `never`."""


def prepare(node: Node, terms: Sequence[Term], book: PhraseBook) -> Question:
    """Put a query's terms into the book."""
    return Question(node, {term: book.add(term.text, exact=term.exact, prefix=term.prefix) for term in terms})


def words_of(places: Sequence[Place]) -> frozenset[int]:
    """Give every word that lies in one of these places."""
    return frozenset(word for place in places for word in range(*place))


def answer(question: Question, reading: Reading) -> list[Place] | None:
    """Give the places that name the brand, in order; None: the text does not fit."""
    places = fit(question.node, question.numbers, reading)
    return None if places is None else sorted(set(places))


def fit(node: Node, numbers: Mapping[Term, int], reading: Reading, *, names: bool = True) -> list[Place] | None:
    """Give the places of a part of the query, none where it has no words; None: the text does not fit it.

    `names`: whether the part names the brand, so that the words of its `never` do not count.
    """
    match node:
        case Term():
            return _standing(reading, numbers[node], names=names) or None
        case Field(name, value):
            return [] if _holds(name, value, reading.about) else None
        case Not(part):
            return [] if fit(part, numbers, reading, names=False) is None else None
        case Context(part):
            return fit(part, numbers, reading, names=names)
        case Near(left, right, within, apart):
            here = fit(left, numbers, reading, names=names)
            there = fit(right, numbers, reading, names=False) if here else None
            return reading.sighting.near(here or (), there or (), within, apart=apart) or None
        case Either(parts):
            found = [fit(part, numbers, reading, names=names) for part in parts]
            return None if all(one is None for one in found) else [place for one in found if one for place in one]
        case Every():
            return _every(node, numbers, reading, names=names)


def _every(node: Every, numbers: Mapping[Term, int], reading: Reading, *, names: bool) -> list[Place] | None:
    naming = naming_part(node)
    places: list[Place] = []
    for part in node.parts:
        found = fit(part, numbers, reading, names=names and part is naming)
        if found is None:
            return None
        if part is naming:
            places = found
    return places


def _standing(reading: Reading, number: int, *, names: bool) -> list[Place]:
    places = reading.sighting.places.get(number, [])
    if not names or not reading.vetoed:
        return places
    return [place for place in places if reading.vetoed.isdisjoint(range(*place))]


def _holds(name: str, value: str, about: About) -> bool:
    if name == "lang":
        return about.language() == value
    if name == "site":
        host = host_of(about.url)
        return host == value or host.endswith(f".{value}")
    return {"network": about.network, "source": about.source}[name] == value


def host_of(url: str) -> str:
    """Give the host of an address in small letters; "" where it has none."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""
