"""Figures with the room that chance leaves them: without it a difference of two points looks like progress."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import atanh, sqrt, tanh

Z = 1.959964
"""Standard deviations on either side that hold 95 %."""

DIGITS = 4


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure and its 95 % interval."""

    value: float
    low: float
    high: float


def estimate(value: float, low: float, high: float) -> Estimate:
    """Give an Estimate rounded to DIGITS, so that the same data gives the same bytes on every machine."""
    return Estimate(round(value, DIGITS), round(low, DIGITS), round(high, DIGITS))


def share(hits: int, of: int) -> Estimate | None:
    """Give `hits / of` with Wilson's interval, which bears small numbers and stays within 0 and 1; None of 0."""
    if not of:
        return None
    p, spread = hits / of, Z * Z / of
    middle = (p + spread / 2) / (1 + spread)
    reach = Z * sqrt(p * (1 - p) / of + spread / (4 * of)) / (1 + spread)
    return estimate(p, max(0.0, middle - reach), min(1.0, middle + reach))


def pearson(pairs: Sequence[tuple[float, float]]) -> Estimate | None:
    """Give the correlation with Fisher's interval; None below four pairs, or where one side does not vary."""
    n = len(pairs)
    if n < 4:
        return None
    mean_x, mean_y = sum(x for x, _ in pairs) / n, sum(y for _, y in pairs) / n
    together = sum((x - mean_x) * (y - mean_y) for x, y in pairs)
    apart = sqrt(sum((x - mean_x) ** 2 for x, _ in pairs) * sum((y - mean_y) ** 2 for _, y in pairs))
    if apart <= 1e-12:
        return None
    r = max(-1.0, min(1.0, together / apart))
    if abs(r) > 1 - 1e-12:
        return estimate(r, r, r)
    reach = Z / sqrt(n - 3)
    return estimate(r, tanh(atanh(r) - reach), tanh(atanh(r) + reach))


def shown(found: Estimate | None) -> str:
    """Write `.812 (.790-.833)`, or a dash for nothing."""
    return f"{_short(found.value)} ({_short(found.low)}-{_short(found.high)})" if found else "-"


def _short(value: float) -> str:
    return f"{value:.3f}".replace("0.", ".", 1) if abs(value) < 0.9995 else f"{value:.2f}"
