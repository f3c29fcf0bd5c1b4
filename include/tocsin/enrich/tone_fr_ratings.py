"""Read a rating that stands in a French sentence: "0/10", "1 étoile", "note : 2/5"."""

import re

from tocsin.enrich.heard import HeardSpan

FULL = 5
"""Stars at most."""
BEST = 3.0
"""Valence of full marks; the worst mark has its opposite."""
MIDDLE = 0.55
"""Share of the full mark that is neither good nor bad: half marks are a complaint."""

_HINT = re.compile(r"\d ?(?:/|sur)|[eéEÉ][tT][oO][iI][lL]|⭐")
# No date: "le 5/10", "5/10/2020", "du 3/5 au".
_OUT_OF = re.compile(
    r"(?<![\d/.,])(?<!le )(?<!du )(?<!au )(\d{1,2}(?:[.,]\d)?)\s?(?:/|sur)\s?(5|10|20)(?![\d/]|[.,]\d| ?[€%a-z])"
)
_STARS = re.compile(
    r"(?<![\d,.])(?:(\d)|\b(z[ée]ro|une?|deux|trois|quatre|cinq))"
    r"(?: seule| petite| grosse| pauvre)? (?:[ée]toiles?\b|⭐)",
    re.IGNORECASE,
)
_NO_RATING = re.compile(r"\b(?:h[ôo]tels?|restaurants?|campings?|palaces?|chefs?|tables?) $", re.IGNORECASE)
_WORDS = {"zéro": 0, "zero": 0, "un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5}


def ratings(sentence: str) -> list[HeardSpan]:
    """Give the ratings in a sentence with their valence, in [-BEST, BEST]."""
    if not _HINT.search(sentence):
        return []
    found = []
    for mark in _OUT_OF.finditer(sentence):
        share = float(mark[1].replace(",", ".")) / int(mark[2])
        if share <= 1:
            found.append(HeardSpan(*mark.span(), _valence(share)))
    for mark in _STARS.finditer(sentence):
        stars = int(mark[1]) if mark[1] else _WORDS[mark[2].lower()]
        if stars <= FULL and not _NO_RATING.search(sentence[: mark.start()]):
            found.append(HeardSpan(*mark.span(), _valence(stars / FULL)))
    return found


def _valence(share: float) -> float:
    return BEST * (share - MIDDLE) / (1 - MIDDLE if share > MIDDLE else MIDDLE)
