"""Learn a model of tone from labelled texts: the same texts give the same weights, to the bit.

The loss is convex, so there is one best model and no chance in finding it: L-BFGS (Liu and Nocedal, 1989) walks there
with plain numpy. scikit-learn would do the same with scipy behind it, 140 MB for these lines.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from tocsin.enrich.model import ToneModel, softmax
from tocsin.enrich.model_features import RULES, Features, Floats, Ints
from tocsin.model import Tone

HOLD_BACK = 1.0
"""L2 penalty, per text. Chosen by cross-validation on training parts: tweets macro-F1 .625 (en) and .698 (fr) at 1,
.623 and .682 at 3, .616 and .664 at 10."""

OFTEN = 2
"""Texts that an n-gram must stand in to be learnt: what comes once says nothing of other texts."""

STEPS, MEMORY, ENOUGH = 80, 8, 1e-6
_ORDER = (Tone.NEGATIVE, Tone.NEUTRAL, Tone.POSITIVE)

Objective = Callable[[Floats], tuple[float, Floats]]


def fit(features: Features, labels: Sequence[Tone], language: str, hold_back: float = HOLD_BACK) -> ToneModel:
    """Learn from texts and their tones; the classes are those that the labels have."""
    classes = tuple(tone for tone in _ORDER if tone in set(labels))
    wanted = np.array([classes.index(label) for label in labels], np.int64)
    table = _Table.of(features)
    width = len(table.known) + RULES + 1
    penalty = np.full(width, hold_back / len(labels))
    penalty[-1] = 0.0
    found = minimize(_loss(table, wanted, len(classes), penalty), np.zeros(len(classes) * width))
    weights = found.reshape(len(classes), width).astype(np.float32).astype(np.float64)
    return ToneModel(
        language, classes, table.known, weights[:, : len(table.known)], weights[:, -1 - RULES : -1], weights[:, -1]
    )


def fit_temperature(scores: Floats, wanted: Ints) -> float:
    """Give the temperature under which scores of texts that a model did not learn from are likeliest.

    Golden-section search between 1/4 and 4 on a logarithmic scale; the loss has one lowest point.
    """
    ratio = (5**0.5 - 1) / 2
    low, high = np.log(0.25), np.log(4.0)
    rows = np.arange(len(wanted))
    while high - low > 1e-3:
        near, far = high - ratio * (high - low), low + ratio * (high - low)
        losses = [-np.log(softmax(scores / np.exp(at))[rows, wanted] + 1e-12).mean() for at in (near, far)]
        low, high = (low, far) if losses[0] < losses[1] else (near, high)
    return round(float(np.exp((low + high) / 2)), 3)


def minimize(objective: Objective, start: Floats) -> Floats:
    """Give where a convex function is lowest, by L-BFGS with halved steps; at most STEPS steps."""
    at, (loss, slope) = start, objective(start)
    past: list[tuple[Floats, Floats]] = []
    for _ in range(STEPS):
        way = _direction(slope, past)
        fall = float(slope @ way)
        size = 1.0 if past else min(1.0, 1.0 / float(np.abs(slope).sum() + 1e-12))
        there = at + size * way
        loss_there, slope_there = objective(there)
        while loss_there > loss + 1e-4 * size * fall and size > 1e-10:
            size /= 2
            there = at + size * way
            loss_there, slope_there = objective(there)
        if (there - at) @ (slope_there - slope) > 1e-12:
            past = [*past[-MEMORY + 1 :], (there - at, slope_there - slope)]
        settled = abs(loss - loss_there) < ENOUGH * max(1.0, abs(loss))
        at, loss, slope = there, loss_there, slope_there
        if settled:
            break
    return at


def _direction(slope: Floats, past: Sequence[tuple[Floats, Floats]]) -> Floats:
    """Give the way down: the two-loop recursion over the last steps and how the slope changed in them."""
    way = slope.copy()
    shares: list[float] = []
    for step, change in reversed(past):
        shares.append(float(step @ way / (change @ step)))
        way -= shares[-1] * change
    if past:
        step, change = past[-1]
        way *= (step @ change) / (change @ change)
    for (step, change), share in zip(past, reversed(shares), strict=True):
        way += (share - float(change @ way / (change @ step))) * step
    return -way


@dataclass(frozen=True, slots=True)
class _Table:
    """Features as a sparse table, stored by row and by column, so that sums over either run through memory once."""

    known: Ints
    by_row: tuple[Ints, Ints, Floats]
    """Rows that have anything, where each starts, and values; `columns` says of which column each value is."""
    columns: Ints
    by_column: tuple[Ints, Ints, Floats]
    """Where each column starts, the row of each value, and the values."""
    rules: Floats

    @classmethod
    def of(cls, features: Features) -> "_Table":
        known, where, times = np.unique(features.buckets, return_inverse=True, return_counts=True)
        often = times >= OFTEN
        kept = often[where]
        columns = (np.cumsum(often) - 1)[where][kept]
        rows = np.repeat(np.arange(len(features)), features.counts)[kept]
        values = features.values[kept]
        starts = _starts(rows)
        order = np.argsort(columns, kind="stable")
        return cls(
            known[often],
            (rows[starts], starts, values),
            columns,
            (_starts(columns[order]), rows[order], values[order]),
            features.rules,
        )


def _starts(numbers: Ints) -> Ints:
    """Give where each run of one number starts."""
    return np.flatnonzero(np.concatenate([[len(numbers) > 0], np.diff(numbers) != 0])).astype(np.int64)


def _loss(table: _Table, wanted: Ints, classes: int, penalty: Floats) -> Objective:
    """Give the mean negative log-likelihood with its penalty, and its slope, as a function of all weights."""
    known, texts = len(table.known), np.arange(len(wanted))
    rows, row_starts, values = table.by_row
    column_starts, column_rows, column_values = table.by_column
    truth = np.eye(classes)[wanted]

    def objective(flat: Floats) -> tuple[float, Floats]:
        weights = flat.reshape(classes, -1)
        scores = table.rules @ weights[:, known:-1].T + weights[:, -1]
        for one in range(classes if known else 0):
            scores[rows, one] += np.add.reduceat(values * weights[one, :known][table.columns], row_starts)
        chances = softmax(scores)
        loss = -np.log(chances[texts, wanted] + 1e-12).mean() + (penalty * weights**2).sum() / 2
        error = (chances - truth).T / len(wanted)
        slope = penalty * weights
        for one in range(classes if known else 0):
            slope[one, :known] += np.add.reduceat(column_values * error[one][column_rows], column_starts)
        slope[:, known:-1] += error @ table.rules
        slope[:, -1] += error.sum(axis=1)
        return float(loss), slope.ravel()

    return objective
