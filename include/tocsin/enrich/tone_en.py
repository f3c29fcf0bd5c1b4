"""Hear how an English sentence sounds: VADER's words and arithmetic, under a layer of phrases and rules of our own.

VADER was made for opinions; it is deaf to what customers report ("on hold for 3 hours", "still no bag") and hears
praise where there is none ("thanks for losing my bag", "customer care"). The layer: the longest phrase wins over its
words; sarcasm, requests and questions are taken for what they are; the rest is VADER's.
"""

from tocsin.enrich.heard import HeardSpan
from tocsin.enrich.lexicon_en import Kind, known_words
from tocsin.enrich.tone_en_meant import as_meant
from tocsin.enrich.tone_en_vader import emphasis_of, normalised, summed, valences_of, weigh_but
from tocsin.enrich.tone_en_words import Said, in_phrases

QUIET = (-0.15, 0.25)
"""Valences between which an English text says too little: people who write English praise by habit.

Chosen on training parts: see tone.md.
"""


def score_english(sentence: str) -> float:
    """Give the valence of one English sentence in [-1, 1], 0.0 where nothing speaks."""
    said, valences = _heard(sentence)
    if not any(valences):
        return 0.0
    return normalised(summed(weigh_but(said.keys, valences), emphasis_of(sentence)))


def words_english(sentence: str) -> list[HeardSpan]:
    """Give the words and phrases of one English sentence that speak, each with its valence in it, in [-1, 1]."""
    said, valences = _heard(sentence)
    return [
        HeardSpan(start, end, normalised(valence))
        for (start, end), valence in zip(said.spans, valences, strict=True)
        if valence
    ]


def _heard(sentence: str) -> tuple[Said, list[float]]:
    said = in_phrases(sentence)
    valences = valences_of(said.keys, known_words())
    if Kind.FIXED in said.kinds:
        for at, entry in enumerate(said.entries):
            if entry is not None and entry.kind is Kind.FIXED:
                valences[at] = entry.valence
    return said, as_meant(said, valences)
