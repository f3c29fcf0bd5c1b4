"""Honest validation of a model that learns: what it is tested on resembles nothing that it learnt from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from tocsin.enrich.model import ToneModel, softmax
from tocsin.enrich.model_features import Features, Floats, Ints
from tocsin.enrich.model_training import fit_temperature
from tocsin.evaluate.confusion import DRAWS, SEED, Scores, score
from tocsin.evaluate.estimates import Estimate, estimate
from tocsin.evaluate.folds import Fold, grouped_folds, later_fold
from tocsin.model import Tone

BINS = 10
IMPOSSIBLE = -30.0
ORDER = (Tone.NEGATIVE, Tone.NEUTRAL, Tone.POSITIVE, Tone.UNKNOWN)

Fit = Callable[[Features, Sequence[Tone]], ToneModel]
Words = NDArray[np.str_]


@dataclass(frozen=True, slots=True)
class Bin:
    """Texts that were given about the same probability, and how many of them were so."""

    rows: int
    said: float
    were: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """Whether texts given 0.8 are so eight times in ten: the expected calibration error, before and after."""

    temperature: float
    before: float
    after: float
    """Each fold by the temperature of the others."""
    bins: tuple[Bin, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The model and the rules alone on the same rows, that neither learnt from."""

    rows: int
    model: Scores
    rules: Scores
    gain: Estimate
    """In macro-F1, with the interval of a paired bootstrap: both are drawn on the same rows."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """Texts as numbers, people's labels, what the rules say, and times where all texts have one."""

    features: Features
    labels: tuple[Tone, ...]
    rules: tuple[Tone, ...]
    copies: Ints
    """Near-copies have one number."""
    groups: Ints
    """Near-copies, and where authors are known all texts of one, have one number."""
    times: tuple[datetime, ...] = ()

    @property
    def classes(self) -> tuple[Tone, ...]:
        """The tones that the labels have."""
        return tuple(tone for tone in ORDER if tone in self.labels)


@dataclass(frozen=True, slots=True)
class Validated:
    """How a model does on texts that it did not learn from."""

    groups: int
    by_groups: Comparison
    by_time: Comparison | None
    calibration: Calibration


def validate(found: Labelled, fit: Fit, say: Callable[[str], None]) -> Validated | None:
    """Train once per fold and test each text once; where there are times, also on the last part of them.

    None: all texts are of one group, so that nothing can be held out.
    """
    folds = grouped_folds(found.groups)
    if len(folds) < 2:
        return None
    classes = found.classes
    scores = np.full((len(found.labels), len(classes)), np.nan)
    for at, fold in enumerate(folds, start=1):
        say(f"validating, part {at} of {len(folds)}")
        scores[fold.tested] = _tested(found, fold, fit)
    wanted = np.array([classes.index(label) for label in found.labels], np.int64)
    by_time = None
    if found.times:
        say("validating on the last part of the time")
        fold = later_fold(found.times, found.copies)
        by_time = _compared(found, fold.tested, _tested(found, fold, fit)) if len(fold.tested) else None
    by_groups = _compared(found, np.arange(len(wanted)), scores)
    return Validated(len(np.unique(found.groups)), by_groups, by_time, calibrate(scores, wanted, folds))


def _tested(found: Labelled, fold: Fold, fit: Fit) -> Floats:
    """Give the scores of the texts that a fold tests; a class that it did not learn is impossible to it."""
    model = fit(found.features.of(fold.learnt), [found.labels[row] for row in fold.learnt])
    scores = np.full((len(fold.tested), len(found.classes)), IMPOSSIBLE)
    scores[:, [found.classes.index(tone) for tone in model.classes]] = model.scores(found.features.of(fold.tested))
    return scores


def _compared(found: Labelled, rows: Ints, scores: Floats) -> Comparison:
    said = [found.classes[one] for one in scores.argmax(axis=1)]
    return compare([found.labels[row] for row in rows], said, [found.rules[row] for row in rows])


def calibrate(scores: Floats, wanted: Ints, folds: Sequence[Fold]) -> Calibration:
    """Fit the temperature on all tested rows, and say how well it holds on each fold by those of the others."""
    tested = np.concatenate([fold.tested for fold in folds])
    chances = np.zeros_like(scores)
    for fold in folds:
        others = np.setdiff1d(tested, fold.tested)
        kept = fit_temperature(scores[others], wanted[others]) if len(others) else 1.0
        chances[fold.tested] = softmax(scores[fold.tested] / kept)
    before, _ = _error(softmax(scores[tested]), wanted[tested])
    after, bins = _error(chances[tested], wanted[tested])
    return Calibration(fit_temperature(scores[tested], wanted[tested]), before, after, bins)


def compare(labels: Sequence[Tone], model: Sequence[Tone], rules: Sequence[Tone]) -> Comparison:
    """Compare what the model and the rules say of the same rows. ValueError: there are none."""
    ours, theirs = score(zip(labels, model, strict=True), ORDER), score(zip(labels, rules, strict=True), ORDER)
    if ours is None or theirs is None:
        raise ValueError("no rows to compare on")
    return Comparison(len(labels), ours, theirs, _gain(labels, model, rules))


def _error(chances: Floats, wanted: Ints) -> tuple[float, tuple[Bin, ...]]:
    """Give the mean distance of what was said and what was so, in BINS bins of equal width."""
    said, right = chances.max(axis=1), chances.argmax(axis=1) == wanted
    at = np.minimum((said * BINS).astype(np.int64), BINS - 1)
    bins = tuple(
        Bin(int(part.sum()), round(float(said[part].mean()), 3), round(float(right[part].mean()), 3))
        for one in range(BINS)
        if (part := at == one).any()
    )
    return round(sum(one.rows * abs(one.said - one.were) for one in bins) / len(wanted), 4), bins


def _gain(labels: Sequence[Tone], model: Sequence[Tone], rules: Sequence[Tone]) -> Estimate:
    """Draw rows with replacement, by drawing how often each of the few kinds of row comes."""
    kinds, counts = np.unique(np.array([labels, model, rules]), axis=1, return_counts=True)
    draws = np.random.default_rng(SEED).multinomial(len(labels), counts / len(labels), size=DRAWS)
    truth, ours, theirs = kinds
    gains = _macro_f1(draws, truth, ours) - _macro_f1(draws, truth, theirs)
    value = _macro_f1(counts[None], truth, ours) - _macro_f1(counts[None], truth, theirs)
    low, high = np.quantile(gains, (0.025, 0.975))
    return estimate(float(value[0]), float(low), float(high))


def _macro_f1(counts: Ints, truth: Words, said: Words) -> Floats:
    each = []
    for name in np.unique(truth):
        hits = counts[:, (truth == name) & (said == name)].sum(axis=1)
        both = counts[:, truth == name].sum(axis=1) + counts[:, said == name].sum(axis=1)
        each.append(np.where(both > 0, 2 * hits / np.maximum(both, 1), 0.0))
    return np.asarray(np.mean(each, axis=0))
