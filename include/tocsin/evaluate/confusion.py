"""What people said against what we said, class by class, and the figures that follow from it.

Shares (accuracy, precision, recall) have Wilson's 95 % interval. F1 is no share, so its interval is a bootstrap's:
the table is drawn anew DRAWS times from its own proportions, which is what drawing rows with replacement comes to,
and the middle 95 % are given. The seed is fixed: the same table gives the same interval.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tocsin.evaluate.estimates import Estimate, estimate, share

if TYPE_CHECKING:
    import numpy as np

    Table = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

DRAWS = 1_000
SEED = 20150222


@dataclass(frozen=True, slots=True)
class ClassScore:
    """One class: how much of it we found, and how much of what we called so is so."""

    name: str
    rows: int
    said: int
    precision: Estimate | None
    """None: we never said it."""
    recall: Estimate | None
    """None: no row has it."""
    f1: Estimate


@dataclass(frozen=True, slots=True)
class Scores:
    """All figures of one table. `macro_f1` is the plain mean over the classes that people gave."""

    rows: int
    accuracy: Estimate
    macro_f1: Estimate
    classes: tuple[ClassScore, ...]
    given: tuple[str, ...]
    said: tuple[str, ...]
    confusion: tuple[tuple[int, ...], ...]
    """One line per class of `given`, one count per class of `said`."""

    def of(self, name: str) -> ClassScore:
        """Give the figures of a class that people gave. KeyError: nobody did."""
        return {found.name: found for found in self.classes}[name]


def score(pairs: Iterable[tuple[str, str]], order: Sequence[str]) -> Scores | None:
    """Score pairs of people's class and ours; `order` says how classes are listed, others follow by name.

    None: there are no pairs.
    """
    counted = Counter(pairs)
    accuracy = share(sum(count for (label, word), count in counted.items() if label == word), counted.total())
    if accuracy is None:
        return None
    given = _ordered({label for label, _ in counted}, order)
    said = _ordered({word for _, word in counted} | set(given), order)
    table = tuple(tuple(counted[label, word] for word in said) for label in given)
    macro, each = _f1_of(table, [said.index(label) for label in given])
    classes = tuple(_class(counted, label, f1) for label, f1 in zip(given, each, strict=True))
    return Scores(counted.total(), accuracy, macro, classes, given, said, table)


def _class(counted: Counter[tuple[str, str]], name: str, f1: Estimate) -> ClassScore:
    hits = counted[name, name]
    rows = sum(count for (label, _), count in counted.items() if label == name)
    said = sum(count for (_, word), count in counted.items() if word == name)
    return ClassScore(name, rows, said, share(hits, said), share(hits, rows), f1)


def _ordered(names: set[str], order: Sequence[str]) -> tuple[str, ...]:
    return (*(name for name in order if name in names), *sorted(names - set(order)))


def _f1_of(table: Sequence[Sequence[int]], columns: list[int]) -> tuple[Estimate, list[Estimate]]:
    """Give macro-F1 and each class's F1 with bootstrap intervals; `columns` says where each line's class is said."""
    import numpy as np

    counts = np.asarray(table, dtype=np.int64)
    shares = counts.ravel() / counts.sum()
    drawn = np.random.default_rng(SEED).multinomial(int(counts.sum()), shares, size=DRAWS)
    f1 = _f1(np.asarray(table, dtype=np.float64)[None], columns)[0]
    draws = _f1(drawn.reshape(DRAWS, *counts.shape).astype(np.float64), columns)
    low, high = np.quantile(draws, (0.025, 0.975), axis=0)
    macro = np.quantile(draws.mean(axis=1), (0.025, 0.975))
    each = [estimate(float(value), float(low[at]), float(high[at])) for at, value in enumerate(f1)]
    return estimate(float(f1.mean()), float(macro[0]), float(macro[1])), each


def _f1(tables: "Table", columns: list[int]) -> "Table":
    """Give the F1 of each line's class for many tables at once: 2 hits / (rows + said); 0 where there is neither."""
    import numpy as np

    hits = tables[:, np.arange(len(columns)), columns]
    both = tables.sum(axis=2) + tables.sum(axis=1)[:, columns]
    found: Table = np.divide(2 * hits, both, out=np.zeros_like(hits), where=both > 0)
    return found
