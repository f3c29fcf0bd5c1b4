"""Score how texts sound: our tone against people's labels, in all and period by period."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from tocsin.evaluate.confusion import Scores, score
from tocsin.evaluate.estimates import Estimate, pearson
from tocsin.evaluate.periods import unit_for
from tocsin.model import Tone

ORDER = (Tone.NEGATIVE, Tone.NEUTRAL, Tone.POSITIVE, Tone.UNKNOWN)


class Judged(NamedTuple):
    """One row: what people said of a text and what we say; small, since a file may have a million."""

    label: Tone
    tone: Tone
    compound: float
    language: str = ""
    number: float | None = None
    """The label as a number, where it is one."""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """The figures of one part of the time."""

    name: str
    scores: Scores


@dataclass(frozen=True, slots=True)
class ToneScores:
    """The figures of a labelled file. None where there is nothing to count."""

    by_sign: bool
    """True: no label is neutral, so a text below 0 is negative and one above is positive; at 0 we said neither."""
    scores: Scores | None
    pearson: Estimate | None
    """Of our valence with labels that are numbers."""
    languages: Mapping[str, int]
    periods: tuple[Period, ...]
    """Oldest first; empty where no times were asked for."""


def score_tone(rows: Sequence[Judged]) -> ToneScores:
    """Score the rows; those whose language nobody hears are `unknown`, which is always wrong."""
    by_sign = not any(row.label is Tone.NEUTRAL for row in rows)
    numbers = [(row.number, row.compound) for row in rows if row.number is not None]
    return ToneScores(
        by_sign=by_sign,
        scores=_scores(rows, by_sign),
        pearson=pearson(numbers),
        languages=dict(Counter(row.language for row in rows).most_common()),
        periods=_periods(rows, by_sign),
    )


def said(row: Judged, by_sign: bool) -> Tone:
    """What we say of a row: our tone, or only the sign of our valence."""
    if not by_sign or row.tone is Tone.UNKNOWN:
        return row.tone
    return Tone.NEGATIVE if row.compound < 0 else Tone.POSITIVE if row.compound > 0 else Tone.NEUTRAL


def _scores(rows: Iterable[Judged], by_sign: bool) -> Scores | None:
    return score(((row.label, said(row, by_sign)) for row in rows), ORDER)


def _periods(rows: Sequence[Judged], by_sign: bool) -> tuple[Period, ...]:
    timed = sorted((row for row in rows if row.at is not None), key=_time)
    if not timed:
        return ()
    unit = unit_for({_time(row) for row in timed})
    parts: dict[str, list[Judged]] = {}
    for row in timed:
        parts.setdefault(unit(_time(row)), []).append(row)
    return tuple(Period(name, found) for name, part in parts.items() if (found := _scores(part, by_sign)))


def _time(row: Judged) -> datetime:
    assert row.at is not None  # noqa: S101 - only rows with a time are asked
    return row.at
