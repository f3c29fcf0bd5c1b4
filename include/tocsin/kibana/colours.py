"""One colour per meaning, on every chart: told apart by lightness too, so that colour-blind people read them."""

from collections.abc import Sequence

from tocsin.kibana.columns import Json

NEGATIVE = "#d55e00"
NEUTRAL = "#98a2b3"
POSITIVE = "#0072b2"
UNKNOWN = "#e0e5ee"
TONES = {"negative": NEGATIVE, "neutral": NEUTRAL, "positive": POSITIVE, "unknown": UNKNOWN}

USUAL = "#343741"
BAND = "#98a2b3"
NOTHING = "#ffffff00"
BAR = "#882255"
ONSET = "#00000059"

ALARM = ("#fdf3ea", "#f9c99b", "#e98b3a", "#d55e00")
"""From calm to alarm: one hue that darkens."""
AMOUNT = ("#eef4fa", "#b3cfe6", "#5b9bc9", "#0072b2")
"""From few to many."""


def steps(colours: Sequence[str], starts: Sequence[float], kind: str = "number") -> Json:
    """Colour a number by where it lies: each colour from its start (a value, or `percent` of the range) upwards."""
    ends = [*starts[1:], None]
    return {
        "type": "palette",
        "name": "custom",
        "params": {
            "name": "custom",
            "reverse": False,
            "rangeType": kind,
            "rangeMin": starts[0],
            "rangeMax": None,
            "progression": "fixed",
            "steps": len(colours),
            "maxSteps": 5,
            "continuity": "above",
            "colorStops": [{"color": c, "stop": start} for c, start in zip(colours, starts, strict=True)],
            "stops": [{"color": c, "stop": end} for c, end in zip(colours, ends, strict=True)],
        },
    }
