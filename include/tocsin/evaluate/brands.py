"""Score which brands are found in a text: per brand what is missed, and what is taken for it and is not."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tocsin.enrich.folding import fold
from tocsin.evaluate.estimates import Estimate, share
from tocsin.model import Brand

_PARTING = re.compile(r"[;|,\n]")
_NOBODY = frozenset(("", "none", "no", "-", "aucun", "aucune", "null", "[]"))


class Matched(NamedTuple):
    """A text with the brands that people see in it and those that we found."""

    where: str
    text: str
    expected: frozenset[str]
    found: frozenset[str]


@dataclass(frozen=True, slots=True)
class BrandScore:
    """One brand, or all of them together."""

    brand: str
    expected: int
    found: int
    right: int
    precision: Estimate | None
    recall: Estimate | None


@dataclass(frozen=True, slots=True)
class BrandError:
    """A text that was judged wrongly."""

    where: str
    missed: tuple[str, ...]
    wrongly: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class BrandScores:
    """The figures per brand, of all matches together, of whole texts, and every error."""

    rows: int
    brands: tuple[BrandScore, ...]
    together: BrandScore
    exact: Estimate | None
    """Texts with all of their brands and no other."""
    errors: tuple[BrandError, ...]


def names_of(brands: Iterable[Brand]) -> dict[str, str]:
    """Give the ids by what people may write for them in a label: id, name, alias; folded."""
    known: dict[str, str] = {}
    for brand in brands:
        for name in (brand.id, brand.name, *brand.aliases):
            known.setdefault(fold(name).strip(), brand.id)
    return known


def read_brands(raw: str, known: Mapping[str, str]) -> tuple[frozenset[str], list[str]]:
    """Read `orange; free`, `["orange"]` or nothing: the ids, and the names that no brand has."""
    ids, strange = set[str](), list[str]()
    for name in _names(raw):
        if fold(name) in _NOBODY:
            continue
        if found := known.get(fold(name)):
            ids.add(found)
        else:
            strange.append(name)
    return frozenset(ids), strange


def _names(raw: str) -> list[str]:
    if raw.lstrip().startswith("["):
        try:
            return [str(name).strip() for name in json.loads(raw)]
        except ValueError:
            raw = raw.strip().strip("[]").replace("'", "")
    return [name.strip() for name in _PARTING.split(raw)]


def score_brands(rows: Sequence[Matched], brands: Sequence[str]) -> BrandScores:
    """Score the rows for these brands (ids), in their order."""
    expected = Counter(brand for row in rows for brand in row.expected)
    found = Counter(brand for row in rows for brand in row.found)
    right = Counter(brand for row in rows for brand in row.expected & row.found)
    each = tuple(_of(brand, expected[brand], found[brand], right[brand]) for brand in brands)
    together = _of("all", expected.total(), found.total(), right.total())
    exact = share(sum(row.expected == row.found for row in rows), len(rows))
    return BrandScores(len(rows), each, together, exact, tuple(_errors(rows)))


def _of(brand: str, expected: int, found: int, right: int) -> BrandScore:
    return BrandScore(brand, expected, found, right, share(right, found), share(right, expected))


def _errors(rows: Iterable[Matched]) -> Iterator[BrandError]:
    for row in rows:
        if row.expected != row.found:
            missed, wrongly = sorted(row.expected - row.found), sorted(row.found - row.expected)
            yield BrandError(row.where, tuple(missed), tuple(wrongly), row.text)
