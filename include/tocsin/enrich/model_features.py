"""A text as the numbers that a model of tone learns from: hashed n-grams of words and letters, and the rules' own.

Hashed: an n-gram's number is its CRC-32, so that a model holds no list of other people's words. Words and pairs of
words carry what is said, runs of three and four letters within words bear typing errors and endings; each block is
scaled to length 1, so that a long text weighs no more than a short one.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from tocsin.enrich.folding import fold
from tocsin.enrich.tone import ToneReader, heard_sentences
from tocsin.enrich.tone_features import RuleFeatures, rule_features

VERSION = 1
"""Changes with whatever makes the same text other numbers: models of another version are refused."""

BITS = 18
"""Each block has 2**BITS numbers; two n-grams of a hundred thousand seldom share one."""

RUNS = (3, 4)
RULES = len(RuleFeatures._fields)

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_BLOCK = 1 << BITS
_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|[!?]+|[:;=8][-']?[()DPp/|]|[^\w\s.,;:\"'()\-]")
_COUNTED = frozenset(
    ("good_words", "bad_words", "negations", "exclamations", "questions", "ellipses", "shouted", "length")
)
_SCALE = np.array([0.3 if name in _COUNTED else 1.0 for name in RuleFeatures._fields])
"""Counts are brought down to about the size of valences, so that all are held back alike."""

_PROBES = {
    "en": (
        "Not a bad flight at all, but the staff was rude and my bag is LOST again!!!",
        "Thanks for nothing. Great, another delay of three hours :(",
        "The company recalls a toy after two children were hurt; a complaint was filed.",
        "I have never been so happy with a bank, really helpful people.",
        "Shares fell by 4 % on Monday. Sales rose slightly. No comment from the board?",
    ),
    "fr": (
        "Pas mal du tout, mais le personnel était désagréable et ma valise est encore PERDUE !!!",
        "Merci pour rien. Super, encore trois heures de retard :(",
        "La marque rappelle un jouet après deux blessés ; une plainte a été déposée.",
        "Je n'ai jamais été aussi contente d'une banque, des gens vraiment à l'écoute.",
        "L'action recule de 4 % lundi. Aucun commentaire de la direction ? C'est nul, un scandale.",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Features:
    """Many texts as numbers: the n-grams of one text after the other, and a line of rules for each."""

    buckets: Ints
    values: Floats
    counts: Ints
    """How many buckets each text has."""
    rules: Floats

    def __len__(self) -> int:
        return len(self.counts)

    def of(self, rows: Ints) -> "Features":
        """Give the features of some of the texts, in this order."""
        ends = np.cumsum(self.counts)
        spans = [np.arange(ends[row] - self.counts[row], ends[row]) for row in rows]
        chosen = np.concatenate([*spans, np.empty(0, np.int64)]).astype(np.int64)
        return Features(self.buckets[chosen], self.values[chosen], self.counts[rows], self.rules[rows])


def features_of(texts: Sequence[str], language: str, rules: ToneReader) -> Features:
    """Give the features of texts in one language, each as `heard_text` gives it; `rules` is a reader by rules."""
    buckets: list[Ints] = []
    values: list[Floats] = []
    counts: list[int] = []
    told = np.zeros((len(texts), RULES))
    for row, text in enumerate(texts):
        blocks = [_block(grams, at) for at, grams in enumerate(_grams(text))]
        buckets += [numbers for numbers, _ in blocks]
        values += [weights for _, weights in blocks]
        counts.append(sum(len(numbers) for numbers, _ in blocks))
        told[row] = np.array(rule_features(text, language, rules)) * _SCALE
    return Features(
        np.concatenate([*buckets, np.empty(0, np.int64)]).astype(np.int64),
        np.concatenate([*values, np.empty(0)]),
        np.array(counts, np.int64),
        told,
    )


def heard_text(text: str) -> str:
    """Give what a model hears of a text: the sentences that its tone is judged by, links and handles blanked."""
    return "\n".join(heard_sentences(text))


def rules_mark(language: str, tones: ToneReader) -> str:
    """Give a mark of what the rules say of some sentences: it changes when the rules do, as a rule."""
    numbers = [number for text in _PROBES.get(language, ()) for number in rule_features(text, language, tones)]
    return f"{crc32(repr([round(number, 4) for number in numbers]).encode()):08x}"


def tokens(text: str) -> list[str]:
    """Give the words, marks and emoji of a text, folded; pairs and runs are made of these."""
    return _TOKEN.findall(fold(text))


def bucket_of(token: str) -> int:
    """Give the number of a single word: by it a model card finds the words that weigh most."""
    return crc32(token.encode()) & (_BLOCK - 1)


def _grams(text: str) -> tuple[list[str], list[str]]:
    words = tokens(text)
    runs = [run for word in words for run in _runs(f" {word} ")]
    return words + [f"{first} {second}" for first, second in pairwise(words)], runs


def _runs(word: str) -> Iterator[str]:
    for size in RUNS:
        for start in range(len(word) - size + 1):
            yield word[start : start + size]


def _block(grams: Sequence[str], block: int) -> tuple[Ints, Floats]:
    """Number the n-grams of a block; the more often one comes, the more it weighs, but ever less so."""
    numbers, times = np.unique(np.array([bucket_of(gram) for gram in grams], np.int64), return_counts=True)
    weights = 1 + np.log(times)
    return numbers + block * _BLOCK, weights / max(1.0, float(np.linalg.norm(weights)))
