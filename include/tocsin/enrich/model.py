"""A model of tone that learnt from labelled texts: multinomial logistic regression over n-grams and the rules."""

from dataclasses import dataclass

import numpy as np

from tocsin.enrich.model_features import Features, Floats, Ints, features_of
from tocsin.enrich.tone import ToneReader
from tocsin.model import Tone


@dataclass(frozen=True, slots=True)
class ToneModel:
    """One language's model: for each class a weight per known bucket and rule, and where it starts from."""

    language: str
    classes: tuple[Tone, ...]
    buckets: Ints
    """The buckets that it knows, ascending; others say nothing."""
    weights: Floats
    """One line per class, one column per bucket."""
    rules: Floats
    bias: Floats
    temperature: float = 1.0
    """What scores are divided by, so that of texts given 0.8 eight in ten are so."""
    rules_mark: str = ""
    """Mark of the rules that it learnt beside; with other rules it should be trained again."""

    def read(self, text: str, rules: ToneReader) -> tuple[Tone, float]:
        """Give the likeliest tone, and as valence the probability of positive less that of negative."""
        chances = self.chances(features_of([text], self.language, rules))[0]
        by_class = dict(zip(self.classes, map(float, chances), strict=True))
        valence = by_class.get(Tone.POSITIVE, 0.0) - by_class.get(Tone.NEGATIVE, 0.0)
        return self.classes[int(chances.argmax())], valence

    def chances(self, features: Features) -> Floats:
        """Give the probability of each class for each text; a line adds up to 1."""
        return softmax(self.scores(features) / self.temperature)

    def scores(self, features: Features) -> Floats:
        """Give the plain score of each class for each text."""
        found = features.rules @ self.rules.T + self.bias
        if not len(self.buckets) or not len(features.buckets):
            return np.asarray(found)
        at = np.minimum(np.searchsorted(self.buckets, features.buckets), len(self.buckets) - 1)
        known = self.buckets[at] == features.buckets
        rows = np.repeat(np.arange(len(features)), features.counts)[known]
        at, values = at[known], features.values[known]
        for one, weights in enumerate(self.weights):
            found[:, one] += np.bincount(rows, values * weights[at], len(features))
        return np.asarray(found)


def softmax(scores: Floats) -> Floats:
    """Turn each line of scores into probabilities."""
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))
