"""Read the labels of other people's files: words in two languages, stars, signs, and the numbers of public sets."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import isfinite

from tocsin.errors import ConfigError
from tocsin.model import Tone

NAMES = (Tone.NEGATIVE, Tone.NEUTRAL, Tone.POSITIVE)
STARS, SIGN = "stars", "sign"
SHOWN = 12
"""Labels that an error or a sentence lists."""

_WORDS: Mapping[Tone, tuple[str, ...]] = {
    Tone.NEGATIVE: (
        "negative", "neg", "-", "very negative", "extremely negative", "negative emotion", "bad", "unfavorable",
        "unfavourable", "négatif", "négative", "negatif", "très négatif", "défavorable",
    ),
    Tone.NEUTRAL: (
        "neutral", "neu", "neut", "neutral emotion", "no emotion toward brand or product", "neutre",
    ),
    Tone.POSITIVE: (
        "positive", "pos", "+", "very positive", "extremely positive", "positive emotion", "good", "favorable",
        "favourable", "positif", "très positif",
    ),
}  # fmt: skip
WORDS: Mapping[str, Tone] = {word: tone for tone, words in _WORDS.items() for word in words}

_OF_STARS = re.compile(r"\s*(?:stars?|étoiles?)\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Labels:
    """How a file's labels are read."""

    told: str
    """In words, for the reader of the result."""
    read: Callable[[str], Tone | None]
    """The tone of a label; None: it is none of ours, and its row is left out."""


def number_of(raw: str) -> float | None:
    """Read a label as a number: `-1`, `4.0`, `2,5`, `4 stars`; None: it is none."""
    try:
        number = float(_OF_STARS.sub("", raw.strip()).replace(",", ".").replace("−", "-"))
    except ValueError:
        return None
    return number if isfinite(number) else None


def read_labels(values: Iterable[str], asked: str = "") -> Labels:
    """Say how these labels (each one that the file has, once is enough) are to be read.

    `asked` is what a person wants: a mapping such as `0=negative,4=positive`, `stars` (1 to 5, 3 is neutral), `sign`
    (below 0, 0, above); empty: words as they stand, or numbers by the values that there are. ConfigError: `asked` is
    no mapping, or numbers that could mean anything.
    """
    if asked.strip():
        return _scales()[asked.strip().lower()] if asked.strip().lower() in _scales() else _mapped(asked)
    found = {value.strip() for value in values if value.strip()}
    if any(map(_OF_STARS.search, found)):
        return _scales()[STARS]
    numbers = {number for value in found if (number := number_of(value)) is not None}
    if numbers and not any(len(value) > 1 and _by_word(value) for value in found):
        return _numbered(numbers)
    return Labels("negative, neutral and positive by their words", _by_word)


def _by_word(raw: str) -> Tone | None:
    return WORDS.get(" ".join(raw.lower().split()))


def _mapped(asked: str) -> Labels:
    """Read `0=negative, 4=positive`; numbers are compared as numbers, words without case."""
    tones: dict[str, Tone] = {}
    for part in filter(None, (part.strip() for part in asked.split(","))):
        label, sign, word = part.rpartition("=")
        tone = WORDS.get(word.strip().lower())
        if not sign or tone is None:
            raise ConfigError(
                f"--labels: {part[:60]!r} maps no label; write label=negative, label=neutral or label=positive with "
                f"commas between, such as '0=negative,4=positive', or one word: {STARS}, {SIGN}"
            )
        tones[_key(label)] = tone
    told = ", ".join(f"{label}={tone}" for label, tone in tones.items())
    return Labels(told, lambda raw: tones.get(_key(raw)))


def _key(raw: str) -> str:
    number = number_of(raw)
    return " ".join(raw.lower().split()) if number is None else f"{number:g}"


def _scales() -> dict[str, Labels]:
    return {
        STARS: _around(3, "stars: below 3 negative, 3 neutral, above positive"),
        SIGN: _around(0, "by their sign: below 0 negative, 0 neutral, above positive"),
    }


def _numbered(numbers: set[float]) -> Labels:
    """Read numbers as the usual sets mean them; what could mean anything is asked for."""
    if min(numbers) < 0:
        if all(number.is_integer() for number in numbers):
            return _scales()[SIGN]
        return _around(0, "by their sign: below 0 negative, above positive; exactly 0 is neither", middle=None)
    for usual, labels in _USUAL:
        if numbers <= usual:
            return labels
    if min(numbers) >= 1 and max(numbers) <= 5:
        return _scales()[STARS]
    listed = ", ".join(f"{number:g}" for number in sorted(numbers)[:SHOWN])
    more = ", …" if len(numbers) > SHOWN else ""
    raise ConfigError(
        f"the labels are numbers that could mean anything ({listed}{more}); say what they mean by --labels, "
        f"such as '0=negative,1=positive', {STARS} or {SIGN}"
    )


def _around(point: float, told: str, middle: Tone | None = Tone.NEUTRAL) -> Labels:
    def read(raw: str) -> Tone | None:
        number = number_of(raw)
        if number is None:
            return None
        return middle if number == point else Tone.NEGATIVE if number < point else Tone.POSITIVE

    return Labels(told, read)


_USUAL = (
    ({0.0, 1.0}, _mapped("0=negative,1=positive")),
    ({1.0, 2.0}, _mapped("1=negative,2=positive")),
    ({0.0, 1.0, 2.0}, _mapped("0=negative,1=neutral,2=positive")),
    ({1.0, 2.0, 3.0}, _mapped("1=negative,2=neutral,3=positive")),
    ({0.0, 2.0, 4.0}, _mapped("0=negative,2=neutral,4=positive")),
)
