"""Which texts a model learns from and which it is tested on: nothing that is tested resembles what was learnt."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from tocsin.enrich.model_features import Ints
from tocsin.enrich.stories import StoryBook

FOLDS = 5
SHARE = 0.7
"""Of the texts by time that a model learns from where it is tested on the rest."""


@dataclass(frozen=True, slots=True)
class Fold:
    """Which rows a model learns from, and which it is tested on."""

    learnt: Ints
    tested: Ints


def copies_of(texts: Sequence[str]) -> Ints:
    """Give each text the number of its group: near-copies are of one."""
    book, at = StoryBook(capacity=len(texts) + 1), datetime(2015, 2, 22, tzinfo=UTC)
    return np.array([int(book.assign(str(row), at, text)) for row, text in enumerate(texts)], np.int64)


def with_authors(groups: Ints, authors: Sequence[str]) -> Ints:
    """Join the groups that share an author; "" is nobody."""
    first = list(range(len(groups)))

    def first_of(row: int) -> int:
        while first[row] != row:
            first[row] = first[first[row]]
            row = first[row]
        return row

    seen: dict[str, int] = {}
    for row, (group, author) in enumerate(zip(groups, authors, strict=True)):
        first[first_of(row)] = first_of(int(group))
        if author:
            first[first_of(row)] = first_of(seen.setdefault(author, row))
    return np.array([first_of(row) for row in range(len(groups))], np.int64)


def grouped_folds(groups: Ints, folds: int = FOLDS) -> list[Fold]:
    """Cut the rows into folds of about one size that part no group; fewer where there are fewer groups."""
    names, sizes = np.unique(groups, return_counts=True)
    held = np.zeros(min(folds, len(names)), np.int64)
    fold_of: dict[int, int] = {}
    # Larger groups first, each into the smallest fold; equal ones in an order that has nothing to do with the file's.
    for at in np.lexsort(((names * 2654435761) % 2**32, -sizes)):
        smallest = int(held.argmin())
        fold_of[int(names[at])] = smallest
        held[smallest] += sizes[at]
    of_row = np.array([fold_of[int(group)] for group in groups], np.int64)
    return [Fold(np.flatnonzero(of_row != one), np.flatnonzero(of_row == one)) for one in range(len(held))]


def later_fold(times: Sequence[datetime], copies: Ints, share: float = SHARE) -> Fold:
    """Learn from the first `share` of the rows by time, test on the rest without copies of what was learnt.

    Authors are on both sides, as they will be: tomorrow's posts are by people who posted before.
    """
    order = np.array(sorted(range(len(times)), key=lambda row: (times[row], row)), np.int64)
    cut = int(len(order) * share)
    learnt, later = order[:cut], order[cut:]
    return Fold(np.sort(learnt), np.sort(later[~np.isin(copies[later], copies[learnt])]))
